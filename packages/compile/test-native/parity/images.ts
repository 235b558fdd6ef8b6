/** Normalisation, images and boxes. */
import * as tf from "@tensorflow/tfjs-core"
import { exactly, type Family, floats, gradients, graph, type Kernel, values, within, xla } from "./case.ts"

type Resize = (x: tf.Tensor4D, size: [number, number], align?: boolean, half?: boolean) => tf.Tensor4D

const resized = (resize: Resize): Kernel =>
  xla(
    gradients("up", [floats(2, 3, 3, 2)], (x: tf.Tensor4D) => resize(x, [6, 5])),
    gradients("down", [floats(1, 6, 4, 1)], (x: tf.Tensor4D) => resize(x, [3, 2])),
    gradients("corners aligned", [floats(1, 3, 4, 1)], (x: tf.Tensor4D) => resize(x, [5, 7], true)),
    values("half-pixel centres", [floats(1, 3, 4, 2)], (x: tf.Tensor4D) => resize(x, [6, 8], false, true)),
  )

const gradientsOf = (kernel: Kernel): Kernel => ({
  ...kernel,
  cases: kernel.cases.filter(({ gradient }) => gradient.length > 0),
})

const boxes = exactly("float32", [4, 4], [0, 0, 1, 1, 0, 0.1, 1, 1.1, 0, 2, 1, 3, 0, 2.05, 1, 3.05])
const scores = exactly("float32", [4], [0.9, 0.75, 0.6, 0.95])

const normalised = (...shape: ReadonlyArray<number>) => [
  floats(...shape),
  floats(shape.at(-1)!),
  within(0.5, 2, shape.at(-1)!),
]

type T1 = tf.Tensor1D

const response: Kernel = xla(
  gradients("of channels", [floats(2, 3, 3, 6)], (x: tf.Tensor4D) => tf.localResponseNormalization(x, 2, 1, 0.5, 0.75)),
  gradients("wide", [floats(1, 1, 2, 9)], (x: tf.Tensor4D) => tf.localResponseNormalization(x, 5, 2, 1, 0.5)),
)

export const images: Family = {
  CropAndResize: graph(
    values(
      "bilinear",
      [floats(1, 4, 4, 2), exactly("float32", [2, 4], [0, 0, 1, 1, 0.2, 0.1, 0.7, 1.2])],
      (x: tf.Tensor4D, at: tf.Tensor2D) =>
        tf.image.cropAndResize(x, at, tf.tensor1d([0, 0], "int32"), [3, 5], "bilinear", 9),
    ),
    values(
      "nearest",
      [floats(2, 4, 4, 1), exactly("float32", [1, 4], [0, 0, 1, 0.5])],
      (x: tf.Tensor4D, at: tf.Tensor2D) => tf.image.cropAndResize(x, at, tf.tensor1d([1], "int32"), [2, 2], "nearest"),
    ),
  ),
  FlipLeftRight: xla(values("images", [floats(2, 3, 4, 2)], (x: tf.Tensor4D) => tf.image.flipLeftRight(x))),
  FusedBatchNorm: xla(
    values("mean and variance", normalised(2, 3, 3, 4), (x: tf.Tensor4D, m: T1, v: T1) => tf.batchNorm4d(x, m, v)),
    gradients(
      "of all",
      [...normalised(2, 3, 3, 4), floats(4), floats(4)],
      (x: tf.Tensor4D, m: T1, v: T1, o: T1, s: T1) => tf.batchNorm4d(x, m, v, o, s, 0.01),
    ),
    gradients(
      "of a matrix",
      [...normalised(5, 3), floats(3), floats(3)],
      (x: tf.Tensor2D, m: T1, v: T1, o: T1, s: T1) => tf.batchNorm2d(x, m, v, o, s),
    ),
    values("statistics of x's shape", [floats(1, 2, 2, 3), floats(1, 2, 2, 3), within(1, 2, 1, 2, 2, 3)], (x, m, v) =>
      tf.batchNorm(x as tf.Tensor4D, m as tf.Tensor4D, v as tf.Tensor4D),
    ),
  ),
  LRN: response,
  LRNGrad: response,
  NonMaxSuppressionV4: xla(
    values("filled up", [boxes, scores], (at: tf.Tensor2D, by: T1) => {
      const { selectedIndices, validOutputs } = tf.image.nonMaxSuppressionPadded(at, by, 4, 0.5, 0.1, true)
      // With what it is filled up differs.
      return [
        tf.where(tf.less(tf.range(0, 4, 1, "int32"), validOutputs!), selectedIndices!, tf.scalar(-1, "int32")),
        validOutputs!,
      ]
    }),
  ),
  ResizeBilinear: resized(tf.image.resizeBilinear),
  ResizeBilinearGrad: gradientsOf(resized(tf.image.resizeBilinear)),
  ResizeNearestNeighbor: resized(tf.image.resizeNearestNeighbor),
  ResizeNearestNeighborGrad: gradientsOf(resized(tf.image.resizeNearestNeighbor)),
  Softmax: xla(
    gradients("rows", [floats(2, 5)], (x) => tf.softmax(x)),
    gradients("a vector", [floats(4)], (x) => tf.softmax(x)),
    gradients("rank 4", [floats(2, 1, 3, 3)], (x) => tf.softmax(x, -1)),
    values("none", [floats(0, 3)], (x) => tf.softmax(x)),
    values("masked", [exactly("float32", [2, 3], [1, -Infinity, 2, -1e9, 0, -1e9])], (x) => tf.softmax(x)),
    gradients("logSoftmax", [floats(2, 5)], (x) => tf.logSoftmax(x)),
  ),
}
