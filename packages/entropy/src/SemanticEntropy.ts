/**
 * How much do the meanings of a group of answers disagree?
 *
 * Answers that mean the same form a cluster; semantic entropy is the entropy of the distribution over clusters (Kuhn,
 * Gal & Farquhar, ICLR 2023; Farquhar et al., Nature 2024). All values are in nats.
 *
 * @since 0.1.0
 */
import { sizes } from "@seed-grpo/core/Clustering"
import { logSumExp, sum } from "@seed-grpo/core/Numeric"
import { EntropyError } from "./EntropyError.ts"
import { totalOf } from "./internal/counts.ts"

/** `−p ln p`, which is 0 at 0. */
const surprise = (p: number): number => (p > 0 ? -p * Math.log(p) : 0)

/** Clears what rounding leaves at the ends of the range `[0, ln k]`. */
const within = (entropy: number, clusters: number): number => {
  const upper = Math.log(clusters)
  return Math.min(upper, Math.max(0, entropy))
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
export const fromCounts = (counts: ReadonlyArray<number>): number => {
  const total = totalOf(counts)
  return within(sum(counts.map((count) => surprise(count / total))), counts.length)
}

/**
 * Discrete semantic entropy: each answer counts once, so a cluster's probability is its share of the samples. Samples
 * come from the policy already, so this is the Monte-Carlo estimate that weights them by nothing else.
 *
 * @throws EntropyError
 *
 * @since 0.1.0
 * @category estimators
 */
export const discrete = (clusterIds: ReadonlyArray<number>): number => fromCounts(sizes(clusterIds))

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
  if (clusterIds.length === 0) throw EntropyError.emptyGroup()
  if (clusterIds.length !== meanLogprobs.length) {
    throw EntropyError.badValue(
      "log-probabilities",
      `one for each of ${clusterIds.length} answers`,
      meanLogprobs.length,
    )
  }
  const bad = meanLogprobs.find((logprob) => !(logprob <= 0))
  if (bad !== undefined) throw EntropyError.badValue("a mean log-probability", "a number of at most 0", bad)
  const total = logSumExp(meanLogprobs)
  if (total === -Infinity) throw EntropyError.badValue("log-probabilities", "at least one above −∞", total)
  const members: Array<Array<number>> = sizes(clusterIds).map(() => [])
  for (const [index, id] of clusterIds.entries()) members[id]!.push(meanLogprobs[index]!)
  const masses = members.map((logprobs) => Math.exp(logSumExp(logprobs) - total))
  return within(sum(masses.map(surprise)), masses.length)
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
