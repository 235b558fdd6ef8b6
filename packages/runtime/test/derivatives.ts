/** Every derivative of ours against central differences. */
import { type Backend, Read, type Rope } from "@seed-grpo/runtime"
import "@seed-grpo/runtime/Gradients"
import { attention, causalMask } from "@seed-grpo/runtime/layers/Attention"
import { embedding } from "@seed-grpo/runtime/layers/Embedding"
import { linear } from "@seed-grpo/runtime/layers/Linear"
import { rmsNorm } from "@seed-grpo/runtime/layers/RmsNorm"
import { quarterTurn, rotary, rotaryAngles } from "@seed-grpo/runtime/layers/Rotary"
import { swiGlu } from "@seed-grpo/runtime/layers/SwiGlu"
import { tokenScores } from "@seed-grpo/runtime/layers/TokenScores"
import * as tf from "@tensorflow/tfjs-core"
import { assert, layer } from "@effect/vitest"
import type { Layer } from "effect"

/** Numbers away from 0, where kernels such as abs and relu have no derivative. */
const numbers = (shape: Array<number>, seed: number) => {
  const size = shape.reduce((a, b) => a * b, 1)
  return tf.tensor(
    Array.from({ length: size }, (_, i) => {
      const value = Math.sin(12.9898 * (i + 1) + 78.233 * seed)
      return Math.sign(value) * (0.2 + 0.8 * Math.abs(value))
    }),
    shape,
  )
}

const positive = (shape: Array<number>, seed: number) => tf.add(tf.abs(numbers(shape, seed)), 0.1)

/** Compares `∂ Σ w · f(inputs) / ∂ input` with differences along every coordinate, for fixed weights `w`. */
const check = async (f: (...inputs: Array<tf.Tensor>) => tf.Tensor, inputs: ReadonlyArray<tf.Tensor>) => {
  const weights = numbers(f(...inputs).shape, 99)
  const total = (...xs: Array<tf.Tensor>): tf.Scalar => tf.sum(tf.mul(f(...xs), weights))
  const gradients = tf.grads(total)([...inputs])
  const step = 1e-2
  for (const [index, input] of inputs.entries()) {
    const values = await Read.read(input)
    const gradient = await Read.read(gradients[index]!)
    assert.deepStrictEqual(gradients[index]!.shape, input.shape)
    const scale = Math.max(1e-2, ...gradient.map(Math.abs))
    for (let i = 0; i < values.length; i++) {
      const at = (delta: number) =>
        Read.take(
          tf.tidy(() => {
            const moved = values.slice()
            moved[i]! += delta
            const changed = [...inputs]
            changed[index] = tf.tensor(moved, input.shape)
            return total(...changed)
          }),
        )
      const [above, below] = await Promise.all([at(step), at(-step)])
      const slope = (above[0]! - below[0]!) / (2 * step)
      assert.closeTo(gradient[i]! / scale, slope / scale, 1e-2, `input ${index}, number ${i}`)
    }
  }
}

const kernels: {
  readonly [name: string]: readonly [(...inputs: Array<tf.Tensor>) => tf.Tensor, () => Array<tf.Tensor>]
} = {
  "add, broadcast": [(a, b) => tf.add(a, b), () => [numbers([3, 2], 1), numbers([2], 2)]],
  "sub, broadcast": [(a, b) => tf.sub(a, b), () => [numbers([3, 1], 1), numbers([1, 4], 2)]],
  "mul, broadcast": [(a, b) => tf.mul(a, b), () => [numbers([3, 2], 1), numbers([1], 2)]],
  "div, broadcast": [(a, b) => tf.div(a, b), () => [numbers([3, 2], 1), positive([2], 2)]],
  maximum: [(a, b) => tf.maximum(a, b), () => [numbers([6], 1), numbers([6], 2)]],
  minimum: [(a, b) => tf.minimum(a, b), () => [numbers([6], 1), numbers([6], 2)]],
  squaredDifference: [(a, b) => tf.squaredDifference(a, b), () => [numbers([4], 1), numbers([4], 2)]],
  abs: [(x) => tf.abs(x), () => [numbers([5], 1)]],
  cos: [(x) => tf.cos(x), () => [numbers([5], 1)]],
  sin: [(x) => tf.sin(x), () => [numbers([5], 1)]],
  exp: [(x) => tf.exp(x), () => [numbers([5], 1)]],
  expm1: [(x) => tf.expm1(x), () => [numbers([5], 1)]],
  log: [(x) => tf.log(x), () => [positive([5], 1)]],
  log1p: [(x) => tf.log1p(x), () => [positive([5], 1)]],
  neg: [(x) => tf.neg(x), () => [numbers([5], 1)]],
  relu: [(x) => tf.relu(x), () => [numbers([5], 1)]],
  rsqrt: [(x) => tf.rsqrt(x), () => [positive([5], 1)]],
  sqrt: [(x) => tf.sqrt(x), () => [positive([5], 1)]],
  square: [(x) => tf.square(x), () => [numbers([5], 1)]],
  sigmoid: [(x) => tf.sigmoid(x), () => [numbers([5], 1)]],
  tanh: [(x) => tf.tanh(x), () => [numbers([5], 1)]],
  softmax: [(x) => tf.softmax(x), () => [numbers([2, 4], 1)]],
  clone: [(x) => tf.clone(x), () => [numbers([5], 1)]],
  cast: [(x) => tf.cast(x, "float32"), () => [numbers([5], 1)]],
  expandDims: [(x) => tf.expandDims(x, 1), () => [numbers([2, 3], 1)]],
  reshape: [(x) => tf.reshape(x, [3, 2]), () => [numbers([2, 3], 1)]],
  transpose: [(x) => tf.transpose(x, [2, 0, 1]), () => [numbers([2, 3, 2], 1)]],
  slice: [(x) => tf.slice(x, [0, 1], [2, -1]), () => [numbers([3, 4], 1)]],
  concat: [(a, b) => tf.concat([a, b], 1), () => [numbers([2, 2], 1), numbers([2, 3], 2)]],
  "clipByValue, inside and out": [(x) => tf.clipByValue(x, -0.5, 0.5), () => [numbers([8], 1)]],
  where: [(a, b) => tf.where(tf.tensor1d([1, 0, 1, 1, 0, 0], "bool"), a, b), () => [numbers([6], 1), numbers([6], 2)]],
  "sum over one axis": [(x) => tf.sum(x, 0), () => [numbers([3, 2], 1)]],
  "sum over all": [(x) => tf.sum(x), () => [numbers([3, 2], 1)]],
  "mean over the last axis": [(x) => tf.mean(x, -1, true), () => [numbers([3, 2], 1)]],
  matMul: [(a, b) => tf.matMul(a, b), () => [numbers([2, 3], 1), numbers([3, 4], 2)]],
  "matMul, first transposed": [(a, b) => tf.matMul(a, b, true), () => [numbers([3, 2], 1), numbers([3, 4], 2)]],
  "matMul, second transposed": [(a, b) => tf.matMul(a, b, false, true), () => [numbers([2, 3], 1), numbers([4, 3], 2)]],
  "matMul, both transposed": [(a, b) => tf.matMul(a, b, true, true), () => [numbers([3, 2], 1), numbers([4, 3], 2)]],
}

