/**
 * Rewards of a group, of which some may be missing.
 *
 * A reward that is `undefined`, `null` or `NaN` could not be determined (a grader that timed out, say). Every method leaves
 * it out and gives it advantage 0: unscorable is not wrong.
 *
 * @since 0.1.0
 */
import { mean as meanOf } from "@seed-grpo/core/Numeric"
import { AdvantageError } from "./AdvantageError.ts"

/**
 * What a reward function says of one completion; nothing when it could not tell.
 *
 * @since 0.1.0
 * @category models
 */
export type Reward = number | undefined | null

/**
 * Rewards of one group, `[G]`.
 *
 * @since 0.1.0
 * @category models
 */
export type Rewards = ReadonlyArray<Reward>

/** Squares of larger ones overflow. */
const LARGEST = 1e150

/**
 * Whether there is a reward.
 *
 * @throws AdvantageError when there is one, and it is infinite or nearly so.
 *
 * @since 0.1.0
 * @category predicates
 */
export const isScorable = (reward: Reward): reward is number => {
  if (reward === undefined || reward === null || Number.isNaN(reward)) return false
  if (Math.abs(reward) > LARGEST) throw AdvantageError.badReward(reward)
  return true
}

/**
 * The rewards that are there.
 *
 * @throws AdvantageError
 *
 * @example
 * ```ts
 * import assert from "node:assert"
 * import { Rewards } from "@seed-grpo/advantage"
 *
 * assert.deepEqual(Rewards.scorable([1, undefined, 0, NaN, null]), [1, 0])
 * ```
 *
 * @since 0.1.0
 * @category conversions
 */
export const scorable = (rewards: Rewards): ReadonlyArray<number> => rewards.filter(isScorable)

/**
 * Mean of the rewards that are there, and 0 when there is none.
 *
 * @throws AdvantageError
 *
 * @since 0.1.0
 * @category measures
 */
export const mean = (rewards: Rewards): number => {
  const there = scorable(rewards)
  return there.length === 0 ? 0 : meanOf(there)
}

/** Some thousand times the rounding of one operation. */
const ROUNDING = 1e-12

/**
 * Whether rewards differ by no more than rounding does, 10⁻¹² of the largest of them. Rewards that were meant to be equal may
 * differ so (`0.1 + 0.2` and `0.3`), and dividing by their deviation would make advantages of full size of nothing.
 *
 * @example
 * ```ts
 * import assert from "node:assert"
 * import { Rewards } from "@seed-grpo/advantage"
 *
 * assert.ok(Rewards.areEqual([0.1 + 0.2, 0.3]))
 * assert.ok(!Rewards.areEqual([1e-9, 0]))
 * ```
 *
 * @since 0.1.0
 * @category predicates
 */
export const areEqual = (rewards: ReadonlyArray<number>): boolean => {
  let [least, most] = [Infinity, -Infinity]
  for (const reward of rewards) {
    least = Math.min(least, reward)
    most = Math.max(most, reward)
  }
  return rewards.length < 2 || most - least <= ROUNDING * Math.max(Math.abs(least), Math.abs(most))
}
