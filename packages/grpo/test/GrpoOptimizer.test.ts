import {
  AdamW,
  Aggregation,
  AmsGrad,
  Bnpo,
  Cispo,
  Dapo,
  DrGrpo,
  Grpo,
  GrpoOptimizer,
  LearningRate,
  Luspo,
  Metrics,
  type Objective,
  type Optimizer as Optimizers,
  ParameterGroups,
  PolicyGradient,
  PolicyScores,
  Sapo,
  Sgd,
  TopEntropy,
  Vespo,
} from "@seed-grpo/grpo"
import { Backend, Parameters, Policy } from "@seed-grpo/runtime"
import { tinyModel } from "@seed-grpo/testing"
import * as tf from "@tensorflow/tfjs-core"
import { assert, describe, it } from "@effect/vitest"
import { Effect, Layer } from "effect"

const clip = { low: 0.2, high: 0.2 }

const adam = { beta1: 0.9, beta2: 0.95, epsilon: 1e-8 }

const everyOptimizer = [AdamW.adamW(adam), AmsGrad.amsGrad(adam), Sgd.sgd, Sgd.momentum(0.9), Sgd.nesterov(0.9)]

const options: GrpoOptimizer.GrpoOptions = {
  objective: DrGrpo.drGrpo({ clip, maxTokens: 6 }),
  learningRate: LearningRate.constant({ rate: 1e-2 }),
  optimizer: AdamW.adamW(adam),
  weightDecay: 0,
  maxGradientNorm: 1,
  temperature: 1,
  microBatchTokens: 4096,
}

const policy = Layer.effect(
  Policy.Policy,
  Effect.suspend(() => Policy.make(tinyModel())),
).pipe(Layer.provide(Backend.layerCpu))

const optimizer = (change: Partial<GrpoOptimizer.GrpoOptions> = {}) =>
  GrpoOptimizer.layer({ ...options, ...change }).pipe(Layer.provideMerge(policy))

const rows: ReadonlyArray<PolicyGradient.TrainingRow> = [
  { prompt: [3, 4, 5], completion: [6, 7, 0], advantage: 0.5 },
  { prompt: [3, 4, 5], completion: [8, 0], advantage: -0.5 },
  { prompt: [9], completion: [10, 11, 12, 13], advantage: 0.25 },
  { prompt: [9], completion: [10], advantage: -0.25 },
  { prompt: [9, 9], completion: [2, 3], advantage: 0 },
].map(({ advantage, completion, prompt }) => ({
  prompt: Int32Array.from(prompt),
  completion: Int32Array.from(completion),
  oldLogprobs: new Float64Array(completion.length).fill(-3.3),
  advantage,
}))

const weights = Effect.gen(function* () {
  const { config, parameters } = yield* Policy.Policy
  return yield* Effect.promise(() => Parameters.toHost(config, parameters()))
})

describe("policyGradient", () => {
  it.effect("agrees with central differences along the gradient itself", () =>
    Effect.gen(function* () {
      const { config, parameters } = yield* Policy.Policy
      const run = (at: Parameters.Parameters) =>
        Effect.promise(() => PolicyGradient.policyGradient(options.objective, at, config, rows, { temperature: 1 }))
      const { gradients } = yield* run(parameters())
      const norm = Math.sqrt(
        Object.values(gradients).reduce((sum, g) => sum + g.dataSync<"float32">().reduce((a, b) => a + b * b, 0), 0),
      )
      const moved = (step: number) =>
        Object.fromEntries(
          Object.entries(parameters()).map(([name, p]) => [name, tf.add(p, tf.mul(gradients[name]!, step / norm))]),
        )
      const h = 1e-2
      const [above, below] = [yield* run(moved(h)), yield* run(moved(-h))]
      const slope = (above.loss - below.loss) / (2 * h)
      assert.closeTo(slope / norm, 1, 1e-2)
    }).pipe(Effect.provide(policy)),
  )
})

