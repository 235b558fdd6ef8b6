/** The estimate from shapes, against what TensorFlow.js counts. */
import { Accumulation, Grpo, MemoryEstimate, type PolicyGradient } from "@seed-grpo/grpo"
import { Backend, Policy } from "@seed-grpo/runtime"
import { newModel } from "@seed-grpo/testing"
import * as tf from "@tensorflow/tfjs-core"
import { assert, layer } from "@effect/vitest"
import { Effect, Layer } from "effect"

const ROWS = 8

const rowsOf = (tokens: number): ReadonlyArray<PolicyGradient.TrainingRow> =>
  Array.from({ length: ROWS }, (_, row) => ({
    prompt: Int32Array.from({ length: tokens / 2 }, (_, t) => 1 + ((5 * row + t) % 19)),
    completion: Int32Array.from({ length: tokens / 2 }, (_, t) => 1 + ((3 * row + 2 * t) % 19)),
    oldLogprobs: new Float64Array(tokens / 2).fill(-3),
    advantage: row % 2 === 0 ? 0.5 : -0.25,
  }))

const shapes = [
  { hiddenSize: 16, intermediateSize: 32, layers: 4, heads: 2, keyHeads: 1 },
  { hiddenSize: 32, intermediateSize: 96, layers: 6, heads: 4, keyHeads: 4 },
]

for (const shape of shapes) {
  const policy = Layer.effect(
    Policy.Policy,
    Effect.suspend(() =>
      Policy.make(newModel({ seed: 0, characters: "0123456789+-×÷/=.%\\{}", maxPositions: 128, ...shape })),
    ),
  ).pipe(Layer.provide(Backend.layerWasm))

  layer(policy)(`memory of ${shape.layers} layers`, (it) => {
    const cases = [24, 64].flatMap((tokens) =>
      [1, 4].flatMap((parts) =>
        [false, true].map((gradientCheckpointing) => ({ tokens, parts, gradientCheckpointing })),
      ),
    )

    it.effect.each(cases)("$tokens tokens in $parts parts, checkpointing $gradientCheckpointing", (one) =>
      Effect.gen(function* () {
        const { config, parameters } = yield* Policy.Policy
        const rows = ROWS / one.parts
        const before = tf.memory().numBytes
        const { peakBytes } = yield* Effect.promise(() =>
          tf.profile(async () => {
            const { gradients } = await Accumulation.accumulatedGradient(
              Grpo.grpo({ clip: { low: 0.2, high: 0.2 } }),
              parameters(),
              config,
              rowsOf(one.tokens),
              {
                temperature: 1,
                microBatchTokens: rows * one.tokens,
                gradientCheckpointing: one.gradientCheckpointing,
              },
            )
            tf.dispose([Object.values(gradients)])
            return []
          }),
        )
        const { activations, gradients } = MemoryEstimate.estimate(config, {
          rows,
          promptTokens: one.tokens / 2,
          completionTokens: one.tokens / 2,
          accumulates: one.parts > 1,
          gradientCheckpointing: one.gradientCheckpointing,
          slots: 2,
          sampledTokens: 0,
        })
        const ratio = (activations + gradients) / (peakBytes - before)
        assert.isAbove(ratio, 0.7)
        assert.isBelow(ratio, 1.4)
      }),
    )
  })
}
