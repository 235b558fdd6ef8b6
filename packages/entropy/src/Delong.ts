/**
 * How sure is an AUROC, and is one higher than another?
 *
 * DeLong, DeLong & Clarke-Pearson (Biometrics 44, 1988): an AUROC is a mean over pairs, so its variance follows from how
 * much each row contributes. Computed by ranks in `O(n log n)` (Sun & Xu, 2014). Where `correct` holds shares, a row
 * contributes to both classes, and the variance is Obuchowski's for clustered data (Biometrics 53, 1997), which is
 * DeLong's when every row is right or wrong.
 *
 * @since 0.1.0
 */
import { sum } from "@seed-grpo/core/Numeric"
import { auroc } from "./Auroc.ts"
import { EntropyError } from "./EntropyError.ts"
import {
  type Defined,
  type Estimate,
  type Interval,
  type Level,
  quantile,
  type Undefined,
  undefinedBecause,
} from "./Measure.ts"
import { type Outcome, right, ties, totals } from "./Outcome.ts"

/** What each row adds to the area as a wrong and as a right one, over what an average row of its class does. */
interface Contributions {
  readonly wrong: Float64Array
  readonly right: Float64Array
}

const contributions = (rows: ReadonlyArray<Outcome>, area: number): Contributions => {
  const all = totals(rows)
  const asWrong = new Float64Array(rows.length)
  const asRight = new Float64Array(rows.length)
  let rightBelow = 0
  let wrongBelow = 0
  for (const tie of ties(rows)) {
    const beaten = (rightBelow + tie.right / 2) / all.right
    const beatenBy = (all.wrong - wrongBelow - tie.wrong / 2) / all.wrong
    for (const index of tie.rows) {
      const share = right(rows[index]!)
      asWrong[index] = (1 - share) * (beaten - area)
      asRight[index] = share * (beatenBy - area)
    }
    rightBelow += tie.right
    wrongBelow += tie.wrong
  }
  return { wrong: asWrong, right: asRight }
}

const products = (a: Float64Array, b: Float64Array): number => sum(a.map((value, index) => value * b[index]!))

/** `n / (n − 1)`: what it takes to make a mean square an unbiased variance. */
const unbiased = (n: number): number => n / (n - 1)

const varianceOf = (rows: ReadonlyArray<Outcome>, { right: asRight, wrong: asWrong }: Contributions): number => {
  const all = totals(rows)
  const wrongRows = rows.filter((row) => right(row) < 1).length
  const rightRows = rows.filter((row) => right(row) > 0).length
  return (
    (unbiased(wrongRows) * products(asWrong, asWrong)) / all.wrong ** 2 +
    (unbiased(rightRows) * products(asRight, asRight)) / all.right ** 2 +
    (2 * unbiased(rows.length) * products(asWrong, asRight)) / (all.wrong * all.right)
  )
}

/** Two rows of each class, or there is nothing to take a variance of. */
const enough = (rows: ReadonlyArray<Outcome>): boolean =>
  rows.filter((row) => right(row) < 1).length > 1 && rows.filter((row) => right(row) > 0).length > 1

/** Below this a variance is what rounding leaves of 0. */
const NOTHING = 1e-20

/**
 * Variance of the AUROC of {@link auroc}. 0 when the classes separate perfectly or all scores are equal: the rows hold no
 * information about it then.
 *
 * @returns undefined with `one-class`, or `too-few-rows` when a class has one row.
 * @throws EntropyError
 *
 * @since 0.1.0
 * @category measures
 */
export const variance = (rows: ReadonlyArray<Outcome>): Defined | Undefined => {
  const area = auroc(rows)
  if (area.kind === "undefined") return area
  if (!enough(rows)) return undefinedBecause("too-few-rows")
  return { kind: "defined", value: varianceOf(rows, contributions(rows, area.value)) }
}

