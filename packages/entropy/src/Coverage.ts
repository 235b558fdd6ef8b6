/**
 * How much of a distribution over meanings has been seen, and corrections of the entropy for what has not (Good, 1953).
 *
 * All take the sizes of the clusters, `[K]`. With `f₁` the number of clusters of one answer, `f₁ / n` estimates the
 * probability that the next answer means something new.
 *
 * @since 0.1.0
 */
import { sum } from "@seed-grpo/core/Numeric"
import type { Correction } from "./Corrections.ts"
import { EntropyError } from "./EntropyError.ts"
import { totalOf } from "./internal/counts.ts"

const clustersOf = (size: number, counts: ReadonlyArray<number>): number =>
  counts.filter((count) => count === size).length

/**
 * Good–Turing coverage `Ĉ = 1 − f₁ / n`: the estimated probability of all meanings seen so far, in `[0, 1]`. It is 0
 * when no two answers mean the same, which is true of any single answer.
 *
 * @throws EntropyError when a count is not a positive whole number, or there is none.
 *
 * @example
 * ```ts
 * import assert from "node:assert"
 * import { Coverage } from "@seed-grpo/entropy"
 *
 * assert.equal(Coverage.goodTuringCoverage([5, 2, 1]), 0.875)
 * ```
 *
 * @since 0.1.0
 * @category coverage
 */
export const goodTuringCoverage = (counts: ReadonlyArray<number>): number => {
  const n = totalOf(counts)
  return 1 - clustersOf(1, counts) / n
}

/**
 * Chao1, the number of meanings seen and unseen: `K + f₁ (f₁ − 1) / (2 (f₂ + 1))`, bias-corrected (Chao, 1984). At least
 * `K`. It is a lower bound in expectation: meanings too rare to meet leave no trace.
 *
 * @throws EntropyError when a count is not a positive whole number, or there is none.
 *
 * @example
 * ```ts
 * import assert from "node:assert"
 * import { Coverage } from "@seed-grpo/entropy"
 *
 * assert.equal(Coverage.chao1([4, 2, 1, 1]), 4.5)
 * assert.equal(Coverage.chao1([4, 4]), 2)
 * ```
 *
 * @since 0.1.0
 * @category coverage
 */
export const chao1 = (counts: ReadonlyArray<number>): number => {
  totalOf(counts)
  const once = clustersOf(1, counts)
  return counts.length + (once * (once - 1)) / (2 * (clustersOf(2, counts) + 1))
}

/** Horvitz–Thompson entropy of the shares `Ĉ n_k / n`: each term over the probability that its cluster was seen at all. */
const horvitzThompson = (counts: ReadonlyArray<number>, n: number, coverage: number): number =>
  sum(
    counts.map((count) => {
      const p = (coverage * count) / n
      // At p = 1 the term is 0 and not the −0 of a product with ln 1.
      return p < 1 ? (-p * Math.log(p)) / -Math.expm1(n * Math.log1p(-p)) : 0
    }),
  )

/**
 * Chao–Shen: `−Σ p̃ ln p̃ / (1 − (1 − p̃)ⁿ)` with `p̃ = Ĉ n_k / n` (Chao & Shen, 2003). Where every answer is its own cluster,
 * `f₁` counts as `n − 1`, since a coverage of 0 leaves no shares to take the entropy of. At least 0.
 *
 * Pitfall: it goes far above `ln n` where little was seen twice: 4.39 for eight different answers, against `ln 8 = 2.08`.
 *
 * @throws EntropyError when a count is not a positive whole number, or there is none.
 *
 * @example
 * ```ts
 * import assert from "node:assert"
 * import { Coverage } from "@seed-grpo/entropy"
 *
 * assert.equal(Coverage.chaoShen([5, 2, 1]).toFixed(9), "1.117333484")
 * assert.equal(Coverage.chaoShen([1, 1, 1, 1, 1, 1, 1, 1]).toFixed(9), "4.391693243")
 * ```
 *
 * @since 0.1.0
 * @category corrections
 */
export const chaoShen: Correction = (counts) => {
  const n = totalOf(counts)
  const once = clustersOf(1, counts)
  return horvitzThompson(counts, n, 1 - (once === n ? n - 1 : once) / n)
}

/**
 * Chao–Shen over a hybrid estimate of the number of meanings: `K̂ = K / Ĉ`, or where `Ĉ = 0`, when no two answers mean
 * the same, a spectral count of meanings such as `U_EigV` (Lin et al., 2305.19187), which sees that different clusters
 * can still be near one another. The coverage is then `K / K̂` (McCabe et al., 2509.14478). At least 0.
 *
 * `spectralMeanings` is given by the caller and is at least 1. It cannot undo what was seen, so `K̂` is at least `K`.
 * Wherever any meaning was seen twice this equals {@link chaoShen}.
 *
 * @throws EntropyError when a count is not a positive whole number, or there is none, or when the spectral count is not a
 * finite number of at least 1.
 *
 * @example
 * ```ts
 * import assert from "node:assert"
 * import { Coverage } from "@seed-grpo/entropy"
 *
 * const different = [1, 1, 1, 1, 1, 1, 1, 1]
 * assert.equal(Coverage.hybrid(8)(different).toFixed(9), "3.167991753")
 * assert.equal(Coverage.hybrid(3)([2, 1, 1]).toFixed(9), "1.763240241")
 * ```
 *
 * @since 0.1.0
 * @category corrections
 */
export const hybrid = (spectralMeanings: number): Correction => {
  if (!(spectralMeanings >= 1 && spectralMeanings < Infinity)) {
    throw EntropyError.badValue("the spectral number of meanings", "a finite number of at least 1", spectralMeanings)
  }
  return (counts) => {
    const coverage = goodTuringCoverage(counts)
    const seen = counts.length
    return horvitzThompson(counts, totalOf(counts), coverage > 0 ? coverage : seen / Math.max(seen, spectralMeanings))
  }
}
