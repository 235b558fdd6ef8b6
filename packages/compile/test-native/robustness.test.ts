/** What users do that examples do not. */
import * as tf from "@tensorflow/tfjs-core"
import { assert, beforeAll, describe, it } from "vitest"
import { compile } from "../src/Compile.ts"
import { cond, whileLoop } from "../src/ControlFlow.ts"
import { GraphFunction } from "../src/Graph.ts"
import { savedModel } from "../src/internal/graphDef.ts"
import { useTensorFlow } from "./native.ts"
import { refused } from "./refused.ts"

beforeAll(useTensorFlow)

const bits = (tensor: tf.Tensor) => [...tensor.dataSync()]
const same = (found: tf.Tensor, expected: ReadonlyArray<number>) => {
  const values = bits(found)
  assert.strictEqual(values.length, expected.length)
  // Object.is tells -0 from 0, and NaN from nothing.
  for (const [i, one] of expected.entries())
    assert.isTrue(Object.is(values[i], one), `${values[i]} at ${i}, not ${one}`)
}

for (const rung of ["xla", "graph"] as const) {
  describe(`on ${rung}`, () => {
    it("results that are arguments, the same tensor twice, a result twice", () => {
      const program = compile(
        (a: tf.Tensor, b: tf.Tensor) => {
          const sum = tf.add(a, b)
          return { a, sum: [sum, sum], again: a }
        },
        { rung },
      )
      const x = tf.tensor1d([1, 2])
      const before = tf.memory().numTensors
      const out = program(x, x)
      assert.strictEqual(tf.memory().numTensors, before + 4)
      x.dispose()
      out.sum[0]!.dispose()
      same(out.a, [1, 2])
      same(out.again, [1, 2])
      same(out.sum[1]!, [2, 4])
    })

    it("no arguments, no results, results without numbers", () => {
      same(compile(() => tf.ones([2]), { rung })(), [1, 1])
      assert.deepStrictEqual(
        compile((x: tf.Tensor) => ({ none: [], x: {} as { y?: typeof x } }), { rung })(tf.scalar(1)),
        {
          none: [],
          x: {},
        },
      )
      const [a, b] = compile((x: tf.Tensor) => [tf.slice(x, [1], [0]), tf.zeros([0, 3], "int32")], { rung })(
        tf.ones([2]),
      )
      assert.deepStrictEqual([a!.shape, b!.shape, b!.dtype], [[0], [0, 3], "int32"])
    })

    it("NaN, infinities and -0 as constants, and int32 that overflows", () => {
      const odd = [Number.NaN, Infinity, -Infinity, -0, 0]
      const x = tf.tensor1d([2147483647, -2147483648], "int32")
      const program = compile(
        (one: tf.Tensor) => ({
          odd: tf.tensor1d(odd),
          zeros: tf.mul(tf.ones([3]), -0),
          nan: tf.scalar(Number.NaN),
          above: tf.add(one, tf.scalar(1, "int32")),
          squared: tf.mul(one, one),
          negative: tf.neg(one),
        }),
        { rung },
      )
      const { above, nan, negative, odd: kept, squared, zeros } = program(x)
      same(kept, odd)
      same(zeros, [-0, -0, -0])
      same(nan, [Number.NaN])
      same(above, bits(tf.add(x, tf.scalar(1, "int32"))))
      same(squared, bits(tf.mul(x, x)))
      same(negative, bits(tf.neg(x)))
    })

    it("tensors from outside are what they were, also when disposed", () => {
      const outside = tf.tensor1d([10, 20])
      const program = compile((x: tf.Tensor) => tf.add(x, outside), { rung })
      const x = tf.tensor1d([1, 2])
      same(program(x), [11, 22])
      outside.dispose()
      same(program(x), [11, 22])
      program.dispose()
    })

    it("variables from outside are what they are at each call", () => {
      const weight = tf.variable(tf.tensor1d([1, 2]))
      // Two variables that share their data for now.
      const average = tf.variable(weight)
      const program = compile((x: tf.Tensor) => [tf.mul(x, weight), tf.mul(x, average)], { rung })
      const x = tf.tensor1d([1, 1])
      const outs = () => program(x).flatMap(bits)
      assert.deepStrictEqual(outs(), [1, 2, 1, 2])
      tf.tidy(() => weight.assign(tf.tensor1d([5, 6])))
      assert.deepStrictEqual(outs(), [5, 6, 1, 2])
      program.dispose()
      assert.isFalse(weight.isDisposed)
      const another = compile((y: tf.Tensor) => tf.mul(y, weight), { rung })
      same(another(x), [5, 6])
      weight.dispose()
      const error = refused(() => another(x))
      assert.strictEqual(error.reason, "disposed")
      assert.match(error.message, /a variable/)
      average.dispose()
    })

    it("compiled functions in compiled functions, and themselves", () => {
      const inner = compile((x: tf.Tensor) => tf.mul(x, 2), { rung })
      const power = compile(
        (x: tf.Tensor, ...times: ReadonlyArray<tf.Tensor>): tf.Tensor =>
          times.length === 0 ? inner(x) : power(inner(x), ...times.slice(1)),
        { rung },
      )
      same(power(tf.scalar(3), tf.scalar(0), tf.scalar(0)), [24])
      assert.strictEqual(inner.explain().length, 0)
    })

    it("a large constant is passed along with each call, also into a loop", () => {
      const table = Float32Array.from({ length: 100_000 }, (_, i) => i % 7)
      const program = compile(
        (x: tf.Tensor) =>
          whileLoop(
            (s) => tf.less(s, 1e6),
            (s) => tf.add(s, tf.sum(tf.mul(tf.tensor1d(table), s))),
            x,
          ),
        { rung },
      )
      const before = tf.memory().numTensors
      const out = program(tf.scalar(1))
      let expected = 1
      const sum = table.reduce((all, one) => all + one, 0)
      while (expected < 1e6) expected += sum * expected
      assert.closeTo(bits(out)[0]! / expected, 1, 1e-5)
      out.dispose()
      program.dispose()
      assert.strictEqual(tf.memory().numTensors, before + 1)
    })

    it("tensors of another back-end", async () => {
      await import("@tensorflow/tfjs-backend-cpu")
      await tf.setBackend("cpu")
      const [outside, x] = [tf.add(tf.tensor1d([1, 2]), 0), tf.add(tf.tensor1d([3, 4]), 0)]
      await tf.setBackend("tensorflow")
      same(compile((one: tf.Tensor) => tf.mul(one, outside), { rung })(x), [3, 8])
    })

    it("two programs do not meet", () => {
      const scaled = [2, 3, 5].map((by) => compile((x: tf.Tensor) => tf.mul(x, by), { rung, name: "scale" }))
      const x = tf.tensor1d([1, 2])
      for (const program of [...scaled, ...scaled.toReversed()]) program(x).dispose()
      assert.deepStrictEqual(
        scaled.map((program) => bits(program(x))),
        [2, 3, 5].map((by) => [by, 2 * by]),
      )
      scaled[1]!.dispose()
      same(scaled[2]!(x), [5, 10])
    })

    it("hundreds of operations in a loop within a branch", () => {
      const nodes = rung === "xla" ? 200 : 900
      const program = compile(
        (x: tf.Tensor) => {
          const many = (start: tf.Tensor) => {
            let y = start
            for (let i = 0; i < nodes; i++) y = tf.add(y, 1)
            return y
          }
          return cond(
            tf.greater(x, 0),
            () =>
              whileLoop(
                (s) => tf.less(s, 3 * nodes),
                (s) => many(s),
                x,
              ),
            () => x,
          )
        },
        { rung },
      )
      same(program(tf.scalar(0.5)), [3 * nodes + 0.5])
      assert.isAtLeast(program.explain()[0]!.nodes, nodes)
      program.dispose()
    })
  })
}

describe("the record", () => {
  it("is written without recursion or long argument lists: 125,000 operations", () => {
    const body = new GraphFunction("chain")
    let value = body.parameter([2], "float32")
    for (let i = 0; i < 125_000; i++) [value] = body.add("Neg", [value], {}, [value]) as [typeof value]
    body.results = [value]
    assert.isAbove(savedModel(body, [[0]], true).length, 125_000 * 10)
  })

  it("of more than TensorFlow reads is refused before it is tried", () => {
    const body = new GraphFunction("large")
    body.results = body.add("Const", [], {}, [{ shape: [100], dtype: "float32" }], {
      constant: new Float32Array(100).fill(1, 7),
    })
    assert.throws(() => savedModel(body, [[]], false, 300), RangeError, "of which TensorFlow reads at most 300")
    assert.isBelow(savedModel(body, [[]], false, 1000).length, 1000)
  })
})
