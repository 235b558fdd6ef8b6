/**
 * Rejection figures exactly as two public repositories compute them, to compare with tables that were made with those.
 * For new work, use `RiskCoverage`: these have a maximum below 1, or depend on the order of the rows.
 *
 * @since 0.1.0
 */
import { mean, sum } from "@seed-grpo/core/Numeric"
import { type Measure, defined, undefinedBecause } from "./Measure.ts"
import { check, type Outcome, right } from "./Outcome.ts"

/** 20 quantiles from 0.1 to 1. */
const QUANTILES = Array.from({ length: 20 }, (_, index) => 0.1 + (0.9 * index) / 19)
const STEP = 0.9 / 19

/** Quantile of sorted values with linear interpolation, in numpy's order of operations. */
const quantileOf = (sorted: ReadonlyArray<number>, q: number): number => {
  const at = q * (sorted.length - 1)
  const [low, high] = [sorted[Math.floor(at)]!, sorted[Math.ceil(at)]!]
  const share = at - Math.floor(at)
  return share < 0.5 ? low + (high - low) * share : high - (high - low) * (1 - share)
}

const accuraciesAtQuantiles = (rows: ReadonlyArray<Outcome>): ReadonlyArray<number> => {
  check(rows)
  const sorted = rows.map(({ uncertainty }) => uncertainty).toSorted((a, b) => a - b)
  return QUANTILES.map((q) => {
    const cutoff = quantileOf(sorted, q)
    return mean(rows.filter(({ uncertainty }) => uncertainty <= cutoff).map(right))
  })
}

/**
 * "AURAC" of jlko/semantic_uncertainty (`area_under_thresholded_accuracy`): the accuracy of the rows up to each of 20
 * quantiles of uncertainty from 0.1 to 1, summed, times the distance of two quantiles. 20 terms over 19 distances from
 * 0.1: **the maximum is 18/19 = 0.947368, which a perfect model reaches, and not 1**.
 *
 * @returns undefined with `too-few-rows` for no rows.
 * @throws EntropyError
 *
 * @example
 * ```ts
 * import assert from "node:assert"
 * import { PublishedRejection } from "@seed-grpo/entropy"
 *
 * const perfect = PublishedRejection.auracWithMaximum18Of19([{ uncertainty: 0, correct: true }])
 * assert.equal(perfect.kind === "defined" && perfect.value.toFixed(6), "0.947368")
 * ```
 *
 * @since 0.1.0
 * @category measures
 */
export const auracWithMaximum18Of19 = (rows: ReadonlyArray<Outcome>): Measure =>
  rows.length === 0 ? undefinedBecause("too-few-rows") : defined(sum(accuraciesAtQuantiles(rows)) * STEP)

/**
 * The same 20 accuracies, averaged: {@link auracWithMaximum18Of19} with a maximum of 1.
 *
 * @returns undefined with `too-few-rows` for no rows.
 * @throws EntropyError
 *
 * @since 0.1.0
 * @category measures
 */
export const meanAccuracyAtQuantiles = (rows: ReadonlyArray<Outcome>): Measure =>
  rows.length === 0 ? undefinedBecause("too-few-rows") : defined(mean(accuraciesAtQuantiles(rows)))

const areaInOrder = (correct: ReadonlyArray<number>): number => {
  let seen = 0
  return mean(correct.map((share, index) => (seen += share) / (index + 1)))
}

/**
 * Area of lm-polygraph's `PredictionRejectionArea` (IINemo/lm-polygraph): mean accuracy over all coverages, with rows of
 * equal uncertainty **in the order in which they come**. Shuffling the rows changes it; where right answers happen to
 * come first, it flatters. Its `argsort` is not even stable in long lists; this one is.
 *
 * @returns undefined with `too-few-rows` for no rows.
 * @throws EntropyError
 *
 * @since 0.1.0
 * @category measures
 */
export const areaInRowOrder = (rows: ReadonlyArray<Outcome>): Measure => {
  check(rows)
  if (rows.length === 0) return undefinedBecause("too-few-rows")
  return defined(areaInOrder(rows.toSorted((a, b) => a.uncertainty - b.uncertainty).map(right)))
}

/**
 * lm-polygraph's PRR: {@link areaInRowOrder}, less the accuracy, over what an oracle has more than the accuracy. The
 * repository averages 1000 shuffles for the random part; this is their limit.
 *
 * @returns undefined with `one-class` when all rows are equally right, `too-few-rows` for no rows.
 * @throws EntropyError
 *
 * @since 0.1.0
 * @category measures
 */
export const ratioInRowOrder = (rows: ReadonlyArray<Outcome>): Measure => {
  const area = areaInRowOrder(rows)
  if (area.kind === "undefined") return area
  const shares = rows.map(right)
  const random = mean(shares)
  const oracle = areaInOrder(shares.toSorted((a, b) => b - a))
  return shares.every((share) => share === shares[0])
    ? undefinedBecause("one-class")
    : defined((area.value - random) / (oracle - random))
}
