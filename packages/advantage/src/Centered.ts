/**
 * Dr.GRPO (arXiv 2503.20783), and Eq. (1) of SEED-GRPO.
 *
 * @since 0.1.0
 */
import { mean } from "@seed-grpo/core/Numeric"
import { type Baseline, perGroup } from "./Baseline.ts"

/**
 * `Aᵢ = rᵢ − mean(r)`. The size of an advantage keeps its meaning, so it can be scaled afterwards.
 *
 * @throws AdvantageError
 *
 * @example
 * ```ts
 * import assert from "node:assert"
 * import { Centered } from "@seed-grpo/advantage"
 *
 * assert.deepEqual(Centered.centered([[1, 1, 0, 0]]), [[0.5, 0.5, -0.5, -0.5]])
 * ```
 *
 * @since 0.1.0
 * @category baselines
 */
export const centered: Baseline = perGroup((rewards) => {
  const centre = mean(rewards)
  return (reward) => reward - centre
})
