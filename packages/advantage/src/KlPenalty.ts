/**
 * KL to a reference policy, taken from the reward: `R ← R − β Σₜ (ℓₜ − ℓₜʳᵉᶠ)`, as in RLOO (arXiv 2402.14740) and PPO for language
 * models.
 *
 * @since 0.1.0
 */
import { sum } from "@seed-grpo/core/Numeric"
import { AdvantageError } from "./AdvantageError.ts"
import { isScorable, type Reward, type Rewards } from "./Rewards.ts"

/**
 * `Σₜ (ℓₜ − ℓₜʳᵉᶠ)` of one completion, in nats: the estimate k1 of the KL divergence between sequences. Unbiased, and of either
 * sign for a single completion. Both are log-probabilities of the sampled tokens, `[T]`, without padding.
 *
 * @throws AdvantageError when they are not of one length.
 *
 * @example
 * ```ts
 * import assert from "node:assert"
 * import { KlPenalty } from "@seed-grpo/advantage"
 *
 * assert.equal(KlPenalty.sequenceKl([-1, -0.5], [-1.25, -0.75]), 0.5)
 * ```
 *
 * @since 0.1.0
 * @category measures
 */
export const sequenceKl = (logprobs: ArrayLike<number>, referenceLogprobs: ArrayLike<number>): number => {
  if (logprobs.length !== referenceLogprobs.length) {
    throw AdvantageError.otherLengths(
      "log-probabilities of the reference policy",
      logprobs.length,
      referenceLogprobs.length,
    )
  }
  return sum(Array.from(logprobs, (logprob, t) => logprob - referenceLogprobs[t]!))
}

/**
 * `Rᵢ − β KLᵢ`, `[G]`; what could not be graded stays so, however far it is from the reference.
 *
 * @throws AdvantageError when there is not one KL for each reward.
 *
 * @example
 * ```ts
 * import assert from "node:assert"
 * import { KlPenalty } from "@seed-grpo/advantage"
 *
 * assert.deepEqual(KlPenalty.penalized([1, undefined], [2, 5], 0.05), [0.9, undefined])
 * ```
 *
 * @since 0.1.0
 * @category shaping
 */
export const penalized = (rewards: Rewards, kl: ReadonlyArray<number>, beta: number): ReadonlyArray<Reward> => {
  if (kl.length !== rewards.length) throw AdvantageError.otherLengths("KL of completions", rewards.length, kl.length)
  return rewards.map((reward, i) => (isScorable(reward) ? reward - beta * kl[i]! : undefined))
}
