/**
 * How much do the meanings of a group of answers disagree?
 *
 * Answers that mean the same form a cluster; semantic entropy is the entropy of the distribution over clusters (Kuhn,
 * Gal & Farquhar, ICLR 2023; Farquhar et al., Nature 2024). All values are in nats.
 *
 * @since 0.1.0
 */
import { byKey, sizes } from "@seed-grpo/core/Clustering"
import { logSumExp, sum } from "@seed-grpo/core/Numeric"
import { EntropyError } from "./EntropyError.ts"
import { totalOf } from "./internal/counts.ts"
import { logShares } from "./internal/likelihoods.ts"

/**
 * From a clustered group to nats: `clusterIds [n]`, numbered from 0, and the mean token log-probability of each answer
 * where they are known, `[n]`.
 *
 * @since 0.1.0
 * @category models
 */
export interface Estimator {
  /** Named in every score. */
  readonly name: string
  readonly estimate: (clusterIds: ReadonlyArray<number>, meanLogprobs?: ReadonlyArray<number>) => number
}

/** `−p ln p`, which is 0 at 0. */
const surprise = (p: number): number => (p > 0 ? -p * Math.log(p) : 0)

/** Clears what rounding leaves at the ends of the range `[0, ln k]`. */
const within = (entropy: number, clusters: number): number => {
  const upper = Math.log(clusters)
  return Math.min(upper, Math.max(0, entropy))
}

/** How many answers each cluster holds; all ids must be whole numbers from 0. */
const countsOf = (clusterIds: ReadonlyArray<number>): ReadonlyArray<number> => {
  if (clusterIds.length === 0) throw EntropyError.emptyGroup()
  for (const id of clusterIds) {
    if (!(id >= 0 && Number.isInteger(id))) throw EntropyError.badValue("a cluster id", "a whole number from 0", id)
  }
  return sizes(clusterIds)
}

/** `ln n − (Σ n_k ln n_k) / n`, the plug-in estimate with one logarithm a cluster. */
const plugIn = (counts: ReadonlyArray<number>, total: number): number => {
  if (counts.length === 1) return 0
  let weighed = 0
  for (const count of counts) weighed += count * Math.log(count)
  return within(Math.log(total) - weighed / total, counts.length)
}

/**
 * Entropy of a distribution given by counts: `−Σ (n_k / n) ln (n_k / n)`. Between 0 (one cluster) and `ln K`.
 *
 * It is the plug-in estimate, which is biased low for few samples: four equally likely meanings give 1.17 nats on average
 * at 8 samples, where the truth is 1.39.
 *
 * @throws EntropyError when a count is not a positive whole number, or there is none.
 *
 * @example
 * ```ts
 * import assert from "node:assert"
 * import { SemanticEntropy } from "@seed-grpo/entropy"
 *
 * assert.equal(SemanticEntropy.fromCounts([4, 4]).toFixed(6), "0.693147")
 * assert.equal(SemanticEntropy.fromCounts([8]), 0)
 * ```
 *
 * @since 0.1.0
 * @category estimators
 */
export const fromCounts = (counts: ReadonlyArray<number>): number => plugIn(counts, totalOf(counts))

/**
 * Discrete semantic entropy: each answer counts once, so a cluster's probability is its share of the samples. Samples
 * come from the policy already, so this is the Monte-Carlo estimate that weights them by nothing else.
 *
 * @throws EntropyError
 *
 * @since 0.1.0
 * @category estimators
 */
export const discrete = (clusterIds: ReadonlyArray<number>): number => plugIn(countsOf(clusterIds), clusterIds.length)

/**
 * {@link discrete} as an estimator for scores.
 *
 * @since 0.1.0
 * @category estimators
 */
export const DISCRETE: Estimator = { name: "discrete", estimate: (clusterIds) => discrete(clusterIds) }

/**
 * Likelihood-weighted semantic entropy: a cluster's probability is the share of its members' likelihoods,
 * `p_k = Σ_{i∈k} e^{ℓ_i} / Σ_j e^{ℓ_j}`, where `ℓ_i` is the **mean** log-probability of a token of answer `i` (Farquhar
 * et al., 2024; the rule of the released SEED-GRPO code). Between 0 and `ln K`.
 *
 * Adding a constant to every `ℓ` changes nothing. With summed instead of mean log-probabilities one answer takes all the
 * mass and the result is close to 0 for any long answers: do not pass those.
 *
 * @throws EntropyError when lengths differ, when a log-probability is positive or not a number, or when all are −∞.
 *
 * @example
 * ```ts
 * import assert from "node:assert"
 * import { SemanticEntropy } from "@seed-grpo/entropy"
 *
 * const logprobs = [-0.1, -0.2, -0.3, -0.4, -0.5, -0.6, -0.7, -0.8]
 * const entropy = SemanticEntropy.likelihoodWeighted([0, 0, 0, 1, 1, 2, 3, 3], logprobs)
 * assert.equal(entropy.toFixed(9), "1.244373171")
 * ```
 *
 * @since 0.1.0
 * @category estimators
 */
export const likelihoodWeighted = (clusterIds: ReadonlyArray<number>, meanLogprobs: ReadonlyArray<number>): number => {
  const masses = clusterLogMasses(clusterIds, meanLogprobs).map(Math.exp)
  return within(sum(masses.map(surprise)), masses.length)
}

/**
 * {@link likelihoodWeighted} as an estimator for scores.
 *
 * @since 0.1.0
 * @category estimators
 */
export const LIKELIHOOD_WEIGHTED: Estimator = {
  name: "likelihood-weighted",
  estimate: (clusterIds, meanLogprobs = []) => likelihoodWeighted(clusterIds, meanLogprobs),
}

/**
 * `ln p_k` of each cluster, `[K]`: `LSE_{i∈k} ℓ_i − LSE ℓ`, the share of the likelihoods that its members have.
 *
 * @throws EntropyError as {@link likelihoodWeighted}
 *
 * @since 0.1.0
 * @category measures
 */
export const clusterLogMasses = (
  clusterIds: ReadonlyArray<number>,
  meanLogprobs: ReadonlyArray<number>,
): ReadonlyArray<number> => {
  const clusters = countsOf(clusterIds).length
  if (clusterIds.length !== meanLogprobs.length) {
    throw EntropyError.badValue(
      "log-probabilities",
      `one for each of ${clusterIds.length} answers`,
      meanLogprobs.length,
    )
  }
  const shares = logShares(meanLogprobs)
  const members: Array<Array<number>> = Array.from({ length: clusters }, () => [])
  for (const [index, id] of byKey(clusterIds).entries()) members[id]!.push(shares[index]!)
  return members.map(logSumExp)
}

/**
 * Semantic entropy over its greatest possible value for `n` answers, `H / ln n`: 0 when all agree, 1 when all differ;
 * 0 for a single answer. This is the `x = SE / SE_max` that SEED-GRPO scales advantages by. It is not comparable between
 * groups of different sizes.
 *
 * @since 0.1.0
 * @category measures
 */
export const normalized = (entropy: number, answers: number): number => (answers < 2 ? 0 : entropy / Math.log(answers))
