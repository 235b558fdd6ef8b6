/**
 * GDPO (arXiv 2601.05242): every reward function is standardised by itself before they are added, so that none drowns another
 * (`normalize_then_sum` in TRL).
 *
 * @since 0.1.0
 */
import { type Aggregation, weightedSum } from "./Aggregation.ts"
import type { DeviationOptions } from "./Deviation.ts"
import { isScorable } from "./Rewards.ts"
import { standardized } from "./Standardized.ts"
import { whitened } from "./Whitened.ts"

/**
 * @since 0.1.0
 * @category models
 */
export interface NormalizeThenSumOptions extends DeviationOptions {
  /** One for each reward function; 1 unless given. */
  readonly weights?: ReadonlyArray<number> | undefined
}

/**
 * `zₖᵢ = (rₖᵢ − mean(rₖ)) / (std(rₖ) + ε)` over the group, `Rᵢ = Σₖ wₖ zₖᵢ`, `Aᵢ = Rᵢ / (std(R) + ε)` over the batch. A
 * reward function of which a group has one value has no say in that group.
 *
 * @throws AdvantageError
 *
 * @example
 * ```ts
 * import assert from "node:assert"
 * import { NormalizeThenSum } from "@seed-grpo/advantage"
 *
 * // Both functions have a say, though one speaks in hundreds.
 * const [right, tokens] = [[1, 1, 0, 0], [-100, -500, -100, -500]]
 * const [group] = NormalizeThenSum.normalizeThenSum({ epsilon: 0, ddof: 0 })([[right, tokens]])
 * assert.deepEqual(group!.map((advantage) => advantage.toFixed(3)), ["1.414", "0.000", "0.000", "-1.414"])
 * ```
 *
 * @since 0.1.0
 * @category aggregations
 */
export const normalizeThenSum =
  ({ weights, ...options }: NormalizeThenSumOptions = {}): Aggregation =>
  (groups) => {
    const sums = groups.map((functions) => {
      // For its checks, and to know which completions have a reward at all.
      const known = weightedSum(functions, weights)
      const scores = weightedSum(standardized(options)(functions), weights)
      return known.map((reward, i) => (isScorable(reward) ? scores[i] : undefined))
    })
    return whitened(sums, options)
  }
