import type { StepRecord } from "@seed-grpo/core"
import { HealthCheck, RunHealth, SignalChecks, StepSummary, UpdateChecks } from "@seed-grpo/trainer"
import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import { config, nothingTold, platform, runIn, temporaryRun } from "./support.ts"

/** A step with nothing to say about. */
const healthy: StepRecord = {
  ...StepSummary.summarise(1, [], []),
  reward: 0.5,
  allRight: 0.25,
  allWrong: 0.25,
  mixed: 0.5,
  scaleMean: 0.8,
  gradientNorm: 0.3,
  learningRate: 1e-6,
  tokenEntropy: 0.5,
  updatesApplied: 1,
}

type Change = Partial<StepRecord>

const stepsOf = (changes: ReadonlyArray<Change>): ReadonlyArray<StepRecord> =>
  changes.map((change, index) => ({ ...healthy, ...change, step: index + 1 }))

/** Every notice of a run, by the step after which it is said. */
const told = (changes: ReadonlyArray<Change>) => {
  let health = RunHealth.start
  const notices: Array<{ readonly step: number; readonly check: string; readonly text: string }> = []
  for (const record of stepsOf(changes)) {
    const observed = RunHealth.observe(health, record)
    health = observed.health
    notices.push(...observed.notices.map((notice) => ({ step: record.step, ...notice })))
  }
  return notices
}

const times = (count: number, change: Change = {}): ReadonlyArray<Change> => Array.from({ length: count }, () => change)

/** A check, steps that make it speak, when, what it says, and steps as like them as can be that do not. */
const cases: ReadonlyArray<readonly [string, ReadonlyArray<Change>, number, RegExp, ReadonlyArray<Change>]> = [
  [
    "all-right",
    times(8, { allRight: 0.96, allWrong: 0 }),
    5,
    /96 % of the groups .* right throughout.*harder problems/,
    [...times(4, { allRight: 1, allWrong: 0 }), ...times(8, { allRight: 0.7 })],
  ],
  [
    "all-wrong",
    times(8, { allRight: 0, allWrong: 0.97, unreadable: 0.4 }),
    5,
    /97 % of the groups .* wrong throughout.*too hard.*seed-grpo verify/,
    times(8, { allRight: 0, allWrong: 0.94, unreadable: 0.4 }),
  ],
  [
    "unreadable",
    times(8, { allRight: 0, allWrong: 1, unreadable: 0.9, truncated: 0.1 }),
    5,
    /No answer was found in 90 % of the completions .* only 10 % were cut off.*`template`/,
    times(8, { unreadable: 0.49 }),
  ],
  [
    "truncated",
    times(8, { allRight: 0, allWrong: 1, unreadable: 0.9, truncated: 0.8 }),
    5,
    /80 % of the completions .* cut off.*sampling\.maxTokens/,
    times(8, { truncated: 0.49, unreadable: 0.49 }),
  ],
  [
    "no-signal",
    [...times(3), ...times(8, { updatesApplied: 0, updatesWithoutSignal: 1, allRight: 0.5, allWrong: 0.5, mixed: 0 })],
    8,
    /No completion of the last 5 steps had an advantage.*50 % of the groups are right and 50 % wrong/,
    Array.from({ length: 12 }, (_, i) => (i % 5 === 4 ? {} : { updatesApplied: 0, updatesWithoutSignal: 1 })),
  ],
  [
    "scaled-away",
    times(8, { scaleMean: 0.05 }),
    5,
    /Uncertainty leaves 5 % of the advantages.*advantage\.strength/,
    times(8, { scaleMean: 0.05, mixed: 0 }),
  ],
  [
    "off-policy",
    [{}, { firstRatio: 0.9 }],
    2,
    /first update of step 2, .* ratio to the sampler is 0\.9000 .*doctor --training/,
    times(8, { firstRatio: 1.01, firstKlFromSampler: 5e-4, ratio: 1.2, klFromSampler: 0.02 }),
  ],
  ["off-policy", [{ firstRatio: 1.0001, firstKlFromSampler: 0.02 }], 1, /KL 0\.020 nats/, times(9)],
  ["kl-high", times(5, { klFromSampler: 0.2 }), 3, /moved 0\.20 nats.*learningRate/, times(8, { klFromSampler: 0.04 })],
  [
    "clipped",
    times(5, { clippedLow: 0.2, clippedHigh: 0.2 }),
    3,
    /40 % of the ratios.*clip range/,
    times(8, { clippedLow: 0.1, clippedHigh: 0.15 }),
  ],
  [
    "entropy-collapse",
    [...times(20), ...times(10, { tokenEntropy: 0.04 })],
    26,
    /fell from 0\.50 to 0\.040 nats while the reward is 0\.50.*clipHigh/,
    [...times(20), ...times(10, { tokenEntropy: 0.04, reward: 0.95 })],
  ],
  [
    "entropy-collapse",
    [...times(5), ...times(6, { tokenEntropy: 0.01 })],
    11,
    /entropy of the next token/,
    // Nothing was trained on, so nothing was measured.
    [...times(20), ...times(4, { tokenEntropy: 0, updatesApplied: 0, updatesWithoutSignal: 1 }), ...times(4)],
  ],
  [
    "gradient-exploding",
    [...times(16), ...times(3, { gradientNorm: 4 })],
    19,
    /above 10 times its usual 0\.30 for 3 steps, and is 4\.0/,
    [...times(16), ...times(2, { gradientNorm: 400 }), ...times(9)],
  ],
  [
    "gradient-zero",
    [...times(4), ...times(4, { gradientNorm: 0 })],
    7,
    /gradient was 0 for 3 steps although there were advantages/,
    times(4, { gradientNorm: 0, updatesApplied: 0, updatesWithoutSignal: 1 }),
  ],
  [
    "learning-rate-zero",
    times(4, { learningRate: 0 }),
    3,
    /learning rate was 0.*optimizer\.schedule/,
    [...times(2, { learningRate: 0 }), ...times(5), { learningRate: 0 }],
  ],
  ["non-finite", [{}, { updatesNonFinite: 2 }], 2, /step 2 .* in 2 of the updates.*haltAfterNonFinite/, times(9)],
]

