/** An update by compiled programs is the eager one: loss and gradients within 1e-5, whatever the sizes that are filled up. */
import { AdamW, CompiledUpdate, DrGrpo, GradientNorm, Grpo, PolicyGradient } from "@seed-grpo/grpo"
import { Policy } from "@seed-grpo/runtime"
import { layerTensorFlow } from "@seed-grpo/runtime/TensorFlowBackend"
import * as Tensors from "@seed-grpo/runtime/Tensors"
import { tinyModel } from "@seed-grpo/testing"
import * as tf from "@tensorflow/tfjs-core"
import { assert, layer } from "@effect/vitest"
import { Effect, Layer } from "effect"

const clip = { low: 0.2, high: 0.28 }
const policy = Layer.effect(
  Policy.Policy,
  Effect.suspend(() => Policy.make(tinyModel())),
).pipe(Layer.provide(layerTensorFlow))

const rowsOf = (lengths: ReadonlyArray<readonly [number, number]>): ReadonlyArray<PolicyGradient.TrainingRow> =>
  lengths.map(([prompt, completion], i) => ({
    prompt: Int32Array.from({ length: prompt }, (_, t) => (3 * i + 5 * t) % 16),
    completion: Int32Array.from({ length: completion }, (_, t) => (7 * i + 2 * t) % 16),
    oldLogprobs: Float64Array.from({ length: completion }, (_, t) => -2.5 - 0.1 * ((i + t) % 5)),
    advantage: i % 2 === 0 ? 0.5 : -0.75,
  }))

const norm = (tensors: AdamW.Tensors) => Effect.promise(() => GradientNorm.globalNorm(tensors))

/** Relative to the length of `b`. */
const difference = Effect.fnUntraced(function* (a: AdamW.Tensors, b: AdamW.Tensors) {
  const apart = Object.fromEntries(Object.keys(a).map((name) => [name, tf.sub(a[name]!, b[name]!)]))
  const length = yield* norm(apart)
  tf.dispose(apart)
  return length / (yield* norm(b))
})

layer(policy)("a compiled update", (it) => {
  const batches = [
    rowsOf([
      [3, 3],
      [1, 4],
      [4, 1],
    ]),
    rowsOf([[2, 5]]),
    rowsOf(Array.from({ length: 9 }, (_, i) => [1 + (i % 6), 1 + (i % 4)] as const)),
  ]
  for (const [name, objective] of [
    ["Dr.GRPO", DrGrpo.drGrpo({ clip, maxTokens: 6 })],
    ["GRPO", Grpo.grpo({ clip })],
  ] as const) {
    it.effect(`${name}: loss, gradients, metrics, weights and moments`, () =>
      Effect.gen(function* () {
        const { config, parameters } = yield* Policy.Policy
        const compiled = CompiledUpdate.make({ rung: "xla" })
        for (const rows of batches) {
          const options = { temperature: 0.8, batchRows: 12 }
          const [eager, ours] = yield* Effect.promise(() =>
            Promise.all([
              PolicyGradient.policyGradient(objective, parameters(), config, rows, options),
              compiled.gradient(objective, parameters(), config, rows, options),
            ]),
          )
          assert.closeTo(ours.loss, eager.loss, 1e-5 * Math.max(1, Math.abs(eager.loss)))
          assert.isBelow(yield* difference(ours.gradients, eager.gradients), 1e-5)
          const length = yield* norm(eager.gradients)
          assert.closeTo(yield* Effect.promise(() => compiled.norm(ours.gradients)), length, 1e-5 * length)
          assert.strictEqual(ours.tokens.length, eager.tokens.length)
          for (const [i, token] of eager.tokens.entries()) {
            assert.closeTo(ours.tokens[i]!.logRatio, token.logRatio, 1e-4)
            assert.closeTo(ours.tokens[i]!.entropy, token.entropy, 1e-4)
          }
          const adamW = { learningRate: 1e-2, beta1: 0.9, beta2: 0.95, epsilon: 1e-8, weightDecay: 0.1 }
          const state = AdamW.initial(parameters())
          const halved = tf.tidy(() =>
            Object.fromEntries(Object.entries(eager.gradients).map(([k, g]) => [k, tf.mul(g, 0.5)])),
          )
          const expected = AdamW.update(adamW, parameters(), halved, state)
          const found = compiled.step(adamW, parameters(), eager.gradients, state, 0.5)
          assert.isBelow(yield* difference(found.parameters, expected.parameters), 1e-6)
          assert.isBelow(yield* difference(found.state.second, expected.state.second), 1e-6)
          assert.strictEqual(found.state.step, 1)
        }
        assert.isTrue(compiled.explain().every(({ rung }) => rung === "xla"))
        compiled.dispose()
      }),
    )
  }

  it.effect("leaves no tensors behind", () =>
    Effect.gen(function* () {
      const { config, parameters } = yield* Policy.Policy
      const compiled = CompiledUpdate.make()
      const objective = Grpo.grpo({ clip })
      const run = Effect.promise(async () => {
        const { gradients } = await compiled.gradient(objective, parameters(), config, batches[0]!, {
          temperature: 1,
          batchRows: 3,
        })
        await compiled.norm(gradients)
        tf.dispose(Object.values(gradients))
      })
      yield* run
      const before = Tensors.live()
      for (let i = 0; i < 20; i++) yield* run
      assert.strictEqual(Tensors.live(), before)
      compiled.dispose()
    }),
  )
})
