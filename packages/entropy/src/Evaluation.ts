/**
 * Is an uncertainty score worth anything? Every measure at once, each with how sure one can be of it.
 *
 * @since 0.1.0
 */
import { mean } from "@seed-grpo/core/Numeric"
import { auroc, newcombe } from "./Auroc.ts"
import { averagePrecision } from "./AveragePrecision.ts"
import { type BootstrapOptions, intervals } from "./Bootstrap.ts"
import { brier, errorIfCalibrated, expectedCalibrationError, type Forecast } from "./Calibration.ts"
import * as Delong from "./Delong.ts"
import {
  defined,
  type Estimate,
  type Interval,
  type Level,
  type Measure,
  type Undefined,
  undefinedBecause,
  wilson,
} from "./Measure.ts"
import { check, type Outcome, right, totals } from "./Outcome.ts"
import { accuracyRejection, aurc, predictionRejectionRatio } from "./RiskCoverage.ts"

/**
 * A question, with a confidence where there is one to calibrate.
 *
 * @since 0.1.0
 * @category models
 */
export interface EvaluationRow extends Outcome {
  /** Claimed probability of being right, in `[0, 1]`. Not `−uncertainty`: that is no probability. */
  readonly confidence?: number
}

/**
 * @since 0.1.0
 * @category models
 */
export interface Evaluation {
  readonly rows: number
  /** How much is wrong: a number of rows, or the sum of the shares of wrong answers. */
  readonly wrong: number
  /** Wilson's interval; the bootstrap's where `correct` holds shares. */
  readonly accuracy: Estimate
  /** Wrong answers are the positive class. See `Delong.interval`; `Auroc.newcombe` where that has none. */
  readonly auroc: Estimate
  readonly averagePrecision: Estimate
  /** AURAC, with a maximum of 1. */
  readonly accuracyRejection: Estimate
  readonly predictionRejectionRatio: Estimate
  /** Lower is better. */
  readonly aurc: Estimate
  /** Lower is better. */
  readonly brier: Estimate
  /** Over 10 bins of equal mass; to be compared with `errorIfCalibrated` instead of an interval. */
  readonly expectedCalibrationError: Estimate
  readonly errorIfCalibrated: ReturnType<typeof errorIfCalibrated>
}

const withInterval = (measure: Measure, interval: Interval | Undefined): Estimate =>
  measure.kind === "undefined" ? measure : { ...measure, interval }

const accuracy = (rows: ReadonlyArray<Outcome>): Measure =>
  rows.length === 0 ? undefinedBecause("too-few-rows") : defined(mean(rows.map(right)))

/** DeLong's where the rows give it a width, else the one that needs only the size of the classes. */
const aurocInterval = (rows: ReadonlyArray<Outcome>, level: Level): Interval | Undefined => {
  const delong = Delong.interval(rows, level)
  return delong.kind === "defined" ? delong : newcombe(rows, level)
}

/** The interval of `1 − x`. */
const complement = (of: Interval | Undefined): Interval | Undefined =>
  of.kind === "undefined" ? of : { ...of, low: 1 - of.high, high: 1 - of.low }

const calibrated = (rows: ReadonlyArray<EvaluationRow>): ReadonlyArray<Forecast> | undefined => {
  const all = rows.flatMap(({ confidence, correct }) => (confidence === undefined ? [] : [{ confidence, correct }]))
  return all.length === rows.length ? all : undefined
}

/**
 * Everything there is to know about one score on rows of data. What has no value on them says why.
 *
 * @throws EntropyError naming the row (counted from 0) whose uncertainty is not finite, or whose `correct` or `confidence` is
 *   not in `[0, 1]`.
 *
 * @example
 * ```ts
 * import assert from "node:assert"
 * import { Evaluation } from "@seed-grpo/entropy"
 *
 * const uncertainties = [1.2, 0.9, 0.9, 0.4, 0.3, 0.1]
 * const correct = [false, false, true, false, true, true]
 * const rows = uncertainties.map((uncertainty, i) => ({ uncertainty, correct: correct[i]! }))
 * const { auroc, brier } = Evaluation.evaluate(rows)
 * assert.ok(auroc.kind === "defined" && auroc.interval.kind === "defined")
 * assert.equal(auroc.value.toFixed(3), "0.833")
 * assert.ok(auroc.interval.low < 0.5) // 6 rows say nothing
 * assert.deepEqual(brier, { kind: "undefined", reason: "no-confidence" })
 * ```
 *
 * @since 0.1.0
 * @category evaluation
 */
