/**
 * The semantic entropy of a group, with everything that is needed to trust and explain the number.
 *
 * @since 0.1.0
 */
import { cluster } from "@seed-grpo/core/Clusters"
import { exact, fromComparison } from "@seed-grpo/core/Equivalent"
import { byKey } from "@seed-grpo/core/Clustering"
import { discrete, likelihoodWeighted, normalized } from "./SemanticEntropy.ts"
import * as Unreadable from "./Unreadable.ts"

/**
 * A clustered group of `n` answers.
 *
 * @since 0.1.0
 * @category models
 */
export interface ClusteredGroup {
  /** Cluster of each answer, numbered from 0; nothing where no answer could be read. */
  readonly clusterIds: ReadonlyArray<number | undefined>
  /** Mean token log-probability of each answer, in nats; for the likelihood-weighted estimator. */
  readonly meanLogprobs?: ReadonlyArray<number>
}

/**
 * @since 0.1.0
 * @category models
 */
export type EstimatorName = "discrete" | "likelihood-weighted"

/**
 * A semantic entropy.
 *
 * @since 0.1.0
 * @category models
 */
export interface SemanticEntropyScore {
  /** In nats. */
  readonly entropy: number
  /** `entropy / ln n`, in `[0, 1]`. */
  readonly normalized: number
  readonly estimator: EstimatorName
  readonly unreadable: Unreadable.UnreadablePolicy
  /** Answers that entered the estimate. */
  readonly answers: number
  readonly clusters: number
  /** Cluster of each answer under the policy; nothing where it was left out. */
  readonly clusterIds: ReadonlyArray<number | undefined>
  /** Least and greatest entropy over all policies for unreadable answers: equal when every answer was read. */
  readonly bounds: readonly [number, number]
}

/** An estimator on the answers that are left after a policy. */
type Estimate = (ids: ReadonlyArray<number>, meanLogprobs: ReadonlyArray<number>) => number

const noLogprobs: ReadonlyArray<number> = []

const scoreBy =
  (estimator: EstimatorName, estimate: Estimate) =>
  (group: ClusteredGroup, unreadable: Unreadable.UnreadablePolicy): SemanticEntropyScore => {
    const under = (policy: Unreadable.UnreadablePolicy) => {
      const clusterIds = Unreadable.apply(group.clusterIds, policy)
      const kept = clusterIds.flatMap((id, index) => (id === undefined ? [] : [{ id, index }]))
      const ids = byKey(kept.map(({ id }) => id))
      // A group of which nothing is left disagrees about nothing.
      const entropy =
        ids.length === 0 && clusterIds.length > 0
          ? 0
          : estimate(
              ids,
              group.meanLogprobs === undefined ? noLogprobs : kept.map(({ index }) => group.meanLogprobs![index]!),
            )
      return { clusterIds, entropy, answers: ids.length, clusters: new Set(ids).size }
    }
    const chosen = under(unreadable)
    const all = group.clusterIds.includes(undefined)
      ? Unreadable.POLICIES.map((policy) => under(policy).entropy)
      : [chosen.entropy]
    return {
      ...chosen,
      normalized: normalized(chosen.entropy, chosen.answers),
      estimator,
      unreadable,
      bounds: [Math.min(...all), Math.max(...all)],
    }
  }

/**
 * Scores a clustered group with the discrete estimator.
 *
 * @throws EntropyError
 *
 * @since 0.1.0
 * @category scoring
 */
export const scoreDiscrete = scoreBy("discrete", (ids) => discrete(ids))

/**
 * Scores a clustered group with the likelihood-weighted estimator, which needs its `meanLogprobs`.
 *
 * @throws EntropyError
 *
 * @since 0.1.0
 * @category scoring
 */
export const scoreLikelihoodWeighted = scoreBy("likelihood-weighted", likelihoodWeighted)

/**
 * Semantic entropy of answers, in one line. Without `equivalent`, answers mean the same when they are the same text.
 *
 * @throws EntropyError
 *
 * @example
 * ```ts
 * import assert from "node:assert"
 * import { Score } from "@seed-grpo/entropy"
 *
 * const equivalent = (a: string, b: string) => Number(a) === Number(b)
 * const score = Score.semanticEntropy(["0.5", ".5", "2", "0.50"], { equivalent })
 * assert.equal(score.clusters, 2)
 * assert.equal(score.entropy.toFixed(6), "0.562335")
 * ```
 *
 * @since 0.1.0
 * @category scoring
 */
export const semanticEntropy = (
  answers: ReadonlyArray<string>,
  options: { readonly equivalent?: (a: string, b: string) => boolean } = {},
): SemanticEntropyScore =>
  scoreDiscrete(
    cluster(answers, options.equivalent === undefined ? exact : fromComparison(options.equivalent)),
    "own-cluster",
  )
