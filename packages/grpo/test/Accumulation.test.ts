/** However a batch is split, and whether or not layers are computed again: one gradient, one step, less memory. */
import {
  Accumulation,
  AdamW,
  DrGrpo,
  Grpo,
  GrpoOptimizer,
  LearningRate,
  LengthBuckets,
  type PolicyGradient,
} from "@seed-grpo/grpo"
import { Backend, Parameters, Policy } from "@seed-grpo/runtime"
import { newModel } from "@seed-grpo/testing"
import * as tf from "@tensorflow/tfjs-core"
import { assert, layer } from "@effect/vitest"
import { Effect, Layer } from "effect"

const clip = { low: 0.2, high: 0.2 }

const ROWS = 8
const TOKENS = 24

const rows: ReadonlyArray<PolicyGradient.TrainingRow> = Array.from({ length: ROWS }, (_, row) => ({
  prompt: Int32Array.from({ length: TOKENS / 2 - (row % 3) }, (_, t) => 1 + ((5 * row + t) % 19)),
  completion: Int32Array.from({ length: TOKENS / 2 - (row % 2) }, (_, t) => 1 + ((3 * row + 2 * t) % 19)),
  oldLogprobs: new Float64Array(TOKENS / 2 - (row % 2)).fill(-3),
  advantage: (row % 2 === 0 ? 0.5 : -0.25) * (1 + row / 8),
}))

const model = newModel({
  seed: 0,
  characters: "0123456789+-×÷/=.%\\{}",
  hiddenSize: 16,
  intermediateSize: 32,
  layers: 4,
  heads: 2,
  keyHeads: 1,
  maxPositions: 64,
})

const splits = [1, 2, 8].flatMap((parts) =>
  [false, true].map((gradientCheckpointing) => ({ parts, gradientCheckpointing })),
)

interface Split {
  readonly parts: number
  readonly gradientCheckpointing: boolean
}

const optionsOf = ({ gradientCheckpointing, parts }: Split) => ({
  temperature: 0.8,
  microBatchTokens: (ROWS * TOKENS) / parts,
  gradientCheckpointing,
})

/** Of weights around 1; a step moves them by a thousandth. */
const TWO_ULPS = 2 ** -22

/** Largest difference between two tensors, as a share of the largest number. */
const distance = (a: ArrayLike<number>, b: ArrayLike<number>) => {
  let [apart, largest] = [0, 0]
  for (let i = 0; i < b.length; i++) {
    apart = Math.max(apart, Math.abs(a[i]! - b[i]!))
    largest = Math.max(largest, Math.abs(b[i]!))
  }
  return apart / largest
}

for (const [name, backend] of [
  ["cpu", Backend.layerCpu],
  ["wasm", Backend.layerWasm],
] as const) {
  const policy = Layer.effect(
    Policy.Policy,
    Effect.suspend(() => Policy.make(model)),
  ).pipe(Layer.provide(backend))

  layer(policy)(`accumulation on ${name}`, (it) => {
    const gradientOf = (split: Split) =>
      Effect.gen(function* () {
        const { config, parameters } = yield* Policy.Policy
        return yield* Effect.promise(() =>
          Accumulation.accumulatedGradient(Grpo.grpo({ clip }), parameters(), config, rows, optionsOf(split)),
        )
      })

    it.effect.each(splits)("$parts parts, checkpointing $gradientCheckpointing: the gradient of one part", (split) =>
      Effect.gen(function* () {
        assert.strictEqual(LengthBuckets.parts(rows, optionsOf(split).microBatchTokens).length, split.parts)
        const whole = yield* gradientOf({ parts: 1, gradientCheckpointing: false })
        const before = tf.memory().numTensors
        const { gradients, loss, scored } = yield* gradientOf(split)
        assert.closeTo(loss, whole.loss, 1e-6 * Math.abs(whole.loss))
        assert.strictEqual(scored.length, whole.scored.length)
        for (const [parameter, expected] of Object.entries(whole.gradients)) {
          assert.isBelow(distance(gradients[parameter]!.dataSync(), expected.dataSync()), 2e-6, parameter)
        }
        tf.dispose([Object.values(gradients)])
        assert.strictEqual(tf.memory().numTensors, before)
        tf.dispose([Object.values(whole.gradients)])
      }),
    )

    it.effect("less is held with more parts, and less again with checkpointing", () =>
      Effect.gen(function* () {
        const { parameters } = yield* Policy.Policy
        const bytes = Object.values(parameters()).reduce((sum, { size }) => sum + 4 * size, 0)
        const peak = (split: Split) =>
          Effect.gen(function* () {
            const current = yield* Effect.context<Policy.Policy>()
            const before = tf.memory().numBytes
            const run = async () => {
              const { gradients } = await Effect.runPromiseWith(current)(gradientOf(split))
              tf.dispose([Object.values(gradients)])
              return []
            }
            const { peakBytes } = yield* Effect.promise(() => tf.profile(run))
            return (peakBytes - before) / bytes
          })
        const peaks: Array<number> = []
        for (const split of splits) peaks.push(yield* peak(split))
        const [one, oneAgain, two, twoAgain, eight, eightAgain] = peaks as [
          number,
          number,
          number,
          number,
          number,
          number,
        ]
        assert.isBelow(two, 0.7 * one)
        assert.isBelow(eight, 0.5 * two)
        assert.isBelow(oneAgain, 0.6 * one)
        assert.isBelow(twoAgain, 0.6 * two)
        assert.isBelow(eightAgain, eight)
      }),
    )
  })

  layer(backend)(`steps on ${name}`, (it) => {
    const stepped = (split: Split) =>
      Effect.gen(function* () {
        const { update } = yield* GrpoOptimizer.GrpoOptimizer
        const { config, parameters } = yield* Policy.Policy
        const metrics = yield* update(rows)
        return { metrics, weights: yield* Effect.promise(() => Parameters.toHost(config, parameters())) }
      }).pipe(
        Effect.provide(
          GrpoOptimizer.layer({
            ...optionsOf(split),
            objective: DrGrpo.drGrpo({ clip, maxTokens: TOKENS }),
            learningRate: LearningRate.constant({ rate: 1e-3 }),
            optimizer: AdamW.adamW({ beta1: 0.9, beta2: 0.95, epsilon: 1e-8 }),
            weightDecay: 0.01,
            maxGradientNorm: 1,
          }).pipe(Layer.provideMerge(Layer.effect(Policy.Policy, Policy.make(model)))),
          { local: true },
        ),
      )

    it.effect.each(splits)("$parts parts, checkpointing $gradientCheckpointing: the weights of one part", (split) =>
      Effect.gen(function* () {
        const whole = yield* stepped({ parts: 1, gradientCheckpointing: false })
        const { metrics, weights } = yield* stepped(split)
        assert.strictEqual(metrics.outcome, "applied")
        assert.closeTo(metrics.gradientNorm, whole.metrics.gradientNorm, 2e-6 * whole.metrics.gradientNorm)
        for (const [parameter, { data }] of whole.weights) {
          const found = weights.get(parameter)!.data
          for (let i = 0; i < data.length; i++) assert.closeTo(found[i]!, data[i]!, TWO_ULPS, parameter)
        }
      }),
    )
  })
}
