import { DrGrpo, GrpoOptimizer, LearningRate, PolicyGradient } from "@seed-grpo/grpo"
import { Backend, Parameters, Policy } from "@seed-grpo/runtime"
import { tinyModel } from "@seed-grpo/testing"
import * as tf from "@tensorflow/tfjs-core"
import { assert, describe, it } from "@effect/vitest"
import { Effect, Layer } from "effect"

const clip = { low: 0.2, high: 0.2 }

const options: GrpoOptimizer.GrpoOptions = {
  objective: DrGrpo.drGrpo({ clip, maxTokens: 6 }),
  learningRate: LearningRate.constant({ rate: 1e-2 }),
  beta1: 0.9,
  beta2: 0.95,
  epsilon: 1e-8,
  weightDecay: 0,
  maxGradientNorm: 1,
  clip,
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
        Effect.promise(() =>
          PolicyGradient.policyGradient(options.objective, at, config, rows, {
            temperature: 1,
            batchRows: rows.length,
          }),
        )
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

  it.effect("saving and restoring goes on bit for bit", () =>
    Effect.gen(function* () {
      const straight = yield* Effect.gen(function* () {
        const { state, update } = yield* GrpoOptimizer.GrpoOptimizer
        yield* update(rows)
        const saved = { state: yield* state, weights: yield* weights }
        yield* update(rows)
        return { saved, final: yield* weights }
      }).pipe(Effect.provide(optimizer(), { local: true }))
      const resumed = yield* Effect.gen(function* () {
        const { restore, update } = yield* GrpoOptimizer.GrpoOptimizer
        const { config, update: set } = yield* Policy.Policy
        set(Parameters.fromHost(config, straight.saved.weights))
        yield* restore(straight.saved.state)
        yield* update(rows)
        return yield* weights
      }).pipe(Effect.provide(optimizer(), { local: true }))
      assert.deepStrictEqual(resumed, straight.final)
    }),
  )

  it.effect("a state that does not fit is refused by name", () =>
    Effect.gen(function* () {
      const { restore } = yield* GrpoOptimizer.GrpoOptimizer
      const error = yield* Effect.flip(restore({ step: 1, moments: new Map() }))
      assert.match(error.message, /expected a tensor first\.model\.embed_tokens\.weight/)
    }).pipe(Effect.provide(optimizer())),
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
})
