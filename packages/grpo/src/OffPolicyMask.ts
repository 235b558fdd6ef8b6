/**
 * Leaving out completions that are bad and stale (DeepSeek-V3.2's off-policy sequence mask).
 *
 * @since 0.1.0
 */
import { sum } from "@seed-grpo/core/Numeric"
import * as tf from "@tensorflow/tfjs-core"
import type { Multiplier } from "./Multiplier.ts"
import { within } from "./ObjectiveError.ts"

/**
 * 1 where `A ≥ 0`, or where the mean over the completion of `ln π_sampled − ln π` is at most `threshold`, in nats; 0 else.
 * What sampled is the sampler where it reported log-probabilities, or else the old policy. A token that the sampler did
 * not score counts as 0 in the sum. The KL term is not masked.
 *
 * @throws {ObjectiveError} `bad-option`
 * @since 0.1.0
 * @category multipliers
 */
export const offPolicyMask = (threshold: number): Multiplier => {
  within("offPolicyThreshold", threshold, "a number", (value) => !Number.isNaN(value))
  return {
    name: "off-policy mask",
    reads: ["written", "writtenLogprobs"],
    perCompletion: true,
    ofRow: ({ advantages, logprobs, mask, written, writtenLogprobs }) => {
      const drift = logprobs.map((logprob, t) =>
        written === undefined ? 0 : (writtenLogprobs![t]! - logprob) * written[t]!,
      )
      const stale = sum(drift) / Math.max(1, sum(mask)) > threshold
      return advantages.map((advantage) => (advantage < 0 && stale ? 0 : 1))
    },
    ofTensors: ({ advantages, logprobs, mask, written, writtenLogprobs }) => {
      const drift = written === undefined ? tf.zerosLike(logprobs) : tf.mul(tf.sub(writtenLogprobs!, logprobs), written)
      const mean = tf.div(tf.sum(drift, -1, true), tf.maximum(tf.sum(mask, -1, true), 1))
      const left = tf.logicalAnd(tf.less(advantages, 0), tf.greater(mean, threshold))
      return tf.sub(1, tf.cast(left, "float32"))
    },
  }
}
