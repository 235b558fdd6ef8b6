/**
 * Other numbers that papers and programs call "semantic entropy". They differ, on one group, by more than any effect that
 * is studied with them; they are here so that a published number can be reproduced, and told from the others. For new
 * work use {@link SemanticEntropy}.
 *
 * All take `clusterIds [n]`, numbered from 0, and `logprobs [n]` in nats, and throw `EntropyError` when these do not fit
 * together. On ids `0,0,0,1,1,2,3,3` and log-probabilities `−.1 … −.8` they give, in the order of this file, 1.533,
 * −0.123, 4.877, −0.310, −6.858, −0.411 and −0.269, where the likelihood-weighted entropy is 1.244 and the discrete one
 * 1.321.
 *
 * @since 0.1.0
 */
import { logSumExp, mean, sum } from "@seed-grpo/core/Numeric"
import { clusterLogMasses, likelihoodWeighted } from "./SemanticEntropy.ts"

/** `L_k = LSE_{i∈k} ℓ_i`, not normalised, `[K]`. */
const rawLogMasses = (clusterIds: ReadonlyArray<number>, logprobs: ReadonlyArray<number>): ReadonlyArray<number> => {
  const total = logSumExp(logprobs)
  return clusterLogMasses(clusterIds, logprobs).map((mass) => mass + total)
}

/** The mass of the cluster of each answer, `[n]`. */
const ofEachAnswer = (clusterIds: ReadonlyArray<number>, masses: ReadonlyArray<number>): ReadonlyArray<number> => {
  const place = new Map([...new Set(clusterIds)].map((id, index) => [id, index]))
  return clusterIds.map((id) => masses[place.get(id)!]!)
}

/**
 * SEED-GRPO's Eq. (5) as printed, on normalised masses: `−(1/K) Σ_k ln p_k`. **Inverted**: it is at least `ln K`, least
 * for an even split and without bound when one cluster has almost all the mass. Counts (7, 1) give 1.106 and (4, 4) give
 * 0.693: near-certain groups look more uncertain than split ones. The released code computes
 * `SemanticEntropy.likelihoodWeighted` instead.
 *
 * @example
 * ```ts
 * import assert from "node:assert"
 * import { Variants } from "@seed-grpo/entropy"
 *
 * const nearlyAgreed = Variants.invertedEquation5([0, 0, 0, 0, 0, 0, 0, 1], Array(8).fill(-1))
 * const split = Variants.invertedEquation5([0, 0, 0, 0, 1, 1, 1, 1], Array(8).fill(-1))
 * assert.equal(nearlyAgreed.toFixed(6), "1.106486")
 * assert.equal(split.toFixed(6), "0.693147")
 * ```
 *
 * @since 0.1.0
 * @category variants
 */
export const invertedEquation5 = (clusterIds: ReadonlyArray<number>, logprobs: ReadonlyArray<number>): number =>
  -mean(clusterLogMasses(clusterIds, logprobs)) + 0

/**
 * SEED-GRPO's Eq. (5) to the letter: `−(1/K) Σ_k ln Σ_{i∈k} p(o_i)`. **Not an entropy**: not 0 for one cluster, hundreds
 * of nats for summed log-probabilities of long answers, negative for mean ones.
 *
 * @since 0.1.0
 * @category variants
 */
export const rawEquation5 = (clusterIds: ReadonlyArray<number>, logprobs: ReadonlyArray<number>): number =>
  -mean(rawLogMasses(clusterIds, logprobs))

/**
 * The code of Kuhn, Gal & Farquhar (ICLR 2023): `−(1/K) Σ_k (L_k − shift)`; the shift of 5 is a heuristic of theirs.
 * Unbounded, of any sign.
 *
 * @since 0.1.0
 * @category variants
 */
export const kuhn2023 = (
  clusterIds: ReadonlyArray<number>,
  logprobs: ReadonlyArray<number>,
  shift: number = 5,
): number => rawEquation5(clusterIds, logprobs) + shift

/**
 * lm-polygraph's `mean`: `−(1/n) Σ_i L_{k(i)}`, a Monte-Carlo sum over answers of masses that are not normalised.
 * Unbounded, of any sign.
 *
 * @since 0.1.0
 * @category variants
 */
export const monteCarlo = (clusterIds: ReadonlyArray<number>, logprobs: ReadonlyArray<number>): number =>
  -mean(ofEachAnswer(clusterIds, rawLogMasses(clusterIds, logprobs)))

/**
 * lm-polygraph's `direct`: `−Σ_i e^{L_{k(i)}} L_{k(i)}`. **Counts each cluster once a member**: frequencies (2, 1) give
 * 0.907, where the entropy is 0.637.
 *
 * @since 0.1.0
 * @category variants
 */
export const overcounted = (clusterIds: ReadonlyArray<number>, logprobs: ReadonlyArray<number>): number =>
  -sum(ofEachAnswer(clusterIds, rawLogMasses(clusterIds, logprobs)).map((mass) => Math.exp(mass) * mass))

/**
 * SDLG's code: `−Σ_k p_k L_k = H − LSE(ℓ)`, with weights that are normalised and logarithms that are not.
 *
 * @since 0.1.0
 * @category variants
 */
export const halfNormalized = (clusterIds: ReadonlyArray<number>, logprobs: ReadonlyArray<number>): number =>
  likelihoodWeighted(clusterIds, logprobs) - logSumExp(logprobs)

/**
 * UQ-NLG's code: `−ln((1/K) Σ_k e^{L_k}) = ln K − LSE(ℓ)`, the logarithm of a mean where a mean of logarithms is meant.
 * It sees the clustering only through `K`.
 *
 * @since 0.1.0
 * @category variants
 */
export const logMeanLikelihood = (clusterIds: ReadonlyArray<number>, logprobs: ReadonlyArray<number>): number =>
  Math.log(clusterLogMasses(clusterIds, logprobs).length) - logSumExp(logprobs)
