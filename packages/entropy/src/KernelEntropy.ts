/**
 * Kernel language entropy: how spread out are the answers in the space of a kernel on their similarity graph?
 *
 * Nikitin, Kossen, Gal & Marttinen, "Kernel Language Entropy" (NeurIPS 2024, arXiv 2405.20003). A kernel tells near
 * meanings from far ones, where clusters only tell same from different; with the kernel of a clustering, the entropy is the
 * semantic entropy again. All values are in nats.
 *
 * The authors' code takes eigenvalues with a solver for general matrices and drops their imaginary parts; kernels are
 * symmetric, and here a symmetric solver is used, whose eigenvalues are real.
 *
 * @since 0.1.0
 */
import { sum } from "@seed-grpo/core/Numeric"
import { EntropyError } from "./EntropyError.ts"
import { requireSquare, requireSymmetric, TOLERANCE } from "./internal/matrix.ts"
import { symmetricEigen } from "./internal/symmetricEigen.ts"
import type { WeightMatrix } from "./Similarity.ts"

/**
 * A kernel on the nodes of a graph, as a function `g` of the eigenvalues of the graph's Laplacian: `K = V g(Λ) Vᵀ`. It must
 * be at least 0, and positive at 0. A constant factor changes no entropy.
 *
 * @since 0.1.0
 * @category models
 */
export type GraphKernel = (laplacianEigenvalue: number) => number

const positive = (name: string, value: number): number => {
  if (!(value > 0 && value < Infinity)) throw EntropyError.badValue(name, "a finite number above 0", value)
  return value
}

/**
 * Heat kernel `exp(−t L)`. The longer the time, the further similarity spreads along edges: the entropy falls from `ln n`
 * at 0 to the discrete entropy of the graph's connected components. The authors' code uses 0.4, lm-polygraph 0.3.
 *
 * @throws EntropyError when the time is not positive and finite.
 *
 * @since 0.1.0
 * @category kernels
 */
export const heatKernel = (time: number): GraphKernel => {
  const t = positive("time", time)
  return (eigenvalue) => Math.exp(-t * eigenvalue)
}

/**
 * Matérn kernel `(2ν/κ² I + L)^{−ν}`, up to a factor that makes it 1 at 0. A larger `κ` spreads further. The authors' code
 * uses `ν = κ = 1`.
 *
 * @throws EntropyError when a parameter is not positive and finite.
 *
 * @since 0.1.0
 * @category kernels
 */
export const maternKernel = (nu: number, kappa: number): GraphKernel => {
  const shift = positive("2ν / κ²", (2 * positive("nu", nu)) / positive("kappa", kappa) ** 2)
  return (eigenvalue) => Math.exp(-nu * Math.log1p(eigenvalue / shift))
}

/** An eigenvalue of a Laplacian is 0 below this part of the greatest: what rounding leaves, with room to spare. */
const NEGLIGIBLE = 1e-12

/**
 * Kernel matrix `[n, n]` of a graph given by edge weights `[n, n]`: a function of its Laplacian `L = D − W`. The diagonal of
 * `W` has no influence, and an edge of less than 1e-12 of the greatest degree may count as none.
 *
 * @throws EntropyError when the weights are not square, symmetric, finite and at least 0.
 *
 * @since 0.1.0
 * @category constructors
 */
export const kernelMatrix = (weights: WeightMatrix, kernel: GraphKernel): WeightMatrix => {
  requireSquare("weights", weights, {
    holds: (value) => value >= 0 && value < Infinity,
    expected: "a finite number of at least 0",
  })
  requireSymmetric("weights", weights)
  const edges = weights.map((row, i) => row.map((value, j) => (i === j ? 0 : value)))
  const { values, vectors } = symmetricEigen(
    edges.map((row, i) => row.map((value, j) => (i === j ? sum(row) : -value))),
  )
  // Rounding moves the zero of each component off 0, and a long time would make much of that.
  const negligible = NEGLIGIBLE * values.at(-1)!
  const spectrum = values.map((value) => kernel(value <= negligible ? 0 : value))
  return edges.map((row, i) => row.map((_, j) => sum(spectrum.map((g, k) => g * vectors[k]![i]! * vectors[k]![j]!))))
}