export const evaluate = (rows: ReadonlyArray<EvaluationRow>, options: BootstrapOptions = {}): Evaluation => {
  check(rows)
  const sorted = rows.toSorted((a, b) => a.uncertainty - b.uncertainty)
  const forecasts = calibrated(rows)
  const drawn = intervals(sorted, { accuracy, accuracyRejection, averagePrecision, predictionRejectionRatio }, options)
  const { right: rightRows, wrong } = totals(rows)
  const binary = rows.every((row) => Number.isInteger(right(row)))
  const none = undefinedBecause(rows.length === 0 ? "too-few-rows" : "no-confidence")
  return {
    rows: rows.length,
    wrong,
    accuracy: withInterval(accuracy(rows), binary ? wilson(rightRows, rows.length, options.level) : drawn.accuracy),
    auroc: withInterval(auroc(rows), aurocInterval(rows, options.level ?? 0.95)),
    averagePrecision: withInterval(averagePrecision(rows), drawn.averagePrecision),
    accuracyRejection: withInterval(accuracyRejection(rows), drawn.accuracyRejection),
    predictionRejectionRatio: withInterval(predictionRejectionRatio(rows), drawn.predictionRejectionRatio),
    aurc: withInterval(aurc(rows), complement(drawn.accuracyRejection)),
    brier:
      forecasts === undefined ? none : withInterval(brier(forecasts), intervals(forecasts, { brier }, options).brier),
    expectedCalibrationError:
      forecasts === undefined
        ? none
        : withInterval(expectedCalibrationError(forecasts), undefinedBecause("biased-by-resampling")),
    errorIfCalibrated:
      forecasts === undefined ? none : errorIfCalibrated(forecasts, undefined, undefined, options.seed),
  }
}

/**
 * What the first score has more than the second, on the same rows.
 *
 * @since 0.1.0
 * @category models
 */
export interface Comparison {
  /** `Delong.difference`. */
  readonly auroc: Estimate
  readonly accuracyRejection: Estimate
  readonly predictionRejectionRatio: Estimate
}

/**
 * Is the first score better than the second? Both are taken on the same rows, and every draw of the bootstrap takes the
 * same rows for both, so that hard and easy rows cancel out. They differ where an interval does not hold 0.
 *
 * @throws EntropyError when the rows are not the same.
 *
 * @since 0.1.0
 * @category evaluation
 */
export const compare = (
  first: ReadonlyArray<Outcome>,
  second: ReadonlyArray<Outcome>,
  options: BootstrapOptions = {},
): Comparison => {
  const areas = Delong.difference(first, second, options.level)
  const pairs = first.map((row, index) => ({ first: row, second: second[index]! }))
  const difference =
    (measure: (rows: ReadonlyArray<Outcome>) => Measure) =>
    (drawn: ReadonlyArray<(typeof pairs)[number]>): Measure => {
      const a = measure(drawn.map((pair) => pair.first))
      const b = measure(drawn.map((pair) => pair.second))
      if (a.kind === "undefined") return a
      return b.kind === "undefined" ? b : defined(a.value - b.value)
    }
  const measures = {
    accuracyRejection: difference(accuracyRejection),
    predictionRejectionRatio: difference(predictionRejectionRatio),
  }
  const drawn = intervals(pairs, measures, options)
  return {
    auroc: areas,
    accuracyRejection: withInterval(measures.accuracyRejection(pairs), drawn.accuracyRejection),
    predictionRejectionRatio: withInterval(measures.predictionRejectionRatio(pairs), drawn.predictionRejectionRatio),
  }
}
