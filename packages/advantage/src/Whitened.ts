/**
 * Advantages divided by their deviation over the whole batch.
 *
 * @since 0.1.0
 */
import type { Advantages, Baseline } from "./Baseline.ts"
import { dividedBy, type DeviationOptions, divisor } from "./Deviation.ts"
import { leaveOneOut } from "./LeaveOneOut.ts"
import { isScorable, type Rewards, scorable } from "./Rewards.ts"

/**
 * `A / (std(A) + ε)` over a batch of advantages that sum to zero over each group; what is missing has no say, and becomes 0.
 *
 * The mean of such a batch is 0. It is not computed and taken away: its rounding would be left in groups that have no advantage
 * at all (3e-8 in TRL's float32, on its own cases).
 *
 * @throws AdvantageError
 *
 * @since 0.1.0
 * @category conversions
 */
export const whitened = (advantages: ReadonlyArray<Rewards>, options: DeviationOptions = {}): Advantages => {
  const divided = dividedBy(divisor(advantages.flatMap(scorable), options))
  return advantages.map((group) => group.map((advantage) => (isScorable(advantage) ? divided(advantage) : 0)))
}

/**
 * RLOO's advantages, whitened: `normalize_advantages` of TRL's `RLOOTrainer`. A completion without another to be held
 * against has no say in the deviation.
 *
 * @throws AdvantageError
 *
 * @example
 * ```ts
 * import assert from "node:assert"
 * import { Whitened } from "@seed-grpo/advantage"
 *
 * const [mixed, right] = Whitened.leaveOneOutWhitened({ epsilon: 0, ddof: 0 })([[1, 1, 0, 0], [1, 1, 1, 1]])
 * assert.deepEqual(right, [0, 0, 0, 0])
 * assert.equal(mixed![0]!.toFixed(4), "1.4142")
 * ```
 *
 * @since 0.1.0
 * @category baselines
 */
export const leaveOneOutWhitened =
  (options: DeviationOptions = {}): Baseline =>
  (groups) => {
    const advantages = leaveOneOut(groups)
    const known = groups.map((rewards, group) => {
      const compared = scorable(rewards).length > 1
      return rewards.map((reward, i) => (compared && isScorable(reward) ? advantages[group]![i]! : undefined))
    })
    return whitened(known, options)
  }
