/** What options of a run stand for, against the functions that they name. */
import {
  AdvantageEstimator,
  Asymmetric,
  BatchStandardized,
  Centered,
  Difficulty,
  LeaveOneOut,
  Modulation,
  NormalizeThenSum,
  Standardized,
  Whitened,
} from "@seed-grpo/advantage"
import { LearningRate } from "@seed-grpo/grpo"
import { AdvantageConfig, RunConfig, ScheduleConfig } from "@seed-grpo/trainer"
import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"

const base = { model: "m", steps: 100, data: { kind: "arithmetic" } }
const parse = (change: object) => Effect.runSync(RunConfig.parse({ ...base, ...change }))

const groups: ReadonlyArray<AdvantageEstimator.GradedGroup> = [
  { rewards: [1, 0, 0, 0], entropy: 1.386294361, normalizedEntropy: 1 },
  { rewards: [1, 1, 0, 1], entropy: 0.562335145, normalizedEntropy: 0.405639062 },
  { rewards: [1, 1, 1, 1], entropy: 0, normalizedEntropy: 0 },
]
const shaping = [[-1, 0, 0, 0]]
const shaped = groups.map((group) => ({ ...group, shaping }))

const { aggregated, modulated } = AdvantageEstimator

describe("advantage", () => {
  const other = { epsilon: 1e-6, ddof: 0 } as const
  it.each([
    [{}, modulated(Centered.centered, Modulation.reciprocal(0.0417))],
    [
      { method: "seed-grpo", modulation: "linear", strength: 0.5 },
      modulated(Centered.centered, Modulation.linear(0.5)),
    ],
    [
      { method: "seed-grpo", modulation: "exponential", strength: 2, baseline: "grpo" },
      modulated(Standardized.standardized(), Modulation.exponential(2)),
    ],
    [
      { method: "seed-grpo", modulation: "focal", strength: 2, baseline: "grpo-batch" },
      modulated(BatchStandardized.batchStandardized(), Modulation.focal(2)),
    ],
    [
      { method: "seed-grpo", modulation: "asymmetric", strength: 2, baseline: "rloo" },
      modulated(LeaveOneOut.leaveOneOut, Asymmetric.asymmetric(2)),
    ],
    [
      { method: "seed-grpo", modulation: "difficulty", strength: 2, baseline: "gdpo" },
      aggregated(NormalizeThenSum.normalizeThenSum(), Difficulty.difficulty(2)),
    ],
    [{ method: "seed-grpo", modulation: "none", strength: 2 }, modulated(Centered.centered)],
    [
      { method: "seed-grpo", strength: 1, schedule: { from: 0.5, steps: 10 } },
      modulated(Centered.centered, Modulation.reciprocal(0.75)),
    ],
    [{ method: "dr-grpo" }, modulated(Centered.centered)],
    [{ method: "grpo" }, modulated(Standardized.standardized())],
    [{ method: "grpo", ...other }, modulated(Standardized.standardized(other))],
    [{ method: "grpo", scale: "batch", ...other }, modulated(BatchStandardized.batchStandardized(other))],
    [{ method: "rloo" }, modulated(LeaveOneOut.leaveOneOut)],
    [{ method: "rloo-standardized", ...other }, modulated(LeaveOneOut.leaveOneOutStandardized(other))],
    [{ method: "rloo-standardized", scale: "batch" }, modulated(Whitened.leaveOneOutWhitened())],
    [{ method: "gdpo", ...other }, aggregated(NormalizeThenSum.normalizeThenSum(other))],
  ] as const)("%j", (advantage, expected) => {
    const config = parse("method" in advantage ? { advantage } : {})
    // Step 5 is halfway on the ramp above.
    assert.deepStrictEqual(AdvantageConfig.estimate(config)(groups, 5), expected(groups, 5))
  })

  it("weights go to the reward functions, in their order", () => {
    const reward = { overlong: { buffer: 5, weight: 0.25 } }
    for (const [advantage, expected] of [
      [{ method: "dr-grpo" }, modulated(Centered.centered, Modulation.none, [1, 0.25])],
      [{ method: "gdpo" }, aggregated(NormalizeThenSum.normalizeThenSum({ weights: [1, 0.25] }))],
    ] as const) {
      assert.deepStrictEqual(AdvantageConfig.estimate(parse({ advantage, reward }))(shaped), expected(shaped))
    }
  })

  it("an overlong completion is punished by its tokens", () => {
    const config = parse({ sampling: { maxTokens: 10 }, reward: { overlong: { buffer: 4 } } })
    const completions = [5, 6, 8, 10].map((length) => ({ tokens: new Int32Array(length) }))
    const [overlong, ...rest] = AdvantageConfig.rewardFunctions(config)
    assert.deepStrictEqual(overlong!({ group: { completions } } as never), [0, 0, -0.5, -1])
    assert.deepStrictEqual([rest, AdvantageConfig.rewardFunctions(parse({}))], [[], []])
  })
})

describe("schedule", () => {
  const options = { rate: 2, totalSteps: 20, warmupSteps: 4 }
  it.each([
    ["constant", LearningRate.constant(options)],
    ["linear", LearningRate.linear(options)],
    ["cosine", LearningRate.cosine(options)],
    ["polynomial", LearningRate.polynomial({ ...options, end: 0 })],
    ["inverse-sqrt", LearningRate.inverseSquareRoot(options)],
    [{ kind: "cosine", cycles: 1.5, minimum: 0.1 }, LearningRate.cosine({ ...options, cycles: 1.5, minimum: 0.2 })],
    [{ kind: "polynomial", power: 2, end: 0.25 }, LearningRate.polynomial({ ...options, power: 2, end: 0.5 })],
    [{ kind: "inverse-sqrt", timescale: 7 }, LearningRate.inverseSquareRoot({ ...options, timescale: 7 })],
  ] as const)("%j", (schedule, expected) => {
    const config = parse({ optimizer: { schedule } })
    const ours = ScheduleConfig.schedule(config.optimizer.schedule, options)
    const steps = Array.from({ length: 25 }, (_, step) => step)
    assert.deepStrictEqual(steps.map(ours), steps.map(expected))
  })
})
