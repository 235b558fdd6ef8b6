/**
 * When a score says 80 %, is it right 80 times in 100?
 *
 * Only a **confidence** in `[0, 1]` can be calibrated. Entropy is not a probability: `1 − H / ln n` lies in `[0, 1]`, but
 * nothing makes it the chance of being right (8 answers in two equal clusters have 0.67). Taking it for one is what these
 * figures measure. The share of the largest cluster is a better candidate.
 *
 * @since 0.1.0
 */
import { mean, sum } from "@seed-grpo/core/Numeric"
import { key, uniform } from "@seed-grpo/core/Rng"
import { EntropyError } from "./EntropyError.ts"
import { type Interval, type Measure, defined, type Undefined, undefinedBecause, wilson } from "./Measure.ts"
import { right } from "./Outcome.ts"

/**
 * One question.
 *
 * @since 0.1.0
 * @category models
 */
export interface Forecast {
  /** Claimed probability of being right, in `[0, 1]`. */
  readonly confidence: number
  /** Whether the answer is right, or the share of several answers that are. */
  readonly correct: boolean | number
}

/**
 * Rows of similar confidence.
 *
 * @since 0.1.0
 * @category models
 */
export interface ReliabilityBin {
  readonly rows: number
  /** Mean confidence. */
  readonly confidence: number
  /** Share of right answers. */
  readonly accuracy: number
  /** Wilson's 95 % interval of the accuracy; undefined where `correct` holds shares. */
  readonly interval: Interval | Undefined
}

/**
 * A way to put rows into bins: bin number of each row, `[n]`, in `0 … bins − 1`.
 *
 * @since 0.1.0
 * @category models
 */
export type Binning = (rows: ReadonlyArray<Forecast>, bins: number) => ReadonlyArray<number>

/**
 * Bins `[0, 1/B], (1/B, 2/B], …, (1 − 1/B, 1]`: easy to draw, and most rows may lie in one.
 *
 * @since 0.1.0
 * @category binning
 */
export const equalWidth: Binning = (rows, bins) =>
  rows.map(({ confidence }) => Math.min(bins - 1, Math.max(0, Math.ceil(confidence * bins) - 1)))

/**
 * About as many rows in each bin. Rows of the same confidence share one (that of their middle rank), so that the order of
 * the rows does not matter.
 *
 * @since 0.1.0
 * @category binning
 */
export const equalMass: Binning = (rows, bins) => {
  const sorted = rows.map(({ confidence }) => confidence).toSorted((a, b) => a - b)
  const binOf = new Map<number, number>()
  for (let first = 0; first < sorted.length;) {
    const confidence = sorted[first]!
    const after = sorted.lastIndexOf(confidence) + 1
    binOf.set(confidence, Math.floor((bins * (first + after)) / (2 * sorted.length)))
    first = after
  }
  return rows.map(({ confidence }) => binOf.get(confidence)!)
}

/**
 * Refuses rows that cannot be calibrated.
 *
 * @throws EntropyError naming the row (counted from 0) whose `confidence` or `correct` is not in `[0, 1]`.
 *
 * @since 0.1.0
 * @category guards
 */
export const check = (rows: ReadonlyArray<Forecast>): void => {
  for (const [index, { confidence, correct }] of rows.entries()) {
    if (!(confidence >= 0 && confidence <= 1)) {
      throw EntropyError.badValue(`rows[${index}].confidence`, "a probability in [0, 1]", confidence)
    }
    if (!(Number(correct) >= 0 && Number(correct) <= 1)) {
      throw EntropyError.badValue(`rows[${index}].correct`, "true, false or a share in [0, 1]", correct)
    }
  }
}

const DEFAULT_BINS = 10

/**
 * The bins that hold rows, from the least confident: a reliability diagram.
 *
 * @throws EntropyError
 *
 * @since 0.1.0
 * @category curves
 */