/**
 * Interval of an AUROC: DeLong's variance on the logit scale, `logit⁻¹(logit A ± z s / (A (1 − A)))`, which cannot leave
 * `[0, 1]` and is not symmetric. At 50 rows it holds closer to its level than DeLong's symmetric interval or a percentile
 * bootstrap, which are too narrow (figures in `docs/evaluation.md`). With fewer than about 10 rows in a class no
 * interval can be relied on.
 *
 * @returns undefined with `no-variation` for perfect separation and for scores that are all equal, `too-few-rows` for
 *   one row in a class (see `Auroc.newcombe` for both), or `one-class`.
 * @throws EntropyError
 *
 * @example
 * ```ts
 * import assert from "node:assert"
 * import { Delong } from "@seed-grpo/entropy"
 *
 * const uncertainties = [1.2, 0.9, 0.9, 0.4, 0.3, 0.1]
 * const correct = [false, false, true, false, true, true]
 * const interval = Delong.interval(uncertainties.map((uncertainty, i) => ({ uncertainty, correct: correct[i]! })))
 * assert.deepEqual(interval.kind === "defined" && [interval.low.toFixed(3), interval.high.toFixed(3)], ["0.249", "0.987"])
 * ```
 *
 * @since 0.1.0
 * @category intervals
 */
export const interval = (rows: ReadonlyArray<Outcome>, level: Level = 0.95): Interval | Undefined => {
  const z = quantile(level)
  const area = auroc(rows)
  const spread = variance(rows)
  if (area.kind === "undefined") return area
  if (spread.kind === "undefined") return spread
  if (spread.value < NOTHING) return undefinedBecause("no-variation")
  const logit = Math.log(area.value / (1 - area.value))
  const half = (z * Math.sqrt(spread.value)) / (area.value * (1 - area.value))
  const back = (x: number) => 1 / (1 + Math.exp(-x))
  return { kind: "defined", low: back(logit - half), high: back(logit + half), level, method: "delong-logit" }
}

/**
 * AUROC of the first score less that of the second, on the same rows. The rows being the same, what is easy or hard about
 * them cancels out: the interval is much narrower than two intervals side by side suggest. Two scores differ when it
 * does not hold 0.
 *
 * @returns undefined with `one-class` or `too-few-rows`; an interval that is undefined with `no-variation` when no row
 *   is ranked differently.
 * @throws EntropyError when a row is not as right in one list as in the other.
 *
 * @since 0.1.0
 * @category comparisons
 */
export const difference = (
  first: ReadonlyArray<Outcome>,
  second: ReadonlyArray<Outcome>,
  level: Level = 0.95,
): Estimate => {
  sameRows(first, second)
  const z = quantile(level)
  const [a, b] = [auroc(first), auroc(second)]
  if (a.kind === "undefined") return a
  if (b.kind === "undefined") return b
  if (!enough(first)) return undefinedBecause("too-few-rows")
  const [ofFirst, ofSecond] = [contributions(first, a.value), contributions(second, b.value)]
  const spread = varianceOf(first, {
    wrong: ofFirst.wrong.map((value, index) => value - ofSecond.wrong[index]!),
    right: ofFirst.right.map((value, index) => value - ofSecond.right[index]!),
  })
  const value = a.value - b.value
  const half = z * Math.sqrt(Math.max(0, spread))
  return {
    kind: "defined",
    value,
    interval:
      spread < NOTHING
        ? undefinedBecause("no-variation")
        : {
            kind: "defined",
            low: Math.max(-1, value - half),
            high: Math.min(1, value + half),
            level,
            method: "delong",
          },
  }
}

/**
 * Refuses two lists that are not of the same rows.
 *
 * @throws EntropyError naming the first row that differs.
 *
 * @since 0.1.0
 * @category guards
 */
export const sameRows = (first: ReadonlyArray<Outcome>, second: ReadonlyArray<Outcome>): void => {
  if (first.length !== second.length) {
    throw EntropyError.badValue("the second score", `${first.length} rows, as the first has`, second.length)
  }
  const other = first.findIndex((row, index) => right(row) !== right(second[index]!))
  if (other !== -1) {
    throw EntropyError.badValue(
      `rows[${other}].correct`,
      `${right(first[other]!)}, as for the first score`,
      right(second[other]!),
    )
  }
}
