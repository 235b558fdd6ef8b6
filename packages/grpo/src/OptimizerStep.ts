/**
 * A step of all parameters: an optimizer, groups of parameters, a learning rate and a gradient.
 *
 * @since 0.1.0
 */
import * as tf from "@tensorflow/tfjs-core"
import { type Optimizer, type OptimizerState, type Tensors, update } from "./Optimizer.ts"
import { type ParameterGroup, settings } from "./ParameterGroups.ts"

/**
 * What a step is taken with.
 *
 * @since 0.1.0
 * @category models
 */
export interface StepOptions {
  readonly optimizer: Optimizer
  /** Every parameter is in one. */
  readonly groups: ReadonlyArray<ParameterGroup>
  readonly learningRate: number
}

/**
 * A step along gradients multiplied by `factor`. Gives new tensors and leaves its inputs as they are.
 *
 * @since 0.1.0
 * @category models
 */
export type Step = (
  options: StepOptions,
  parameters: Tensors,
  gradients: Tensors,
  state: OptimizerState,
  factor: number,
) => { readonly parameters: Tensors; readonly state: OptimizerState }

/**
 * Tensor by tensor, on any back-end.
 *
 * @since 0.1.0
 * @category optimizers
 */
export const step: Step = ({ groups, learningRate, optimizer }, parameters, gradients, state, factor) => {
  const of = settings(groups, learningRate)
  if (factor === 1) return update(optimizer, of, parameters, gradients, state)
  const scaled = Object.fromEntries(
    Object.entries(gradients).map(([name, gradient]) => [name, tf.mul(gradient, factor)]),
  )
  const next = update(optimizer, of, parameters, scaled, state)
  tf.dispose(Object.values(scaled))
  return next
}