const yarn: Rope.Rope = {
  type: "yarn",
  theta: 100,
  factor: 4,
  originalPositions: 8,
  betaFast: 4,
  betaSlow: 1,
  attentionFactor: 1.14,
  truncate: false,
}

const scores = (x: tf.Tensor, weight: tf.Tensor, tied: boolean, mostLogits: number) =>
  tokenScores(
    x as tf.Tensor2D,
    { weight: weight as tf.Tensor2D, tied, trained: true },
    Int32Array.of(0, 3, 1),
    0.7,
    mostLogits,
  )

const layers: typeof kernels = {
  "linear with bias": [
    (x, w, b) => linear(x as tf.Tensor2D, w as tf.Tensor2D, b as tf.Tensor1D),
    () => [numbers([3, 2], 1), numbers([2, 4], 2), numbers([4], 3)],
  ],
  "linear without bias": [
    (x, w) => linear(x as tf.Tensor2D, w as tf.Tensor2D),
    () => [numbers([3, 2], 1), numbers([2, 4], 2)],
  ],
  rmsNorm: [(x, w) => rmsNorm(x as tf.Tensor2D, w as tf.Tensor1D, 1e-6), () => [numbers([3, 4], 1), numbers([4], 2)]],
  swiGlu: [
    (gate, up) => swiGlu(gate as tf.Tensor2D, up as tf.Tensor2D),
    () => [numbers([3, 4], 1), numbers([3, 4], 2)],
  ],
  rotary: [(x) => rotary(x as tf.Tensor3D, rotaryAngles([0, 3, 7], [8, 8, 8], 4, yarn)), () => [numbers([3, 2, 4], 1)]],
  "rotary by a product": [
    (x) => rotary(x as tf.Tensor3D, { ...rotaryAngles([0, 3, 7], [8, 8, 8], 4, yarn), quarterTurn: quarterTurn(4) }),
    () => [numbers([3, 2, 4], 1)],
  ],
  "attention with grouped queries, padding, a past, a window and two sequences": [
    (q, k, v) =>
      attention(q as tf.Tensor4D, k as tf.Tensor4D, v as tf.Tensor4D, causalMask([0, 1, 1, 1, 1, 2], 2, 2, 1, 2)),
    () => [numbers([2, 4, 2, 3], 1), numbers([2, 2, 3, 3], 2), numbers([2, 2, 3, 3], 3)],
  ],
  "embedding with repeated tokens": [
    (table) => embedding(table as tf.Tensor2D, tf.tensor1d([0, 2, 2, 1], "int32")),
    () => [numbers([4, 3], 1)],
  ],
  "tokenScores, tied, in one piece": [(x, w) => scores(x, w, true, 12), () => [numbers([3, 2], 1), numbers([4, 2], 2)]],
  "tokenScores, an own head, in pieces": [
    (x, w) => scores(x, w, false, 6),
    () => [numbers([3, 2], 1), numbers([2, 5], 2)],
  ],
}

export const derivativesSuite = (name: string, backend: Layer.Layer<Backend.Backend, Backend.BackendError>) => {
  layer(backend)(`derivatives on ${name}`, (it) => {
    for (const [label, [f, inputs]] of Object.entries({ ...kernels, ...layers })) {
      it(label, () => check(f, inputs()))
    }

    it("a query that sees nothing gets an average, not NaN", async () => {
      const [q, k, v] = [numbers([1, 1, 1, 2], 1), numbers([1, 1, 1, 2], 2), numbers([1, 1, 1, 2], 3)]
      const out = attention(q as tf.Tensor4D, k as tf.Tensor4D, v as tf.Tensor4D, causalMask([0], 1, 1, 0))
      const [found, expected] = [await Read.take(out), await Read.take(v)]
      found.forEach((value, i) => assert.closeTo(value, expected[i]!, 1e-6))
    })
  })
}
