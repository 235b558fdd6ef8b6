/**
 * Figures that may not exist, and how sure one can be of those that do.
 *
 * With one class, or one row, most measures of an uncertainty score have no value. They say so with a reason instead of
 * returning `NaN`.
 *
 * @since 0.1.0
 */
import { EntropyError } from "./EntropyError.ts"

/**
 * Why there is no figure. `too-few-rows`: fewer than the formula divides by. `one-class`: every row is right, or every
 * row is wrong, so that there is nothing to tell apart. `no-variation`: nothing in the rows varies, so that they do not
 * say how much the figure would. `not-binary`: `correct` holds shares where counts are needed. `no-confidence`: a row has no confidence to calibrate. `biased-by-resampling`: an
 * interval from resampled rows would not cover.
 *
 * @since 0.1.0
 * @category models
 */
export type UndefinedReason =
  | "too-few-rows"
  | "one-class"
  | "no-variation"
  | "not-binary"
  | "no-confidence"
  | "biased-by-resampling"

/**
 * @since 0.1.0
 * @category models
 */
export interface Undefined {
  readonly kind: "undefined"
  readonly reason: UndefinedReason
}

/**
 * @since 0.1.0
 * @category models
 */
export interface Defined {
  readonly kind: "defined"
  /** Finite. */
  readonly value: number
}

/**
 * A figure, or the reason why there is none.
 *
 * @since 0.1.0
 * @category models
 */
export type Measure = Defined | Undefined

/**
 * Share of such intervals that hold the true value, were the rows drawn again and again.
 *
 * @since 0.1.0
 * @category models
 */
export type Level = 0.9 | 0.95 | 0.99

/**
 * @since 0.1.0
 * @category models
 */
export type IntervalMethod = "delong-logit" | "delong" | "newcombe-score" | "wilson" | "bootstrap-percentile"

/**
 * A confidence interval.
 *
 * @since 0.1.0
 * @category models
 */
export interface Interval {
  readonly kind: "defined"
  readonly low: number
  readonly high: number
  readonly level: Level
  readonly method: IntervalMethod
}

/**
 * A figure with its interval; either may be undefined, with its reason.
 *
 * @since 0.1.0
 * @category models
 */
export type Estimate = (Defined & { readonly interval: Interval | Undefined }) | Undefined

/**
 * @since 0.1.0
 * @category constructors
 */
export const defined = (value: number): Defined => ({ kind: "defined", value })

/**
 * @since 0.1.0
 * @category constructors
 */
export const undefinedBecause = (reason: UndefinedReason): Undefined => ({ kind: "undefined", reason })

const QUANTILES: { readonly [L in Level]: number } = {
  0.9: 1.6448536269514722,
  0.95: 1.959963984540054,
  0.99: 2.5758293035489004,
}

/**
 * The normal quantile of a two-sided interval: 1.96 for 0.95.
 *
 * @throws EntropyError for a level that is not one of {@link Level}.
 *
 * @since 0.1.0
 * @category measures
 */
export const quantile = (level: Level): number => {
  const z: number | undefined = QUANTILES[level]
  if (z === undefined) throw EntropyError.badValue("the level of an interval", "0.9, 0.95 or 0.99", level)
  return z
}

/**
 * Wilson's interval for a proportion: it stays inside `[0, 1]`, has a width at 0 and 1, and holds for few trials.
 *
 * @throws EntropyError
 *
 * @example
 * ```ts
 * import assert from "node:assert"
 * import { Measure } from "@seed-grpo/entropy"
 *
 * const interval = Measure.wilson(10, 10)
 * assert.equal(interval.kind === "defined" && interval.low.toFixed(4), "0.7225")
 * ```
 *
 * @since 0.1.0
 * @category intervals
 */
export const wilson = (successes: number, trials: number, level: Level = 0.95): Interval | Undefined => {
  if (trials === 0) return undefinedBecause("too-few-rows")
  const z2 = quantile(level) ** 2
  const p = successes / trials
  const centre = (p + z2 / (2 * trials)) / (1 + z2 / trials)
  const half = Math.sqrt((z2 * p * (1 - p)) / trials + z2 ** 2 / (4 * trials ** 2)) / (1 + z2 / trials)
  return {
    kind: "defined",
    low: successes === 0 ? 0 : centre - half,
    high: successes === trials ? 1 : centre + half,
    level,
    method: "wilson",
  }
}
