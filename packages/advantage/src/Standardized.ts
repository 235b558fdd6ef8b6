/**
 * GRPO (arXiv 2402.03300): each group is divided by its own deviation.
 *
 * @since 0.1.0
 */
import { mean } from "@seed-grpo/core/Numeric"
import { type Baseline, perGroup } from "./Baseline.ts"
import { type DeviationOptions, divisor } from "./Deviation.ts"

/**
 * `Aᵢ = (rᵢ − mean(r)) / (std(r) + ε)`. However small the deviation, no advantage exceeds `√G`. Scaling rewards
 * before this step is undone by it.
 *
 * @throws AdvantageError
 *
 * @example
 * ```ts
 * import assert from "node:assert"
 * import { Standardized } from "@seed-grpo/advantage"
 *
 * const [group] = Standardized.standardized({ epsilon: 0, ddof: 0 })([[1, 1, 0, 0]])
 * assert.deepEqual(group, [1, 1, -1, -1])
 * ```
 *
 * @since 0.1.0
 * @category baselines
 */
export const standardized = (options: DeviationOptions = {}): Baseline =>
  perGroup((rewards) => {
    const centre = mean(rewards)
    const deviation = divisor(rewards, options)
    return (reward) => (reward - centre) / deviation
  })
