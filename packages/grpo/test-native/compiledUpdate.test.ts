/** An update by compiled programs is the eager one: loss and gradients within 1e-5, whatever the sizes that are filled up. */
import {
  AdamW,
  AmsGrad,
  Bnpo,
  Cispo,
  CompiledScores,
  CompiledUpdate,
  Dapo,
  DrGrpo,
  GradientNorm,
  Grpo,
  Luspo,
  type Objective,
  Optimizer,
  type Optimizer as Optimizers,
  OptimizerStep,
  ParameterGroups,
  PolicyGradient,
  PolicyScores,
  Sapo,
  Sgd,
  Vespo,
} from "@seed-grpo/grpo"
import { Parameters, Policy } from "@seed-grpo/runtime"
import { layerTensorFlow } from "@seed-grpo/runtime/TensorFlowBackend"
import * as Tensors from "@seed-grpo/runtime/Tensors"
import { tinyModel } from "@seed-grpo/testing"
import * as tf from "@tensorflow/tfjs-core"
import { assert, layer } from "@effect/vitest"
import { Effect, Layer } from "effect"

const adam = { beta1: 0.9, beta2: 0.95, epsilon: 1e-8 }
const clip = { low: 0.2, high: 0.28 }
/** Compiling takes long where other work is done. */
const MILLISECONDS = 300_000

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

const norm = (tensors: Optimizers.Tensors) => Effect.promise(() => GradientNorm.globalNorm(tensors))

