/** Training an adapter is a choice of trainable parameters: nothing of the base moves, and only the adapter has moments. */
import { AdamW, DrGrpo, GrpoOptimizer, LearningRate } from "@seed-grpo/grpo"
import { Backend, Parameters, Policy } from "@seed-grpo/runtime"
import { tinyAdaptedModel } from "@seed-grpo/testing"
import { assert, layer } from "@effect/vitest"
import { Effect, Layer } from "effect"

const clip = { low: 0.2, high: 0.2 }

const policy = Layer.effect(
  Policy.Policy,
  Effect.suspend(() => Policy.make(tinyAdaptedModel())),
).pipe(Layer.provide(Backend.layerCpu))

const optimizer = GrpoOptimizer.layer({
  objective: DrGrpo.drGrpo({ clip, maxTokens: 4 }),
  learningRate: LearningRate.constant({ rate: 1e-2 }),
  optimizer: AdamW.adamW({ beta1: 0.9, beta2: 0.95, epsilon: 1e-8 }),
  weightDecay: 0.1,
  maxGradientNorm: 1,
  temperature: 1,
  microBatchTokens: 4096,
}).pipe(Layer.provideMerge(policy))

const rows = [0.5, -0.5].map((advantage, i) => ({
  prompt: Int32Array.of(3, 4, 5),
  completion: Int32Array.of(6 + i, 7, 0),
  oldLogprobs: new Float64Array(3).fill(-2.8),
  advantage,
}))

layer(optimizer)("GrpoOptimizer with an adapter", (it) => {
  it.effect("moves the adapter, and nothing of the base", () =>
    Effect.gen(function* () {
      const { config, parameters } = yield* Policy.Policy
      const { state, update } = yield* GrpoOptimizer.GrpoOptimizer
      const before = yield* Effect.promise(() => Parameters.toHost(config, parameters()))
      for (let step = 0; step < 3; step++) assert.strictEqual((yield* update(rows)).outcome, "applied")
      const after = yield* Effect.promise(() => Parameters.toHost(config, parameters()))
      const trainable = new Set(Parameters.trainable(config).map(({ name }) => name))
      assert.isTrue(trainable.size > 0 && trainable.size < before.size)
      for (const [name, { data }] of after) {
        if (trainable.has(name)) assert.notDeepEqual(data, before.get(name)!.data, name)
        else assert.deepStrictEqual(data, before.get(name)!.data, name)
      }
      assert.sameMembers(
        [...(yield* state).moments.keys()],
        [...trainable].flatMap((name) => [`first.${name}`, `second.${name}`]),
      )
    }),
  )
})
