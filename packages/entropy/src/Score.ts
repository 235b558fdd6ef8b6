/**
 * The semantic entropy of a group, with everything that is needed to trust and explain the number.
 *
 * @since 0.1.0
 */
import { sizes } from "@seed-grpo/core/Clustering"
import { cluster, type Clusters } from "@seed-grpo/core/Clusters"
import { type Equivalent, exact, fromComparison, type Outcome } from "@seed-grpo/core/Equivalent"
import { EntropyError } from "./EntropyError.ts"
import type { Interval } from "./Interval.ts"
import { DISCRETE, type Estimator, normalized } from "./SemanticEntropy.ts"
import * as Unreadable from "./Unreadable.ts"

/**
 * A clustered group of `n` answers. What `Clusters.cluster` and `Judge.cluster` give is one.
 *
 * @since 0.1.0
 * @category models
 */
export interface ClusteredGroup extends Partial<Omit<Clusters, "clusterIds">> {
  /** Cluster of each answer, numbered from 0; nothing where no answer could be read. */
  readonly clusterIds: ReadonlyArray<number | undefined>
  /** Mean token log-probability of each answer, in nats; for estimators that weigh by likelihood. */
  readonly meanLogprobs?: ReadonlyArray<number>
}

/**
 * The answers that entered an estimate, as an interval is made of them.
 *
 * @since 0.1.0
 * @category models
 */
export interface Sample {
  /** Sizes of the clusters, `[K]`. */
  readonly counts: ReadonlyArray<number>
  /** Cluster of each answer, `[n]`. */
  readonly clusterIds: ReadonlyArray<number>
  /** `[n]` */
  readonly meanLogprobs: ReadonlyArray<number> | undefined
}

/**
 * A semantic entropy.
 *
 * @since 0.1.0
 * @category models
 */
export interface SemanticEntropyScore {
  /** In nats. */
  readonly entropy: number
  /** `entropy / ln n`: in `[0, 1]` for the estimators that are at most `ln n`, which corrected ones are not. */
  readonly normalized: number
  /** Name of the estimator. */
  readonly estimator: string
  readonly unreadable: Unreadable.UnreadablePolicy
  /** Answers that entered the estimate: the `n` above. */
  readonly answers: number
  /** Responses in which no answer could be read. */
  readonly unread: number
  readonly clusters: number
  /** Cluster of each answer under the policy; nothing where it was left out. */
  readonly clusterIds: ReadonlyArray<number | undefined>
  /** The entropy under each policy for unreadable answers: equal when every answer was read. */
  readonly byPolicy: Readonly<Record<Unreadable.UnreadablePolicy, number>>
  /** Least and greatest entropy over all policies, and over all that undecided pairs could turn out to be. */
  readonly bounds: readonly [number, number]
  /** Pairs that the judge could not decide. They count as different. */
  readonly undecided: number
  /** Whether pairs were left uncompared to keep within a budget. They count as different. */
  readonly overBudget: boolean
  /** Pairs told apart although a chain of equivalences joins them. They count as equivalent. */
  readonly contradictions: number
  /** What the entropy of infinitely many answers may be, where one was asked for. */
  readonly interval?: Interval
}

/**
 * @since 0.1.0
 * @category models
 */
export interface ScoreOptions {
  /** Default: `SemanticEntropy.DISCRETE`. */
  readonly estimator?: Estimator
  /** What responses without an answer count as. Default: each its own cluster. */
  readonly unreadable?: Unreadable.UnreadablePolicy
  /**
   * Makes an interval, or none, of a sample: `({ counts }) => Interval.bayesian(counts)`. Default: none, since it costs
   * milliseconds.
   */
  readonly interval?: (sample: Sample) => Interval | undefined
}

type Ids<Id = number> = ReadonlyArray<Id | undefined>

/** A group under one policy. */
const under = (
  given: Ids,
  policy: Unreadable.UnreadablePolicy,
  estimator: Estimator,
  meanLogprobs: ReadonlyArray<number> | undefined,
) => {
  const clusterIds = Unreadable.apply(given, policy)
  const places = clusterIds.includes(undefined)
    ? clusterIds.flatMap((id, index) => (id === undefined ? [] : [index]))
    : undefined
  const ids = (places === undefined ? clusterIds : places.map((index) => clusterIds[index])) as ReadonlyArray<number>
  const logprobs = places === undefined ? meanLogprobs : meanLogprobs && places.map((index) => meanLogprobs[index]!)
  const entropy = ids.length === 0 ? 0 : estimator.estimate(ids, logprobs)
  return { clusterIds, entropy, sample: { counts: sizes(ids), clusterIds: ids, meanLogprobs: logprobs } }
}