/** Relative to the length of `b`. */
const difference = Effect.fnUntraced(function* (a: Optimizers.Tensors, b: Optimizers.Tensors) {
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
    // Several parts, out of order.
    rowsOf(Array.from({ length: 71 }, (_, i) => [1 + (i % 5), 1 + ((7 * i) % 10)] as const)),
  ]
  for (const [name, objective] of [
    ["Dr.GRPO", DrGrpo.drGrpo({ clip, maxTokens: 6 })],
    ["GRPO", Grpo.grpo({ clip })],
  ] as const) {
    it.effect(
      `${name}: loss, gradients, metrics, weights and moments`,
      () =>
        Effect.gen(function* () {
          const { config, parameters } = yield* Policy.Policy
          const compiled = CompiledUpdate.make({ rung: "xla" })
          const optimizer = AdamW.adamW(adam)
          const groups = ParameterGroups.byDecay(Parameters.trainable(config), 0.1)
          for (const rows of batches) {
            const options = { temperature: 0.8, totals: { rows: 12, tokens: 40, entropyTokens: 35 } }
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
            assert.strictEqual(ours.scored.length, eager.scored.length)
            for (const [i, { entropies, logprobs }] of eager.scored.entries()) {
              logprobs.forEach((logprob, t) => {
                assert.closeTo(ours.scored[i]!.logprobs[t]!, logprob, 1e-4)
                assert.closeTo(ours.scored[i]!.entropies[t]!, entropies[t]!, 1e-4)
              })
            }
            const state = Optimizer.initial(optimizer, parameters())
            const halved = tf.tidy(() =>
              Object.fromEntries(Object.entries(eager.gradients).map(([k, g]) => [k, tf.mul(g, 0.5)])),
            )
            const expected = Optimizer.update(
              optimizer,
              ParameterGroups.settings(groups, 1e-2),
              parameters(),
              halved,
              state,
            )
            const found = compiled.step(
              { optimizer, groups, learningRate: 1e-2 },
              parameters(),
              eager.gradients,
              state,
              0.5,
            )
            assert.isBelow(yield* difference(found.parameters, expected.parameters), 1e-6)
            assert.isBelow(yield* difference(found.state.slots["second"]!, expected.state.slots["second"]!), 1e-6)
            assert.strictEqual(found.state.step, 1)
          }
          assert.isTrue(compiled.explain().every(({ rung }) => rung === "xla"))
          compiled.dispose()
        }),
      MILLISECONDS,
    )
  }

  it.effect(
    "every optimizer, in groups, one program for all steps",
    () =>
      Effect.gen(function* () {
        const { config, parameters } = yield* Policy.Policy
        const specs = Parameters.trainable(config)
        const groups = ParameterGroups.group(specs, ({ kind }) => ({
          weightDecay: kind === "projection" ? 0.1 : 0,
          rateFactor: kind === "embedding" ? 0.5 : 1,
        }))
        assert.strictEqual(groups.length, 3)
        const gradient = (step: number) =>
          Object.fromEntries(
            Object.entries(parameters()).map(([name, p]) => [name, tf.sin(tf.add(tf.mul(p, 9), step))]),
          )
        const names: Array<string> = []
        const compiled = CompiledUpdate.make({ rung: "xla", onCompile: ({ name }) => void names.push(name) })
        const every = [AdamW.adamW(adam), AmsGrad.amsGrad(adam), Sgd.sgd, Sgd.momentum(0.9), Sgd.nesterov(0.9)]
        for (const optimizer of every) {
          let [eager, ours] = [parameters(), parameters()] as [Optimizers.Tensors, Optimizers.Tensors]
          let [state, kept] = [Optimizer.initial(optimizer, eager), Optimizer.initial(optimizer, ours)]
          for (let step = 0; step < 3; step++) {
            const options = { optimizer, groups, learningRate: 0.01 / (1 + step) }
            const expected = OptimizerStep.step(options, eager, gradient(step), state, 0.5)
            const found = compiled.step(options, ours, gradient(step), kept, 0.5)
            ;[eager, state, ours, kept] = [expected.parameters, expected.state, found.parameters, found.state]
            assert.isBelow(yield* difference(ours, eager), 1e-6)
            assert.deepStrictEqual(Object.keys(kept.slots), [...optimizer.slots])
            for (const slot of optimizer.slots) {
              assert.isBelow(yield* difference(kept.slots[slot]!, state.slots[slot]!), 1e-6)
            }
          }
          assert.strictEqual(kept.step, 3)
        }
        assert.deepStrictEqual(
          names,
          every.map(({ name }) => name),
        )
        compiled.dispose()
      }),
    MILLISECONDS,
  )

  it.effect(
    "every objective, with every option, has a program of its own",
    () =>
      Effect.gen(function* () {
        const { config, parameters } = yield* Policy.Policy
        const compiled = CompiledUpdate.make({ rung: "xla" })
        const rows = batches[2]!.slice(0, 8).map((row, i) => {
          const near = (by: number) => row.oldLogprobs.map((logprob, t) => logprob + by * Math.cos(3 * i + t))
          return {
            ...row,
            referenceLogprobs: near(0.3),
            samplerLogprobs: near(0.1).map((logprob, t) => (i === 4 && t === 0 ? NaN : logprob)),
            mask: row.oldLogprobs.map((_, t) => (t === 1 && i % 3 === 0 ? 0 : 1)),
            highEntropy: row.oldLogprobs.map((_, t) => (i + t) % 2),
            truncated: i === 7,
            ...(i === 5 ? { advantage: row.oldLogprobs.map((_, t) => 0.5 - t) } : {}),
          }
        })
        const options: Objective.ObjectiveOptions = {
          kl: { coefficient: 0.1 },
          offPolicyThreshold: 0.1,
          mismatch: { level: "token" },
          topEntropy: 0.5,
          entropyBonus: 0.01,
          maskTruncated: true,
        }
        const both = { ...clip, delta: 2, dual: 3 }
        const objectives = [
          Grpo.grpo({ clip: both, level: "sequence", ...options }),
          Bnpo.bnpo({ clip: both, ...options }),
          DrGrpo.drGrpo({ clip: both, maxTokens: 6, ...options, kl: { coefficient: 0.1, estimator: "k1" } }),
          Dapo.dapo({ ...options, kl: { coefficient: 0.1, estimator: "k2" } }),
          Cispo.cispo(options),
          Sapo.sapo(options),
          Vespo.vespo(options),
          Luspo.luspo({ clip: both, ...options }),
        ]
        const compute = (gradientOf: typeof PolicyGradient.policyGradient, objective: Objective.Objective) =>
          Effect.promise(() => gradientOf(objective, parameters(), config, rows, { temperature: 1 }))
        for (const objective of objectives) {
          const eager = yield* compute(PolicyGradient.policyGradient, objective)
          const ours = yield* compute(compiled.gradient, objective)
          assert.closeTo(ours.loss, eager.loss, 1e-5 * Math.max(1, Math.abs(eager.loss)), objective.name)
          assert.isBelow(yield* difference(ours.gradients, eager.gradients), 1e-5, objective.name)
          // Once more, by the program that is already there.
          const again = yield* compute(compiled.gradient, objective)
          assert.strictEqual(again.loss, ours.loss)
          tf.dispose([eager, ours, again].map(({ gradients }) => Object.values(gradients)))
        }
        assert.strictEqual(compiled.explain().length, objectives.length)
        compiled.dispose()
      }),
    MILLISECONDS,
  )

  it.effect(
    "scores of the forward pass alone are the eager ones",
    () =>
      Effect.gen(function* () {
        const { config, parameters } = yield* Policy.Policy
        const compiled = CompiledScores.make({ rung: "xla" })
        const before = Tensors.live()
        for (const rows of batches) {
          const [eager, ours] = yield* Effect.promise(() =>
            Promise.all([
              PolicyScores.scoresOf(parameters(), config, rows, 0.8),
              compiled.scoresOf(parameters(), config, rows, 0.8),
            ]),
          )
          assert.strictEqual(ours.length, rows.length)
          for (const [i, { entropies, logprobs }] of eager.entries()) {
            assert.strictEqual(ours[i]!.logprobs.length, logprobs.length)
            logprobs.forEach((logprob, t) => {
              assert.closeTo(ours[i]!.logprobs[t]!, logprob, 1e-5)
              assert.closeTo(ours[i]!.entropies[t]!, entropies[t]!, 1e-5)
            })
          }
        }
        assert.strictEqual(Tensors.live(), before)
        compiled.dispose()
      }),
    MILLISECONDS,
  )

  it.effect("leaves no tensors behind", () =>
    Effect.gen(function* () {
      const { config, parameters } = yield* Policy.Policy
      const compiled = CompiledUpdate.make()
      const objective = Grpo.grpo({ clip })
      const run = Effect.promise(async () => {
        const { gradients } = await compiled.gradient(objective, parameters(), config, batches[0]!, {
          temperature: 1,
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
