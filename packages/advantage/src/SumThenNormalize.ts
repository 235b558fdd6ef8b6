/**
 * The usual way to use several reward functions: one reward of all, then a baseline (`sum_then_normalize` in TRL).
 *
 * @since 0.1.0
 */
import { type Aggregation, weightedSum } from "./Aggregation.ts"
import type { Baseline } from "./Baseline.ts"

/**
 * The baseline of `Rᵢ = Σₖ wₖ rₖᵢ`.
 *
 * @throws AdvantageError
 *
 * @example
 * ```ts
 * import assert from "node:assert"
 * import { Centered, SumThenNormalize } from "@seed-grpo/advantage"
 *
 * const advantages = SumThenNormalize.sumThenNormalize(Centered.centered, [1, 0.5])
 * const [right, short] = [[1, 1, 0, 0], [1, 0, 1, 0]]
 * assert.deepEqual(advantages([[right, short]]), [[0.75, 0.25, -0.25, -0.75]])
 * ```
 *
 * @since 0.1.0
 * @category aggregations
 */
export const sumThenNormalize =
  (baseline: Baseline, weights?: ReadonlyArray<number>): Aggregation =>
  (groups) =>
    baseline(groups.map((functions) => weightedSum(functions, weights)))
