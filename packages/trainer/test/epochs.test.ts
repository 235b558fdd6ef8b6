/** Several passes over a batch of groups. */
import { AdamW, Dapo, GrpoOptimizer, LearningRate, type PolicyGradient } from "@seed-grpo/grpo"
import { Backend, Parameters, Policy } from "@seed-grpo/runtime"
import { tinyModel } from "@seed-grpo/testing"
import { Epochs, Pipeline, type ScoredGroup, TrainStep } from "@seed-grpo/trainer"
import { assert, describe, it } from "@effect/vitest"
import { Effect, Layer } from "effect"
import { config, killedAndResumed, platform } from "./support.ts"

const passes = (change: Partial<Epochs.Passes> = {}) => ({ epochs: 3, seed: 0, step: 1, ...change })
const letters = [..."abcdefgh"]

/** Groups that all teach something. */
const groups: ReadonlyArray<ScoredGroup.ScoredGroup> = letters.map((id, i) => {
  const completions = [0, 1].map((sample) => {
    const tokens = Int32Array.from({ length: 2 + ((i + sample) % 3) }, (_, t) => 1 + ((i + 3 * sample + t) % 9))
    const logprobs = Float64Array.from(tokens, (_, t) => -2.5 - 0.1 * t)
    return { text: "", tokens, logprobs, finish: "stop" } as const
  })
  return {
    group: { problem: { id, question: "", golds: ["1"] }, prompt: "", promptTokens: Int32Array.of(3, 4), completions },
    grades: [],
    rewards: [1, 0],
    clusterIds: [0, 1],
    entropy: { entropy: 0, normalized: 0, clusters: 2, clusterIds: [0, 1] } as never,
    advantages: { before: [0.5, -0.5], advantages: [0.5, -0.5], scale: 1 },
  }
})

const optimizer = GrpoOptimizer.layer({
  objective: Dapo.dapo(),
  optimizer: AdamW.adamW({ beta1: 0.9, beta2: 0.95, epsilon: 1e-8 }),
  learningRate: LearningRate.constant({ rate: 1e-2 }),
  weightDecay: 0,
  maxGradientNorm: 1,
  temperature: 1,
  microBatchTokens: 4096,
}).pipe(
  Layer.provideMerge(
    Layer.effect(
      Policy.Policy,
      Effect.suspend(() => Policy.make(tinyModel())),
    ),
  ),
  Layer.provide(Backend.layerCpu),
)

const weights = Effect.gen(function* () {
  const { config, parameters } = yield* Policy.Policy
  return yield* Effect.promise(() => Parameters.toHost(config, parameters()))
})