/**
 * Von Neumann entropy of a kernel: `−Σ μ ln μ` over the eigenvalues `μ` of `K_ij / √(K_ii K_jj) / n`, whose trace is 1.
 * Between 0 (all answers the same) and `ln n` (nothing in common). Of a block matrix
 * ({@link Similarity.fromClusters | `Similarity.fromClusters`}) it is the discrete semantic entropy.
 *
 * Eigenvalues just below 0 are rounding and count as 0. A matrix with others is no kernel, and not every similarity matrix
 * is one: pass those to {@link kernelLanguageEntropy} as weights.
 *
 * @throws EntropyError when the matrix is not symmetric and positive semi-definite with a positive diagonal.
 *
 * @example
 * ```ts
 * import assert from "node:assert"
 * import { KernelEntropy, SemanticEntropy, Similarity } from "@seed-grpo/entropy"
 *
 * const ids = [0, 0, 1, 2]
 * const entropy = KernelEntropy.vonNeumannEntropy(Similarity.fromClusters(ids))
 * assert.equal(entropy.toFixed(12), SemanticEntropy.discrete(ids).toFixed(12))
 * ```
 *
 * @since 0.1.0
 * @category measures
 */
export const vonNeumannEntropy = (kernel: WeightMatrix): number => {
  requireSquare("kernel", kernel, { holds: Number.isFinite, expected: "a finite number" })
  requireSymmetric("kernel", kernel)
  const bad = kernel.findIndex((row, i) => !(row[i]! > 0))
  if (bad !== -1) throw EntropyError.badValue(`kernel[${bad}][${bad}]`, "a number above 0", kernel[bad]![bad])
  const roots = kernel.map((row, i) => Math.sqrt(row[i]!))
  const n = kernel.length
  const { values } = symmetricEigen(kernel.map((row, i) => row.map((value, j) => value / roots[i]! / roots[j]! / n)))
  if (values[0]! < -TOLERANCE) throw EntropyError.badValue("least eigenvalue of the kernel", "at least 0", values[0])
  const entropy = sum(values.map((value) => (value > 0 ? -value * Math.log(value) : 0)))
  return Math.min(Math.log(n), Math.max(0, entropy))
}

/**
 * Kernel language entropy of a group of answers: the von Neumann entropy of a kernel on their graph. Between 0 and `ln n`;
 * `SemanticEntropy.normalized(entropy, n)` scales it to `[0, 1]`, as the authors' code does.
 *
 * Edge weights `[n, n]` say how close two answers are, from 0 (unrelated) up. The paper adds up both directions of
 * entailment, 1 for "entails" and ½ for "neutral"; a similarity matrix does as well.
 *
 * @throws EntropyError when the weights are not square, symmetric, finite and at least 0.
 *
 * @example
 * ```ts
 * import assert from "node:assert"
 * import { KernelEntropy } from "@seed-grpo/entropy"
 *
 * const weights = [
 *   [0, 2, 0.5, 1],
 *   [2, 0, 1, 0.5],
 *   [0.5, 1, 0, 1.5],
 *   [1, 0.5, 1.5, 0],
 * ]
 * const entropy = KernelEntropy.kernelLanguageEntropy(weights, KernelEntropy.heatKernel(0.3))
 * assert.equal(entropy.toFixed(9), "1.174635843")
 * ```
 *
 * @since 0.1.0
 * @category estimators
 */
export const kernelLanguageEntropy = (weights: WeightMatrix, kernel: GraphKernel): number =>
  vonNeumannEntropy(kernelMatrix(weights, kernel))
