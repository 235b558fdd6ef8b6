/**
 * Learning rates over time. A schedule maps the number of optimizer steps already taken to the rate of the next.
 *
 * @since 0.1.0
 */

/**
 * @since 0.1.0
 * @category models
 */
export type Schedule = (step: number) => number

const warmedUp =
  (warmupSteps: number, rate: number, after: Schedule): Schedule =>
  (step) =>
    step < warmupSteps ? (rate * step) / warmupSteps : after(step)

/**
 * The same rate throughout, after a linear rise from 0 over `warmupSteps`.
 *
 * @example
 * ```ts
 * import assert from "node:assert"
 * import { LearningRate } from "@seed-grpo/grpo"
 *
 * const schedule = LearningRate.constant({ rate: 1, warmupSteps: 4 })
 * assert.deepEqual([0, 2, 4, 99].map(schedule), [0, 0.5, 1, 1])
 * ```
 *
 * @since 0.1.0
 * @category schedules
 */
export const constant = (options: { readonly rate: number; readonly warmupSteps?: number }): Schedule =>
  warmedUp(options.warmupSteps ?? 0, options.rate, () => options.rate)

/**
 * A linear fall to 0 at `totalSteps`, after a linear rise over `warmupSteps`.
 *
 * @since 0.1.0
 * @category schedules
 */
export const linear = (options: {
  readonly rate: number
  readonly totalSteps: number
  readonly warmupSteps?: number
}): Schedule => {
  const { rate, totalSteps, warmupSteps = 0 } = options
  return warmedUp(
    warmupSteps,
    rate,
    (step) => (rate * Math.max(0, totalSteps - step)) / Math.max(1, totalSteps - warmupSteps),
  )
}