describe("epochs", () => {
  it("every epoch deals all once, as evenly as they go; the first in order, each later one in an order of its own", () => {
    const batches = Epochs.miniBatches(letters, 3, passes())
    assert.deepStrictEqual(
      batches.map(({ length }) => length),
      [2, 3, 3, 2, 3, 3, 2, 3, 3],
    )
    const epochs = [0, 1, 2].map((epoch) => batches.slice(3 * epoch, 3 * epoch + 3).flat())
    assert.deepStrictEqual(epochs[0], letters)
    for (const epoch of epochs) assert.deepStrictEqual(epoch.toSorted(), letters)
    assert.strictEqual(new Set(epochs.map(String)).size, 3)
  })

  it("the order is a function of seed, step and epoch", () => {
    const last = (change: Partial<Epochs.Passes>) => Epochs.miniBatches(letters, 1, passes(change)).at(-1)
    assert.deepStrictEqual(last({}), last({}))
    for (const change of [{ seed: 1 }, { step: 2 }, { epochs: 2 }]) assert.notDeepEqual(last(change), last({}))
    // One epoch more changes nothing of those before it.
    const [three, four] = [3, 4].map((epochs) => Epochs.miniBatches(letters, 2, passes({ epochs })))
    assert.deepStrictEqual(four!.slice(0, 6), three)
  })

  it("one epoch is as before", () => {
    assert.deepStrictEqual(Epochs.miniBatches(letters, 4, passes({ epochs: 1 })), [
      ["a", "b"],
      ["c", "d"],
      ["e", "f"],
      ["g", "h"],
    ])
    assert.deepStrictEqual(Epochs.miniBatches(["a"], 4, passes({ epochs: 2 })), [["a"], ["a"]])
  })

  it.effect("the old log-probabilities are those of sampling in every epoch", () =>
    Effect.gen(function* () {
      const seen: Array<PolicyGradient.TrainingRow> = []
      const update = (rows: ReadonlyArray<PolicyGradient.TrainingRow>) =>
        Effect.sync(() => {
          seen.push(...rows)
          return {} as GrpoOptimizer.UpdateMetrics
        })
      const { updates } = yield* TrainStep.learn(groups, 2, passes()).pipe(
        Effect.provideService(GrpoOptimizer.GrpoOptimizer, { update, state: Effect.never, restore: () => Effect.void }),
      )
      assert.strictEqual(updates.length, 6)
      assert.strictEqual(seen.length, 3 * 16)
      const sampled = new Set(groups.flatMap(({ group }) => group.completions.map(({ logprobs }) => logprobs)))
      assert.isTrue(seen.every(({ oldLogprobs }) => sampled.has(oldLogprobs)))
      assert.strictEqual(new Set(seen.map(({ oldLogprobs }) => oldLogprobs)).size, 16)
    }),
  )

  it.effect("three epochs are three updates on the same batch, with ratios that leave 1", () =>
    Effect.gen(function* () {
      const learned = yield* Effect.gen(function* () {
        const { updates } = yield* TrainStep.learn(groups, 1, passes())
        return { updates, weights: yield* weights }
      }).pipe(Effect.provide(optimizer, { local: true }))
      const byHand = yield* Effect.gen(function* () {
        const { update } = yield* GrpoOptimizer.GrpoOptimizer
        for (const batch of Epochs.miniBatches(groups, 1, passes())) {
          yield* update(
            batch.flatMap(({ advantages, group }) =>
              group.completions.map(({ logprobs, tokens }, i) => ({
                prompt: group.promptTokens,
                completion: tokens,
                oldLogprobs: logprobs,
                truncated: false,
                advantage: advantages.advantages[i]!,
              })),
            ),
          )
        }
        return yield* weights
      }).pipe(Effect.provide(optimizer, { local: true }))
      assert.deepStrictEqual(learned.weights, byHand)
      const [first, , last] = learned.updates
      assert.isBelow(last!.loss, first!.loss)
      assert.notStrictEqual(last!.ratio, first!.ratio)
    }),
  )

  it.effect("a schedule ends with the last update of the last epoch", () =>
    Effect.gen(function* () {
      const run = config({ steps: 1, optimizer: { learningRate: 1, schedule: "linear", updatesPerStep: 2, epochs: 4 } })
      const { updates } = yield* TrainStep.learn(groups, 2, passes({ epochs: 4 })).pipe(
        Effect.provide(
          Pipeline.optimizerLayer(run).pipe(
            Layer.provide(
              Layer.effect(
                Policy.Policy,
                Effect.suspend(() => Policy.make(tinyModel())),
              ),
            ),
            Layer.provide(Backend.layerCpu),
          ),
        ),
      )
      assert.deepStrictEqual(
        updates.map(({ learningRate }) => learningRate),
        [1, 0.875, 0.75, 0.625, 0.5, 0.375, 0.25, 0.125],
      )
    }),
  )

  it.live("killed and resumed is not killed, bit for bit", () =>
    Effect.gen(function* () {
      const options = {
        config: config({
          problemsPerStep: 4,
          objective: { entropyBonus: 0.1 },
          optimizer: { learningRate: 1e-2, updatesPerStep: 2, epochs: 2 },
        }),
      }
      const { expected, resumed, straight, told } = yield* killedAndResumed(options)
      assert.deepStrictEqual(told.records, expected.records)
      assert.deepStrictEqual(resumed.get("model.safetensors"), straight.get("model.safetensors"))
    }).pipe(Effect.scoped, Effect.provide(platform)),
  )
})
