/**
 * Maximum likelihood: imitation of given completions, for warm starts and baselines.
 *
 * @since 0.1.0
 */
import * as tf from "@tensorflow/tfjs-core"
import type { Objective } from "./Objective.ts"

/**
 * `(1 / B) Σᵢ (1 / |oᵢ|) Σₜ −Aᵢ logprob`: the mean negative log-likelihood of each completion, in nats per token,
 * weighted by its advantage (1 for plain imitation).
 *
 * @since 0.1.0
 * @category objectives
 */
export const supervised: Objective = ({ advantages, batchRows, logprobs, mask }) => {
  const lengths = tf.maximum(tf.sum(mask, -1, true), 1)
  return tf.div(tf.sum(tf.div(tf.mul(tf.mul(tf.neg(logprobs), mask), advantages), lengths)), batchRows)
}
