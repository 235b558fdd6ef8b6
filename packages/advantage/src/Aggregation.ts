/**
 * Advantages from several reward functions. One file a method.
 *
 * @since 0.1.0
 */
import { AdvantageError } from "./AdvantageError.ts"
import type { Advantages } from "./Baseline.ts"
import { isScorable, type Reward, type Rewards } from "./Rewards.ts"

/**
 * From what each reward function gave each completion, `[N][K][G]`, to the advantages of the batch, `[N][G]`. A reward
 * function may have nothing to say of a completion; a completion is left out when none has.
 *
 * @since 0.1.0
 * @category models
 */
export type Aggregation = (groups: ReadonlyArray<ReadonlyArray<Rewards>>) => Advantages

/**
 * `Σₖ wₖ rₖᵢ` over the reward functions that have something to say of completion `i`, and nothing when none has; `[K][G]` to
 * `[G]`. Without weights all count as they are.
 *
 * @throws AdvantageError when there are not as many weights as reward functions, or not as many rewards in all of them.
 *
 * @example
 * ```ts
 * import assert from "node:assert"
 * import { Aggregation } from "@seed-grpo/advantage"
 *
 * const [right, short] = [[1, 0, undefined], [undefined, 0.5, undefined]]
 * assert.deepEqual(Aggregation.weightedSum([right, short], [1, 0.5]), [1, 0.25, undefined])
 * ```
 *
 * @since 0.1.0
 * @category conversions
 */
export const weightedSum = (
  functions: ReadonlyArray<Rewards>,
  weights: ReadonlyArray<number> = functions.map(() => 1),
): ReadonlyArray<Reward> => {
  if (weights.length !== functions.length || !weights.every(Number.isFinite)) {
    throw AdvantageError.badWeights(functions.length, weights)
  }
  const size = functions[0]?.length ?? 0
  for (const [k, rewards] of functions.entries()) {
    if (rewards.length !== size) throw AdvantageError.otherLengths(`reward function ${k + 1}`, size, rewards.length)
  }
  return Array.from({ length: size }, (_, i) => {
    let total: number | undefined
    for (const [k, rewards] of functions.entries()) {
      const reward = rewards[i]
      if (isScorable(reward)) total = (total ?? 0) + weights[k]! * reward
    }
    return total
  })
}