describe("RunHealth", () => {
  it.each(cases)("%s speaks, once, and says what to do", (name, changes, step, text) => {
    const notices = told([...changes, ...changes]).filter(({ check }) => check === name)
    assert.deepStrictEqual(
      notices.map((notice) => notice.step),
      [step],
    )
    assert.match(notices[0]!.text, text)
  })

  it.each(cases)("%s says nothing of what is like it and harmless", (name, _changes, _step, _text, harmless) => {
    assert.notInclude(
      told(harmless).map(({ check }) => check),
      name,
    )
  })

  it("nothing is said twice in other words", () => {
    const only = (change: Change) => told(times(8, change)).map(({ check }) => check)
    assert.deepStrictEqual(only({ allRight: 0, allWrong: 1, unreadable: 0.9, truncated: 0.8 }), ["truncated"])
    assert.deepStrictEqual(only({ allRight: 0, allWrong: 1, unreadable: 0.9 }), ["unreadable"])
    assert.deepStrictEqual(only({ allRight: 1, allWrong: 0, mixed: 0, updatesApplied: 0 }), ["all-right"])
    assert.deepStrictEqual(only({ firstRatio: 2, firstKlFromSampler: 1, klFromSampler: 1 }), ["off-policy"])
  })

  it("a healthy run is left in peace", () => {
    assert.deepStrictEqual(told(times(200)), [])
    // As the demo goes: rewards rise, entropy falls to a half, groups become all right.
    const demo = Array.from({ length: 160 }, (_, i) => ({
      reward: 0.32 + (0.65 * i) / 160,
      allRight: (0.94 * i) / 160,
      allWrong: 0.05,
      tokenEntropy: 0.45 - (0.22 * i) / 160,
      gradientNorm: 0.3 - (0.27 * i) / 160,
      firstRatio: 1 + 2e-7 * (-1) ** i,
      firstKlFromSampler: 1e-12,
    }))
    assert.deepStrictEqual(told(demo), [])
  })

  it("has a case for every check, and every check has a name of its own and fits into what is kept", () => {
    const names = RunHealth.checks.map(({ name }) => name)
    assert.deepStrictEqual([...new Set(cases.map(([name]) => name))].toSorted(), names.toSorted())
    for (const { steps } of RunHealth.checks) assert.isAtMost(steps, HealthCheck.MOST_STEPS)
    assert.isAbove(HealthCheck.EARLIER, UpdateChecks.FOR_MEDIAN)
    assert.isAbove(SignalChecks.STEPS, 1)
  })

  it("keeps no more than a bounded number of steps, and goes on from records as from the steps themselves", () => {
    const records = stepsOf(times(500))
    const health = RunHealth.after(records)
    assert.isAtMost(health.newest.length + health.first.length, 2 * 32 + 5)
    const split = records
      .slice(250)
      .reduce((state, one) => RunHealth.observe(state, one).health, RunHealth.after(records.slice(0, 250)))
    assert.deepStrictEqual(split, health)
  })
})

describe("a run", () => {
  it.live("tells what is wrong with it once; resumed with its records not again, resumed without them anew", () =>
    Effect.gen(function* () {
      const zero = (steps: number) => config({ optimizer: { learningRate: 0 }, steps })
      const about = (notices: ReadonlyArray<string>) => notices.filter((text) => text.includes("learning rate was 0"))
      const isStep = (record: unknown): record is StepRecord => (record as StepRecord).kind === "step"
      for (const [given, again] of [
        [true, 0],
        [false, 1],
      ] as const) {
        const place = yield* temporaryRun
        const told = nothingTold()
        yield* runIn(place, told, { config: zero(4) })
        assert.lengthOf(about(told.notices), 1)
        told.notices.length = 0
        yield* runIn(place, told, { config: zero(8), past: given ? told.records.filter(isStep) : [] })
        assert.lengthOf(about(told.notices), again)
      }
    }).pipe(Effect.scoped, Effect.provide(platform)),
  )
})
