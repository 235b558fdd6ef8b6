/**
 * Does the score rank wrong answers above right ones?
 *
 * **Direction: the positive class is the WRONG answers, and the score is the UNCERTAINTY.** 1 is perfect, ½ is chance,
 * and below ½ the score is upside down (most often a confidence that was passed as an uncertainty). Some papers and
 * repositories make right answers and confidence the positive side: that is the same number.
 *
 * @since 0.1.0
 */
import {
  type Interval,
  type Level,
  type Measure,
  quantile,
  type Undefined,
  defined,
  undefinedBecause,
} from "./Measure.ts"
import { type Outcome, right as share, ties, totals } from "./Outcome.ts"

/**
 * Area under the ROC curve: the probability that a random wrong answer has a higher uncertainty than a random right
 * one, ties counting ½ (the Mann–Whitney statistic), by ranks in `O(n log n)`. In `[0, 1]`. The same as scikit-learn's
 * `roc_auc_score(wrong, uncertainty)`.
 *
 * With shares of right answers in `correct`, the pairs are of answers, and those of one question are a tie.
 *
 * @returns undefined with `one-class` when nothing is wrong, or nothing right.
 * @throws EntropyError
 *
 * @example
 * ```ts
 * import assert from "node:assert"
 * import { Auroc } from "@seed-grpo/entropy"
 *
 * const uncertainties = [1.2, 0.9, 0.9, 0.4, 0.3, 0.1]
 * const correct = [false, false, true, false, true, true]
 * const auroc = Auroc.auroc(uncertainties.map((uncertainty, i) => ({ uncertainty, correct: correct[i]! })))
 * assert.equal(auroc.kind === "defined" && auroc.value.toFixed(6), "0.833333")
 * assert.deepEqual(Auroc.auroc([{ uncertainty: 1, correct: true }]), { kind: "undefined", reason: "one-class" })
 * ```
 *
 * @since 0.1.0
 * @category measures
 */
export const auroc = (rows: ReadonlyArray<Outcome>): Measure => {
  let rightBelow = 0
  let wrongBelow = 0
  let wins = 0
  for (const { right, wrong } of ties(rows)) {
    wins += wrong * (rightBelow + right / 2)
    rightBelow += right
    wrongBelow += wrong
  }
  return rightBelow === 0 || wrongBelow === 0
    ? undefinedBecause("one-class")
    : defined(wins / (rightBelow * wrongBelow))
}

/** Hanley & McNeil's variance of an AUROC of `area`, with both of its class sizes replaced by their mean, less one. */
const hanleyMcNeil = (area: number, wrong: number, right: number): number => {
  const others = (wrong + right) / 2 - 1
  return (area * (1 - area) * (1 + (others * (1 - area)) / (2 - area) + (others * area) / (1 + area))) / (wrong * right)
}

const HALVINGS = 60

/**
 * Newcombe's score interval (Statistics in Medicine 25, 2006, method 5): all areas `θ` with
 * `|θ − AUROC| ≤ z √V(θ)`, `V` being Hanley & McNeil's variance. It needs only the area and the sizes of the classes,
 * and has a width even where the classes separate perfectly. It ignores ties, which makes it too wide for scores with
 * few values, such as the entropy of 8 answers; see `Delong.interval`.
 *
 * @returns undefined with `one-class`, or with `not-binary` when `correct` holds shares: they are no counts.
 * @throws EntropyError
 *
 * @since 0.1.0
 * @category intervals
 */
export const newcombe = (rows: ReadonlyArray<Outcome>, level: Level = 0.95): Interval | Undefined => {
  const area = auroc(rows)
  if (area.kind === "undefined") return area
  if (rows.some((row) => !Number.isInteger(share(row)))) return undefinedBecause("not-binary")
  const { right, wrong } = totals(rows)
  const z = quantile(level)
  const end = (bound: 0 | 1): number => {
    let [inside, outside]: [number, number] = [area.value, bound]
    for (let i = 0; i < HALVINGS; i++) {
      const middle = (inside + outside) / 2
      if (Math.abs(middle - area.value) <= z * Math.sqrt(hanleyMcNeil(middle, wrong, right))) inside = middle
      else outside = middle
    }
    return area.value === bound ? bound : inside
  }
  return { kind: "defined", low: end(0), high: end(1), level, method: "newcombe-score" }
}
