/**
 * Modulations whose strength changes while a policy is trained.
 *
 * @since 0.1.0
 */
import type { Modulation } from "./Modulation.ts"

/**
 * From the number of a step to a strength.
 *
 * @since 0.1.0
 * @category models
 */
export type Strength = (step: number) => number

/**
 * In a straight line from `from` before the first step to `to` at step `steps`, and `to` from there on.
 *
 * @example
 * ```ts
 * import assert from "node:assert"
 * import { Scheduled } from "@seed-grpo/advantage"
 *
 * assert.deepEqual([0, 50, 100, 900].map(Scheduled.ramp({ from: 0, to: 1, steps: 100 })), [0, 0.5, 1, 1])
 * ```
 *
 * @since 0.1.0
 * @category schedules
 */
export const ramp =
  ({ from, steps, to }: { readonly from: number; readonly to: number; readonly steps: number }): Strength =>
  (step) =>
    step >= steps ? to : from + ((to - from) * Math.max(0, step)) / steps

/**
 * The modulation with the strength that a step has.
 *
 * @example
 * ```ts
 * import assert from "node:assert"
 * import { Modulation, Scheduled } from "@seed-grpo/advantage"
 *
 * // Plain Dr.GRPO at first, SEED-GRPO at a visible dose from step 100 on.
 * const modulation = Scheduled.scheduled(Modulation.reciprocal, Scheduled.ramp({ from: 0, to: 1, steps: 100 }))
 * const group = { meanReward: 0.5, entropy: 2.08, normalizedEntropy: 1, sign: 1 } as const
 * assert.deepEqual([0, 100].map((step) => modulation({ ...group, step })), [1, 0.5])
 * ```
 *
 * @since 0.1.0
 * @category modulations
 */
export const scheduled =
  (of: (strength: number) => Modulation, strength: Strength): Modulation =>
  (context) =>
    of(strength(context.step))(context)
