/**
 * What goes wrong in a run without an error, said once, with the reason and the remedy.
 *
 * A fold over the records of a run that keeps a bounded number of them. A run that is resumed and given the records so
 * far says nothing twice; without them it starts anew, and may.
 *
 * @since 0.1.0
 */
import type { StepRecord } from "@seed-grpo/core"
import { EARLIER, FIRST, type HealthCheck, MOST_STEPS } from "./HealthCheck.ts"
import * as SignalChecks from "./SignalChecks.ts"
import * as UpdateChecks from "./UpdateChecks.ts"

/**
 * What is remembered of a run.
 *
 * @since 0.1.0
 * @category models
 */
export interface RunHealth {
  /** Oldest first. */
  readonly first: ReadonlyArray<StepRecord>
  /** Oldest first. */
  readonly newest: ReadonlyArray<StepRecord>
  /** Names of checks that have spoken. */
  readonly said: ReadonlySet<string>
}

/**
 * Something to tell a person.
 *
 * @since 0.1.0
 * @category models
 */
export interface HealthNotice {
  readonly check: string
  readonly text: string
}

/**
 * A run without steps.
 *
 * @since 0.1.0
 * @category constructors
 */
export const start: RunHealth = { first: [], newest: [], said: new Set() }

/**
 * All checks.
 *
 * @since 0.1.0
 * @category constants
 */
export const checks: ReadonlyArray<HealthCheck> = [
  SignalChecks.allRight,
  SignalChecks.allWrong,
  SignalChecks.unreadable,
  SignalChecks.truncated,
  SignalChecks.noSignal,
  SignalChecks.scaledAway,
  UpdateChecks.offPolicy,
  UpdateChecks.klHigh,
  UpdateChecks.clipped,
  UpdateChecks.entropyCollapse,
  UpdateChecks.gradientExploding,
  UpdateChecks.gradientZero,
  UpdateChecks.learningRateZero,
  UpdateChecks.nonFinite,
]

/**
 * A run after one more step, and what there is to say about it.
 *
 * @example
 * ```ts
 * import assert from "node:assert"
 * import { RunHealth, StepSummary } from "@seed-grpo/trainer"
 *
 * const record = { ...StepSummary.summarise(1, [], []), learningRate: 1e-6, firstRatio: 2 }
 * const { health, notices } = RunHealth.observe(RunHealth.start, record)
 * assert.match(notices[0]!.text, /ratio to the sampler is 2\.000/)
 * assert.deepEqual(RunHealth.observe(health, { ...record, step: 2 }).notices, [])
 * ```
 *
 * @since 0.1.0
 * @category observing
 */
export const observe = (
  { first, newest, said }: RunHealth,
  record: StepRecord,
  looks: ReadonlyArray<HealthCheck> = checks,
): { readonly health: RunHealth; readonly notices: ReadonlyArray<HealthNotice> } => {
  const beginning = first.length < FIRST ? [...first, record] : first
  const all = [...newest, record].slice(-(EARLIER + MOST_STEPS))
  const notices = looks.flatMap(({ look, name, steps }): ReadonlyArray<HealthNotice> => {
    if (said.has(name) || all.length < steps) return []
    const finding = look(all.slice(-steps), { first: beginning, earlier: all.slice(0, -steps).slice(-EARLIER) })
    return finding === undefined ? [] : [{ check: name, text: `${finding.found} ${finding.fix}` }]
  })
  return {
    health: { first: beginning, newest: all, said: new Set([...said, ...notices.map(({ check }) => check)]) },
    notices,
  }
}

/**
 * A run after the steps that it has recorded: what was found there was said there.
 *
 * @since 0.1.0
 * @category constructors
 */
export const after = (records: ReadonlyArray<StepRecord>, looks: ReadonlyArray<HealthCheck> = checks): RunHealth =>
  records.reduce((health, record) => observe(health, record, looks).health, start)
