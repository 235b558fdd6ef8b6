/**
 * Centred within the group, divided by the deviation over the whole batch (`scale_rewards: "batch"` in TRL; after Liu et al.,
 * arXiv 2508.08221).
 *
 * @since 0.1.0
 */
import type { Baseline } from "./Baseline.ts"
import { centered } from "./Centered.ts"
import { dividedBy, type DeviationOptions, divisor } from "./Deviation.ts"
import { scorable } from "./Rewards.ts"

/**
 * `Aᵢ = (rᵢ − mean(r)) / (std(all rewards of the batch) + ε)`: all groups are divided by the same number, so their sizes
 * remain comparable, as with {@link centered}, and so what modulations do to them.
 *
 * @throws AdvantageError
 *
 * @example
 * ```ts
 * import assert from "node:assert"
 * import { BatchStandardized } from "@seed-grpo/advantage"
 *
 * const groups = BatchStandardized.batchStandardized({ epsilon: 0, ddof: 0 })([[1, 1, 0, 0], [1, 1], [0, 0]])
 * assert.deepEqual(groups, [[1, 1, -1, -1], [0, 0], [0, 0]])
 * ```
 *
 * @since 0.1.0
 * @category baselines
 */
export const batchStandardized =
  (options: DeviationOptions = {}): Baseline =>
  (groups) => {
    const divided = dividedBy(divisor(groups.flatMap(scorable), options))
    return centered(groups).map((advantages) => advantages.map(divided))
  }
