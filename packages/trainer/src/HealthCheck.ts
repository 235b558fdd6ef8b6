/**
 * A look at the newest steps of a run, for what goes wrong without an error.
 *
 * @since 0.1.0
 */
import type { StepRecord } from "@seed-grpo/core"
import { mean } from "@seed-grpo/core/Numeric"

/**
 * What was found, and what to do about it: one sentence each, with a full stop.
 *
 * @since 0.1.0
 * @category models
 */
export interface Finding {
  readonly found: string
  readonly fix: string
}

/**
 * What came before the steps that are looked at.
 *
 * @since 0.1.0
 * @category models
 */
export interface Before {
  /** The first steps of the run, oldest first, {@link FIRST} at most. */
  readonly first: ReadonlyArray<StepRecord>
  /** Steps just before, oldest first, {@link EARLIER} at most. */
  readonly earlier: ReadonlyArray<StepRecord>
}

/**
 * A pure function of records, so that a run that is resumed finds what one that was not stopped would.
 *
 * @since 0.1.0
 * @category models
 */
export interface HealthCheck {
  /** A check of one name speaks once per run. */
  readonly name: string
  /** How many steps it looks at, {@link MOST_STEPS} at most; it is silent before there are as many. */
  readonly steps: number
  /** `recent` holds that many, oldest first. */
  readonly look: (recent: ReadonlyArray<StepRecord>, before: Before) => Finding | undefined
}

/**
 * Steps at the beginning of a run that later ones are compared with.
 *
 * @since 0.1.0
 * @category constants
 */
export const FIRST = 5

/**
 * Steps before the ones looked at that are kept.
 *
 * @since 0.1.0
 * @category constants
 */
export const EARLIER = 32

/**
 * The most steps that a check may look at.
 *
 * @since 0.1.0
 * @category constants
 */
export const MOST_STEPS = 32

type Measure = (record: StepRecord) => number

/** Mean of a number over steps. */
export const meanOf = (records: ReadonlyArray<StepRecord>, measure: Measure): number => mean(records.map(measure))

/** `93 %` */
export const percent = (share: number): string => `${Math.round(100 * share)} %`

/** The middle one of at least one number; of an even count the lower. */
export const median = (values: ReadonlyArray<number>): number =>
  values.toSorted((a, b) => a - b)[Math.floor((values.length - 1) / 2)]!