export const reliability = (
  rows: ReadonlyArray<Forecast>,
  binning: Binning = equalMass,
  bins: number = DEFAULT_BINS,
): ReadonlyArray<ReliabilityBin> => {
  check(rows)
  if (!Number.isSafeInteger(bins) || bins < 1) throw EntropyError.badValue("bins", "a positive whole number", bins)
  const binOf = binning(rows, bins)
  return Array.from({ length: bins }, (_, bin) => rows.filter((_, index) => binOf[index] === bin))
    .filter((members) => members.length > 0)
    .map((members) => {
      const shares = members.map(right)
      return {
        rows: members.length,
        confidence: mean(members.map(({ confidence }) => confidence)),
        accuracy: mean(shares),
        interval: shares.every(Number.isInteger) ? wilson(sum(shares), members.length) : undefinedBecause("not-binary"),
      }
    })
}

/**
 * Expected calibration error, `Σ_b (n_b / n) |accuracy_b − confidence_b|` (Naeini et al., AAAI 2015; Guo et al., ICML
 * 2017). In `[0, 1]`, lower is better.
 *
 * It is **biased upwards**: bins of few rows miss their accuracy by chance, and every miss counts. Compare it with
 * {@link errorIfCalibrated} and not with 0. A score that always says the accuracy has an error of 0 and tells nothing.
 *
 * @returns undefined with `too-few-rows` for no rows.
 * @throws EntropyError
 *
 * @example
 * ```ts
 * import assert from "node:assert"
 * import { Calibration } from "@seed-grpo/entropy"
 *
 * const rows = [0.9, 0.9, 0.9, 0.9].map((confidence, index) => ({ confidence, correct: index > 0 }))
 * const error = Calibration.expectedCalibrationError(rows)
 * assert.equal(error.kind === "defined" && error.value.toFixed(6), "0.150000") // |¾ − 0.9|
 * ```
 *
 * @since 0.1.0
 * @category measures
 */
export const expectedCalibrationError = (
  rows: ReadonlyArray<Forecast>,
  binning: Binning = equalMass,
  bins: number = DEFAULT_BINS,
): Measure => {
  const used = reliability(rows, binning, bins)
  if (rows.length === 0) return undefinedBecause("too-few-rows")
  return defined(sum(used.map((bin) => (bin.rows / rows.length) * Math.abs(bin.accuracy - bin.confidence))))
}

/**
 * The expected calibration error that the same confidences would have if they were true: answers are drawn right with
 * exactly these probabilities, 1000 times (consistency resampling, Bröcker & Smith 2007). An error above `high` (the
 * 95th percentile) is a miscalibration; one below it shows none.
 *
 * @returns undefined with `too-few-rows` for no rows.
 * @throws EntropyError
 *
 * @since 0.1.0
 * @category measures
 */
export const errorIfCalibrated = (
  rows: ReadonlyArray<Forecast>,
  binning: Binning = equalMass,
  bins: number = DEFAULT_BINS,
  seed = 0,
): { readonly kind: "defined"; readonly mean: number; readonly high: number } | Undefined => {
  check(rows)
  if (rows.length === 0) return undefinedBecause("too-few-rows")
  const stream = key(seed, "calibrated")
  const errors = Array.from({ length: 1000 }, (_, draw) => {
    const drawn = rows.map(({ confidence }, index) => ({
      confidence,
      correct: uniform(stream, [draw, index]) < confidence,
    }))
    const error = expectedCalibrationError(drawn, binning, bins)
    return error.kind === "defined" ? error.value : 0
  }).toSorted((a, b) => a - b)
  return { kind: "defined", mean: mean(errors), high: errors[949]! }
}

/**
 * Brier score: the mean of `(confidence − correct)²` over answers. In `[0, 1]`, lower is better; always saying ½ has
 * 0.25. A proper score: it rewards both calibration and telling rows apart. With shares, the mean is over the answers
 * behind them.
 *
 * @returns undefined with `too-few-rows` for no rows.
 * @throws EntropyError
 *
 * @since 0.1.0
 * @category measures
 */
export const brier = (rows: ReadonlyArray<Forecast>): Measure => {
  check(rows)
  if (rows.length === 0) return undefinedBecause("too-few-rows")
  return defined(
    mean(rows.map((row) => right(row) * (1 - row.confidence) ** 2 + (1 - right(row)) * row.confidence ** 2)),
  )
}
