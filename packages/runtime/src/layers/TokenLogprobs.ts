/**
 * From logits to the log-probabilities of the tokens that were chosen.
 *
 * @since 0.1.0
 */
import * as tf from "@tensorflow/tfjs-core"
import { differentiable } from "./Differentiable.ts"

const oneHot = (targets: Int32Array, vocabulary: number) =>
  tf.oneHot(tf.tensor1d(targets, "int32"), vocabulary) as tf.Tensor2D

/** Logits over the temperature, less their maximum, and their exponentials. */
const stabilised = (logits: tf.Tensor2D, temperature: number) => {
  const scaled = tf.mul(logits, 1 / temperature)
  const shifted = tf.sub(scaled, tf.max(scaled, -1, true))
  return { shifted, exponentials: tf.exp(shifted) }
}

/**
 * `log softmax(logits / temperature)` at one target per row: `logits [N, V]` and `N` targets give `[N]`, in nats.
 *
 * The derivative is `dy (1[v = target] − softmax) / temperature`, so only the probabilities are kept for it.
 *
 * @since 0.1.0
 * @category layers
 */
export const tokenLogprobs = (logits: tf.Tensor2D, targets: Int32Array, temperature: number): tf.Tensor1D =>
  differentiable([logits], (save, input) => {
    const chosen = oneHot(targets, input.shape[1])
    const { shifted, exponentials } = stabilised(input, temperature)
    const total = tf.sum(exponentials, -1, true)
    const saved = save(chosen, tf.div(exponentials, total))
    return {
      value: tf.sub<tf.Tensor1D>(tf.sum(tf.mul(shifted, chosen), -1), tf.reshape(tf.log(total), [-1])),
      derivative: (dy) => {
        const [onehot, probabilities] = saved()
        return [tf.mul(tf.sub(onehot, probabilities), tf.mul(tf.reshape(dy, [-1, 1]), 1 / temperature))]
      },
    }
  })

/**
 * Entropy of `softmax(logits / temperature)` per row of `logits [N, V]`, in nats, `[N]`. A measurement: it carries no
 * derivative of its own.
 *
 * @since 0.1.0
 * @category layers
 */
export const tokenEntropies = (logits: tf.Tensor2D, temperature: number): tf.Tensor1D =>
  tf.tidy(() => {
    const { shifted, exponentials } = stabilised(logits, temperature)
    const total = tf.sum(exponentials, -1)
    return tf.sub<tf.Tensor1D>(tf.log(total), tf.div(tf.sum(tf.mul(exponentials, shifted), -1), total))
  })
