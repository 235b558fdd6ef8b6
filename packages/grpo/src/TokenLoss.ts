/**
 * The part of an objective that is said per token: a function of the importance ratio, the log-probability and the
 * advantage. Another method is another value of this type.
 *
 * @since 0.1.0
 */
import type * as tf from "@tensorflow/tfjs-core"

/**
 * A value and its derivatives with respect to ratio and log-probability, the other held fixed.
 *
 * @since 0.1.0
 * @category models
 */
export interface Partials {
  readonly value: number
  readonly byRatio: number
  readonly byLogprob: number
}

/**
 * The same function twice: on numbers, as the reference for people and tests, and on tensors, for training.
 *
 * @since 0.1.0
 * @category models
 */
export interface TokenLoss {
  readonly ofToken: (ratio: number, logprob: number, advantage: number) => Partials
  /**
   * `ratios` are `[B, T]`, or `[B, 1]` where there is one per completion; so are `advantages`. The result broadcasts to
   * `[B, T]`.
   */
  readonly ofTensors: (ratios: tf.Tensor, logprobs: tf.Tensor, advantages: tf.Tensor) => tf.Tensor
}
