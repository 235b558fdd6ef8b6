/**
 * Matrix products with transposed operands, in the form each back-end is fast at.
 *
 * @since 0.1.0
 */
import * as tf from "@tensorflow/tfjs-core"

/**
 * `op(a) · op(b)` over the last two axes, where `op` transposes when its flag is set.
 *
 * The WebAssembly back-end multiplies a single plain pair with XNNPACK at about 29 GFLOP/s, but a transposed one in a
 * naive loop at about 2; there the operand is transposed first, which costs next to nothing. Batches have a kernel of our
 * own (`internal/batchMatMul`), and native TensorFlow takes the flags for free.
 *
 * @since 0.1.0
 * @category layers
 */
export const product = (a: tf.Tensor, b: tf.Tensor, transposeA: boolean, transposeB: boolean): tf.Tensor => {
  if (a.rank === 2 && b.rank === 2 && tf.getBackend() === "wasm") {
    return tf.matMul(transposeA ? tf.transpose(a) : a, transposeB ? tf.transpose(b) : b)
  }
  return tf.matMul(a, b, transposeA, transposeB)
}

/**
 * Sum over the rows of `x [N, D]`, as `[D]`. Written as a product with a row of ones, which the WebAssembly back-end
 * does 30 times faster than a sum over the first axis.
 *
 * @since 0.1.0
 * @category layers
 */
export const sumRows = (x: tf.Tensor2D): tf.Tensor1D => tf.reshape(tf.matMul(tf.ones([1, x.shape[0]]), x), [x.shape[1]])