describe("GrpoOptimizer", () => {
  it.effect("lowers the loss, and reports what it did", () =>
    Effect.gen(function* () {
      const { update } = yield* GrpoOptimizer.GrpoOptimizer
      const first = yield* update(rows)
      let last = first
      for (let step = 0; step < 5; step++) last = yield* update(rows)
      assert.strictEqual(first.outcome, "applied")
      assert.isBelow(last.loss, first.loss)
      assert.strictEqual(first.tokens, 10)
      assert.isAbove(first.tokenEntropy, 0)
      assert.isAtLeast(first.klFromSampler, 0)
    }).pipe(Effect.provide(optimizer())),
  )

  it.effect("does nothing without a signal", () =>
    Effect.gen(function* () {
      const { update } = yield* GrpoOptimizer.GrpoOptimizer
      const before = yield* weights
      const metrics = yield* update(rows.map((row) => ({ ...row, advantage: 0 })))
      assert.strictEqual(metrics.outcome, "no-signal")
      assert.deepStrictEqual(yield* weights, before)
    }).pipe(Effect.provide(optimizer())),
  )

  it.effect("leaves policy and moments alone when the loss is not finite", () =>
    Effect.gen(function* () {
      const { state, update } = yield* GrpoOptimizer.GrpoOptimizer
      yield* update(rows)
      const [before, momentsBefore] = [yield* weights, yield* state]
      const metrics = yield* update([{ ...rows[0]!, advantage: NaN }])
      assert.strictEqual(metrics.outcome, "non-finite")
      assert.deepStrictEqual(yield* weights, before)
      assert.deepStrictEqual(yield* state, momentsBefore)
    }).pipe(Effect.provide(optimizer())),
  )

  it.effect("a learning rate of 0 leaves the weights bit-identical", () =>
    Effect.gen(function* () {
      const { update } = yield* GrpoOptimizer.GrpoOptimizer
      const before = yield* weights
      for (let step = 0; step < 10; step++) yield* update(rows)
      assert.deepStrictEqual(yield* weights, before)
    }).pipe(Effect.provide(optimizer({ learningRate: LearningRate.constant({ rate: 0 }) }))),
  )

  it.effect("micro-batches of one give the same step as one batch", () =>
    Effect.gen(function* () {
      const after = (microBatchTokens: number) =>
        Effect.gen(function* () {
          const { update } = yield* GrpoOptimizer.GrpoOptimizer
          const metrics = yield* update(rows)
          return { metrics, weights: yield* weights }
        }).pipe(Effect.provide(optimizer({ microBatchTokens }), { local: true }))
      const whole = yield* after(4096)
      const parts = yield* after(1)
      assert.closeTo(parts.metrics.loss, whole.metrics.loss, 1e-6)
      assert.closeTo(parts.metrics.gradientNorm, whole.metrics.gradientNorm, 1e-5 * whole.metrics.gradientNorm)
      assert.strictEqual(parts.metrics.tokens, whole.metrics.tokens)
    }),
  )

  it.effect("micro-batches of one give the same step, whatever the objective", () =>
    Effect.gen(function* () {
      const more: Objective.ObjectiveOptions = {
        kl: { coefficient: 0.1 },
        offPolicyThreshold: 0.1,
        mismatch: { level: "token" },
        topEntropy: 0.5,
        entropyBonus: 0.01,
        maskTruncated: true,
      }
      const scored = rows.map((row, i) => ({
        ...row,
        referenceLogprobs: row.oldLogprobs.map((logprob, t) => logprob + 0.1 * Math.cos(i + t)),
        samplerLogprobs: row.oldLogprobs.map((logprob, t) => (i + t === 2 ? NaN : logprob + 0.1 * Math.sin(i + t))),
        mask: row.completion.map((_, t) => (i === 0 && t === 1 ? 0 : 1)),
        truncated: i === 1,
      }))
      for (const objective of [
        Grpo.grpo({ clip, level: "sequence", ...more }),
        Bnpo.bnpo({ clip, ...more }),
        DrGrpo.drGrpo({ clip, maxTokens: 6, ...more }),
        Dapo.dapo(more),
        Cispo.cispo(more),
        Sapo.sapo(more),
        Vespo.vespo(more),
        Luspo.luspo({ clip, ...more }),
      ]) {
        const after = (microBatchTokens: number) =>
          Effect.gen(function* () {
            const { update } = yield* GrpoOptimizer.GrpoOptimizer
            return { metrics: yield* update(scored), weights: yield* weights }
          }).pipe(Effect.provide(optimizer({ objective, microBatchTokens }), { local: true }))
        const [whole, parts] = [yield* after(4096), yield* after(1)]
        assert.strictEqual(whole.metrics.outcome, "applied")
        assert.closeTo(parts.metrics.loss, whole.metrics.loss, 1e-6 * Math.max(1, Math.abs(whole.metrics.loss)))
        assert.closeTo(parts.metrics.gradientNorm, whole.metrics.gradientNorm, 1e-5 * whole.metrics.gradientNorm)
        assert.strictEqual(parts.metrics.tokens, whole.metrics.tokens)
        assert.deepStrictEqual(parts.metrics.sampler, whole.metrics.sampler)
      }
    }),
  )

  it.effect("top-entropy tokens are those of the whole batch, under the policy as it is", () =>
    Effect.gen(function* () {
      const objective = Dapo.dapo({ topEntropy: 0.3 })
      const { config, parameters } = yield* Policy.Policy
      const scores = yield* Effect.promise(() => PolicyScores.policyScores(parameters(), config, rows, options))
      const entropies = scores.map(({ entropies }) => entropies)
      const marked = TopEntropy.marked(objective, rows, entropies)
      const totals = Aggregation.totals(objective, marked)
      assert.strictEqual(totals.tokens, 12)
      // Of 12 tokens, those above the quantile at rank 0.7 · 11 = 7.7.
      assert.strictEqual(totals.entropyTokens, 4)
      const { gradients, loss } = yield* Effect.promise(() =>
        PolicyGradient.policyGradient(objective, parameters(), config, marked, { temperature: 1, totals }),
      )
      tf.dispose(Object.values(gradients))
      const metrics = yield* Effect.gen(function* () {
        const { update } = yield* GrpoOptimizer.GrpoOptimizer
        return yield* update(rows)
      }).pipe(Effect.provide(optimizer({ objective }), { local: true }))
      assert.closeTo(metrics.loss, loss, 1e-6)
      const trained = marked.filter(({ advantage }) => advantage !== 0).flatMap(({ highEntropy }) => [...highEntropy])
      assert.closeTo(metrics.multipliers["top-entropy mask"]!, trained.reduce((a, b) => a + b, 0) / 10, 1e-12)
    }).pipe(Effect.provide(policy)),
  )

  it.effect("a KL term and an entropy bonus act where there is no advantage", () =>
    Effect.gen(function* () {
      const silent = rows.map((row) => ({ ...row, advantage: 0, referenceLogprobs: row.oldLogprobs }))
      for (const more of [{ kl: { coefficient: 0.1 } }, { entropyBonus: 0.01 }]) {
        const metrics = yield* Effect.gen(function* () {
          const { update } = yield* GrpoOptimizer.GrpoOptimizer
          return yield* update(silent)
        }).pipe(Effect.provide(optimizer({ objective: Dapo.dapo(more) }), { local: true }))
        assert.strictEqual(metrics.outcome, "applied")
        assert.strictEqual(metrics.tokens, 12)
        assert.isAbove(metrics.gradientNorm, 0)
      }
    }),
  )

  it.effect("an entropy bonus raises the entropy", () =>
    Effect.gen(function* () {
      const { update } = yield* GrpoOptimizer.GrpoOptimizer
      const silent = rows.map((row) => ({ ...row, advantage: 0 }))
      const first = yield* update(silent)
      for (let step = 0; step < 5; step++) yield* update(silent)
      const last = yield* update(silent)
      assert.isAbove(last.tokenEntropy, first.tokenEntropy)
    }).pipe(Effect.provide(optimizer({ objective: Dapo.dapo({ entropyBonus: 0.1 }) }))),
  )

  it.effect("rows that lack what the objective needs are a typed error, and nothing changes", () =>
    Effect.gen(function* () {
      const { state, update } = yield* GrpoOptimizer.GrpoOptimizer
      const [before, momentsBefore, tensors] = [yield* weights, yield* state, tf.memory().numTensors]
      const error = yield* Effect.flip(update(rows))
      assert.strictEqual(error._tag, "ObjectiveError")
      assert.strictEqual(error.reason, "missing-input")
      assert.match(error.message, /expected referenceLogprobs of every row/)
      assert.strictEqual(tf.memory().numTensors, tensors)
      assert.deepStrictEqual(yield* weights, before)
      assert.deepStrictEqual(yield* state, momentsBefore)
    }).pipe(Effect.provide(optimizer({ objective: Dapo.dapo({ kl: { coefficient: 0.1 }, topEntropy: 0.5 }) }))),
  )

  it.effect.each(everyOptimizer)("$name: saving and restoring goes on bit for bit", (method) =>
    Effect.gen(function* () {
      const chosen = () => optimizer({ optimizer: method, weightDecay: 0.1 })
      const straight = yield* Effect.gen(function* () {
        const { state, update } = yield* GrpoOptimizer.GrpoOptimizer
        yield* update(rows)
        const saved = { state: yield* state, weights: yield* weights }
        yield* update(rows)
        return { saved, final: yield* weights }
      }).pipe(Effect.provide(chosen(), { local: true }))
      const resumed = yield* Effect.gen(function* () {
        const { restore, update } = yield* GrpoOptimizer.GrpoOptimizer
        const { config, update: set } = yield* Policy.Policy
        set(Parameters.fromHost(config, straight.saved.weights))
        yield* restore(straight.saved.state)
        yield* update(rows)
        return yield* weights
      }).pipe(Effect.provide(chosen(), { local: true }))
      assert.strictEqual(straight.saved.state.step, 1)
      assert.notDeepEqual(straight.final, straight.saved.weights)
      assert.deepStrictEqual(resumed, straight.final)
    }),
  )

  it.effect("a state is named by slot and parameter, and one of another optimizer or model is refused", () =>
    Effect.gen(function* () {
      const stateOf = (method: Optimizers.Optimizer) =>
        Effect.flatMap(GrpoOptimizer.GrpoOptimizer, ({ state }) => state).pipe(
          Effect.provide(optimizer({ optimizer: method }), { local: true }),
        )
      const refusal = (method: Optimizers.Optimizer, state: GrpoOptimizer.OptimizerState) =>
        Effect.flatMap(GrpoOptimizer.GrpoOptimizer, ({ restore }) => Effect.flip(restore(state))).pipe(
          Effect.provide(optimizer({ optimizer: method }), { local: true }),
        )
      const name = "model.embed_tokens.weight"
      const state = yield* stateOf(AdamW.adamW(adam))
      assert.includeMembers([...state.moments.keys()], [`first.${name}`, `second.${name}`])
      const [first] = state.moments.values()
      for (const [method, given, reason, message] of [
        [AdamW.adamW(adam), { step: 1, moments: new Map() }, "missing-tensor", /expected a tensor first\.model\.embed/],
        [AmsGrad.amsGrad(adam), state, "missing-tensor", /state of AMSGrad: expected a tensor largest\.model/],
        [AdamW.adamW(adam), yield* stateOf(AmsGrad.amsGrad(adam)), "unknown-tensor", /found largest\.model/],
        [Sgd.sgd, state, "unknown-tensor", /state of SGD: expected tensors that it keeps.*found first\.model/],
        [Sgd.momentum(0.9), yield* stateOf(Sgd.sgd), "missing-tensor", /expected a tensor momentum\.model/],
        [
          AdamW.adamW(adam),
          { step: 1, moments: new Map(state.moments).set(`first.${name}`, { ...first!, shape: [1, 2] }) },
          "other-shape",
          /found \[1, 2\]/,
        ],
      ] as const) {
        const error = yield* refusal(method, given)
        assert.strictEqual(error._tag, "OptimizerError")
        assert.strictEqual(error.reason, reason)
        assert.match(error.message, message)
      }
    }),
  )

  it.effect("what decays: projections, and nothing else unless it is asked for", () =>
    Effect.gen(function* () {
      const after = (change: Partial<GrpoOptimizer.GrpoOptions>) =>
        Effect.gen(function* () {
          const { config } = yield* Policy.Policy
          const { update } = yield* GrpoOptimizer.GrpoOptimizer
          yield* update(rows)
          return { config, weights: yield* weights }
        }).pipe(Effect.provide(optimizer({ optimizer: Sgd.sgd, ...change }), { local: true }))
      const without = yield* after({})
      const some = yield* after({ weightDecay: 0.5 })
      const every = yield* after({
        weightDecay: 0.5,
        groups: (trainable, decay) => ParameterGroups.byDecay(trainable, decay, () => true),
      })
      for (const { kind, name } of Parameters.specs(without.config)) {
        const moved = (run: typeof some) =>
          run.weights.get(name)!.data.some((value, i) => value !== without.weights.get(name)!.data[i])
        assert.strictEqual(moved(some), kind === "projection", name)
        // A bias begins at 0, and one step of it is the same either way.
        if (kind !== "bias") assert.isTrue(moved(every), name)
      }
    }),
  )

  it.effect("leaves no tensors behind", () =>
    Effect.gen(function* () {
      const { update } = yield* GrpoOptimizer.GrpoOptimizer
      yield* update(rows)
      const before = tf.memory().numTensors
      for (let step = 0; step < 3; step++) yield* update(rows)
      yield* update([{ ...rows[0]!, advantage: NaN }])
      assert.strictEqual(tf.memory().numTensors, before)
    }).pipe(Effect.provide(optimizer())),
  )

  it.effect("leaves none behind with every option", () =>
    Effect.gen(function* () {
      const { update } = yield* GrpoOptimizer.GrpoOptimizer
      const scored = rows.map((row) => ({
        ...row,
        referenceLogprobs: row.oldLogprobs,
        samplerLogprobs: row.oldLogprobs,
      }))
      yield* update(scored)
      const before = tf.memory().numTensors
      for (let step = 0; step < 3; step++) yield* update(scored)
      assert.strictEqual(tf.memory().numTensors, before)
    }).pipe(
      Effect.provide(
        optimizer({
          objective: Vespo.vespo({
            kl: { coefficient: 0.1 },
            offPolicyThreshold: 0.1,
            mismatch: {},
            topEntropy: 0.5,
            entropyBonus: 0.01,
          }),
        }),
      ),
    ),
  )
})

describe("metrics", () => {
  it("of nothing are numbers", () => {
    const metrics = Metrics.measure(Dapo.dapo({ kl: { coefficient: 0.1 } }), [])
    const { multipliers, ratio, ...zeros } = metrics
    assert.strictEqual(ratio, 1)
    assert.deepStrictEqual(multipliers, {})
    for (const [name, value] of Object.entries(zeros)) assert.strictEqual(value, 0, name)
  })
})
