/**
 * From rewards to how much better each completion was than expected: the step in which GRPO-like methods differ. One file a
 * method; all take the rewards of a whole batch of groups, because some divide by a deviation over all of it.
 *
 * Every method here sums to zero over a group, does not depend on the order of completions or groups, gives exactly 0 where all
 * rewards of a group are equal, and leaves out rewards that could not be determined.
 *
 * @since 0.1.0
 */
import { areEqual, isScorable, type Rewards, scorable } from "./Rewards.ts"

/**
 * Advantages of a batch, `[N][G]`: a number for each reward of each group. Groups may differ in size.
 *
 * @since 0.1.0
 * @category models
 */
export type Advantages = ReadonlyArray<ReadonlyArray<number>>

/**
 * From the rewards of a batch, `[N][G]`, to its advantages.
 *
 * @since 0.1.0
 * @category models
 */
export type Baseline = (groups: ReadonlyArray<Rewards>) => Advantages

/**
 * A baseline that looks at one group at a time. `method` sees the rewards that are there, of which two differ, and gives the
 * advantage of each.
 *
 * @example
 * ```ts
 * import assert from "node:assert"
 * import { Baseline } from "@seed-grpo/advantage"
 *
 * // Against the best of the group.
 * const regret = Baseline.perGroup((rewards) => (reward) => reward - Math.max(...rewards))
 * assert.deepEqual(regret([[1, undefined, 0], [0.3, 0.1 + 0.2]]), [[0, 0, -1], [0, 0]])
 * ```
 *
 * @since 0.1.0
 * @category constructors
 */
export const perGroup =
  (method: (rewards: ReadonlyArray<number>) => (reward: number) => number): Baseline =>
  (groups) =>
    groups.map((rewards) => {
      const there = scorable(rewards)
      if (areEqual(there)) return rewards.map(() => 0)
      const advantage = method(there)
      return rewards.map((reward) => (isScorable(reward) ? advantage(reward) : 0))
    })
