/**
 * RLOO (arXiv 2402.14740): each completion against the others of its group.
 *
 * @since 0.1.0
 */
import { mean } from "@seed-grpo/core/Numeric"
import { type Baseline, perGroup } from "./Baseline.ts"
import { type DeviationOptions, divisor } from "./Deviation.ts"

/** `r − (Σ − r) / (n − 1) = (r − mean) n / (n − 1)`, which cancels exactly when all are equal. */
const againstOthers = (rewards: ReadonlyArray<number>) => {
  const centre = mean(rewards)
  return (reward: number) => ((reward - centre) * rewards.length) / (rewards.length - 1)
}

/**
 * `Aᵢ = rᵢ − mean(r without rᵢ)`. A group of one has no others, and advantage 0.
 *
 * @throws AdvantageError
 *
 * @example
 * ```ts
 * import assert from "node:assert"
 * import { LeaveOneOut } from "@seed-grpo/advantage"
 *
 * assert.deepEqual(LeaveOneOut.leaveOneOut([[1, 0, 0.5]]), [[0.75, -0.75, 0]])
 * ```
 *
 * @since 0.1.0
 * @category baselines
 */
export const leaveOneOut: Baseline = perGroup(againstOthers)

/**
 * `Aᵢ = (rᵢ − mean(r without rᵢ)) / (std(r) + ε)`, with the deviation of the whole group: `n / (n − 1)` times the
 * advantages of GRPO, a factor that groups of one size have in common.
 *
 * The deviation of the others alone, which NeMo-RL takes, is 0 for the one right answer among wrong ones: dividing by it made
 * advantages of a million there, and of a thousand where the others nearly agree (NVIDIA-NeMo/RL#1518, #4158). With that of
 * the group none exceeds `n / √(n − 1)`.
 *
 * @throws AdvantageError
 *
 * @since 0.1.0
 * @category baselines
 */
export const leaveOneOutStandardized = (options: DeviationOptions = {}): Baseline =>
  perGroup((rewards) => {
    const against = againstOthers(rewards)
    const deviation = divisor(rewards, options)
    return (reward) => against(reward) / deviation
  })
