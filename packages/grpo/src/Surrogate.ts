/**
 * The clipped surrogate of PPO (Schulman et al., 2017, Eq. 7), per token.
 *
 * @since 0.1.0
 */
import * as tf from "@tensorflow/tfjs-core"
import type { ObjectiveInput } from "./Objective.ts"

/**
 * How far the probability ratio may move before its gradient is cut: `[1 − low, 1 + high]`.
 *
 * @since 0.1.0
 * @category models
 */
export interface ClipRange {
  readonly low: number
  readonly high: number
}

/**
 * Log-ratios are held within `±20` before they are exponentiated: beyond, the ratio is clipped in any case, and without
 * this bound one stale token can turn the loss into infinity.
 */
const LOG_RATIO_BOUND = 20

/**
 * `−min(ρ A, clip(ρ, 1 − low, 1 + high) A)` with `ρ = exp(logprobs − oldLogprobs)`, `[B, T]`; 0 where masked.
 *
 * @since 0.1.0
 * @category objectives
 */
export const clippedSurrogate = (
  { advantages, logprobs, mask, oldLogprobs }: ObjectiveInput,
  clip: ClipRange,
): tf.Tensor2D => {
  const difference = tf.mul(tf.sub(logprobs, oldLogprobs), mask)
  const ratio = tf.exp(tf.clipByValue(difference, -LOG_RATIO_BOUND, LOG_RATIO_BOUND))
  const clipped = tf.clipByValue(ratio, 1 - clip.low, 1 + clip.high)
  const gain: tf.Tensor = tf.minimum(tf.mul(ratio, advantages), tf.mul(clipped, advantages))
  return tf.mul(tf.neg(gain), mask)
}

/**
 * The same for one token in float64: the reference for people and tests.
 *
 * @example
 * ```ts
 * import assert from "node:assert"
 * import { Surrogate } from "@seed-grpo/grpo"
 *
 * const clip = { low: 0.2, high: 0.2 }
 * assert.equal(Surrogate.clippedSurrogateOfToken(1.3, 0.5, clip), -0.6)
 * assert.equal(Surrogate.clippedSurrogateOfToken(1.3, -0.5, clip), 0.65)
 * ```
 *
 * @since 0.1.0
 * @category objectives
 */
export const clippedSurrogateOfToken = (ratio: number, advantage: number, clip: ClipRange): number =>
  -Math.min(ratio * advantage, Math.min(Math.max(ratio, 1 - clip.low), 1 + clip.high) * advantage)
