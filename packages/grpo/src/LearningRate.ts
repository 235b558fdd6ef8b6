/**
 * Learning rates over time. A schedule maps the number of optimizer steps already taken to the rate of the next. Every one may
 * begin with a linear rise from 0 over `warmupSteps`, and equals Transformers' of its name.
 *
 * @since 0.1.0
 */

/**
 * @since 0.1.0
 * @category models
 */
export type Schedule = (step: number) => number

/**
 * @since 0.1.0
 * @category models
 */
export interface WarmUpOptions {
  /** After the warm-up. */
  readonly rate: number
  readonly warmupSteps?: number | undefined
}

/**
 * @since 0.1.0
 * @category models
 */
export interface DecayOptions extends WarmUpOptions {
  /** At which step the decay ends; the warm-up is part of it. */
  readonly totalSteps: number
}

const warmedUp = ({ rate, warmupSteps = 0 }: WarmUpOptions, after: Schedule): Schedule => {
  return (step) => (step < warmupSteps ? (rate * step) / warmupSteps : after(step))
}

/** Share of the decay that is done, beyond 1 after its end. */
const progress = ({ totalSteps, warmupSteps = 0 }: DecayOptions, step: number): number =>
  (step - warmupSteps) / Math.max(1, totalSteps - warmupSteps)

/**
 * The same rate throughout, after the warm-up.
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
export const constant = (options: WarmUpOptions): Schedule => warmedUp(options, () => options.rate)

/**
 * A linear fall to 0 at `totalSteps`.
 *
 * @example
 * ```ts
 * import assert from "node:assert"
 * import { LearningRate } from "@seed-grpo/grpo"
 *
 * const schedule = LearningRate.linear({ rate: 1, totalSteps: 6, warmupSteps: 2 })
 * assert.deepEqual([0, 1, 2, 4, 6, 7].map(schedule), [0, 0.5, 1, 0.5, 0, 0])
 * ```
 *
 * @since 0.1.0
 * @category schedules
 */
export const linear = (options: DecayOptions): Schedule => {
  const { rate, totalSteps, warmupSteps = 0 } = options
  return warmedUp(options, (step) => (rate * Math.max(0, totalSteps - step)) / Math.max(1, totalSteps - warmupSteps))
}

/**
 * `m + (rate − m) (1 + cos(2π · cycles · p)) / 2` with `p` the share of the decay that is done: with half a cycle, which is the
 * default, a fall to `minimum`. After `totalSteps` the curve goes on, and rises again.
 *
 * @example
 * ```ts
 * import assert from "node:assert"
 * import { LearningRate } from "@seed-grpo/grpo"
 *
 * const schedule = LearningRate.cosine({ rate: 1, totalSteps: 8, minimum: 0.5 })
 * assert.deepEqual([0, 4, 8].map(schedule), [1, 0.75, 0.5])
 * ```
 *
 * @since 0.1.0
 * @category schedules
 */
export const cosine = (
  options: DecayOptions & {
    readonly cycles?: number | undefined
    /** The lowest rate. */
    readonly minimum?: number | undefined
  },
): Schedule => {
  const { cycles = 0.5, minimum = 0, rate } = options
  return warmedUp(options, (step) => {
    const height = (1 + Math.cos(2 * Math.PI * cycles * progress(options, step))) / 2
    return minimum + (rate - minimum) * height
  })
}

/**
 * `end + (rate − end) (1 − p)^power` with `p` the share of the decay that is done, and `end` from `totalSteps` on.
 *
 * @example
 * ```ts
 * import assert from "node:assert"
 * import { LearningRate } from "@seed-grpo/grpo"
 *
 * const schedule = LearningRate.polynomial({ rate: 1, totalSteps: 4, end: 0, power: 2 })
 * assert.deepEqual([0, 2, 4, 5].map(schedule), [1, 0.25, 0, 0])
 * ```
 *
 * @since 0.1.0
 * @category schedules
 */
export const polynomial = (
  options: DecayOptions & {
    /** Transformers' is 1e-7. */
    readonly end: number
    readonly power?: number | undefined
  },
): Schedule => {
  const { end, power = 1, rate } = options
  return warmedUp(options, (step) => end + (rate - end) * Math.max(0, 1 - progress(options, step)) ** power)
}

/** Transformers' timescale without a warm-up. */
const TIMESCALE = 10_000

/**
 * `rate · √(timescale / (timescale + s))`, `s` steps after the warm-up; it never ends. The timescale is the length of the warm-up
 * unless given, and 10,000 when there is none.
 *
 * @example
 * ```ts
 * import assert from "node:assert"
 * import { LearningRate } from "@seed-grpo/grpo"
 *
 * const schedule = LearningRate.inverseSquareRoot({ rate: 1, warmupSteps: 4 })
 * assert.deepEqual([0, 2, 4, 16, 64].map(schedule), [0, 0.5, 1, 0.5, 0.25])
 * ```
 *
 * @since 0.1.0
 * @category schedules
 */
export const inverseSquareRoot = (options: WarmUpOptions & { readonly timescale?: number | undefined }): Schedule => {
  const { rate, warmupSteps = 0 } = options
  const timescale = options.timescale ?? (warmupSteps === 0 ? TIMESCALE : warmupSteps)
  return warmedUp(options, (step) => rate * Math.sqrt(timescale / (timescale + step - warmupSteps)))
}
