/**
 * Uncertainty of a group of answers from the spectrum of their similarity graph.
 *
 * The measures of Lin, Trivedi & Sun, "Generating with Confidence" (TMLR 2024, arXiv 2305.19187), on an `[n, n]`
 * similarity matrix `W`, with degrees `D_ii = Σ_j w_ij` and eigenvalues `λ` of the normalised Laplacian
 * `I − D^{−1/2} W D^{−1/2}`. Degrees are at least 1 because `w_ii` is, so that nothing divides by 0.
 *
 * @since 0.1.0
 */
import { mean, sum } from "@seed-grpo/core/Numeric"
import { EntropyError } from "./EntropyError.ts"
import { type Eigen, symmetricEigen } from "./internal/symmetricEigen.ts"
import { type SimilarityMatrix, validated } from "./Similarity.ts"

/** Of the normalised Laplacian. */
const spectrum = (similarity: SimilarityMatrix): Eigen => {
  const roots = validated(similarity).map((row) => Math.sqrt(sum(row)))
  return symmetricEigen(
    similarity.map((row, i) => row.map((value, j) => (i === j ? 1 : 0) - value / (roots[i]! * roots[j]!))),
  )
}

/**
 * `U_EigV = Σ_k max(0, 1 − λ_k)`: the number of meanings, counted softly. Between 1 and `n`; exactly the number of clusters
 * for a block matrix.
 *
 * @throws EntropyError when this is no similarity matrix.
 *
 * @example
 * ```ts
 * import assert from "node:assert"
 * import { Similarity, Spectral } from "@seed-grpo/entropy"
 *
 * assert.equal(Spectral.eigenvalueSum(Similarity.fromClusters([0, 0, 1, 2])).toFixed(9), "3.000000000")
 * ```
 *
 * @since 0.1.0
 * @category estimators
 */
export const eigenvalueSum = (similarity: SimilarityMatrix): number => {
  const total = sum(spectrum(similarity).values.map((value) => Math.max(0, 1 - value)))
  return Math.min(similarity.length, Math.max(1, total))
}

/**
 * `U_Deg = tr(nI − D) / n²`: one minus the mean similarity over all `n²` pairs. Between 0 and `1 − 1/n`. It needs no
 * eigenvalues.
 *
 * @throws EntropyError when this is no similarity matrix.
 *
 * @since 0.1.0
 * @category estimators
 */
export const degree = (similarity: SimilarityMatrix): number =>
  Math.max(0, mean(validated(similarity).flatMap((row) => row.map((value) => 1 - value))))

/**
 * @since 0.1.0
 * @category models
 */
export interface EccentricityOptions {
  /** Eigenvectors with a smaller eigenvalue, in `[0, 2]`, are the answers' coordinates; 0.9 by default, as in the paper. */
  readonly threshold?: number
}

/**
 * `U_Ecc`: each answer's coordinates are its entries in the eigenvectors with `λ` below a threshold; this is the norm of the
 * answers' distances from their centre. Between 0 and `√(n − 1)`; `√(K − 1)` for a block matrix of `K` clusters. It does not
 * depend on the signs of eigenvectors, nor on their choice where eigenvalues coincide, but it jumps where an eigenvalue
 * crosses the threshold.
 *
 * @throws EntropyError when this is no similarity matrix or the threshold is not positive.
 *
 * @example
 * ```ts
 * import assert from "node:assert"
 * import { Similarity, Spectral } from "@seed-grpo/entropy"
 *
 * assert.equal(Spectral.eccentricity(Similarity.fromClusters([0, 0, 1, 2])).toFixed(6), "1.414214")
 * ```
 *
 * @since 0.1.0
 * @category estimators
 */
export const eccentricity = (similarity: SimilarityMatrix, { threshold = 0.9 }: EccentricityOptions = {}): number => {
  if (!(threshold > 0)) throw EntropyError.badValue("threshold", "a number above 0", threshold)
  const { values, vectors } = spectrum(similarity)
  const distances = vectors.flatMap((vector, k) => {
    if (values[k]! >= threshold) return []
    const centre = mean(vector)
    return Array.from(vector, (value) => (value - centre) ** 2)
  })
  return Math.sqrt(sum(distances))
}
