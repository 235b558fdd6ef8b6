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
import { AdamW, AmsGrad, LearningRate, Optimizer, type Optimizer as Optimizers, Sgd } from "@seed-grpo/grpo"
import { Backend, Parameters, Read } from "@seed-grpo/runtime"
import { AdvantageConfig, OptimizerConfig, RunConfig, ScheduleConfig } from "@seed-grpo/trainer"
import { assert, describe, it, layer } from "@effect/vitest"
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

layer(Backend.layerCpu)("optimizer", (it) => {
  const adam = { beta1: 0.9, beta2: 0.95, epsilon: 1e-8 }
  const other = { beta1: 0.8, beta2: 0.9, epsilon: 1e-3 }
  const vector = (values: ReadonlyArray<number>): Optimizers.Tensors =>
    Parameters.upload(
      [{ name: "w", shape: [2], kind: "bias" }],
      new Map([["w", { shape: [2], data: Float32Array.from(values) }]]),
    )
  const gradients = [
    [1, 2],
    [-0.5, 0.1],
    [0.3, 0.3],
  ]
  /** Where three steps lead one parameter. */
  const end = (optimizer: Optimizers.Optimizer) => {
    let parameters = vector([1, -2])
    let state = Optimizer.initial(optimizer, parameters)
    const settings = () => ({ learningRate: 0.1, weightDecay: 0.1 })
    for (const gradient of gradients) {
      ;({ parameters, state } = Optimizer.update(optimizer, settings, parameters, vector(gradient), state))
    }
    return Read.take(parameters["w"]!)
  }

  it.each([
    [{}, AdamW.adamW(adam)],
    [{ kind: "adamw", ...other }, AdamW.adamW(other)],
    [{ kind: "amsgrad", ...other }, AmsGrad.amsGrad(other)],
    [{ kind: "sgd" }, Sgd.sgd],
    [{ kind: "sgd", momentum: 0.7 }, Sgd.momentum(0.7)],
    [{ kind: "sgd", momentum: 0.7, nesterov: true }, Sgd.nesterov(0.7)],
  ])("%j", async (optimizer, expected) => {
    const built = OptimizerConfig.optimizer(parse({ optimizer }).optimizer)
    assert.strictEqual(built.name, expected.name)
    assert.deepStrictEqual(await end(built), await end(expected))
  })

  it.effect.each([
    [{ kind: "sgd", nesterov: true }, /optimizer\.nesterov: Expected a momentum beside it/],
    [{ kind: "sgd", beta1: 0.9 }, /optimizer\.beta1: Expected no excess property/],
    [{ momentum: 0.9 }, /optimizer\.momentum: Expected no excess property/],
    [{ kind: "sgd", momentum: 2 }, /optimizer\.momentum: Expected a number from 0 to 1/],
  ] as const)("refused with its path: %j", ([optimizer, message]) =>
    Effect.gen(function* () {
      assert.match((yield* Effect.flip(RunConfig.parse({ ...base, optimizer }))).message, message)
    }),
  )
})
