/**
 * The clipped surrogate of PPO (Schulman et al., 2017, Eq. 7), with the bounds from above that were added to it since.
 *
 * @since 0.1.0
 */
import * as tf from "@tensorflow/tfjs-core"
import { within } from "./ObjectiveError.ts"
import type { TokenLoss } from "./TokenLoss.ts"

/**
 * How far the probability ratio may move before its gradient is cut: `[1 − low, 1 + high]`.
 *
 * @since 0.1.0
 * @category models
 */
export interface ClipRange {
  readonly low: number
  /** 0.28 in DAPO ("clip-higher"). */
  readonly high: number
  /**
   * Two-sided clipping (INTELLECT-2, arXiv 2505.07291): the unclipped ratio is at most this, whatever the sign of the
   * advantage. Below `1 + high` it cuts positive advantages too.
   */
  readonly delta?: number
  /**
   * Dual clipping (Ye et al., 2020, arXiv 1912.09729; `clip_ratio_c` in verl, 3 there): for negative advantages the loss is
   * at most `−c A`. Above 1.
   */
  readonly dual?: number
}

/**
 * Whether the gradient of a token was cut, on which side of the range.
 *
 * @since 0.1.0
 * @category models
 */
export type Clips = (ratio: number, advantage: number) => "low" | "high" | undefined

/**
 * `−min(min(ρ, δ) A, clip(ρ, 1 − low, 1 + high) A)`, and with dual clipping at most `−c A` where `A < 0`.
 *
 * @example
 * ```ts
 * import assert from "node:assert"
 * import { Surrogate } from "@seed-grpo/grpo"
 *
 * const { ofToken } = Surrogate.clippedSurrogate({ low: 0.2, high: 0.2 })
 * assert.equal(ofToken(1.3, -1, 0.5).value, -0.6)
 * assert.equal(ofToken(1.3, -1, -0.5).value, 0.65)
 * ```
 *
 * @throws {ObjectiveError} `bad-option`
 * @since 0.1.0
 * @category token losses
 */
export const clippedSurrogate = ({ delta, dual, high, low }: ClipRange): TokenLoss => {
  within("clip.low", low, "0 or more", (value) => value >= 0)
  within("clip.high", high, "0 or more", (value) => value >= 0)
  within("clip.delta", delta, "a positive number", (value) => value > 0)
  within("clip.dual", dual, "a number above 1", (value) => value > 1)
  const [least, most, cap] = [1 - low, 1 + high, delta ?? Infinity]
  return {
    ofToken: (ratio, _, advantage) => {
      const free = Math.min(ratio, cap) * advantage
      const clipped = Math.min(Math.max(ratio, least), most) * advantage
      const [gain, moves] = free <= clipped ? [free, ratio <= cap] : [clipped, ratio >= least && ratio <= most]
      if (dual !== undefined && advantage < 0 && gain < dual * advantage) {
        return { value: -dual * advantage, byRatio: 0, byLogprob: 0 }
      }
      return { value: -gain, byRatio: moves ? -advantage : 0, byLogprob: 0 }
    },
    ofTensors: (ratios, _, advantages) => {
      const free = tf.mul(delta === undefined ? ratios : tf.minimum(ratios, delta), advantages)
      const clipped = tf.mul(tf.clipByValue(ratios, least, most), advantages)
      const gain = tf.minimum(free, clipped)
      if (dual === undefined) return tf.neg(gain)
      return tf.neg(tf.where(tf.less(advantages, 0), tf.maximum(gain, tf.mul(advantages, dual)), gain))
    },
  }
}

/**
 * Tokens that the range itself cuts, as TRL counts them.
 *
 * @since 0.1.0
 * @category measurements
 */
export const clips =
  ({ delta = Infinity, high, low }: ClipRange): Clips =>
  (ratio, advantage) => {
    const capped = Math.min(ratio, delta)
    if (advantage < 0 && capped < 1 - low) return "low"
    return advantage > 0 && capped > 1 + high ? "high" : undefined
  }
