/** Arguments, results and programs that are refused, and errors that are not this package's. */
import * as tf from "@tensorflow/tfjs-core"
import { assert, beforeAll, describe, it } from "vitest"
import { compile } from "../src/Compile.ts"
import { cond } from "../src/ControlFlow.ts"
import { engineState } from "./engine.ts"
import { useTensorFlow } from "./native.ts"
import { refused } from "./refused.ts"

let x: tf.Tensor

beforeAll(async () => {
  await useTensorFlow()
  x = tf.tensor1d([5, 6])
})

describe("arguments and results", () => {
  it("a result that is no tensor, by its path", () => {
    for (const [out, found] of [
      [{ a: [1] }, /result\.a\[0\].*found 1/],
      [undefined, /result:.*found undefined/],
      [new Map(), /result:.*found Map/],
      ["text", /found text/],
    ] as const) {
      const before = engineState()
      const error = refused(() => compile(() => out)())
      assert.strictEqual(error.reason, "not-tensors")
      assert.match(error.message, found)
      assert.deepStrictEqual(engineState(), before)
    }
  })

  it("a function that is asynchronous", async () => {
    const error = refused(() =>
      compile(async (one: tf.Tensor) => {
        await Promise.resolve()
        return tf.neg(one)
      })(x),
    )
    assert.strictEqual(error.reason, "not-tensors")
    assert.match(error.message, /found Promise/)
    // What it does later fails with nobody to hear of it.
    await new Promise((resolve) => setTimeout(resolve, 10))
  })

  it("an argument of strings", () => {
    const error = refused(() => compile((one: tf.Tensor) => one)(tf.tensor(["a"])))
    assert.strictEqual(error.reason, "unsupported-kernel")
    assert.match(error.message, /an argument of type string/)
  })

  it("a disposed tensor, on every rung", () => {
    const gone = tf.tensor1d([1])
    gone.dispose()
    for (const rung of ["xla", "graph", "eager"] as const) {
      const program = compile((one: tf.Tensor) => tf.neg(one), { rung, name: "negate" })
      for (const when of ["before there is a program", "and after"]) {
        const error = refused(() => program(gone))
        assert.strictEqual(error.reason, "disposed", when)
        assert.match(error.message, /arguments\[0\].*float32\[1\] that was disposed/)
        program(tf.tensor1d([2])).dispose()
      }
      program.dispose()
    }
  })

  it("branches of different shapes", () => {
    const error = refused(() =>
      compile((one: tf.Tensor) =>
        cond(
          tf.less(tf.sum(one), 0),
          () => one,
          () => tf.sum(one),
        ),
      )(x),
    )
    assert.strictEqual(error.reason, "not-tensors")
    assert.match(error.message, /the second branch of cond.*float32\[2\].*float32\[\]/)
  })

  it("an error of the function's own goes through", () => {
    const before = engineState()
    assert.throws(
      () =>
        compile((one: tf.Tensor) => {
          tf.exp(one)
          throw new TypeError("mine")
        })(x),
      TypeError,
      "mine",
    )
    assert.throws(() => compile((one: tf.Tensor) => tf.matMul(tf.reshape(one, [1, 2]), tf.ones([3, 3])))(x), /inner/i)
    assert.deepStrictEqual(engineState(), before)
  })
})

describe("TensorFlow's refusals", () => {
  const crop = (image: tf.Tensor4D) =>
    tf.image.cropAndResize(image, tf.tensor2d([[0, 0, 1, 1]]), tf.tensor1d([0], "int32"), [2, 2])

  it("name the function, the shapes and the operation", () => {
    const image = tf.ones<tf.Rank.R4>([1, 4, 4, 1])
    const before = engineState()
    const error = refused(() => compile(crop, { name: "crop", rung: "xla" })(image))
    assert.strictEqual(error.reason, "failed-to-compile")
    assert.match(error.at, /crop \(float32\[1,4,4,1\]\)/)
    assert.match(error.found, /CropAndResize/)
    assert.match(error.fix, /rung: "graph"/)
    assert.deepStrictEqual(engineState(), before)
  })

  it("in a run", () => {
    const program = compile((at: tf.Tensor) => tf.gatherND(tf.tensor1d([1, 2, 3]), at), { name: "look", rung: "graph" })
    assert.deepStrictEqual([...program(tf.tensor2d([[1]], [1, 1], "int32")).dataSync()], [2])
    const error = refused(() => program(tf.tensor2d([[7]], [1, 1], "int32")))
    assert.strictEqual(error.reason, "failed-to-run")
    assert.match(error.at, /look \(int32\[1,1\]\)/)
    assert.match(error.found, /indices\[0\] = \[7\]/)
    // It still runs.
    assert.deepStrictEqual([...program(tf.tensor2d([[2]], [1, 1], "int32")).dataSync()], [3])
  })
})
