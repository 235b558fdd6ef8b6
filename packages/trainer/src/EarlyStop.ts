/**
 * When training stops because it no longer helps. What is known fits on a line and is saved with a run, so a resumed run counts on.
 *
 * @since 0.1.0
 */

/**
 * A value of the metric that is watched, and after which step it was measured.
 *
 * @since 0.1.0
 * @category models
 */
export interface Measured {
  readonly step: number
  readonly value: number
}

/**
 * What has been seen of the metric.
 *
 * @since 0.1.0
 * @category models
 */
export interface Watch {
  /** The last that was better than the one before it by more than `minDelta`; nothing before the first evaluation. */
  readonly best?: Measured
  /** Evaluations since then. */
  readonly since: number
}

/**
 * Nothing seen yet.
 *
 * @since 0.1.0
 * @category constructors
 */
export const nothing: Watch = { since: 0 }

/**
 * What is known after one more evaluation: an improvement is a value above the best by more than `minDelta`.
 *
 * @example
 * ```ts
 * import assert from "node:assert"
 * import { EarlyStop } from "@seed-grpo/trainer"
 *
 * const values = [0.2, 0.5, 0.505, 0.4]
 * const watch = values.reduce(
 *   (known: EarlyStop.Watch, value, step) => EarlyStop.after(known, { step, value }, 0.01),
 *   EarlyStop.nothing
 * )
 * assert.deepEqual(watch, { best: { step: 1, value: 0.5 }, since: 2 })
 * assert.ok(EarlyStop.isOver(watch, 2))
 * ```
 *
 * @since 0.1.0
 * @category conversions
 */
export const after = (watch: Watch, measured: Measured, minDelta: number): Watch =>
  watch.best === undefined || measured.value > watch.best.value + minDelta
    ? { best: measured, since: 0 }
    : { ...watch, since: watch.since + 1 }

/**
 * Whether `patience` evaluations in a row brought nothing better.
 *
 * @since 0.1.0
 * @category predicates
 */
export const isOver = (watch: Watch, patience: number | undefined): boolean =>
  patience !== undefined && watch.since >= patience
