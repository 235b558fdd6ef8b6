import { Backend } from "@seed-grpo/runtime"
import { assert, layer } from "@effect/vitest"
import * as tf from "@tensorflow/tfjs-core"
import { kernelsSuite, numbers } from "./kernels.ts"

kernelsSuite("wasm", Backend.layerWasm)

layer(Backend.layerCpu)("the reference, against sums in float64", (it) => {
  const near = (found: tf.Tensor, expected: ReadonlyArray<number>) => {
    const values = found.dataSync()
    assert.strictEqual(values.length, expected.length)
    for (const [i, value] of expected.entries()) {
      assert.isAtMost(Math.abs(values[i]! - value), 1e-5 * Math.abs(value) + 1e-12)
    }
  }

  it("functions of one number", () => {
    const small = tf.mul(numbers([1000]), 1e-3)
    const positive = tf.add(tf.abs(numbers([1000])), 1e-3)
    for (const [found, x, expected] of [
      [tf.exp(small), small, Math.exp],
      [tf.expm1(small), small, Math.expm1],
      [tf.log1p(small), small, Math.log1p],
      [tf.log(positive), positive, Math.log],
      [tf.rsqrt(positive), positive, (value: number) => 1 / Math.sqrt(value)],
      [tf.sigmoid(positive), positive, (value: number) => 1 / (1 + Math.exp(-value))],
    ] as const) {
      near(found, Array.from(x.dataSync(), expected))
    }
  })

  it("softmax", () => {
    const x = numbers([70, 5])
    const shares = Array.from(x.dataSync(), Math.exp)
    const total = (row: number) => shares.slice(5 * row, 5 * row + 5).reduce((a, b) => a + b)
    near(
      tf.softmax(x),
      shares.map((share, i) => share / total(Math.floor(i / 5))),
    )
  })

  it("matMul", () => {
    const [m, k, n] = [17, 33, 65]
    // Positive, so that no sum is small beside what it is of.
    const [a, b] = [tf.abs(numbers([m, k])), tf.abs(numbers([k, n], 2))]
    const [left, right] = [a.dataSync(), b.dataSync()]
    const expected = Array.from({ length: m * n }, (_, place) => {
      const [i, j] = [Math.floor(place / n), place % n]
      return Array.from({ length: k }, (_, l) => left[i * k + l]! * right[l * n + j]!).reduce((x, y) => x + y)
    })
    near(tf.matMul(a, b), expected)
    near(tf.matMul(tf.transpose(a), b, true, false), expected)
    near(tf.matMul(a, tf.transpose(b), false, true), expected)
  })
})
