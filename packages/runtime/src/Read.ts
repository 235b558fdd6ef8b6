/**
 * Numbers out of tensors.
 *
 * A GPU cannot be waited for in JavaScript, so this is asynchronous: on back-ends that compute at once the numbers are taken
 * when the function is called, and the promise costs nothing. On WebGPU it rejects with a `BackendError` once the device has
 * failed.
 *
 * @since 0.1.0
 */
import * as tf from "@tensorflow/tfjs-core"
import { checkFault } from "./internal/gpuFault.ts"

/**
 * Whether the active back-end can be read from without waiting, as `dataSync` does. Where it cannot, values may not decide
 * what is computed next.
 *
 * @since 0.1.0
 * @category predicates
 */
export const isImmediate = (): boolean => tf.getBackend() !== "webgpu"

/**
 * The numbers of a `float32` tensor, as they are now: what happens to the tensor while they are on their way does not
 * matter.
 *
 * @since 0.1.0
 * @category conversions
 */
export const read = (tensor: tf.Tensor): Promise<Float32Array> => take(tf.clone(tensor))

/**
 * The same of a tensor that nobody needs any more: it is freed once it was read.
 *
 * @example
 * ```ts
 * import assert from "node:assert"
 * import { Backend, Read } from "@seed-grpo/runtime"
 * import * as tf from "@tensorflow/tfjs-core"
 * import { Effect } from "effect"
 *
 * const program = Effect.gen(function* () {
 *   yield* Backend.Backend
 *   assert.deepEqual([...(yield* Effect.promise(() => Read.take(tf.square([1, 2, 3]))))], [1, 4, 9])
 *   assert.equal(tf.memory().numTensors, 0)
 * })
 * await Effect.runPromise(Effect.provide(program, Backend.layerCpu))
 * ```
 *
 * @since 0.1.0
 * @category conversions
 */
export const take = async (tensor: tf.Tensor): Promise<Float32Array> => {
  try {
    return await tf.keep(tensor).data<"float32">()
  } finally {
    tensor.dispose()
    checkFault()
  }
}
