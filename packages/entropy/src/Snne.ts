/**
 * Semantic nearest-neighbour entropy: are there other answers near each answer?
 *
 * Nguyen, Payani & Mirzasoleiman, "Beyond Semantic Entropy" (Findings of ACL 2025, arXiv 2506.00245). Semantic entropy looks
 * at how many answers a cluster holds; this also looks at how alike the answers within and between clusters are. It is no
 * entropy of a distribution: it has no fixed bounds and may be negative.
 *
 * Similarities `s`, `[n, n]`, may be any finite numbers, cosines too, and need not be symmetric: row `i` is how answer `i`
 * sees the others.
 *
 * @since 0.1.0
 */
import { logSumExp, mean, sum } from "@seed-grpo/core/Numeric"
import { EntropyError } from "./EntropyError.ts"
import { shares } from "./internal/likelihoods.ts"
import { requireSquare } from "./internal/matrix.ts"
import type { WeightMatrix } from "./Similarity.ts"

/**
 * @since 0.1.0
 * @category models
 */
export interface SnneOptions {
  /** `τ`, 1 by default. The closer to 0, the more the nearest neighbour alone counts. The authors try 0.1, 1, 10, 100. */
  readonly temperature?: number
  /** Whether an answer counts among its own neighbours, as in the authors' code; true by default. */
  readonly includeSelf?: boolean
}

/** `ln Σ_j exp(s_ij / τ)` for each answer, `[n]`. */
const neighbourhoods = (similarity: WeightMatrix, options: SnneOptions): ReadonlyArray<number> => {
  const { temperature = 1, includeSelf = true } = options
  requireSquare("similarity", similarity, { holds: Number.isFinite, expected: "a finite number" })
  if (!(temperature > 0)) throw EntropyError.badValue("temperature", "a number above 0", temperature)
  if (!includeSelf && similarity.length < 2) {
    throw EntropyError.badValue("answers without themselves as neighbours", "at least two", similarity.length)
  }
  const sums = similarity.map((row, i) =>
    logSumExp(row.filter((_, j) => includeSelf || i !== j).map((value) => value / temperature)),
  )
  const bad = sums.find((value) => !Number.isFinite(value))
  if (bad !== undefined) throw EntropyError.badValue("similarity / temperature", "a finite number", bad)
  return sums
}

/**
 * `SNNE = −(1/n) Σ_i ln Σ_j exp(s_ij / τ)`. With similarities in `[0, 1]` and 1 on the diagonal, between `−ln n − 1/τ` (all
 * alike) and `−ln(e^{1/τ} + n − 1)` (nothing in common); so `−1/τ` for a single answer.
 *
 * @throws EntropyError when the matrix is not square and finite, the temperature is not positive, or a single answer is to
 *   have others for neighbours.
 *
 * @example
 * ```ts
 * import assert from "node:assert"
 * import { Snne } from "@seed-grpo/entropy"
 *
 * const agreeing = Snne.snne([
 *   [1, 0.9],
 *   [0.9, 1],
 * ])
 * const different = Snne.snne([
 *   [1, 0.1],
 *   [0.1, 1],
 * ])
 * assert.ok(agreeing < different)
 * ```
 *
 * @since 0.1.0
 * @category estimators
 */
export const snne = (similarity: WeightMatrix, options: SnneOptions = {}): number =>
  0 - mean(neighbourhoods(similarity, options))

/**
 * `WSNNE = −Σ_i p_i ln Σ_j exp(s_ij / τ)`, where `p_i` is the answer's share of the likelihoods `e^{ℓ_i}`, and `ℓ`, `[n]`, are
 * **mean** log-probabilities of a token, in nats. Equal `ℓ` give {@link snne}.
 *
 * @throws EntropyError as {@link snne}, and when lengths differ or a log-probability is positive or not a number.
 *
 * @since 0.1.0
 * @category estimators
 */
export const weightedSnne = (
  similarity: WeightMatrix,
  meanLogprobs: ReadonlyArray<number>,
  options: SnneOptions = {},
): number => {
  const sums = neighbourhoods(similarity, options)
  if (meanLogprobs.length !== sums.length) {
    throw EntropyError.badValue("log-probabilities", `one for each of ${sums.length} answers`, meanLogprobs.length)
  }
  return 0 - sum(shares(meanLogprobs).map((share, i) => share * sums[i]!))
}
