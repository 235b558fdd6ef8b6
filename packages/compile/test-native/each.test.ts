/** One program for several inputs at the same time gives each input what it would get alone. */
import * as tf from "@tensorflow/tfjs-core"
import { assert, beforeAll, describe, it } from "vitest"
import { compile, compileEach } from "../src/Compile.ts"
import { whileLoop } from "../src/ControlFlow.ts"
import { engineState } from "./engine.ts"
import { useTensorFlow } from "./native.ts"
import { refused } from "./refused.ts"

beforeAll(useTensorFlow)

interface Shared {
  readonly weights: tf.Tensor
}

interface Own {
  readonly x: tf.Tensor
  readonly least: tf.Tensor
}

/** Multiplies until the sum is large enough: as many steps as the input needs. */
const grow = ({ weights }: Shared, { least, x }: Own) => {
  const { steps, x: grown } = whileLoop(
    (state) => tf.less(tf.sum(state.x), least),
    (state) => ({ steps: tf.add(state.steps, 1), x: tf.relu(tf.matMul(state.x, weights)) }),
    { steps: tf.scalar(0), x },
  )
  return { grown, steps }
}

const inputs = (count: number): [Shared, ReadonlyArray<Own>] => [
  { weights: tf.tensor2d([1, 0.5, 0.25, 1.5], [2, 2]) },
  Array.from({ length: count }, (_, i) => ({
    x: tf.tensor2d([1, 2 + i, 3, 4 - i], [2, 2]),
    least: tf.scalar(10 ** (1 + i)),
  })),
]

const release = ([shared, owns]: [Shared, ReadonlyArray<Own>]) => {
  tf.dispose({ ...shared })
  for (const own of owns) tf.dispose({ ...own })
}

for (const rung of ["xla", "graph"] as const) {
  describe(`compileEach on ${rung}`, () => {
    for (const count of [1, 2, 5]) {
      it(`gives each of ${count} what it gets alone, and leaves nothing behind`, () => {
        const given = inputs(count)
        const [shared, owns] = given
        const alone = compile(grow, { rung })
        const together = compileEach(grow, { rung })
        const expected = owns.map((own) => alone(shared, own))
        const before = tf.memory().numTensors
        for (let call = 0; call < 20; call++) {
          const found = together(shared, owns)
          assert.strictEqual(found.length, count)
          for (const [i, one] of found.entries()) {
            assert.deepStrictEqual([...one.grown.dataSync()], [...expected[i]!.grown.dataSync()])
            assert.deepStrictEqual([...one.steps.dataSync()], [...expected[i]!.steps.dataSync()])
            tf.dispose({ ...one })
          }
        }
        assert.strictEqual(tf.memory().numTensors, before)
        for (const one of expected) tf.dispose({ ...one })
        const [program, ...more] = together.explain()
        assert.strictEqual(more.length, 0)
        assert.strictEqual(program!.rung, rung)
        assert.strictEqual(program!.flops, count * alone.explain()[0]!.flops)
        alone.dispose()
        together.dispose()
        release(given)
      })
    }

    it("passes what the function uses of outside to every call", () => {
      const outside = tf.variable(tf.tensor1d([10, 20]))
      const add = compileEach((a: tf.Tensor, b: tf.Tensor) => tf.add(tf.add(a, b), outside), { rung })
      const [a, owns] = [tf.scalar(1), [tf.tensor1d([2, 3]), tf.tensor1d([4, 5])]]
      const values = () =>
        add(a, owns).map((one) => {
          const found = [...one.dataSync()]
          one.dispose()
          return found
        })
      assert.deepStrictEqual(values(), [
        [13, 24],
        [15, 26],
      ])
      outside.assign(tf.tensor1d([0, 1]))
      assert.deepStrictEqual(values(), [
        [3, 5],
        [5, 7],
      ])
      add.dispose()
      tf.dispose([a, ...owns, outside])
    })

    it("takes gradients", () => {
      const slope = compileEach((w: tf.Tensor, x: tf.Tensor) => tf.grad((y) => tf.sum(tf.mul(w, tf.square(y))))(x), {
        rung,
      })
      const found = slope(tf.tensor1d([1, 2]), [tf.tensor1d([3, 4]), tf.tensor1d([5, 6])])
      assert.deepStrictEqual(
        found.map((one) => [...one.dataSync()]),
        [
          [6, 16],
          [10, 24],
        ],
      )
      slope.dispose()
    })
  })
}

describe("compileEach", () => {
  it("refuses none and unequal ones, and the engine is as before", () => {
    const neg = compileEach((_: tf.Tensor, x: tf.Tensor) => tf.neg(x), { name: "opposite" })
    const [shared, two, three] = [tf.scalar(0), tf.zeros([2]), tf.zeros([3])]
    const before = engineState()
    const none = refused(() => neg(shared, []))
    assert.strictEqual(none.reason, "not-tensors")
    assert.match(none.message, /the second argument of opposite.*at least one/s)
    const unequal = refused(() => neg(shared, [two, three]))
    assert.match(unequal.message, /float32\[2\].*float32\[3\]/s)
    assert.deepStrictEqual(engineState(), before)
    neg.dispose()
  })

  it("is the plain function inside of another compiled function", () => {
    const square = compileEach((factor: tf.Tensor, x: tf.Tensor) => tf.mul(factor, tf.square(x)))
    const outer = compile((x: tf.Tensor) => tf.addN([...square(tf.scalar(2), [x, tf.neg(x)])]), { rung: "xla" })
    const out = outer(tf.tensor1d([1, 3]))
    assert.deepStrictEqual([...out.dataSync()], [4, 36])
    assert.deepStrictEqual(square.explain(), [])
    outer.dispose()
  })
})
