/** Without native TensorFlow a compiled function is the function, with the same rules of ownership and of shapes. */
import "@tensorflow/tfjs-backend-cpu"
import * as tf from "@tensorflow/tfjs-core"
import { assert, beforeAll, describe, it } from "vitest"
import { compile, compileEach } from "../src/Compile.ts"
import { CompileError } from "../src/CompileError.ts"
import { cond, scan, whileLoop } from "../src/ControlFlow.ts"
import { dynamicUpdateSlice } from "../src/DynamicSlice.ts"
import * as Random from "../src/Random.ts"

beforeAll(() => tf.setBackend("cpu"))

const refused = (run: () => unknown): CompileError => {
  try {
    run()
  } catch (error) {
    if (error instanceof CompileError) return error
    throw error
  }
  return assert.fail("not refused")
}

describe("compile on a back-end without TensorFlow", () => {
  it("says which rung runs and why", () => {
    const twice = compile((x: tf.Tensor) => tf.mul(x, 2), { name: "twice" })
    assert.deepStrictEqual([...twice(tf.tensor1d([1, 2])).dataSync()], [2, 4])
    const [only] = twice.explain()
    assert.strictEqual(only!.rung, "eager")
    assert.strictEqual(only!.because.length, 2)
    assert.match(only!.because[0]!, /xla: the active back-end is cpu/)
  })

  it("gives new tensors, and leaves none behind", () => {
    const same = compile((x: tf.Tensor) => ({ x, doubled: [tf.add(x, x)] }))
    const x = tf.tensor1d([1, 2])
    const before = tf.memory().numTensors
    const { doubled, x: out } = same(x)
    assert.strictEqual(tf.memory().numTensors, before + 2)
    out.dispose()
    doubled[0]!.dispose()
    assert.deepStrictEqual([...x.dataSync()], [1, 2])
  })

  it("calls the function for each input, with the rules of a program", () => {
    const scaled = compileEach((factor: tf.Tensor, x: tf.Tensor) => tf.mul(factor, x), { name: "scaled" })
    const [factor, x, y] = [tf.scalar(2), tf.tensor1d([1, 2]), tf.tensor1d([3, 4])]
    const found = scaled(factor, [x, y]).map((one) => [...one.dataSync()])
    assert.deepStrictEqual(found, [
      [2, 4],
      [6, 8],
    ])
    assert.strictEqual(refused(() => scaled(factor, [])).reason, "not-tensors")
    assert.strictEqual(refused(() => scaled(factor, [x, tf.zeros([3])])).reason, "not-tensors")
  })

  it("keeps as many programs as it may", () => {
    const f = compile((x: tf.Tensor) => tf.neg(x), { programs: 2 })
    for (const n of [1, 2, 3, 2]) f(tf.zeros([n]))
    assert.deepStrictEqual(
      f.explain().map((one) => one.signature),
      ["(float32[3])", "(float32[2])"],
    )
    f.dispose()
    assert.strictEqual(refused(() => f(tf.zeros([1]))).reason, "disposed")
  })

  it("fills up to buckets, and refuses what fits none", () => {
    const sum = compile((x: tf.Tensor) => ({ sum: tf.sum(x), size: tf.scalar(x.size) }), {
      specs: [{ dtype: "float32", shape: [[4, 8], 2] }],
    })
    const before = tf.memory().numTensors
    const { size, sum: total } = sum(tf.ones([5, 2]))
    assert.deepStrictEqual([size.dataSync()[0], total.dataSync()[0]], [16, 10])
    assert.strictEqual(tf.memory().numTensors, before + 3)
    const error = refused(() => sum(tf.ones([9, 2])))
    assert.strictEqual(error.reason, "no-bucket")
    assert.match(error.message, /float32\[4\|8, 2\], found float32\[9, 2\]/)
    assert.strictEqual(refused(() => sum(tf.ones([4, 2], "int32"))).reason, "no-bucket")
  })

  it("refuses what is no tensor, by its path", () => {
    const f = compile((x: { readonly a: ReadonlyArray<unknown> }) => tf.scalar(x.a.length))
    assert.match(refused(() => f({ a: [tf.scalar(1), 7] })).message, /arguments\[0\]\.a\[1\].*found 7/)
  })

  it("is the plain function while a gradient is taken", () => {
    const twice = compile((x: tf.Tensor) =>
      tf.customGrad((y) => ({ value: tf.mul(y as tf.Tensor, 2), gradFunc: (dy: tf.Tensor) => tf.mul(dy, 2) }))(x),
    )
    assert.deepStrictEqual(
      [
        ...tf
          .grad((x) => twice(x))(tf.tensor1d([1, 3]))
          .dataSync(),
      ],
      [2, 2],
    )
  })

  it("loops, branches, scans and slices leave no tensors", () => {
    const before = tf.memory().numTensors
    const x = tf.tensor1d([1, 2])
    const outs = [
      whileLoop<tf.Tensor>(
        (s) => tf.less(tf.sum(s), 100),
        (s) => tf.mul(s, 3),
        x,
      ),
      cond(
        tf.scalar(0, "bool"),
        () => tf.neg(x),
        () => tf.mul(x, 10),
      ),
      ...scan<tf.Tensor, tf.Tensor, tf.Tensor>((s, row) => [tf.add(s, row), s], tf.scalar(0), x),
    ]
    assert.deepStrictEqual(
      outs.map((out) => out.arraySync()),
      [[81, 162], [10, 20], 3, [0, 1]],
    )
    for (const out of outs) out.dispose()
    x.dispose()
    // The condition and the state that scan began with.
    assert.strictEqual(tf.memory().numTensors, before + 2)
  })

  it("a slice moved inside", () => {
    const out = dynamicUpdateSlice(tf.zeros([2, 3]), tf.tensor2d([[Number.NaN, 5]]), tf.tensor1d([1, 2], "int32"))
    assert.deepStrictEqual([...out.dataSync()], [0, 0, 0, 0, Number.NaN, 5])
  })

  it("keyed random numbers: uniform, independent by counter, Gumbel with its mean", () => {
    const key = tf.tensor1d([1, 2], "int32")
    const drawn = Random.uniform(key, tf.scalar(0, "int32"), [20_000]).dataSync<"float32">()
    assert.isTrue(drawn.every((u) => u >= 0 && u < 1))
    const buckets = Array.from({ length: 10 }, () => 0)
    for (const u of drawn) buckets[Math.floor(u * 10)]!++
    // χ² with 9 degrees of freedom exceeds 27.9 once in a thousand.
    assert.isBelow(
      buckets.reduce((sum, n) => sum + (n - 2000) ** 2 / 2000, 0),
      27.9,
    )
    const mean = tf.mean(Random.gumbel(key, tf.scalar(1, "int32"), [20_000])).dataSync()[0]!
    // Euler's constant; the standard error is 0.009.
    assert.closeTo(mean, 0.5772, 0.03)
  })
})
