/**
 * Gradient checkpointing (Chen et al., 2016): memory for time.
 *
 * @since 0.1.0
 */
import * as tf from "@tensorflow/tfjs-core"
import { differentiable } from "./Differentiable.ts"

type Tensors = { readonly [name: string]: tf.Tensor }

/** The tensors of `like`, one for one. */
const renamed = <T extends Tensors>(like: T, tensors: ReadonlyArray<tf.Tensor>): T =>
  Object.fromEntries(Object.keys(like).map((name, index) => [name, tensors[index]!])) as T

/**
 * Differentiates inside a backward pass. TensorFlow.js keeps one tape: it would drop the outer one here, and with it what
 * frees the tensors that the outer pass saved.
 */
const nested = <A>(run: () => A): A => {
  const { state } = tf.engine()
  const outer = state.activeTape
  try {
    return run()
  } finally {
    state.activeTape = outer
  }
}

/**
 * `forward(inputs, constants)`, of which nothing is kept for the backward pass but what goes in: the backward pass runs
 * `forward` again. Gradients are the same to the last bit where kernels are deterministic; a forward pass more is what it
 * costs.
 *
 * `forward` is differentiated with respect to every tensor of `inputs` and must depend on each; `constants` have no
 * derivative. It must be a pure function that reads no other tensors: those may be freed by the time it runs again.
 *
 * @since 0.1.0
 * @category layers
 */
export const checkpointed = <In extends Tensors, Constants extends Tensors, Out extends tf.Tensor>(
  inputs: In,
  constants: Constants,
  forward: (inputs: In, constants: Constants) => Out,
): Out =>
  differentiable<ReadonlyArray<tf.Tensor>, Out>(Object.values(inputs), (save, ...tensors) => {
    const saved = save(...tensors, ...Object.values(constants))
    return {
      value: forward(renamed(inputs, tensors), constants),
      derivative: (dy) => {
        const kept = saved()
        const keptConstants = renamed(constants, kept.slice(tensors.length))
        const again = (...xs: ReadonlyArray<tf.Tensor>) => forward(renamed(inputs, xs), keptConstants)
        return nested(() => tf.grads(again)(kept.slice(0, tensors.length), dy))
      },
    }
  })
