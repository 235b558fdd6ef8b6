/**
 * Modulations that look at how many completions are right, and not at their meanings: harder problems weigh more. Where SEED-GRPO
 * shrinks what is uncertain, which often is what is hard, these grow it.
 *
 * @since 0.1.0
 */
import type { ModulationContext } from "./Modulation.ts"

/**
 * `1 + α (1 − r̄)`, the same for all completions of a group; mean rewards beyond `[0, 1]` count as the nearer bound.
 *
 * @example
 * ```ts
 * import assert from "node:assert"
 * import { Difficulty } from "@seed-grpo/advantage"
 *
 * assert.equal(Difficulty.difficulty(1)({ meanReward: 0.25 }), 1.75)
 * ```
 *
 * @since 0.1.0
 * @category modulations
 */
export const difficulty =
  (alpha: number) =>
  ({ meanReward }: Pick<ModulationContext, "meanReward">): number =>
    1 + alpha * (1 - Math.min(1, Math.max(0, meanReward)))

/**
 * The curve of {@link grpoLead}.
 *
 * @since 0.1.0
 * @category models
 */
export interface Logistic {
  readonly least: number
  readonly most: number
  /** Mean reward at which the weight is halfway. */
  readonly midpoint: number
  readonly steepness: number
}

const RELEASED: Logistic = { least: 0.4, most: 1.5, midpoint: 0.75, steepness: 10 }

/**
 * GRPO-LEAD (arXiv 2504.09696), with the constants of its released code: `w(r̄)` on positive advantages and `w(1 − r̄)` on the
 * others, with `w(ρ) = least + (most − least) / (1 + e^{steepness (ρ − midpoint)})`. A rare right answer weighs most, and so does a
 * rare wrong one, so advantages of a group no longer sum to zero unless half of it is right.
 *
 * @example
 * ```ts
 * import assert from "node:assert"
 * import { Difficulty } from "@seed-grpo/advantage"
 *
 * const weight = Difficulty.grpoLead()
 * assert.equal(weight({ meanReward: 0.125, sign: 1 }).toFixed(3), "1.498")
 * assert.equal(weight({ meanReward: 0.125, sign: -1 }).toFixed(3), "0.645")
 * ```
 *
 * @since 0.1.0
 * @category modulations
 */
export const grpoLead =
  ({ least, midpoint, most, steepness }: Logistic = RELEASED) =>
  ({ meanReward, sign }: Pick<ModulationContext, "meanReward" | "sign">): number => {
    const rarity = sign > 0 ? meanReward : 1 - meanReward
    return least + (most - least) / (1 + Math.exp(steepness * (rarity - midpoint)))
  }
