/** Tensors that are cut, joined, turned and filled up: the numbers stay what they are. */
import * as tf from "@tensorflow/tfjs-core"
import { bools, type Case, type Family, floats, gradients, ints, type Kernel, values, within, xla } from "./case.ts"

// By a name of its own: it is no array that is filled.
const { fill } = tf

type Unary = (x: tf.Tensor) => tf.Tensor | ReadonlyArray<tf.Tensor>

/** On each type, with a gradient on float32. */
const moves = (name: string, shape: ReadonlyArray<number>, run: Unary): ReadonlyArray<Case> => [
  gradients(name, [floats(...shape)], run),
  values(`${name}, int32`, [ints(-9, 9, ...shape)], run),
  values(`${name}, bool`, [bools(...shape)], run),
]

const strided = (
  name: string,
  shape: ReadonlyArray<number>,
  begin: Array<number>,
  end: Array<number>,
  strides: Array<number>,
  ...masks: ReadonlyArray<number>
): Case => values(name, [floats(...shape)], (x) => tf.stridedSlice(x, begin, end, strides, ...masks))

const split: Kernel = xla(
  gradients("in equal parts", [floats(4, 3)], (x) => tf.split(x, 2)),
  gradients("by sizes, negative axis", [floats(2, 6)], (x) => tf.split(x, [1, 3, 2], -1)),
  values("a size left open", [floats(2, 6)], (x) => tf.split(x, [1, -1, 2], 1)),
  values("int32", [ints(0, 9, 4)], (x) => tf.split(x, 4)),
  values("a part of none", [floats(3)], (x) => tf.split(x, [0, 3])),
)

