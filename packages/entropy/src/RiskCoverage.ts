/**
 * What is gained by not answering when uncertain?
 *
 * Answer only the `k` most certain questions of `n`: coverage is `k / n`, risk is the share of wrong answers among them.
 * A score says nothing about the order of rows that it gives the same uncertainty, so every figure here is the
 * **expectation over all orders of ties**, in closed form. It does not depend on the order of the rows, as sorting alone
 * would.
 *
 * @since 0.1.0
 */
import { mean } from "@seed-grpo/core/Numeric"
import { type Measure, defined, undefinedBecause } from "./Measure.ts"
import { type Outcome, right, ties } from "./Outcome.ts"

/**
 * @since 0.1.0
 * @category models
 */
export interface CurvePoint {
  /** Share of questions answered, in `(0, 1]`. */
  readonly coverage: number
  /** Share of wrong answers among those, in `[0, 1]`. */
  readonly risk: number
}

/**
 * The risk–coverage curve, `[n]`, from the most certain row to all rows. Its last risk is the error rate.
 *
 * @throws EntropyError
 *
 * @example
 * ```ts
 * import assert from "node:assert"
 * import { RiskCoverage } from "@seed-grpo/entropy"
 *
 * const tied = [
 *   { uncertainty: 1, correct: true },
 *   { uncertainty: 1, correct: false },
 * ]
 * assert.deepEqual(RiskCoverage.curve(tied), [
 *   { coverage: 0.5, risk: 0.5 },
 *   { coverage: 1, risk: 0.5 },
 * ])
 * ```
 *
 * @since 0.1.0
 * @category curves
 */
export const curve = (rows: ReadonlyArray<Outcome>): ReadonlyArray<CurvePoint> => {
  let wrongBefore = 0
  let before = 0
  return ties(rows).flatMap(({ rows: tied, wrong }) => {
    const points = tied.map((_, index) => ({
      coverage: (before + index + 1) / rows.length,
      risk: (wrongBefore + ((index + 1) * wrong) / tied.length) / (before + index + 1),
    }))
    wrongBefore += wrong
    before += tied.length
    return points
  })
}

/**
 * Area under the risk–coverage curve: the mean of its `n` risks (Geifman et al., ICLR 2019). In `[0, 1]`, **lower is
 * better**. It depends on the error rate as much as on the score; {@link predictionRejectionRatio} does not.
 *
 * @returns undefined with `too-few-rows` for no rows.
 * @throws EntropyError
 *
 * @since 0.1.0
 * @category measures
 */
export const aurc = (rows: ReadonlyArray<Outcome>): Measure =>
  rows.length === 0 ? undefinedBecause("too-few-rows") : defined(mean(curve(rows).map(({ risk }) => risk)))

/**
 * Area under the accuracy–rejection curve (AURAC): the mean accuracy over all coverages, `1 − aurc`. In `[0, 1]`, and 1
 * when no answer is wrong. A score that knows nothing has the accuracy itself.
 *
 * The "AURAC" of the semantic-entropy repository is another number, whose maximum is 0.947: `PublishedRejection`.
 *
 * @returns undefined with `too-few-rows` for no rows.
 * @throws EntropyError
 *
 * @since 0.1.0
 * @category measures
 */
export const accuracyRejection = (rows: ReadonlyArray<Outcome>): Measure => {
  const area = aurc(rows)
  return area.kind === "undefined" ? area : defined(1 - area.value)
}

/**
 * Prediction–rejection ratio: how far the score gets from rejecting at random (0) to rejecting wrong answers first (1),
 * `(area − random) / (oracle − random)` over areas of {@link accuracyRejection} (Malinin & Gales, ICLR 2021). Negative
 * for a score that is worse than chance. The area of random rejection is the accuracy, exactly.
 *
 * @returns undefined with `one-class` when all rows are equally right, `too-few-rows` for no rows.
 * @throws EntropyError
 *
 * @example
 * ```ts
 * import assert from "node:assert"
 * import { RiskCoverage } from "@seed-grpo/entropy"
 *
 * const uncertainties = [1.2, 0.9, 0.9, 0.4, 0.3, 0.1]
 * const correct = [false, false, true, false, true, true]
 * const ratio = RiskCoverage.predictionRejectionRatio(
 *   uncertainties.map((uncertainty, i) => ({ uncertainty, correct: correct[i]! })),
 * )
 * assert.equal(ratio.kind === "defined" && ratio.value.toFixed(6), "0.752252")
 * ```
 *
 * @since 0.1.0
 * @category measures
 */
export const predictionRejectionRatio = (rows: ReadonlyArray<Outcome>): Measure => {
  const area = accuracyRejection(rows)
  if (area.kind === "undefined") return area
  const oracle = accuracyRejection(rows.map((row) => ({ uncertainty: 1 - right(row), correct: row.correct })))
  if (oracle.kind === "undefined") return oracle
  if (rows.every((row) => right(row) === right(rows[0]!))) return undefinedBecause("one-class")
  const random = mean(rows.map(right))
  return defined((area.value - random) / (oracle.value - random))
}
