/**
 * How much alike are the answers of a group, pair by pair?
 *
 * Clusters say of two answers that they mean the same or that they do not. A similarity matrix says how much, and the
 * measures of `Lexical`, `Spectral`, `KernelEntropy` and `Snne` read uncertainty from it.
 *
 * @since 0.1.0
 */
import { EntropyError } from "./EntropyError.ts"
import { requireSquare, requireSymmetric, TOLERANCE } from "./internal/matrix.ts"

/**
 * Similarities of `n` answers, `[n, n]`: in `[0, 1]`, symmetric, and 1 on the diagonal.
 *
 * @since 0.1.0
 * @category models
 */
export type SimilarityMatrix = ReadonlyArray<ReadonlyArray<number>>

/**
 * Finite numbers for pairs of `n` answers, `[n, n]`, of any range and direction: entailment probabilities, edge weights of
 * a graph, cosines.
 *
 * @since 0.1.0
 * @category models
 */
export type WeightMatrix = ReadonlyArray<ReadonlyArray<number>>

/**
 * Similarity of two answers: in `[0, 1]`, and the same in both orders.
 *
 * @since 0.1.0
 * @category models
 */
export type SimilarityMeasure = (a: string, b: string) => number

const inUnitInterval = {
  holds: (value: number) => value >= -TOLERANCE && value <= 1 + TOLERANCE,
  expected: "a number in [0, 1]",
}

/**
 * The matrix itself, once it is known to be one of similarities. What rounding leaves, up to 1e-9, passes.
 *
 * @throws EntropyError when there is no row, when the matrix is not square, not symmetric or not 1 on the diagonal, or when
 *   an entry is outside `[0, 1]`; it names the first such entry.
 *
 * @example
 * ```ts
 * import assert from "node:assert"
 * import { Similarity } from "@seed-grpo/entropy"
 *
 * const oneWay = [
 *   [1, 0.9],
 *   [0.2, 1],
 * ]
 * assert.throws(() => Similarity.validated(oneWay), /similarity\[1\]\[0\]: expected similarity\[0\]\[1\] = 0.9/)
 * assert.deepEqual(Similarity.validated(Similarity.symmetrized(oneWay))[0], [1, 0.55])
 * ```
 *
 * @since 0.1.0
 * @category constructors
 */
export const validated = (similarity: WeightMatrix): SimilarityMatrix => {
  requireSquare("similarity", similarity, inUnitInterval)
  requireSymmetric("similarity", similarity)
  const bad = similarity.findIndex((row, i) => Math.abs(row[i]! - 1) > TOLERANCE)
  if (bad !== -1) {
    throw EntropyError.badValue(`similarity[${bad}][${bad}]`, "1, as of any answer with itself", similarity[bad]![bad])
  }
  return similarity
}

/**
 * Similarities of answers by a measure, which is asked once for each of the `n (n − 1) / 2` unordered pairs; the diagonal
 * is 1 unasked. A measure that is not the same in both orders would make the result depend on the order of the answers.
 *
 * @throws EntropyError when there is no answer or the measure leaves `[0, 1]`.
 *
 * @example
 * ```ts
 * import assert from "node:assert"
 * import { Lexical, Similarity } from "@seed-grpo/entropy"
 *
 * const similarity = Similarity.pairwise(["in Paris", "Paris", "Rome"], Lexical.jaccard)
 * assert.deepEqual(similarity, [
 *   [1, 0.5, 0],
 *   [0.5, 1, 0],
 *   [0, 0, 1],
 * ])
 * ```
 *
 * @since 0.1.0
 * @category constructors
 */
export const pairwise = (answers: ReadonlyArray<string>, measure: SimilarityMeasure): SimilarityMatrix => {
  const below = answers.map((answer, i) => answers.slice(0, i).map((earlier) => measure(earlier, answer)))
  return validated(
    answers.map((_, i) => answers.map((_, j) => (i === j ? 1 : below[Math.max(i, j)]![Math.min(i, j)]!))),
  )
}

/**
 * The block matrix of a clustering: 1 within a cluster, 0 between. It carries the classic measures over: its
 * `KernelEntropy.vonNeumannEntropy` is the discrete semantic entropy, and its `Spectral.eigenvalueSum` is the number of
 * clusters.
 *
 * @throws EntropyError when there is no id.
 *
 * @since 0.1.0
 * @category constructors
 */
export const fromClusters = (clusterIds: ReadonlyArray<number>): SimilarityMatrix =>
  validated(clusterIds.map((a) => clusterIds.map((b) => (a === b ? 1 : 0))))

/**
 * `(W + Wᵀ) / 2`, for one-way judgements such as entailment probabilities (as Lin et al., 2024, do). Any finite square
 * matrix will do; the diagonal stays as it is.
 *
 * @throws EntropyError
 *
 * @since 0.1.0
 * @category combinators
 */
export const symmetrized = (weights: WeightMatrix): WeightMatrix => {
  requireSquare("weights", weights, { holds: Number.isFinite, expected: "a finite number" })
  return weights.map((row, i) => row.map((value, j) => value / 2 + weights[j]![i]! / 2))
}
