/**
 * What GRPO-like methods minimise: a function of log-probabilities, advantages and masks. One file per objective; to use
 * another, pass another function.
 *
 * @since 0.1.0
 */
import type * as tf from "@tensorflow/tfjs-core"

/**
 * The completions of one micro-batch, `B` rows of at most `T` tokens.
 *
 * @since 0.1.0
 * @category models
 */
export interface ObjectiveInput {
  /** Of the policy being trained, in nats, `[B, T]`. */
  readonly logprobs: tf.Tensor2D
  /** Of the policy that sampled, in nats, `[B, T]`. */
  readonly oldLogprobs: tf.Tensor2D
  /** One per completion, `[B, 1]`. */
  readonly advantages: tf.Tensor2D
  /** 1 where a completion has a token, `[B, T]`. */
  readonly mask: tf.Tensor2D
  /** Rows of the whole batch, of which this may be a part: so that parts add up to the whole. */
  readonly batchRows: number
}

/**
 * A loss to minimise, as a scalar that can be differentiated with respect to `logprobs`.
 *
 * @since 0.1.0
 * @category models
 */
export type Objective = (input: ObjectiveInput) => tf.Scalar
