/**
 * @since 0.1.0
 */
import * as tf from "@tensorflow/tfjs-core"

/**
 * `compute(x)`, constant for `tf.grad`: what happens inside is not recorded, so it may hold operations without a
 * derivative.
 *
 * @since 0.1.0
 * @category gradients
 */
export const stopGradient = (x: tf.Tensor, compute: (x: tf.Tensor) => tf.Tensor = tf.clone): tf.Tensor =>
  tf.customGrad((value) => ({
    value: compute(value as tf.Tensor),
    gradFunc: () => tf.zeros(x.shape),
  }))(x)