/**
 * Scores a clustered group.
 *
 * A group of which the policy leaves nothing has entropy 0 over 0 answers: the score says so in `answers`.
 *
 * @throws EntropyError for an empty group, cluster ids that are no whole numbers from 0, and log-probabilities that are
 * positive, not numbers or too few, whether the estimator uses them or not.
 *
 * @example
 * ```ts
 * import assert from "node:assert"
 * import { Score } from "@seed-grpo/entropy"
 *
 * const { bounds, byPolicy, entropy } = Score.score({ clusterIds: [0, 0, undefined, undefined] })
 * assert.equal(entropy.toFixed(6), "1.039721") // each unread response disagrees with everything
 * assert.equal(byPolicy["shared-cluster"].toFixed(6), "0.693147")
 * assert.equal(bounds[0], 0) // left out
 * ```
 *
 * @since 0.1.0
 * @category scoring
 */
export const score = (group: ClusteredGroup, options: ScoreOptions = {}): SemanticEntropyScore => {
  const { estimator = DISCRETE, interval, unreadable = "own-cluster" } = options
  const { clusterIds, coarsest = clusterIds, meanLogprobs } = group
  if (clusterIds.length === 0) throw EntropyError.emptyGroup()
  if (meanLogprobs !== undefined && meanLogprobs.length !== clusterIds.length) {
    throw EntropyError.badValue("log-probabilities", `${clusterIds.length}, one an answer`, meanLogprobs.length)
  }
  const bad = meanLogprobs?.findIndex((logprob) => !(logprob <= 0)) ?? -1
  if (bad >= 0) throw EntropyError.badValue(`meanLogprobs[${bad}]`, "a number of at most 0", meanLogprobs![bad])
  const chosen = under(clusterIds, unreadable, estimator, meanLogprobs)
  const unread = clusterIds.length - Unreadable.read(clusterIds)
  const valuesOf = (ids: Ids) =>
    Unreadable.POLICIES.map((policy) => under(ids, policy, estimator, meanLogprobs).entropy)
  const byPolicy = unread === 0 ? [chosen.entropy, chosen.entropy, chosen.entropy] : valuesOf(clusterIds)
  const all = coarsest === clusterIds ? byPolicy : [...byPolicy, ...valuesOf(coarsest)]
  const { entropy, sample } = chosen
  const answers = sample.clusterIds.length
  const drawn = answers === 0 ? undefined : interval?.(sample)
  return {
    entropy,
    normalized: normalized(entropy, answers),
    estimator: estimator.name,
    unreadable,
    answers,
    unread,
    clusters: sample.counts.length,
    clusterIds: chosen.clusterIds,
    byPolicy: { "own-cluster": byPolicy[0]!, "shared-cluster": byPolicy[1]!, "left-out": byPolicy[2]! },
    bounds: [Math.min(...all), Math.max(...all)],
    undecided: group.undecided?.length ?? 0,
    overBudget: group.overBudget ?? false,
    contradictions: group.contradictions?.length ?? 0,
    ...(drawn === undefined ? {} : { interval: drawn }),
  }
}

/**
 * How {@link semanticEntropy} reads a list of answers.
 *
 * @since 0.1.0
 * @category models
 */
export interface SemanticEntropyOptions extends ScoreOptions {
  /** When two answers mean the same: a comparison, or an equivalence with keys. Default: when they are the same text. */
  readonly equivalent?: Equivalent | ((reference: string, answer: string) => boolean | Outcome)
  /** Pairs that are compared at most. Default 500. */
  readonly budget?: number
  /** Mean token log-probability of each answer, `[n]`, in nats. */
  readonly meanLogprobs?: ReadonlyArray<number>
  /** Which answers were cut off, `[n]`: what a cut-off response seems to answer is not read. */
  readonly truncated?: ReadonlyArray<boolean>
}

/**
 * Semantic entropy of answers, in one line. `undefined`, blanks and what was truncated count as unreadable.
 *
 * @throws EntropyError as {@link score}, and when the comparison throws. A comparison that never returns hangs this
 * thread: `Judge.cluster` has deadlines.
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
  answers: ReadonlyArray<string | undefined>,
  options: SemanticEntropyOptions = {},
): SemanticEntropyScore => {
  const { budget, equivalent = exact, meanLogprobs, truncated } = options
  if (truncated !== undefined && truncated.length !== answers.length) {
    throw EntropyError.badValue("truncated", `${answers.length} flags, one an answer`, truncated.length)
  }
  if (budget !== undefined && !(budget >= 0)) {
    throw EntropyError.badValue("the budget of pairs", "a number of at least 0", budget)
  }
  const read = truncated === undefined ? answers : answers.map((answer, i) => (truncated[i] ? undefined : answer))
  const meaning = typeof equivalent === "function" ? fromComparison(equivalent) : equivalent
  const clusters = clustered(read, meaning, budget)
  return score(meanLogprobs === undefined ? clusters : { ...clusters, meanLogprobs }, options)
}

const clustered = (answers: Ids<string>, meaning: Equivalent, budget: number | undefined): Clusters => {
  try {
    return cluster(answers, meaning, budget)
  } catch (cause) {
    throw EntropyError.comparisonThrew(meaning.name, cause)
  }
}
