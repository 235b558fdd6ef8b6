/**
 * How much more probable the policy that is trained makes what was sampled: per token, or per completion (GSPO, Zheng et
 * al., 2025, arXiv 2507.18071).
 *
 * Log-ratios are held within a bound before they are exponentiated, `±20` unless another is given: one stale token cannot
 * turn the loss into infinity. Outside of the bound the ratio is constant, so **its gradient there is 0**. A clipped
 * surrogate has none there either but for negative advantages above the bound, where this guard cuts a gradient of size
 * `e²⁰`. `Infinity` turns it off.
 *
 * @since 0.1.0
 */
import { sum } from "@seed-grpo/core/Numeric"
import * as tf from "@tensorflow/tfjs-core"
import { within } from "./ObjectiveError.ts"

/**
 * A level at which ratios are taken, on numbers and on tensors. Log-ratios are 0 where masked.
 *
 * @since 0.1.0
 * @category models
 */
export interface Ratio {
  readonly level: "token" | "sequence"
  /** Of one completion, `[T] → [T]`, and the map from derivatives by ratio to derivatives by log-ratio, `[T] → [T]`. */
  readonly ofRow: (
    logRatios: Float64Array,
    mask: Float64Array,
  ) => { readonly ratios: Float64Array; readonly pullback: (byRatio: Float64Array) => Float64Array }
  /** `[B, T]`, or `[B, 1]` per completion. */
  readonly ofTensors: (logRatios: tf.Tensor, mask: tf.Tensor) => tf.Tensor
}

/** Bound of log-ratios where none is given. */
export const BOUND = 20

const exponential = (bound: number) => (logRatio: number) => Math.exp(Math.min(Math.max(logRatio, -bound), bound))

const exponentials = (bound: number, logRatios: tf.Tensor): tf.Tensor =>
  tf.exp(bound === Infinity ? logRatios : tf.clipByValue(logRatios, -bound, bound))

const checked = (bound: number) => {
  within("logRatioBound", bound, "a positive number", (value) => value > 0)
  return bound
}

/**
 * `rₜ = π(oₜ) / π_old(oₜ)`
 *
 * @throws {ObjectiveError} `bad-option`
 * @since 0.1.0
 * @category levels
 */
export const token = (bound: number = BOUND): Ratio => {
  const exp = exponential(checked(bound))
  return {
    level: "token",
    ofRow: (logRatios) => {
      const ratios = logRatios.map(exp)
      return { ratios, pullback: (by) => by.map((d, t) => (Math.abs(logRatios[t]!) <= bound ? d * ratios[t]! : 0)) }
    },
    ofTensors: (logRatios) => exponentials(bound, logRatios),
  }
}

/**
 * `s = (π(o) / π_old(o))^(1/|o|)`, the geometric mean of the ratios of a completion's tokens. Its gradient reaches all of
 * them.
 *
 * @throws {ObjectiveError} `bad-option`
 * @since 0.1.0
 * @category levels
 */
export const sequence = (bound: number = BOUND): Ratio => {
  const exp = exponential(checked(bound))
  return {
    level: "sequence",
    ofRow: (logRatios, mask) => {
      const length = Math.max(1, sum(mask))
      const mean = sum(logRatios.map((logRatio, t) => logRatio * mask[t]!)) / length
      const ratio = exp(mean)
      return {
        ratios: logRatios.map(() => ratio),
        pullback: (by) => {
          const each = Math.abs(mean) <= bound ? (ratio * sum(by)) / length : 0
          return mask.map((here) => here * each)
        },
      }
    },
    ofTensors: (logRatios, mask) =>
      exponentials(bound, tf.div(tf.sum(logRatios, -1, true), tf.maximum(tf.sum(mask, -1, true), 1))),
  }
}
