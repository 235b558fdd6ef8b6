/** The WebAssembly kernel of ours against a sum in float64, and its bytes against their source. */
import { Backend } from "@seed-grpo/runtime"
import * as tf from "@tensorflow/tfjs-core"
import { assert, describe, it, layer } from "@effect/vitest"
import { Effect, Schema } from "effect"
import { batchMatMulWasm } from "../src/internal/batchMatMulWasm.ts"
import { compile } from "../wasm/compile.mjs"

const numbers = (size: number, seed: number) =>
  Float32Array.from({ length: size }, (_, i) => Math.sin(12.9898 * (i + 1) + 78.233 * seed))

const length = Schema.Int.check(Schema.isBetween({ minimum: 1, maximum: 21 }))
const few = Schema.Int.check(Schema.isBetween({ minimum: 1, maximum: 4 }))

layer(Backend.layerWasm)("batched products", (it) => {
  it.effect.prop(
    "equal sums in float64, whatever the shape and which operand is transposed",
    {
      outer: few,
      inner: few,
      m: length,
      k: length,
      n: length,
      transposeA: Schema.Boolean,
      transposeB: Schema.Boolean,
    },
    ({ inner, k, m, n, outer, transposeA, transposeB }) =>
      Effect.sync(() => {
        const batch = outer * inner
        const [left, right] = [numbers(batch * m * k, 1), numbers(batch * k * n, 2)]
        const before = tf.memory().numTensors
        const product = tf.tidy(() =>
          tf
            .matMul(
              tf.tensor4d(left, transposeA ? [outer, inner, k, m] : [outer, inner, m, k]),
              tf.tensor4d(right, transposeB ? [outer, inner, n, k] : [outer, inner, k, n]),
              transposeA,
              transposeB,
            )
            .dataSync(),
        )
        let furthest = 0
        for (let at = 0; at < product.length; at++) {
          const [t, i, j] = [Math.floor(at / (m * n)), Math.floor(at / n) % m, at % n]
          let sum = 0
          for (let l = 0; l < k; l++) {
            const a = left[t * m * k + (transposeA ? l * m + i : i * k + l)]!
            sum += a * right[t * k * n + (transposeB ? j * k + l : l * n + j)]!
          }
          furthest = Math.max(furthest, Math.abs(product[at]! - sum))
        }
        assert.isBelow(furthest, 1e-5)
        assert.strictEqual(tf.memory().numTensors, before)
      }),
  )

  it.effect("sums of more numbers than a panel has rows", () =>
    Effect.sync(() => {
      const [m, k, n] = [37, 611, 13]
      const [left, right] = [numbers(m * k, 1), numbers(k * n, 2)]
      const product = tf.matMul(tf.tensor2d(left, [k, m]), tf.tensor2d(right, [n, k]), true, true).dataSync()
      for (let at = 0; at < product.length; at++) {
        const [i, j] = [Math.floor(at / n), at % n]
        let sum = 0
        for (let l = 0; l < k; l++) sum += left[l * m + i]! * right[j * k + l]!
        assert.closeTo(product[at]!, sum, 1e-4)
      }
    }),
  )

  it.effect("broadcast batches, empty matrices and single pairs stay with the back-end's own", () =>
    Effect.sync(() => {
      const a = tf.tensor3d(numbers(12, 1), [2, 2, 3])
      const b = tf.tensor2d(numbers(12, 2), [3, 4])
      const together = tf.matMul(a, b).arraySync() as unknown as ReadonlyArray<ReadonlyArray<ReadonlyArray<number>>>
      for (const [t, matrix] of tf.unstack(a).entries()) {
        const alone = tf.matMul<tf.Tensor2D>(matrix, b).arraySync()
        assert.deepStrictEqual(together[t], alone)
      }
      assert.deepStrictEqual(tf.matMul(tf.zeros([2, 0, 3]), tf.zeros([2, 3, 4])).shape, [2, 0, 4])
    }),
  )
})

describe("wasm/batchMatMul.as", () => {
  it("is what the runtime has the bytes of", async () => {
    assert.strictEqual(await compile(), batchMatMulWasm)
  })
})
