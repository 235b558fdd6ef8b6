/** Micro-batches by length: every row once, within the limit, and fewer padded tokens. */
import { Rng } from "@seed-grpo/core"
import { Accumulation, Dapo, LengthBuckets, PolicyGradient, PolicyScores } from "@seed-grpo/grpo"
import { Backend, Policy } from "@seed-grpo/runtime"
import { tinyModel } from "@seed-grpo/testing"
import * as tf from "@tensorflow/tfjs-core"
import { assert, describe, it, layer } from "@effect/vitest"
import { Effect, Layer } from "effect"

const key = Rng.key(0, "lengths")
/** Most are short and a few are long, as completions are. */
const skewed = (count: number, longest: number) =>
  Array.from({ length: count }, (_, i) => ({
    prompt: { length: 1 + Rng.integer(key, 4, [i, 0]) },
    completion: { length: Math.max(1, Math.round(longest * Rng.uniform(key, [i, 1]) ** 4)) },
  }))

describe("LengthBuckets", () => {
  it("every row is in one part, within the limit", () => {
    for (const [count, limit] of [
      [0, 10],
      [1, 1],
      [50, 1],
      [50, 200],
      [50, 1e9],
    ] as const) {
      const rows = skewed(count, 100)
      const parts = LengthBuckets.parts(rows, limit)
      assert.deepStrictEqual(
        parts.flat().toSorted((a, b) => a - b),
        rows.map((_, i) => i),
      )
      for (const part of parts) {
        assert.isAbove(part.length, 0)
        if (part.length > 1) assert.isAtMost(LengthBuckets.padding(rows, [part]).cells, limit)
      }
    }
  })

  it("a skewed batch: in order 71 % is padding, by length 21 %", () => {
    const rows = skewed(256, 500)
    const share = (parts: ReadonlyArray<ReadonlyArray<number>>) => {
      const { cells, tokens } = LengthBuckets.padding(rows, parts)
      return 1 - tokens / cells
    }
    assert.isAbove(share(LengthBuckets.consecutive(rows, 4096)), 0.7)
    assert.isBelow(share(LengthBuckets.parts(rows, 4096)), 0.22)
  })

  it("rows of one length, or that all fit, stay in order", () => {
    const alike = Array.from({ length: 9 }, () => ({ prompt: { length: 2 }, completion: { length: 3 } }))
    assert.deepStrictEqual(LengthBuckets.parts(alike, 20), LengthBuckets.consecutive(alike, 20))
    const rows = skewed(20, 50)
    assert.deepStrictEqual(LengthBuckets.parts(rows, 1e9), [rows.map((_, i) => i)])
  })
})

layer(
  Layer.effect(
    Policy.Policy,
    Effect.suspend(() => Policy.make(tinyModel())),
  ).pipe(Layer.provide(Backend.layerCpu)),
)("by length", (it) => {
  const rows: ReadonlyArray<PolicyGradient.TrainingRow> = skewed(24, 9).map(({ completion, prompt }, i) => ({
    prompt: Int32Array.from(prompt, (_, t) => 1 + ((i + t) % 9)),
    completion: Int32Array.from(completion, (_, t) => 1 + ((3 * i + t) % 9)),
    oldLogprobs: Float64Array.from(completion, (_, t) => -2.5 - 0.1 * ((i + t) % 4)),
    advantage: (i % 2 === 0 ? 1 : -0.7) * (1 + i / 24),
  }))
  const objective = Dapo.dapo()
  const options = { temperature: 0.9, microBatchTokens: 40 }

  it.effect("loss, gradient and the order of rows are those of the batch", () =>
    Effect.gen(function* () {
      const { config, parameters } = yield* Policy.Policy
      assert.notDeepEqual(LengthBuckets.parts(rows, 40), LengthBuckets.consecutive(rows, 40))
      const [whole, parts] = yield* Effect.promise(() =>
        Promise.all([
          PolicyGradient.policyGradient(objective, parameters(), config, rows, options),
          Accumulation.accumulatedGradient(objective, parameters(), config, rows, options),
        ]),
      )
      assert.closeTo(parts.loss, whole.loss, 1e-6)
      for (const [name, gradient] of Object.entries(whole.gradients)) {
        const apart = tf.max(tf.abs(tf.sub(parts.gradients[name]!, gradient)))
        assert.isBelow(apart.dataSync()[0]!, 1e-6, name)
      }
      assert.deepStrictEqual(parts.padding, LengthBuckets.padding(rows, LengthBuckets.parts(rows, 40)))
      for (const [i, row] of parts.scored.entries()) {
        assert.strictEqual(row.completion, rows[i]!.completion)
        for (const [t, logprob] of row.logprobs.entries()) {
          assert.closeTo(logprob, whole.scored[i]!.logprobs[t]!, 1e-5)
        }
      }
      const scores = yield* Effect.promise(() => PolicyScores.policyScores(parameters(), config, rows, options))
      for (const [i, { logprobs }] of scores.entries()) {
        assert.strictEqual(logprobs.length, rows[i]!.completion.length)
        for (const [t, logprob] of logprobs.entries()) assert.closeTo(logprob, whole.scored[i]!.logprobs[t]!, 1e-5)
      }
    }),
  )
})
