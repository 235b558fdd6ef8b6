/**
 * Of the answers that the score flags, how many are wrong?
 *
 * @since 0.1.0
 */
import { type Measure, defined, undefinedBecause } from "./Measure.ts"
import { type Outcome, ties } from "./Outcome.ts"

/**
 * Area under the precision–recall curve of finding **wrong** answers by high **uncertainty**, as a step function:
 * `Σ (recall_t − recall_{t−1}) · precision_t` over the distinct uncertainties `t` from the highest down. The same as
 * scikit-learn's `average_precision_score(wrong, uncertainty)`. In `[0, 1]`.
 *
 * Chance is the share of wrong answers and not ½, so values on data with different accuracies do not compare.
 *
 * @returns undefined with `one-class` when nothing is wrong, or nothing right.
 * @throws EntropyError
 *
 * @example
 * ```ts
 * import assert from "node:assert"
 * import { AveragePrecision } from "@seed-grpo/entropy"
 *
 * const area = AveragePrecision.averagePrecision([
 *   { uncertainty: 2, correct: false },
 *   { uncertainty: 1, correct: true },
 *   { uncertainty: 1, correct: false },
 * ])
 * assert.equal(area.kind === "defined" && area.value.toFixed(6), "0.833333") // ½ · 1 + ½ · ⅔
 * ```
 *
 * @since 0.1.0
 * @category measures
 */
export const averagePrecision = (rows: ReadonlyArray<Outcome>): Measure => {
  let flaggedRight = 0
  let flaggedWrong = 0
  let area = 0
  for (const { right, wrong } of ties(rows).toReversed()) {
    flaggedRight += right
    flaggedWrong += wrong
    area += wrong * (flaggedWrong / (flaggedWrong + flaggedRight))
  }
  return flaggedRight === 0 || flaggedWrong === 0 ? undefinedBecause("one-class") : defined(area / flaggedWrong)
}
