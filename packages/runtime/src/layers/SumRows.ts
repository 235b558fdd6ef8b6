/**
 * Sums over the first axis.
 *
 * @since 0.1.0
 */
import * as tf from "@tensorflow/tfjs-core"

/**
 * Sum over the rows of `x [N, D]`, as `[D]`. Written as a product with a row of ones, which the WebAssembly back-end
 * does 30 times faster than a sum over the first axis.
 *
 * @since 0.1.0
 * @category layers
 */
export const sumRows = (x: tf.Tensor2D): tf.Tensor1D => tf.reshape(tf.matMul(tf.ones([1, x.shape[0]]), x), [x.shape[1]])
