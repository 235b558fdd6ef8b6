/** The output head in pieces against the plain formulas in float64, on every back-end. */
import { Rng } from "@seed-grpo/core"
import { type Backend, Read, Tidy } from "@seed-grpo/runtime"
import "@seed-grpo/runtime/Gradients"
import { tokenScores } from "@seed-grpo/runtime/layers/TokenScores"
import * as tf from "@tensorflow/tfjs-core"
import { assert, layer } from "@effect/vitest"
import { Effect, type Layer } from "effect"

const [N, D, V] = [5, 4, 7]

const key = Rng.key(0, "tokenScores")
const numbers = (size: number, stream: number) =>
  Float32Array.from({ length: size }, (_, i) => 4 * Rng.uniform(key, [stream, i]) - 2)

interface Case {
  readonly hidden: Float32Array
  /** `[V, D]` */
  readonly weight: Float32Array
  readonly targets: Int32Array
  readonly temperature: number
  /** With respect to each row's log-probability and entropy, `[N, 2]`. */
  readonly dy: Float32Array
}

const ordinary: Case = {
  hidden: numbers(N * D, 1),
  weight: numbers(V * D, 2),
  targets: Int32Array.of(6, 0, 3, 3, 5),
  temperature: 1,
  dy: numbers(2 * N, 3),
}

/** The definition, and `dz = g (1[v = target] − p) − h p (log p + H)`, with every number held. */
const reference = ({ dy, hidden, targets, temperature, weight }: Case) => {
  const values: Array<number> = []
  const dHidden = new Float64Array(N * D)
  const dWeight = new Float64Array(V * D)
  for (let n = 0; n < N; n++) {
    const z = Array.from({ length: V }, (_, v) => {
      let sum = 0
      for (let d = 0; d < D; d++) sum += hidden[n * D + d]! * weight[v * D + d]!
      return sum / temperature
    })
    const max = Math.max(...z)
    const logTotal = Math.log(z.reduce((sum, value) => sum + Math.exp(value - max), 0))
    const logp = z.map((value) => value - max - logTotal)
    const p = logp.map(Math.exp)
    const entropy = -p.reduce((sum, value, v) => sum + (value === 0 ? 0 : value * logp[v]!), 0)
    values.push(logp[targets[n]!]!, entropy)
    const [g, h] = [dy[2 * n]!, dy[2 * n + 1]!]
    for (let v = 0; v < V; v++) {
      const dz = g * ((targets[n] === v ? 1 : 0) - p[v]!) - (p[v] === 0 ? 0 : h * p[v]! * (logp[v]! + entropy))
      for (let d = 0; d < D; d++) {
        dHidden[n * D + d]! += (dz * weight[v * D + d]!) / temperature
        dWeight[v * D + d]! += (dz * hidden[n * D + d]!) / temperature
      }
    }
  }
  return { values, dHidden, dWeight }
}

/** What `tokenScores` gives, with the weight's derivative as `[V, D]`. */
const found = async ({ dy, hidden, targets, temperature, weight }: Case, tied: boolean, columns: number) => {
  const computed = Tidy.tidy(() => {
    const table = tf.tensor2d(weight, [V, D])
    const inputs = [tf.tensor2d(hidden, [N, D]), tied ? table : tf.transpose(table)]
    const run = (x: tf.Tensor, w: tf.Tensor) =>
      tokenScores(
        x as tf.Tensor2D,
        { weight: w as tf.Tensor2D, tied, trained: true },
        targets,
        temperature,
        columns * N,
      )
    const [dHidden, dWeight] = tf.grads(run)(inputs, tf.tensor2d(dy, [N, 2]))
    return [run(inputs[0]!, inputs[1]!), dHidden!, tied ? dWeight! : tf.transpose(dWeight!)]
  })
  const [values, ofHidden, ofWeight] = await Promise.all(computed.map(Read.take))
  return { values: values!, dHidden: ofHidden!, dWeight: ofWeight! }
}

const close = (actual: ArrayLike<number>, expected: ArrayLike<number>, tolerance: number) => {
  assert.strictEqual(actual.length, expected.length)
  for (let i = 0; i < expected.length; i++) assert.closeTo(actual[i]!, expected[i]!, tolerance, `number ${i}`)
}

const columnsAtOnce = [1, 3, V]

