/** Loops, branches, slices and random numbers: the same on every rung. */
import * as tf from "@tensorflow/tfjs-core"
import { assert, beforeAll, describe, it } from "vitest"
import { compile } from "../src/Compile.ts"
import { CompileError } from "../src/CompileError.ts"
import { cond, scan, whileLoop } from "../src/ControlFlow.ts"
import { dynamicSlice, dynamicUpdateSlice } from "../src/DynamicSlice.ts"
import { RUNGS } from "../src/Ladder.ts"
import * as Random from "../src/Random.ts"
import { useTensorFlow } from "./native.ts"

beforeAll(useTensorFlow)

const int = (...values: ReadonlyArray<number>) => tf.tensor1d([...values], "int32")
const scalar = (value: number) => tf.scalar(value, "int32")

for (const rung of RUNGS) {
  describe(`on ${rung}`, () => {
    const close = (a: tf.Tensor, expected: ReadonlyArray<number>, within = 1e-6) => {
      const found = [...a.dataSync()]
      assert.strictEqual(found.length, expected.length)
      for (const [i, one] of expected.entries()) assert.closeTo(found[i]!, one, within)
    }

    it("a loop that ends on a value, with tensors from outside of the loop and of the function", () => {
      const base = tf.scalar(1.5)
      const run = compile(
        (x: tf.Tensor, limit: tf.Tensor) => {
          const factor = tf.add(base, 0.5)
          return whileLoop<{ readonly steps: tf.Tensor; readonly value: tf.Tensor }>(
            ({ value }) => tf.less(value, limit),
            ({ steps, value }) => ({ steps: tf.add(steps, scalar(1)), value: tf.mul(value, factor) }),
            { steps: scalar(0), value: x },
          )
        },
        { rung },
      )
      const { steps, value } = run(tf.scalar(3), tf.scalar(100))
      close(steps, [6])
      close(value, [192])
      close(run(tf.scalar(200), tf.scalar(100)).steps, [0])
    })

    it("a loop in a loop", () => {
      const run = compile(
        (n: tf.Tensor) =>
          whileLoop(
            ([i]) => tf.less(i, n),
            ([i, sum]) => {
              const [, inner] = whileLoop(
                ([j]) => tf.less(j, i),
                ([j, s]) => [tf.add(j, scalar(1)), tf.add(s, j)],
                [scalar(0) as tf.Tensor, scalar(0) as tf.Tensor],
              )
              return [tf.add(i, scalar(1)), tf.add(sum, inner)] as [tf.Tensor, tf.Tensor]
            },
            [scalar(0), scalar(0)] as [tf.Tensor, tf.Tensor],
          )[1],
        { rung },
      )
      // sum over i < 6 of i (i - 1) / 2
      close(run(scalar(6)), [20])
    })

    it("a branch", () => {
      const run = compile(
        (x: tf.Tensor) =>
          cond(
            tf.greater(tf.sum(x), 0),
            () => ({ out: tf.mul(x, 2) }),
            () => ({ out: tf.neg(x) }),
          ).out,
        { rung },
      )
      close(run(tf.tensor1d([1, 2])), [2, 4])
      close(run(tf.tensor1d([-1, -2])), [1, 2])
    })

    it("a scan, and a gradient through it", () => {
      const running = (x: tf.Tensor, decay: tf.Tensor) =>
        scan(
          (state, { row }: { readonly row: tf.Tensor }) => {
            const next = tf.add(tf.mul(state, decay), row)
            return [next, { row: tf.mul(next, 2) }] as const
          },
          tf.zeros<tf.Rank>([2]),
          { row: x },
        )
      const x = tf.tensor2d([1, 2, 3, 4, 5, 6], [3, 2])
      const [last, { row }] = compile(running, { rung })(x, tf.scalar(0.5))
      close(last, [6.75, 8.5])
      close(row, [2, 4, 7, 10, 13.5, 17])
      const slope = compile(
        (x: tf.Tensor, decay: tf.Tensor) => tf.grad((d: tf.Tensor) => tf.sum(running(x, d)[0]))(decay),
        { rung },
      )
      // d/dd of (x0 d² + x1 d + x2) over both columns
      close(slope(x, tf.scalar(0.5)), [2 * 0.5 * 3 + 7])
    })

    it("slices at a tensor's place, moved inside, with gradients", () => {
      const x = tf.reshape(tf.range(0, 12), [3, 4])
      const at = compile((x: tf.Tensor, start: tf.Tensor) => dynamicSlice(x, start, [2, 2]), { rung })
      close(at(x, int(1, 1)), [5, 6, 9, 10])
      close(at(x, int(2, 9)), [6, 7, 10, 11])
      close(at(x, int(-3, 0)), [0, 1, 4, 5])
      const update = compile((x: tf.Tensor, y: tf.Tensor, start: tf.Tensor) => dynamicUpdateSlice(x, y, start), {
        rung,
      })
      close(update(x, tf.tensor2d([[-1, -1]]), int(2, 3)), [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, -1, -1])
      const gradients = compile(
        (x: tf.Tensor, y: tf.Tensor, start: tf.Tensor) =>
          tf.grads((x: tf.Tensor, y: tf.Tensor) =>
            tf.sum(tf.square(dynamicSlice(dynamicUpdateSlice(x, y, start), int(0, 0), [3, 2]))),
          )([x, y]),
        { rung },
      )
      const [dx, dy] = gradients(x, tf.tensor2d([10, 20], [1, 2]), int(1, 1))
      close(dx!, [0, 2, 0, 0, 8, 0, 0, 0, 16, 18, 0, 0])
      close(dy!, [20, 0])
    })

    it("random numbers with the same bits as eager ones", () => {
      const key = int(123456789, -7)
      const drawn = compile((key: tf.Tensor, step: tf.Tensor) => Random.uniform(key, step, [3, 37]), { rung })
      for (const step of [0, 1, 1e6]) {
        assert.deepStrictEqual(
          drawn(key, scalar(step)).arraySync(),
          Random.uniform(key, scalar(step), [3, 37]).arraySync(),
        )
      }
      assert.notDeepEqual(drawn(key, scalar(0)).arraySync(), drawn(key, scalar(1)).arraySync())
    })

    it("a state that changes its shape is refused", () => {
      const grow = compile(
        (x: tf.Tensor) =>
          whileLoop(
            (state) => tf.less(tf.sum(state), 10),
            (state) => tf.concat([state, state]),
            x,
          ),
        { rung },
      )
      assert.throws(() => grow(tf.tensor1d([1])), CompileError, "shapes")
    })
  })
}
