/** Reference policies: what they say, what they keep, and what they cost. */
import {
  AdamW,
  BaseReference,
  Dapo,
  EmaReference,
  GrpoOptimizer,
  InitialReference,
  LearningRate,
  type PolicyGradient,
  PolicyScores,
  ReferencePolicy,
} from "@seed-grpo/grpo"
import { Backend, ModelFolder, Parameters, Policy } from "@seed-grpo/runtime"
import { tinyAdaptedModel, tinyModel } from "@seed-grpo/testing"
import * as tf from "@tensorflow/tfjs-core"
import { assert, describe, it } from "@effect/vitest"
import { Effect, Layer } from "effect"

const options = { temperature: 0.7, microBatchTokens: 4096 }

const rows: ReadonlyArray<PolicyGradient.TrainingRow> = [
  { prompt: [3, 4, 5], completion: [6, 7, 0], advantage: 0.5 },
  { prompt: [3], completion: [8, 0], advantage: -0.5 },
].map(({ advantage, completion, prompt }) => ({
  prompt: Int32Array.from(prompt),
  completion: Int32Array.from(completion),
  oldLogprobs: new Float64Array(completion.length).fill(-3.3),
  advantage,
}))

const policyOf = (model: () => ModelFolder.Model) =>
  Layer.effect(
    Policy.Policy,
    Effect.suspend(() => Policy.make(model())),
  ).pipe(Layer.provide(Backend.layerCpu))

const optimizer = GrpoOptimizer.layer({
  ...options,
  objective: Dapo.dapo({ kl: { coefficient: 0.1 } }),
  optimizer: AdamW.adamW({ beta1: 0.9, beta2: 0.95, epsilon: 1e-8 }),
  learningRate: LearningRate.constant({ rate: 1e-2 }),
  weightDecay: 0,
  maxGradientNorm: 1,
})

const stack = <E>(reference: Layer.Layer<never, E, Policy.Policy>, model: () => ModelFolder.Model = tinyModel) =>
  Layer.mergeAll(optimizer, reference).pipe(Layer.provideMerge(policyOf(model)))

const current = Effect.map(ReferencePolicy.CurrentReference, (reference) => reference!)

const byPolicy = Effect.gen(function* () {
  const { config, parameters } = yield* Policy.Policy
  const scores = yield* Effect.promise(() => PolicyScores.policyScores(parameters(), config, rows, options))
  return scores.map(({ logprobs }) => logprobs)
})

const byReference = Effect.flatMap(current, ({ logprobs }) => logprobs(rows))

/** A step of the policy, with the KL to what the reference says, and what it measured. */
const step = Effect.gen(function* () {
  const reference = yield* byReference
  const { update } = yield* GrpoOptimizer.GrpoOptimizer
  const metrics = yield* update(rows.map((row, i) => ({ ...row, referenceLogprobs: reference[i]! })))
  assert.strictEqual(metrics.outcome, "applied")
  yield* Effect.flatMap(current, ({ follow }) => follow)
  return metrics.klToReference
})

describe("reference policy", () => {
  const kinds: ReadonlyArray<
    readonly [
      string,
      Layer.Layer<
        never,
        ReferencePolicy.ReferenceError | ModelFolder.LoadError | Parameters.ParametersError,
        Policy.Policy
      >,
      () => ModelFolder.Model,
    ]
  > = [
    ["the base, with the adapter off", BaseReference.layer(options), tinyAdaptedModel],
    ["a copy of the initial policy", InitialReference.layer(options), tinyModel],
    ["the initial policy, read again", InitialReference.layer(options, Effect.sync(tinyModel)), tinyModel],
  ]

  it.effect.each(kinds)("%s: says what the policy said before the first step, and stays so", ([, reference, model]) =>
    Effect.gen(function* () {
      const before = yield* byPolicy
      assert.deepStrictEqual(yield* byReference, before)
      assert.closeTo(yield* step, 0, 1e-9)
      assert.isAbove(yield* step, 1e-6)
      yield* step
      assert.notDeepEqual(yield* byPolicy, before)
      assert.deepStrictEqual(yield* byReference, before)
      assert.isUndefined(yield* Effect.flatMap(current, ({ state }) => state))
    }).pipe(Effect.provide(stack(reference, model))),
  )

  it.effect("the base costs no tensor, and a policy without an adapter has none", () =>
    Effect.gen(function* () {
      const build = (model: () => ModelFolder.Model) =>
        Effect.gen(function* () {
          const before = yield* Effect.sync(() => tf.memory().numTensors)
          yield* Layer.build(BaseReference.layer(options))
          return tf.memory().numTensors - before
        }).pipe(Effect.scoped, Effect.provide(policyOf(model)))
      assert.strictEqual(yield* build(tinyAdaptedModel), 0)
      const error = yield* Effect.flip(build(tinyModel))
      assert.strictEqual(error.reason, "no-adapter")
    }),
  )

  it.effect("an average follows: d θ_ref + (1 − d) θ of what is trained, and nothing else", () =>
    Effect.gen(function* () {
      const { config, parameters } = yield* Policy.Policy
      const trained = Effect.promise(() =>
        Parameters.toHost(
          config,
          Object.fromEntries(Parameters.trainable(config).map(({ name }) => [name, parameters()[name]!])),
        ),
      )
      const first = yield* trained
      const { state } = yield* current
      yield* step
      const [moved, average] = [yield* trained, (yield* state)!]
      assert.sameMembers([...average.keys()], [...first.keys()])
      for (const [name, { data }] of average) {
        const [old, now] = [first.get(name)!.data, moved.get(name)!.data]
        for (let i = 0; i < data.length; i++) assert.closeTo(data[i]!, 0.75 * old[i]! + 0.25 * now[i]!, 1e-6, name)
      }
      const tensors = tf.memory().numTensors
      yield* step
      assert.strictEqual(tf.memory().numTensors, tensors)
    }).pipe(Effect.provide(stack(EmaReference.layer({ ...options, decay: 0.75 }), tinyAdaptedModel))),
  )

  it.effect("an average that was saved goes on bit for bit; what does not fit is refused", () =>
    Effect.gen(function* () {
      const { restore, state } = yield* current
      yield* step
      const saved = yield* state
      const said = yield* byReference
      yield* step
      assert.notDeepEqual(yield* byReference, said)
      yield* restore(saved)
      assert.deepStrictEqual(yield* byReference, said)
      assert.deepStrictEqual(yield* state, saved)
      for (const other of [undefined, new Map([...saved!].slice(1))]) {
        const error = yield* Effect.flip(restore(other))
        assert.strictEqual(error.reason, "other-tensors")
      }
      assert.deepStrictEqual(yield* byReference, said)
    }).pipe(Effect.provide(stack(EmaReference.layer({ ...options, decay: 0.5 })))),
  )

  it.effect("a frozen reference refuses a saved one", () =>
    Effect.gen(function* () {
      const { restore } = yield* current
      yield* restore(undefined)
      const error = yield* Effect.flip(restore(new Map([["w", { shape: [1], data: Float32Array.of(1) }]])))
      assert.match(error.message, /made again/)
    }).pipe(Effect.provide(stack(InitialReference.layer(options)))),
  )
})
