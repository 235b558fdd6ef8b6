/**
 * What an optimizer is: some tensors kept for each parameter, and the arithmetic of one step for one parameter. One file a
 * method.
 *
 * Numbers that change from step to step (rates, bias corrections) are computed in float64 beforehand and handed in, as numbers or
 * as scalar tensors: so the arithmetic can be compiled once for all steps.
 *
 * @since 0.1.0
 */
import { ExplainedError } from "@seed-grpo/core/ExplainedError"
import { tidy } from "@seed-grpo/runtime/Tidy"
import * as tf from "@tensorflow/tfjs-core"

/**
 * Tensors by the name of their parameter.
 *
 * @since 0.1.0
 * @category models
 */
export type Tensors = { readonly [name: string]: tf.Tensor }

/**
 * A saved state of another optimizer, or of another model.
 *
 * @since 0.1.0
 * @category errors
 */
export class OptimizerError extends ExplainedError<"missing-tensor" | "unknown-tensor" | "other-shape"> {
  readonly _tag = "OptimizerError"

  private static of(reason: OptimizerError["reason"], method: string, expected: string, found: string): OptimizerError {
    return new OptimizerError({
      reason,
      at: `state of ${method}`,
      expected,
      found,
      fix: "Go on with the model and the optimizer that the state is of.",
    })
  }

  static missing(method: string, name: string): OptimizerError {
    return OptimizerError.of("missing-tensor", method, `a tensor ${name}`, "none")
  }

  static unknown(method: string, name: string): OptimizerError {
    return OptimizerError.of("unknown-tensor", method, "tensors that it keeps, and no others", name)
  }

  static otherShape(
    method: string,
    name: string,
    expected: ReadonlyArray<number>,
    found: ReadonlyArray<number>,
  ): OptimizerError {
    return OptimizerError.of("other-shape", method, `${name} as [${expected.join(", ")}]`, `[${found.join(", ")}]`)
  }
}

/**
 * What may differ between parameters and steps.
 *
 * @since 0.1.0
 * @category models
 */
export interface Settings {
  readonly learningRate: number
  readonly weightDecay: number
}

/**
 * What a step multiplies by.
 *
 * @since 0.1.0
 * @category models
 */
export type Rates<Name extends string = string, Rate = number | tf.Scalar> = { readonly [name in Name]: Rate }

/**
 * What is kept for one parameter, each of its shape.
 *
 * @since 0.1.0
 * @category models
 */
export type Slots<Slot extends string = string> = { readonly [slot in Slot]: tf.Tensor }

/**
 * One parameter after a step.
 *
 * @since 0.1.0
 * @category models
 */
export interface Moved<Slot extends string = string> {
  readonly parameter: tf.Tensor
  readonly slots: Slots<Slot>
}

/**
 * An optimizer, by the names of its rates and slots.
 *
 * @since 0.1.0
 * @category models
 */
export interface Optimizer<Rate extends string = string, Slot extends string = string> {
  /** For people. */
  readonly name: string
  /** What it keeps for each parameter, beginning with zeros. */
  readonly slots: ReadonlyArray<Slot>
  /** The rates of the step after `step` steps, in float64. */
  readonly rates: (settings: Settings, step: number) => Rates<Rate, number>
  /** The arithmetic of a step: makes new tensors, and leaves its inputs as they are. */
  readonly moved: (rates: Rates<Rate>, parameter: tf.Tensor, gradient: tf.Tensor, slots: Slots<Slot>) => Moved<Slot>
}

/**
 * Makes an optimizer whose rates and slots are no longer named in its type, so that any one can take the place of another.
 *
 * @since 0.1.0
 * @category constructors
 */
export const make = <Rate extends string, Slot extends string>(method: Optimizer<Rate, Slot>): Optimizer =>
  // Only what `rates` and `slots` of the same object name is ever handed to `moved`.
  method

/**
 * What an optimizer remembers of all parameters.
 *
 * @since 0.1.0
 * @category models
 */
export interface OptimizerState {
  /** Steps taken. */
  readonly step: number
  readonly slots: { readonly [slot: string]: Tensors }
}

/**
 * Zeros, before the first step.
 *
 * @since 0.1.0
 * @category constructors
 */
export const initial = ({ slots }: Optimizer, parameters: Tensors): OptimizerState => {
  const zeros = (): Tensors =>
    Object.fromEntries(Object.entries(parameters).map(([name, tensor]) => [name, tf.zerosLike(tensor)]))
  return { step: 0, slots: Object.fromEntries(slots.map((slot) => [slot, zeros()])) }
}

/**
 * One step of all parameters. Gives new tensors and leaves its inputs as they are.
 *
 * @example
 * ```ts
 * import assert from "node:assert"
 * import { Optimizer, Sgd } from "@seed-grpo/grpo"
 * import { Backend } from "@seed-grpo/runtime"
 * import * as tf from "@tensorflow/tfjs-core"
 * import { Effect } from "effect"
 *
 * const run = Effect.sync(() => {
 *   const weights = { w: tf.tensor1d([1, 2]) }
 *   const gradients = { w: tf.tensor1d([0.5, -1]) }
 *   const settings = () => ({ learningRate: 0.5, weightDecay: 0 })
 *   const { parameters } = Optimizer.update(Sgd.sgd, settings, weights, gradients, Optimizer.initial(Sgd.sgd, weights))
 *   return Array.from(parameters.w!.dataSync())
 * })
 * assert.deepEqual(await Effect.runPromise(run.pipe(Effect.provide(Backend.layerCpu))), [0.75, 2.5])
 * ```
 *
 * @since 0.1.0
 * @category optimizers
 */
export const update = (
  optimizer: Optimizer,
  settings: (name: string) => Settings,
  parameters: Tensors,
  gradients: Tensors,
  state: OptimizerState,
): { readonly parameters: Tensors; readonly state: OptimizerState } => {
  const next: { [name: string]: tf.Tensor } = {}
  const slots: { readonly [slot: string]: { [name: string]: tf.Tensor } } = Object.fromEntries(
    optimizer.slots.map((slot) => [slot, {}]),
  )
  for (const name in parameters) {
    const known = Object.fromEntries(optimizer.slots.map((slot) => [slot, state.slots[slot]![name]!]))
    const rates = optimizer.rates(settings(name), state.step)
    const moved = tidy(() => optimizer.moved(rates, parameters[name]!, gradients[name]!, known))
    next[name] = moved.parameter
    for (const slot of optimizer.slots) slots[slot]![name] = moved.slots[slot]!
  }
  return { parameters: next, state: { step: state.step + 1, slots } }
}

/**
 * Frees what is remembered.
 *
 * @since 0.1.0
 * @category destructors
 */
export const dispose = (state: OptimizerState): void => {
  tf.dispose(Object.values(state.slots).map((tensors) => Object.values(tensors)))
}
