/**
 * From the rewards of a group to how much better each completion was than expected. One function a method; all are
 * `[G] → [G]`, sum to zero over the group, and are exactly zero when all rewards are equal.
 *
 * A reward that is `undefined` could not be determined (a grader that timed out, say). It is left out of the baseline
 * and its advantage is 0: unscorable is not wrong.
 *
 * @since 0.1.0
 */
import { mean, standardDeviation } from "@seed-grpo/core/Numeric"

/**
 * Rewards of one group, `[G]`.
 *
 * @since 0.1.0
 * @category models
 */
export type Rewards = ReadonlyArray<number | undefined>

/**
 * @since 0.1.0
 * @category models
 */
export type Baseline = (rewards: Rewards) => ReadonlyArray<number>

/** Applies a method to the rewards that are there. */
const onScorable =
  (method: (rewards: ReadonlyArray<number>) => (reward: number) => number): Baseline =>
  (rewards) => {
    const scorable = rewards.filter((reward) => reward !== undefined)
    const advantage = method(scorable)
    return rewards.map((reward) => (reward === undefined ? 0 : advantage(reward)))
  }

/**
 * `Aᵢ = rᵢ − mean(r)`: Dr.GRPO (arXiv 2503.20783), and Eq. (1) of SEED-GRPO. The size of an advantage keeps its
 * meaning, so it can be scaled afterwards.
 *
 * @example
 * ```ts
 * import assert from "node:assert"
 * import { Baseline } from "@seed-grpo/advantage"
 *
 * assert.deepEqual(Baseline.centered([1, 1, 0, 0]), [0.5, 0.5, -0.5, -0.5])
 * ```
 *
 * @since 0.1.0
 * @category baselines
 */
export const centered: Baseline = onScorable((rewards) => {
  const centre = mean(rewards)
  return (reward) => reward - centre
})

/** TRL's, so that numbers agree. */
const EPSILON = 1e-4

/**
 * `Aᵢ = (rᵢ − mean(r)) / (std(r) + 10⁻⁴)` with the sample deviation (`G − 1`): GRPO (arXiv 2402.03300) as TRL computes
 * it. Scaling rewards before this step is undone by it.
 *
 * @since 0.1.0
 * @category baselines
 */
export const standardized: Baseline = onScorable((rewards) => {
  const centre = mean(rewards)
  const deviation = standardDeviation(rewards)
  return (reward) => (reward - centre) / (deviation + EPSILON)
})

/**
 * `Aᵢ = rᵢ − mean(r without rᵢ)`: RLOO (arXiv 2402.14740). A group of one has no others, and advantage 0.
 *
 * @since 0.1.0
 * @category baselines
 */
export const leaveOneOut: Baseline = onScorable((rewards) => {
  if (rewards.length < 2) return () => 0
  // r − (Σ − r) / (n − 1) = (r − mean) n / (n − 1), which cancels exactly when all are equal.
  const centre = mean(rewards)
  return (reward) => ((reward - centre) * rewards.length) / (rewards.length - 1)
})