export const tokenScoresSuite = (name: string, backend: Layer.Layer<Backend.Backend, Backend.BackendError>) => {
  layer(backend)(`tokenScores on ${name}`, (it) => {
    const cases = [true, false].flatMap((tied) =>
      columnsAtOnce.flatMap((columns) =>
        [1, 0.7].flatMap((temperature) =>
          [true, false].map((withEntropies) => ({ tied, columns, temperature, withEntropies })),
        ),
      ),
    )
    it.each(cases)(
      "equals the plain formulas: tied $tied, columns $columns, temperature $temperature, dH $withEntropies",
      async ({ columns, temperature, tied, withEntropies }) => {
        const dy = ordinary.dy.map((value, i) => (i % 2 === 0 || withEntropies ? value : 0))
        const given = { ...ordinary, temperature, dy }
        const [actual, expected] = [await found(given, tied, columns), reference(given)]
        close(actual.values, expected.values, 1e-5)
        close(actual.dHidden, expected.dHidden, 1e-5)
        close(actual.dWeight, expected.dWeight, 1e-5)
      },
    )

    it.each(columnsAtOnce)("logits of ±10,000 give finite, exact numbers, %i columns at once", async (columns) => {
      // Row n has 10,000 at token n and −10,000 elsewhere, or ties.
      const hidden = new Float32Array(N * D)
      for (let n = 0; n < N; n++) hidden[n * D + (n % D)] = 1
      const weight = new Float32Array(V * D).fill(-1e4)
      for (let v = 0; v < D; v++) weight[v * D + v] = 1e4
      const given = { ...ordinary, hidden, weight, targets: Int32Array.of(0, 5, 2, 3, 1) }
      const [actual, expected] = [await found(given, true, columns), reference(given)]
      close(actual.values, expected.values, 1e-5)
      close(actual.dHidden, expected.dHidden, 1e-2)
      close(actual.dWeight, expected.dWeight, 1e-5)
      assert.deepStrictEqual([...actual.values.subarray(0, 4)], [0, 0, -20_000, 0])
    })

    it.each(columnsAtOnce)("rows without a derivative may hold anything, %i columns at once", async (columns) => {
      const dy = ordinary.dy.slice()
      dy.fill(0, 2 * 3)
      const hidden = ordinary.hidden.slice()
      hidden.fill(-300, 3 * D)
      const targets = ordinary.targets.slice()
      targets.fill(1, 3)
      const before = await found({ ...ordinary, dy }, true, columns)
      const after = await found({ ...ordinary, dy, hidden, targets }, true, columns)
      close(after.values.subarray(0, 6), before.values.subarray(0, 6), 1e-6)
      close(after.dHidden, before.dHidden, 1e-6)
      close(after.dWeight, before.dWeight, 1e-6)
    })

    it("a head that is not trained gives the same derivative of hidden states", async () => {
      const expected = await found(ordinary, true, 3)
      const computed = Tidy.tidy(() => {
        const weight = tf.tensor2d(ordinary.weight, [V, D])
        const run = (x: tf.Tensor) =>
          tokenScores(x as tf.Tensor2D, { weight, tied: true, trained: false }, ordinary.targets, 1, 3 * N)
        return tf.grad(run)(tf.tensor2d(ordinary.hidden, [N, D]), tf.tensor2d(ordinary.dy, [N, 2]))
      })
      close(await Read.take(computed), expected.dHidden, 0)
    })

    it.effect("in pieces, neither pass holds as much as one matrix of logits, and nothing stays", () =>
      Effect.gen(function* () {
        const [rows, width, vocabulary] = [128, 4, 8192]
        const inputs = [
          tf.tensor2d(numbers(rows * width, 4), [rows, width]),
          tf.tensor2d(numbers(vocabulary * width, 5), [vocabulary, width]),
        ]
        const run = (x: tf.Tensor, weight: tf.Tensor) =>
          tokenScores(
            x as tf.Tensor2D,
            { weight: weight as tf.Tensor2D, tied: true, trained: true },
            new Int32Array(rows).fill(7),
            1,
            rows * 64,
          )
        const gradients = () => tf.dispose(tf.grads(run)(inputs))
        gradients()
        const { numBytes, numTensors } = tf.memory()
        const { peakBytes } = yield* Effect.promise(() => tf.profile(gradients))
        assert.isBelow(peakBytes - numBytes, (4 * rows * vocabulary) / 4)
        assert.strictEqual(tf.memory().numTensors, numTensors)
        tf.dispose(inputs)
      }),
    )
  })
}
