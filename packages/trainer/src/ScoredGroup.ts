/**
 * A group after the measuring half of a step: graded, clustered, its uncertainty known, its advantages computed.
 *
 * @since 0.1.0
 */
import { type AdvantageError, AdvantageEstimator, type Rewards } from "@seed-grpo/advantage"
import type { CompletionRecord, Group } from "@seed-grpo/core"
import { Numeric } from "@seed-grpo/core"
import { type EntropyError, EntropyScorer, type Score } from "@seed-grpo/entropy"
import { Equivalence, type Extract, type Grade } from "@seed-grpo/equivalence"
import type { PolicyGradient } from "@seed-grpo/grpo"
import { Effect } from "effect"
import type { Judgement } from "./Judgement.ts"
import { penalized, referenced } from "./ReferenceScores.ts"
import { rewardsOf } from "./RewardFunction.ts"

/**
 * @since 0.1.0
 * @category models
 */
export interface GradedGroup {
  readonly group: Group
  /** `[G]` */
  readonly grades: ReadonlyArray<Grade.Grade>
  /** `[G]`, 1 when right and 0 when not. */
  readonly rewards: ReadonlyArray<number>
  /** `[G]`, nothing where no answer could be read. */
  readonly clusterIds: ReadonlyArray<number | undefined>
  /** What reward functions from outside said, `[K][G]`; nothing where there are none. */
  readonly judgements?: ReadonlyArray<ReadonlyArray<Judgement>>
  /** `[G][T]`, in nats, if the run has a reference policy and it has looked at the group. */
  readonly referenceLogprobs?: ReadonlyArray<Float64Array>
}

/**
 * @since 0.1.0
 * @category models
 */
export interface ScoredGroup extends GradedGroup {
  readonly entropy: Score.SemanticEntropyScore
  readonly advantages: AdvantageEstimator.GroupAdvantages
}

/**
 * What else than the verdict a completion is rewarded or punished for: from a graded group to a reward for each completion, `[G]`.
 *
 * @since 0.1.0
 * @category models
 */
export type RewardFunction = (graded: GradedGroup) => Rewards.Rewards

/**
 * What all reward functions beside the verdict gave a group, `[K][G]`: the pure ones first, then those from outside.
 *
 * @since 0.1.0
 * @category conversions
 */
export const shapingOf = (
  graded: GradedGroup,
  rewardFunctions: ReadonlyArray<RewardFunction>,
): ReadonlyArray<Rewards.Rewards> => [
  ...rewardFunctions.map((reward) => reward(graded)),
  ...(graded.judgements ?? []).map(rewardsOf),
]

/**
 * Rewards and meanings: is each completion right, and which of them mean the same? With `rules`, only answers found in
 * these ways count.
 *
 * @since 0.1.0
 * @category stages
 */
export const gradeGroup = Effect.fnUntraced(function* (
  group: Group,
  rules?: ReadonlyArray<Extract.ExtractionRule>,
): Effect.fn.Return<GradedGroup, never, Equivalence.Equivalence> {
  const { cluster, grade } = yield* Equivalence.Equivalence
  const grades = yield* Effect.forEach(group.completions, ({ text }) => grade(group.problem.golds, text, rules))
  const clusterIds = yield* cluster(grades.map(({ extracted }) => extracted?.answer))
  return { group, grades, rewards: grades.map(({ correct }) => (correct ? 1 : 0)), clusterIds }
})

const entropyOf = Effect.fnUntraced(function* ({ clusterIds, group }: GradedGroup) {
  const { score } = yield* EntropyScorer.EntropyScorer
  return yield* score({
    clusterIds,
    meanLogprobs: group.completions.map(({ logprobs }) => Math.min(0, Numeric.mean(logprobs))),
  })
})

/**
 * A group that is not learned from: its uncertainty is known, and its advantages are 0.
 *
 * @since 0.1.0
 * @category stages
 */
export const scoreUnused = Effect.fnUntraced(function* (
  graded: GradedGroup,
): Effect.fn.Return<ScoredGroup, EntropyError.EntropyError, EntropyScorer.EntropyScorer> {
  const none = graded.rewards.map(() => 0)
  return { ...graded, entropy: yield* entropyOf(graded), advantages: { before: none, scale: 1, advantages: none } }
})

/**
 * Uncertainty and advantages of a batch: how much do the meanings of each group disagree, and how strongly does that scale what
 * is learned? `step` counts from 1.
 *
 * @since 0.1.0
 * @category stages
 */
export const scoreGroups = Effect.fnUntraced(function* (
  sampled: ReadonlyArray<GradedGroup>,
  step: number,
  rewardFunctions: ReadonlyArray<RewardFunction> = [],
): Effect.fn.Return<
  ReadonlyArray<ScoredGroup>,
  EntropyError.EntropyError | AdvantageError.AdvantageError,
  EntropyScorer.EntropyScorer | AdvantageEstimator.AdvantageEstimator
> {
  const graded = yield* referenced(sampled)
  const rewards = yield* Effect.forEach(graded, penalized)
  const { estimate } = yield* AdvantageEstimator.AdvantageEstimator
  const entropies = yield* Effect.forEach(graded, entropyOf)
  const advantages = yield* estimate(
    graded.map((group, index) => ({
      rewards: rewards[index]!,
      shaping: shapingOf(group, rewardFunctions),
      entropy: entropies[index]!.entropy,
      normalizedEntropy: entropies[index]!.normalized,
    })),
    step,
  )
  return graded.map((group, index) => ({ ...group, entropy: entropies[index]!, advantages: advantages[index]! }))
})

/**
 * What the optimizer reads of a group.
 *
 * @since 0.1.0
 * @category conversions
 */
export const trainingRows = ({
  advantages,
  group,
  referenceLogprobs,
}: ScoredGroup): ReadonlyArray<PolicyGradient.TrainingRow> =>
  group.completions.map(({ finish, logprobs, tokens }, sample) => ({
    prompt: group.promptTokens,
    completion: tokens,
    oldLogprobs: logprobs,
    ...(referenceLogprobs === undefined ? {} : { referenceLogprobs: referenceLogprobs[sample]! }),
    truncated: finish === "length",
    advantage: advantages.advantages[sample]!,
  }))

/**
 * What a person reads of a group.
 *
 * @since 0.1.0
 * @category conversions
 */
export const completionRecords = (step: number, scored: ScoredGroup): ReadonlyArray<CompletionRecord> => {
  const { advantages, entropy, grades, group, judgements, rewards } = scored
  return group.completions.map((completion, sample) => ({
    step,
    problem: group.problem.id,
    prompt: group.prompt,
    golds: group.problem.golds,
    sample,
    text: completion.text,
    tokens: completion.tokens.length,
    finish: completion.finish,
    logprob: Numeric.sum(completion.logprobs),
    answer: grades[sample]!.extracted?.answer ?? null,
    reward: rewards[sample]!,
    cluster: entropy.clusterIds[sample] ?? null,
    semanticEntropy: entropy.entropy,
    normalizedEntropy: entropy.normalized,
    scale: advantages.scale,
    advantageBefore: advantages.before[sample]!,
    advantage: advantages.advantages[sample]!,
    ...(judgements === undefined ? {} : { shaping: judgements.map((of) => rewardsOf(of)[sample] ?? null) }),
  }))
}