export const shapes: Family = {
  BroadcastArgs: xla(
    values("of constants", [], () => tf.broadcastArgs(tf.tensor1d([2, 1], "int32"), tf.tensor1d([3, 1, 4], "int32"))),
  ),
  Concat: xla(
    ...moves("one tensor twice", [2, 3], (x) => tf.concat([x, x])),
    gradients("three, negative axis", [floats(2, 1), floats(2, 3), floats(2, 2)], (...xs) => tf.concat([...xs], -1)),
    values("with none", [floats(2, 0), floats(2, 3)], (...xs) => tf.concat([...xs], 1)),
  ),
  ExpandDims: xla(
    ...moves("in front", [2, 3], (x) => tf.expandDims(x)),
    gradients("at the end", [floats(2, 3)], (x) => tf.expandDims(x, -1)),
    gradients("a scalar", [floats()], (x) => tf.expandDims(x)),
    values("none", [floats(0, 2)], (x) => tf.expandDims(x, 1)),
  ),
  Fill: xla(
    values("float32", [], () => fill([2, 3], 1.5)),
    values("int32", [], () => fill([4], -7, "int32")),
    values("bool", [], () => fill([2], 1, "bool")),
    values("a scalar, none", [], () => [fill([], 2), fill([0, 2], 2)]),
  ),
  LinSpace: xla(
    values("up", [], () => tf.linspace(0, 1, 7)),
    values("down", [], () => tf.linspace(3, -3, 5)),
    values("one", [], () => tf.linspace(2, 9, 1)),
  ),
  MirrorPad: xla(
    gradients("reflect", [floats(3, 4)], (x) =>
      tf.mirrorPad(
        x,
        [
          [1, 2],
          [0, 3],
        ],
        "reflect",
      ),
    ),
    gradients("symmetric", [floats(2, 3)], (x) =>
      tf.mirrorPad(
        x,
        [
          [1, 2],
          [3, 0],
        ],
        "symmetric",
      ),
    ),
    values("int32", [ints(0, 9, 4)], (x) => tf.mirrorPad(x, [[2, 1]], "reflect")),
  ),
  OneHot: xla(
    values("a vector", [ints(0, 4, 5)], (x) => tf.oneHot(x, 4)),
    values("a matrix, values, out of range", [ints(-2, 6, 2, 3)], (x) => tf.oneHot(x, 4, 0.75, -1, "float32")),
    values("a scalar", [ints(2, 3)], (x) => tf.oneHot(x, 3)),
    values("bool", [ints(0, 3, 3)], (x) => tf.oneHot(x, 3, 1, 0, "bool")),
    values("none", [ints(0, 3, 0)], (x) => tf.oneHot(x, 3)),
  ),
  Pack: xla(
    ...moves("one tensor twice", [2, 3], (x) => tf.stack([x, x])),
    gradients("two, last axis", [floats(2, 3), floats(2, 3)], (a, b) => tf.stack([a, b], -1)),
    gradients("scalars", [floats(), within(1, 2)], (a, b) => tf.stack([a, b])),
    values("none", [floats(0, 2)], (x) => tf.stack([x, x], 1)),
  ),
  PadV2: xla(
    ...moves("a matrix", [2, 3], (x) =>
      tf.pad(x, [
        [1, 0],
        [0, 2],
      ]),
    ),
    gradients("with a value", [floats(3)], (x) => tf.pad(x, [[2, 1]], -1.5)),
    values("rank 5", [floats(1, 2, 1, 2, 1)], (x) =>
      tf.pad(x, [
        [0, 1],
        [0, 0],
        [1, 0],
        [0, 0],
        [1, 1],
      ]),
    ),
    values("none", [floats(0, 2)], (x) =>
      tf.pad(x, [
        [1, 1],
        [0, 0],
      ]),
    ),
  ),
  Range: xla(
    values("up", [], () => tf.range(0, 5)),
    values("int32", [], () => tf.range(2, 11, 3, "int32")),
    values("down", [], () => [tf.range(5, 0), tf.range(5, 0, -2)]),
    values("fractions", [], () => [tf.range(0, 1, 0.1), tf.range(0, 0.3, 0.1), tf.range(-1, 1, 0.3)]),
    values("none", [], () => tf.range(3, 3)),
  ),
  Reshape: xla(
    ...moves("to a matrix", [2, 6], (x) => tf.reshape(x, [3, 4])),
    gradients("a size left open", [floats(2, 3, 2)], (x) => tf.reshape(x, [-1, 2])),
    gradients("to a scalar", [floats(1, 1)], (x) => tf.reshape(x, [])),
    gradients("squeezed", [floats(1, 3, 1)], (x) => tf.squeeze(x)),
    values("none", [floats(0, 3)], (x) => tf.reshape(x, [3, 0])),
    values("none, a size left open", [floats(0, 3)], (x) => tf.reshape(x, [-1, 3])),
  ),
  Reverse: xla(
    ...moves("all axes", [2, 3], (x) => tf.reverse(x)),
    gradients("a negative axis", [floats(2, 3)], (x) => tf.reverse(x, -1)),
    values("none", [floats(0, 3)], (x) => tf.reverse(x, 0)),
  ),
  Slice: xla(
    ...moves("a part", [4, 5], (x) => tf.slice(x, [1, 2], [2, 3])),
    gradients("to the end", [floats(3, 4)], (x) => tf.slice(x, [1], [-1])),
    gradients("rank 5", [floats(2, 2, 2, 2, 2)], (x) => tf.slice(x, [0, 1, 0, 1, 0], [2, 1, 1, 1, 2])),
    values("none of it", [floats(3, 4)], (x) => tf.slice(x, [3, 0], [0, 4])),
  ),
  SplitV: split,
  StridedSlice: xla(
    strided("forward", [5, 4], [0, 1], [5, 4], [2, 2]),
    strided("backward", [5], [4], [-6], [-2]),
    strided("negative places", [5, 4], [-3, -2], [-1, 4], [1, 1]),
    strided("out of range", [5], [-9], [9], [3]),
    strided("none", [5], [3], [1], [1]),
    strided("begins and ends masked", [4, 5], [1, 1], [3, 3], [1, -1], 1 | 2, 2),
    strided("an axis dropped", [4, 5], [1, 2], [2, 5], [1, 1], 0, 0, 0, 0, 1),
    strided("fewer axes than there are", [4, 3, 2], [1], [3], [1]),
    strided("an ellipsis", [2, 3, 4], [0, 1], [0, 3], [1, 1], 0, 0, 1),
    strided("a new axis", [3, 4], [0, 0, 1], [0, 2, 3], [1, 1, 1], 0, 0, 0, 1),
    strided("a new axis, an ellipsis, an axis dropped", [2, 3, 4], [0, 0, 2], [0, 0, 3], [1, 1, 1], 0, 0, 2, 1, 4),
  ),
  Tile: xla(
    ...moves("a matrix", [2, 3], (x) => tf.tile(x, [2, 1])),
    gradients("a vector", [floats(3)], (x) => tf.tile(x, [3])),
    gradients("rank 4", [floats(1, 2, 1, 2)], (x) => tf.tile(x, [2, 1, 3, 1])),
    values("broadcastTo", [floats(2, 1)], (x) => tf.broadcastTo(x, [4, 2, 3])),
    values("times none", [floats(2, 3)], (x) => tf.tile(x, [0, 1])),
  ),
  Transpose: xla(
    ...moves("a matrix", [2, 3], (x) => tf.transpose(x)),
    gradients("rank 4", [floats(2, 3, 1, 2)], (x) => tf.transpose(x, [2, 0, 3, 1])),
    gradients("a scalar", [floats()], (x) => tf.transpose(x)),
    values("none", [floats(0, 3, 2)], (x) => tf.transpose(x, [1, 2, 0])),
  ),
  Unpack: xla(
    ...moves("rows", [3, 2], (x) => tf.unstack(x)),
    gradients("a negative axis", [floats(2, 3)], (x) => tf.unstack(x, -1)),
    values("one", [floats(1, 2)], (x) => tf.unstack(x)),
  ),
}
