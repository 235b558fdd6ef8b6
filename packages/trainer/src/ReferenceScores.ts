/**
 * What the reference policy says of sampled groups, and how far the policy is from it.
 *
 * @since 0.1.0
 */
import { KlPenalty, type Rewards } from "@seed-grpo/advantage"
import { Numeric } from "@seed-grpo/core"
import { ReferencePolicy } from "@seed-grpo/grpo"
import { Context, Effect } from "effect"
import type { GradedGroup } from "./ScoredGroup.ts"

/**
 * What a nat of KL to the reference takes off the reward of a completion; 0 unless a layer says otherwise.
 *
 * @since 0.1.0
 * @category services
 */
export const KlInReward = Context.Reference<number>("@seed-grpo/trainer/KlInReward", { defaultValue: () => 0 })

/**
 * The groups with the reference's log-probabilities, once for all updates on them; as they are where there is no reference.
 *
 * @since 0.1.0
 * @category stages
 */
export const referenced = Effect.fnUntraced(function* <Group extends GradedGroup>(
  groups: ReadonlyArray<Group>,
): Effect.fn.Return<ReadonlyArray<Group>> {
  const reference = yield* ReferencePolicy.CurrentReference
  if (reference === undefined) return groups
  const rows = groups.flatMap(({ group: { completions, promptTokens } }) =>
    completions.map(({ tokens }) => ({ prompt: promptTokens, completion: tokens })),
  )
  const logprobs = (yield* reference.logprobs(rows)).values()
  return groups.map((one) => ({
    ...one,
    referenceLogprobs: one.group.completions.map(() => logprobs.next().value!),
  }))
})

/** `Σₜ (ℓₜ − ℓₜʳᵉᶠ)` of each completion, `[G]`. */
const klOf = ({ group, referenceLogprobs }: GradedGroup): ReadonlyArray<number> =>
  group.completions.map(({ logprobs }, sample) =>
    referenceLogprobs === undefined ? 0 : KlPenalty.sequenceKl(logprobs, referenceLogprobs[sample]!),
  )

/**
 * The verdicts less the KL to the reference, `[G]`.
 *
 * @since 0.1.0
 * @category stages
 */
export const penalized = Effect.fnUntraced(function* (graded: GradedGroup): Effect.fn.Return<Rewards.Rewards> {
  const coefficient = yield* KlInReward
  return coefficient === 0 ? graded.rewards : KlPenalty.penalized(graded.rewards, klOf(graded), coefficient)
})

/**
 * Mean over sampled tokens of `ℓ − ℓʳᵉᶠ`, in nats: an estimate of KL(π ‖ π_ref) that may be of either sign. Nothing where there is
 * no reference.
 *
 * @since 0.1.0
 * @category measurements
 */
export const meanKl = (groups: ReadonlyArray<GradedGroup>): number | undefined => {
  if (!groups.some(({ referenceLogprobs }) => referenceLogprobs !== undefined)) return undefined
  const tokens = Numeric.sum(groups.flatMap(({ group }) => group.completions.map((one) => one.tokens.length)))
  return tokens === 0 ? 0 : Numeric.sum(groups.flatMap(klOf)) / tokens
}
