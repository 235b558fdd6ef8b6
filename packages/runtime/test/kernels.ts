/**
 * The kernels that layers and objectives use, at the sizes where back-ends change their ways, against the `cpu` back-end, which
 * is plain JavaScript.
 */
import { Backend, Read } from "@seed-grpo/runtime"
import * as tf from "@tensorflow/tfjs-core"
import { assert, describe, it } from "@effect/vitest"
import { Effect, type Layer } from "effect"

/** Between −2 and 2, the same ones every time. */
export const numbers = (shape: Array<number>, seed = 1) =>
  tf.tensor(
    Float32Array.from(
      { length: shape.reduce((a, b) => a * b, 1) },
      (_, i) => 2 * Math.sin(12.9898 * (i + 1) + 78.233 * seed),
    ),
    shape,
  )

const ids = (count: number, below: number) =>
  tf.tensor1d(
    Int32Array.from({ length: count }, (_, i) => (37 * i) % below),
    "int32",
  )

/** `[row, some column]` of every row. */
const places = (rows: number, columns: number) =>
  tf.tensor2d(
    Int32Array.from({ length: 2 * rows }, (_, i) => (i % 2 === 0 ? i / 2 : (7 * i) % columns)),
    [rows, 2],
    "int32",
  )

/** A row for each workgroup of a GPU, and more than it takes at once. */
const MANY = 70_001

const kernels: { readonly [name: string]: () => tf.Tensor } = {
  "softmax of many rows": () => tf.softmax(numbers([MANY, 3])),
  "softmax of attention": () => tf.softmax(numbers([16, 14, 300, 5])),
  "softmax of wide rows": () => tf.softmax(numbers([200, 5000])),
  "sum of many rows": () => tf.sum(numbers([MANY, 3]), -1, true),
  "mean of many rows": () => tf.mean(numbers([MANY, 3]), -1, true),
  "max of many rows": () => tf.max(numbers([MANY, 3]), -1, true),
  "sum of all": () => tf.sum(tf.square(numbers([300_001]))),
  "sum over the first axis": () => tf.sum(numbers([MANY, 3]), 0),
  gather: () => tf.gather(numbers([1000, 70]), ids(5000, 1000)),
  gatherND: () => tf.gatherND(numbers([3000, 50]), places(3000, 50)),
  tensorScatterUpdate: () => tf.tensorScatterUpdate(numbers([3000, 50]), places(3000, 50), numbers([3000], 2)),
  transpose: () => tf.transpose(numbers([7, 33, 5, 19]), [0, 2, 1, 3]),
  "transpose of a matrix": () => tf.transpose(numbers([1030, 517])),
  "concat of a cache": () => tf.concat([numbers([4, 2, 50, 16]), numbers([4, 2, 1, 16], 2)], 2),
  "concat of many": () => tf.concat(Array.from({ length: 40 }, (_, i) => numbers([100 + i], i))),
  "stack of many": () => tf.stack(Array.from({ length: 60 }, (_, i) => tf.sum(numbers([2000], i)))),
  slice: () => tf.slice(numbers([50, 60, 70]), [3, 59, 7], [40, 1, 33]),
  pad: () =>
    tf.pad(numbers([50, 60, 7]), [
      [0, 0],
      [3, 4],
      [0, 2],
    ]),
  tile: () => tf.tile(numbers([1000, 3]), [2, 5]),
  where: () => tf.where(tf.greater(numbers([5000]), 0), numbers([5000], 2), numbers([5000], 3)),
  "mul, broadcast": () => tf.mul(numbers([16, 3, 1, 700]), numbers([16, 1, 9, 1], 2)),
  "add, of a mask": () => tf.add(numbers([16, 4, 30, 30]), numbers([16, 1, 30, 30], 2)),
  clipByValue: () => tf.clipByValue(numbers([5003]), -0.5, 0.7),
  minimum: () => tf.minimum(numbers([3000]), numbers([3000], 2)),
  "cast of a comparison": () => tf.cast(tf.greaterEqual(numbers([3000]), numbers([3000], 2)), "float32"),
  "exp down to nothing": () => tf.exp(tf.mul(tf.abs(numbers([3000])), -1e9)),
  exp: () => tf.exp(numbers([3000])),
  "expm1 of small numbers": () => tf.expm1(tf.mul(numbers([3000]), 1e-4)),
  expm1: () => tf.expm1(numbers([3000])),
  log1p: () => tf.log1p(tf.abs(numbers([3000]))),
  log: () => tf.log(tf.add(tf.abs(numbers([3000])), 1e-7)),
  rsqrt: () => tf.rsqrt(tf.add(tf.square(numbers([3000])), 1e-6)),
  "sigmoid of large numbers": () => tf.sigmoid(tf.mul(numbers([3000]), 60)),
}

const SIZES = [
  [1, 64, 512],
  [3, 2500, 7],
  [8, 16, 16],
  [17, 33, 65],
  [64, 96, 256],
  [128, 2048, 3],
  [1, 48, 151],
  [300, 5, 300],
  [33, 4000, 33],
] as const

const products: { readonly [name: string]: () => tf.Tensor } = Object.fromEntries(
  SIZES.flatMap(([m, k, n]) =>
    [false, true].flatMap((transposeA) =>
      [false, true].flatMap((transposeB) =>
        [[], [2, 3]].map((batch) => [
          `matMul ${m} × ${k} × ${n}, transposed ${transposeA} ${transposeB}, batch [${batch.join(", ")}]`,
          () =>
            tf.matMul(
              numbers([...batch, ...(transposeA ? [k, m] : [m, k])], m),
              numbers([...batch, ...(transposeB ? [n, k] : [k, n])], n),
              transposeA,
              transposeB,
            ),
        ]),
      ),
    ),
  ),
)

const cases = { ...kernels, ...products }

const computed = (backend: Layer.Layer<Backend.Backend, Backend.BackendError>) =>
  Effect.gen(function* () {
    yield* Backend.Backend
    const results = new Map<string, Float32Array>()
    for (const [name, compute] of Object.entries(cases)) {
      results.set(name, yield* Effect.promise(() => Read.take(tf.tidy(compute))))
    }
    return results
  }).pipe(Effect.provide(backend), Effect.runPromise)

export const kernelsSuite = (name: string, backend: Layer.Layer<Backend.Backend, Backend.BackendError>) => {
  describe(`kernels on ${name}`, () => {
    it("give the numbers of plain JavaScript", async () => {
      const expected = await computed(Backend.layerCpu)
      const found = await computed(backend)
      const wrong = [...expected].flatMap(([kernel, reference]) => {
        const ours = found.get(kernel)!
        const scale = reference.reduce((most, value) => Math.max(most, Math.abs(value)), 0)
        const apart = reference.reduce((most, value, i) => Math.max(most, Math.abs(value - ours[i]!)), 0)
        const isRight = ours.length === reference.length && Number.isFinite(scale) && apart <= 3e-5 * scale
        return isRight ? [] : [`${kernel}: ${apart} apart of ${scale}`]
      })
      assert.deepStrictEqual(wrong, [])
    })
  })
}
