/**
 * Corrections of the discrete entropy for few samples.
 *
 * The plug-in entropy `H₀` of `SemanticEntropy.fromCounts` is biased low, by about `(K − 1) / 2n`. Each correction here
 * takes the sizes of the clusters, `[K]`, and gives an estimate of the entropy of the distribution behind them, in nats.
 * None clips its value: an estimate below 0 or above `ln n` is what keeps the average right, so clip only what is shown
 * (see {@link reported}). Corrections that guess the meanings not seen yet are in `Coverage`; the Bayesian estimate is
 * in `Posterior`.
 *
 * @since 0.1.0
 */
import { sum } from "@seed-grpo/core/Numeric"
import { EntropyError } from "./EntropyError.ts"
import { digamma } from "./internal/digamma.ts"
import { totalOf } from "./internal/counts.ts"
import { fromCounts } from "./SemanticEntropy.ts"

/**
 * An estimator of the entropy behind sizes of clusters, `[K]`, each a positive whole number; in nats.
 * `SemanticEntropy.fromCounts` is one, and so is every correction.
 *
 * @since 0.1.0
 * @category models
 */
export type Correction = (counts: ReadonlyArray<number>) => number

/**
 * Miller–Madow: `H₀ + (K − 1) / 2n` with the `K` clusters seen (Miller, 1955). Between 0 and `ln K + (K − 1) / 2n`.
 *
 * The first term of the bias, with the number of meanings taken to be those seen; so it falls short when many are unseen.
 *
 * @throws EntropyError when a count is not a positive whole number, or there is none.
 *
 * @example
 * ```ts
 * import assert from "node:assert"
 * import { Corrections } from "@seed-grpo/entropy"
 *
 * assert.equal(Corrections.millerMadow([4, 4]).toFixed(9), "0.755647181")
 * ```
 *
 * @since 0.1.0
 * @category corrections
 */
export const millerMadow: Correction = (counts) => fromCounts(counts) + (counts.length - 1) / (2 * totalOf(counts))

/** `m ln m`, which is 0 at 0. */
const weighted = (m: number): number => (m > 0 ? m * Math.log(m) : 0)

/**
 * Jackknife: `n H₀ − (n − 1)/n Σᵢ H₀⁽⁻ⁱ⁾` over the answers `i` left out in turn (Zahl, 1977). It removes the bias of
 * order `1/n`, at the price of more variance. At least `H₀`, since entropy is concave. `O(K)`.
 *
 * @throws EntropyError when a count is not a positive whole number, or there is none.
 *
 * @example
 * ```ts
 * import assert from "node:assert"
 * import { Corrections } from "@seed-grpo/entropy"
 *
 * assert.equal(Corrections.jackknife([4, 4]).toFixed(9), "0.764820712")
 * ```
 *
 * @since 0.1.0
 * @category corrections
 */
export const jackknife: Correction = (counts) => {
  const n = totalOf(counts)
  if (n === 1 || counts.length === 1) return 0
  const all = sum(counts.map(weighted))
  const leftOut = (count: number) => Math.log(n - 1) - (all - weighted(count) + weighted(count - 1)) / (n - 1)
  return n * fromCounts(counts) - ((n - 1) / n) * sum(counts.map((count) => count * leftOut(count)))
}

/**
 * Grassberger's correction of 1988: `Σ (n_k / n) (ln n − ψ(n_k) − (−1)^{n_k} / (n_k + 1))` (Physics Letters A 128).
 *
 * Pitfall: for a single cluster of 8 it is −0.047 and not 0, since small odd and even counts are corrected in opposite
 * directions.
 *
 * @throws EntropyError when a count is not a positive whole number, or there is none.
 *
 * @example
 * ```ts
 * import assert from "node:assert"
 * import { Corrections } from "@seed-grpo/entropy"
 *
 * assert.equal(Corrections.grassberger1988([8]).toFixed(6), "-0.047311")
 * ```
 *
 * @since 0.1.0
 * @category corrections
 */
export const grassberger1988: Correction = (counts) => {
  const n = totalOf(counts)
  const term = (count: number) => Math.log(n) - digamma(count) - (count % 2 === 0 ? 1 : -1) / (count + 1)
  return sum(counts.map((count) => (count / n) * term(count)))
}

/**
 * Grassberger's correction of 2003: `ln n − (1/n) Σ n_k G(n_k)` with `G(m) = ψ(m) + ½ (−1)^m [ψ((m + 1)/2) − ψ(m/2)]`
 * (arXiv physics/0307138). It too can be below 0: −0.0026 for one cluster of 8.
 *
 * @throws EntropyError when a count is not a positive whole number, or there is none.
 *
 * @example
 * ```ts
 * import assert from "node:assert"
 * import { Corrections } from "@seed-grpo/entropy"
 *
 * assert.equal(Corrections.grassberger2003([4, 2, 1, 1]).toFixed(9), "1.516471054")
 * ```
 *
 * @since 0.1.0
 * @category corrections
 */
export const grassberger2003: Correction = (counts) => {
  const n = totalOf(counts)
  const g = (m: number) => digamma(m) + (m % 2 === 0 ? 0.5 : -0.5) * (digamma((m + 1) / 2) - digamma(m / 2))
  return Math.log(n) - sum(counts.map((count) => count * g(count))) / n
}

/**
 * An estimate as it is shown to a reader.
 *
 * @since 0.1.0
 * @category models
 */
export interface Reported {
  /** The estimate, or 0 where it is below; in nats. */
  readonly value: number
  /** Whether the estimate was below 0. */
  readonly clipped: boolean
  /** Whether it is above `ln n`, the greatest plug-in entropy of `n` answers: then most of it is about unseen meanings. */
  readonly aboveLogN: boolean
}

/**
 * Prepares an estimate over `answers` answers for showing: no entropy is below 0, and one above `ln n` is flagged.
 *
 * Averages and comparisons belong before this step, which adds bias.
 *
 * @throws EntropyError when the estimate is not a finite number, or `answers` is not a positive whole number.
 *
 * @example
 * ```ts
 * import assert from "node:assert"
 * import { Corrections, Coverage } from "@seed-grpo/entropy"
 *
 * const unanimous = Corrections.reported(Corrections.grassberger2003([8]), 8)
 * assert.deepEqual(unanimous, { value: 0, clipped: true, aboveLogN: false })
 * assert.equal(Corrections.reported(Coverage.chaoShen([1, 1, 1, 1]), 4).aboveLogN, true)
 * ```
 *
 * @since 0.1.0
 * @category reporting
 */
export const reported = (estimate: number, answers: number): Reported => {
  if (!Number.isFinite(estimate)) throw EntropyError.badValue("an estimate", "a finite number", estimate)
  const upper = Math.log(totalOf([answers]))
  return { value: Math.max(0, estimate), clipped: estimate < 0, aboveLogN: estimate > upper }
}
