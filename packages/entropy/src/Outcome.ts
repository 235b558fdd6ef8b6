/**
 * How uncertain a score was about a question, and whether the answer was right.
 *
 * @since 0.1.0
 */
import { EntropyError } from "./EntropyError.ts"

/**
 * One question.
 *
 * @since 0.1.0
 * @category models
 */
export interface Outcome {
  /** Higher means less sure. Only the order counts, so any unit will do; a confidence must be negated first. */
  readonly uncertainty: number
  /** Whether the answer is right; or, for several answers to the question, the share of them that are, in `[0, 1]`. */
  readonly correct: boolean | number
}

/**
 * Rows of equal uncertainty. A score says nothing about their order, so no measure may depend on it.
 *
 * @since 0.1.0
 * @category models
 */
export interface Tie {
  /** Sum of `correct`. */
  readonly right: number
  /** Sum of `1 − correct`. */
  readonly wrong: number
  /** Indices of the rows. */
  readonly rows: ReadonlyArray<number>
}

/**
 * The share of a row that is right, as a number.
 *
 * @since 0.1.0
 * @category destructors
 */
export const right = ({ correct }: Pick<Outcome, "correct">): number => Number(correct)

/**
 * Refuses rows that no measure can be taken of.
 *
 * @throws EntropyError naming the row (counted from 0) whose uncertainty is not finite, or whose `correct` is not in `[0, 1]`.
 *
 * @since 0.1.0
 * @category guards
 */
export const check = (rows: ReadonlyArray<Outcome>): void => {
  for (const [index, row] of rows.entries()) {
    if (!Number.isFinite(row.uncertainty)) {
      throw EntropyError.badValue(`rows[${index}].uncertainty`, "a finite number", row.uncertainty)
    }
    if (!(right(row) >= 0 && right(row) <= 1)) {
      throw EntropyError.badValue(`rows[${index}].correct`, "true, false or a share in [0, 1]", row.correct)
    }
  }
}

/** Relative difference below which two uncertainties are the same number that was rounded differently. */
const ROUNDING = 1e-12

/**
 * Rows from the most to the least certain, with equals together: `O(n log n)`.
 *
 * Uncertainties within a relative `1e-12` count as equal. The entropies of the counts `(4,2,1,1)` and `(1,1,2,4)` may
 * differ in their last bit, and a measure that breaks such a tie measures the rounding.
 *
 * @throws EntropyError
 *
 * @example
 * ```ts
 * import assert from "node:assert"
 * import { Outcome } from "@seed-grpo/entropy"
 *
 * const rows = [
 *   { uncertainty: 0.3 + 0.6, correct: false },
 *   { uncertainty: 0.1, correct: true },
 *   { uncertainty: 0.9, correct: true },
 * ]
 * assert.deepEqual(Outcome.ties(rows), [
 *   { right: 1, wrong: 0, rows: [1] },
 *   { right: 1, wrong: 1, rows: [0, 2] },
 * ])
 * ```
 *
 * @since 0.1.0
 * @category orders
 */
export const ties = (rows: ReadonlyArray<Outcome>): ReadonlyArray<Tie> => {
  check(rows)
  const order = Array.from(rows.keys()).toSorted((a, b) => rows[a]!.uncertainty - rows[b]!.uncertainty || a - b)
  const found: Array<{ right: number; wrong: number; rows: Array<number>; first: number }> = []
  for (const index of order) {
    const { uncertainty } = rows[index]!
    let tie = found.at(-1)
    const slack = ROUNDING * Math.max(Math.abs(uncertainty), Math.abs(tie?.first ?? 0))
    if (tie === undefined || uncertainty - tie.first > slack) {
      tie = { right: 0, wrong: 0, rows: [], first: uncertainty }
      found.push(tie)
    }
    tie.right += right(rows[index]!)
    tie.wrong += 1 - right(rows[index]!)
    tie.rows.push(index)
  }
  return found.map(({ right, rows, wrong }) => ({ right, wrong, rows }))
}

/**
 * How much of all rows is right and wrong: with either at 0 there is only one class.
 *
 * @since 0.1.0
 * @category destructors
 */
export const totals = (rows: ReadonlyArray<Outcome>): { readonly right: number; readonly wrong: number } => {
  const total = rows.reduce((sum, row) => sum + right(row), 0)
  return { right: total, wrong: rows.reduce((sum, row) => sum + (1 - right(row)), 0) }
}
