/** Rows looked up, put in their place, and added up. */
import * as tf from "@tensorflow/tfjs-core"
import { bools, exactly, type Family, floats, gradients, ints, values, xla } from "./case.ts"

const gather = (axis?: number, batchDims?: number) => (x: tf.Tensor, indices: tf.Tensor) =>
  tf.gather(x, indices, axis, batchDims)

const pairs = exactly("int32", [3, 2], [0, 1, 2, 0, 1, 1])

export const gathers: Family = {
  GatherV2: xla(
    gradients("rows", [floats(4, 3), ints(0, 4, 5)], gather(), [0]),
    gradients("by a matrix", [floats(4, 3), ints(0, 4, 2, 3)], gather(0), [0]),
    gradients("columns", [floats(2, 5), ints(0, 5, 3)], gather(1), [0]),
    gradients("by a scalar", [floats(4, 3), ints(1, 2)], gather(), [0]),
    gradients("the middle axis", [floats(2, 4, 3), ints(0, 4, 2)], gather(1), [0]),
    values("for each row of a batch", [floats(2, 4, 3), ints(0, 4, 2, 5)], gather(1, 1)),
    values("int32", [ints(0, 99, 5), ints(0, 5, 3)], gather()),
    values("bool", [bools(5), ints(0, 5, 3)], gather()),
    values("none", [floats(4, 3), ints(0, 4, 0)], gather()),
  ),
  GatherNd: xla(
    values("numbers", [floats(3, 2), pairs], tf.gatherND),
    values("rows", [floats(3, 2), exactly("int32", [2, 1], [2, 0])], tf.gatherND),
    values("int32, a batch of places", [ints(0, 99, 3, 2), exactly("int32", [2, 1, 2], [2, 1, 0, 0])], tf.gatherND),
  ),
  ScatterNd: xla(
    values("numbers", [pairs, floats(3)], (i, x) => tf.scatterND(i, x, [3, 2])),
    values("rows", [exactly("int32", [2, 1], [3, 1]), floats(2, 2)], (i, x) => tf.scatterND(i, x, [4, 2])),
    values("one place twice", [exactly("int32", [3, 1], [1, 1, 0]), floats(3)], (i, x) => tf.scatterND(i, x, [3])),
    values("int32", [pairs, ints(0, 9, 3)], (i, x) => tf.scatterND(i, x, [3, 2])),
  ),
  SparseToDense: xla(
    values("a vector", [exactly("int32", [3], [0, 2, 4]), floats(3)], (i, x) =>
      tf.sparseToDense(i, x, [5], tf.scalar(-1)),
    ),
    values("a matrix", [exactly("int32", [2, 2], [0, 1, 1, 0]), floats(2)], (i, x) =>
      tf.sparseToDense(i, x, [2, 2], tf.scalar(0)),
    ),
    values("int32, one value", [exactly("int32", [2, 1], [1, 3]), ints(5, 6)], (i, x) =>
      tf.sparseToDense(i, x, [4], tf.scalar(0, "int32")),
    ),
  ),
  TensorScatterUpdate: xla(
    values("numbers", [floats(3, 2), pairs, floats(3)], tf.tensorScatterUpdate),
    values("rows", [floats(4, 2), exactly("int32", [2, 1], [3, 1]), floats(2, 2)], tf.tensorScatterUpdate),
    values("int32", [ints(0, 9, 4), exactly("int32", [1, 1], [2]), ints(20, 30, 1)], tf.tensorScatterUpdate),
  ),
  UnsortedSegmentSum: xla(
    gradients("rows", [floats(5, 2), ints(0, 3, 5)], (x, ids) => tf.unsortedSegmentSum(x, ids as tf.Tensor1D, 3), [0]),
    gradients(
      "numbers, a segment of none",
      [floats(4), ints(0, 2, 4)],
      (x, ids) => tf.unsortedSegmentSum(x, ids as tf.Tensor1D, 4),
      [0],
    ),
    values("int32", [ints(0, 9, 4), ints(0, 3, 4)], (x, ids) => tf.unsortedSegmentSum(x, ids as tf.Tensor1D, 3)),
    values("ids below none are left out", [floats(4), ints(-1, 2, 4)], (x, ids) =>
      tf.unsortedSegmentSum(x, ids as tf.Tensor1D, 2),
    ),
  ),
}
