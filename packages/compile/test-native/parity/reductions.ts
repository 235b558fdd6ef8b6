/** Many numbers to fewer, and running ones along an axis. */
import * as tf from "@tensorflow/tfjs-core"
import {
  bools,
  type Case,
  type Family,
  floats,
  gradients,
  ints,
  type Kernel,
  onGraphOnly,
  values,
  within,
  xla,
} from "./case.ts"

type Reduce = (x: tf.Tensor, axis?: Array<number> | number, keepDims?: boolean) => tf.Tensor

const axes = (of: typeof values, reduce: Reduce, make = floats, negative = of): ReadonlyArray<Case> => [
  of("one axis", [make(2, 3, 4)], (x) => reduce(x, 1)),
  negative("two axes, kept", [make(2, 3, 4)], (x) => reduce(x, [0, -1], true)),
  ...onGraphOnly(
    of("all", [make(2, 3, 4)], (x) => reduce(x)),
    negative("a negative axis", [make(2, 3, 4)], (x) => reduce(x, -1)),
    of("a scalar", [make()], (x) => reduce(x)),
    of("a vector", [make(5)], (x) => reduce(x, 0, true)),
    of("rank 5", [make(1, 2, 2, 1, 2)], (x) => reduce(x, [1, 3, 4])),
  ),
]

const differentiable = (reduce: Reduce, ...more: ReadonlyArray<Case>): Kernel =>
  xla(
    ...axes(gradients, reduce),
    ...onGraphOnly(values("rows of which there are none", [floats(0, 3)], (x) => reduce(x, 1))),
    ...more,
  )

/** An axis without numbers has a sum, a product and extremes. */
const empty = (reduce: Reduce): Case => values("of none", [floats(2, 0)], (x) => reduce(x, 1))

const onInts = (reduce: Reduce): Case => values("int32", [ints(-9, 9, 2, 3)], (x) => reduce(x, 1))

const logical = (reduce: Reduce): Kernel => xla(...axes(values, reduce, bools))

type Place = (x: tf.Tensor, axis?: number) => tf.Tensor

const extremum = (place: Place): Kernel =>
  xla(
    values("the first axis", [floats(4, 3)], (x) => place(x)),
    values("a negative axis", [floats(2, 3, 4)], (x) => place(x, -2)),
    values("a vector", [floats(5)], (x) => place(x, 0)),
    values("ties", [ints(0, 2, 3, 6)], (x) => place(x, 1)),
    values("bool", [bools(3, 4)], (x) => place(x, 1)),
    values("rows of which there are none", [floats(0, 3)], (x) => place(x, 1)),
  )

type Running = (x: tf.Tensor, axis?: number, exclusive?: boolean, reverse?: boolean) => tf.Tensor

const running = (of: typeof values, run: Running): Kernel =>
  xla(
    of("a vector", [floats(5)], (x) => run(x)),
    values("a negative axis", [floats(2, 3)], (x) => run(x, -1)),
    of("exclusive", [floats(2, 4)], (x) => run(x, 1, true)),
    values("reversed", [floats(3, 2)], (x) => run(x, 0, false, true)),
    of("both", [floats(2, 2, 3)], (x) => run(x, 2, true, true)),
    values("int32", [ints(-4, 4, 6)], (x) => run(x)),
    values("none", [floats(0, 2)], (x) => run(x)),
  )

const topK = (k: number, sorted?: boolean) => (x: tf.Tensor) => {
  const { indices, values } = tf.topk(x, k, sorted)
  return [values, indices]
}

export const reductions: Family = {
  All: logical((x, axis, keep) => tf.all(x, axis, keep)),
  Any: logical((x, axis, keep) => tf.any(x, axis, keep)),
  ArgMax: extremum((x, axis) => tf.argMax(x, axis)),
  ArgMin: extremum((x, axis) => tf.argMin(x, axis)),
  Bincount: xla(
    values("weights", [ints(0, 4, 9), floats(9)], (x, w) => tf.bincount(x as tf.Tensor1D, w as tf.Tensor1D, 5)),
    values("no weights", [ints(0, 4, 9)], (x) => tf.bincount(x as tf.Tensor1D, tf.tensor1d([]), 4)),
  ),
  Cumprod: running(values, (x, axis, exclusive, reverse) => tf.cumprod(x, axis, exclusive, reverse)),
  Cumsum: running(gradients, (x, axis, exclusive, reverse) => tf.cumsum(x, axis, exclusive, reverse)),
  Max: differentiable(
    tf.max,
    empty(tf.max),
    onInts(tf.max),
    gradients("logSumExp", [floats(2, 5)], (x) => tf.logSumExp(x, 1)),
  ),
  Mean: differentiable(
    tf.mean,
    onInts(tf.mean),
    values("bool", [bools(2, 3)], (x) => tf.mean(x, 0)),
    gradients("moments", [floats(3, 4)], (x) => {
      const { mean, variance } = tf.moments(x, 0, true)
      return [mean, variance]
    }),
  ),
  Min: differentiable(tf.min, empty(tf.min), onInts(tf.min)),
  Prod: xla(
    // TensorFlow.js has no gradient of it along negative axes.
    ...axes(gradients, tf.prod, (...shape) => within(0.5, 2, ...shape), values),
    empty(tf.prod),
    onInts(tf.prod),
  ),
  Sum: differentiable(
    tf.sum,
    empty(tf.sum),
    onInts(tf.sum),
    values("bool", [bools(3, 4)], (x) => tf.sum(x, 1)),
    values("100,000 numbers", [floats(100_000)], (x) => tf.sum(x)),
  ),
  TopK: xla(
    values("of a vector", [floats(7)], topK(3)),
    values("of each row", [floats(2, 3, 5)], topK(2)),
    values("all", [floats(2, 4)], topK(4)),
    values("int32, ties", [ints(0, 3, 9)], topK(5)),
    values("none", [floats(3)], topK(0)),
  ),
}
