/** What `explain` says that a call computes. */
import * as tf from "@tensorflow/tfjs-core"
import { assert, beforeAll, describe, it } from "vitest"
import { compile } from "../src/Compile.ts"
import { cond, scan, whileLoop } from "../src/ControlFlow.ts"
import { useTensorFlow } from "./native.ts"

beforeAll(useTensorFlow)

describe("flops", () => {
  const flopsOf = <Arguments extends ReadonlyArray<tf.Tensor>>(
    fn: (...inputs: Arguments) => tf.Tensor,
    ...inputs: Arguments
  ) => {
    const program = compile(fn, { rung: "graph" })
    program(...inputs).dispose()
    return program.explain()[0]!.flops
  }

  it("of products, of convolutions and of their gradients", () => {
    assert.strictEqual(
      flopsOf((a, b) => tf.matMul(a, b), tf.ones([2, 3]), tf.ones([3, 5])),
      2 * 2 * 3 * 5,
    )
    assert.strictEqual(
      flopsOf((a) => tf.einsum("bij,bjk->bik", a, a), tf.ones([2, 4, 4])),
      2 * 2 * 4 * 4 * 4,
    )
    const conv = (x: tf.Tensor, w: tf.Tensor) => tf.conv2d(x as tf.Tensor4D, w as tf.Tensor4D, 1, "same")
    const [x, w] = [tf.ones([2, 5, 5, 3]), tf.ones([3, 3, 3, 4])]
    const once = 2 * (2 * 5 * 5 * 4) * (3 * 3 * 3)
    assert.strictEqual(flopsOf(conv, x, w), once)
    assert.strictEqual(
      flopsOf((a, b) => tf.grads((c, d) => tf.sum(tf.square(conv(c, d))))([a, b])[0]!, x, w),
      2 * once,
    )
    assert.strictEqual(
      flopsOf((a, b) => tf.grads((c, d) => tf.sum(tf.square(conv(c, d))))([a, b])[1]!, x, w),
      2 * once,
    )
    const own = (a: tf.Tensor, b: tf.Tensor) => tf.depthwiseConv2d(a as tf.Tensor4D, b as tf.Tensor4D, 1, "same")
    assert.strictEqual(flopsOf(own, x, tf.ones([3, 3, 3, 2])), 2 * (2 * 5 * 5 * 6) * 9)
  })

  it("of the larger branch, of a loop's body once, of a scan's for each row", () => {
    const branch = (x: tf.Tensor) =>
      cond(
        tf.greater(tf.sum(x), 0),
        () => tf.matMul(tf.matMul(x, x), x),
        () => tf.matMul(x, x),
      )
    const square = tf.ones<tf.Rank.R2>([4, 4])
    assert.strictEqual(flopsOf(branch, square), 2 * 128)
    const loop = (x: tf.Tensor) =>
      whileLoop(
        (s) => tf.less(tf.sum(s), 1e4),
        (s) => tf.matMul(s, s),
        x,
      )
    assert.strictEqual(flopsOf(loop, square), 128)
    const rows = (x: tf.Tensor) => scan((s, row) => [tf.matMul(s, s), row] as const, x, tf.ones([7, 2]))[0]
    assert.strictEqual(flopsOf(rows, square), 7 * 128)
  })
})
