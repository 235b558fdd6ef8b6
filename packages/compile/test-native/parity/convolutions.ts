/** Windows that move over images and volumes. */
import * as tf from "@tensorflow/tfjs-core"
import { type Case, type Family, floats, gradients, graph, type Kernel, ints, values, xla } from "./case.ts"

type Pad = "same" | "valid"
type Strides = [number, number]

const conv2d =
  (strides: Strides | number, pad: Pad | number | tf.backend_util.ExplicitPadding, dilations?: Strides) =>
  (x: tf.Tensor4D, filter: tf.Tensor4D) =>
    tf.conv2d(x, filter, strides, pad, "NHWC", dilations)

const depthwise = (strides: Strides | number, pad: Pad, dilations?: Strides) => (x: tf.Tensor4D, filter: tf.Tensor4D) =>
  tf.depthwiseConv2d(x, filter, strides, pad, "NHWC", dilations)

const conv3d = (strides: [number, number, number] | number, pad: Pad) => (x: tf.Tensor5D, filter: tf.Tensor5D) =>
  tf.conv3d(x, filter, strides, pad)

type Pool2d = (x: tf.Tensor4D, size: Strides | number, strides: Strides | number, pad: Pad) => tf.Tensor

const pool2d = (pool: Pool2d): Kernel =>
  xla(
    gradients("2 × 2", [floats(2, 4, 4, 3)], (x: tf.Tensor4D) => pool(x, 2, 2, "valid")),
    gradients("same, overlapping", [floats(1, 5, 4, 2)], (x: tf.Tensor4D) => pool(x, 3, 2, "same")),
    gradients("oblong", [floats(1, 4, 6, 1)], (x: tf.Tensor4D) => pool(x, [1, 3], [2, 1], "valid")),
  )

type Pool3d = (x: tf.Tensor5D, size: number, strides: number, pad: Pad) => tf.Tensor

const pool3d = (pool: Pool3d): Kernel =>
  xla(
    gradients("2 × 2 × 2", [floats(1, 4, 4, 2, 2)], (x: tf.Tensor5D) => pool(x, 2, 2, "valid")),
    gradients("same, overlapping", [floats(1, 3, 4, 3, 1)], (x: tf.Tensor5D) => pool(x, 3, 2, "same")),
  )

/** Cases of a forward kernel whose gradient dispatches another. */
const through = (kernel: Kernel): Kernel => ({
  ...kernel,
  cases: kernel.cases.filter(({ gradient }) => gradient.length > 0),
})

const convolution2d: Kernel = xla(
  gradients("valid", [floats(2, 5, 5, 2), floats(3, 3, 2, 4)], conv2d(1, "valid")),
  gradients("same, strides", [floats(1, 6, 5, 3), floats(3, 2, 3, 2)], conv2d([2, 1], "same")),
  gradients("1 × 1", [floats(1, 3, 3, 4), floats(1, 1, 4, 2)], conv2d(1, "valid")),
  gradients("of one row: conv1d", [floats(2, 7, 3), floats(3, 3, 2)], (x: tf.Tensor3D, f: tf.Tensor3D) =>
    tf.conv1d(x, f, 2, "same"),
  ),
  values("dilated", [floats(1, 7, 7, 1), floats(2, 3, 1, 2)], conv2d(1, "valid", [2, 2])),
  values("dilated, same", [floats(1, 7, 7, 1), floats(2, 3, 1, 2)], conv2d(1, "same", [2, 2])),
  values(
    "padded by side",
    [floats(1, 4, 4, 2), floats(3, 3, 2, 1)],
    conv2d(1, [
      [0, 0],
      [1, 0],
      [2, 1],
      [0, 0],
    ]),
  ),
)

const transposed: Case = gradients(
  "transposed",
  [floats(1, 3, 3, 2), floats(3, 3, 4, 2)],
  (x: tf.Tensor4D, f: tf.Tensor4D) => tf.conv2dTranspose(x, f, [1, 6, 6, 4], 2, "same"),
)

const convolution3d: Kernel = xla(
  gradients("valid", [floats(1, 4, 4, 3, 2), floats(2, 2, 2, 2, 3)], conv3d(1, "valid")),
  gradients("same, strides", [floats(1, 4, 5, 4, 1), floats(2, 3, 2, 1, 2)], conv3d(2, "same")),
)

const separate: Kernel = xla(
  gradients("valid", [floats(2, 5, 5, 3), floats(3, 3, 3, 2)], depthwise(1, "valid")),
  gradients("same, strides", [floats(1, 6, 6, 2), floats(3, 3, 2, 1)], depthwise(2, "same")),
  gradients(
    "separable",
    [floats(1, 4, 4, 2), floats(2, 2, 2, 2), floats(1, 1, 4, 3)],
    (x: tf.Tensor4D, d: tf.Tensor4D, p: tf.Tensor4D) => tf.separableConv2d(x, d, p, 1, "same"),
  ),
)

const dilation = (strides: number, pad: Pad, dilations: number) => (x: tf.Tensor4D, filter: tf.Tensor3D) =>
  tf.dilation2d(x, filter, strides, pad, dilations)

const morphology: Kernel = graph(
  gradients("valid", [floats(1, 5, 5, 2), floats(2, 2, 2)], dilation(1, "valid", 1)),
  gradients("same, strides, dilated", [floats(1, 6, 6, 1), floats(2, 2, 1)], dilation(2, "same", 2)),
)

type Activation = "elu" | "linear" | "relu" | "relu6" | "sigmoid"

const fusedConv = (activation: Activation) => (x: tf.Tensor4D, filter: tf.Tensor4D, bias: tf.Tensor) =>
  tf.fused.conv2d({ x, filter, bias, strides: 1, pad: "same", activation })

const fusedSeparate = (activation: Activation) => (x: tf.Tensor4D, filter: tf.Tensor4D, bias: tf.Tensor) =>
  tf.fused.depthwiseConv2d({ x, filter, bias, strides: 1, pad: "same", activation })

export const convolutions: Family = {
  AvgPool: pool2d(tf.avgPool),
  AvgPoolGrad: through(pool2d(tf.avgPool)),
  AvgPool3D: pool3d(tf.avgPool3d),
  AvgPool3DGrad: through(pool3d(tf.avgPool3d)),
  Conv2D: convolution2d,
  Conv2DBackpropFilter: through(convolution2d),
  Conv2DBackpropInput: xla(...through(convolution2d).cases, transposed),
  Conv3D: convolution3d,
  Conv3DBackpropFilterV2: through(convolution3d),
  Conv3DBackpropInputV2: xla(
    ...through(convolution3d).cases,
    values("transposed", [floats(1, 2, 2, 2, 3), floats(2, 2, 2, 1, 3)], (x: tf.Tensor5D, f: tf.Tensor5D) =>
      tf.conv3dTranspose(x, f, [1, 4, 4, 4, 1], 2, "same"),
    ),
  ),
  DepthwiseConv2dNative: separate,
  DepthwiseConv2dNativeBackpropFilter: through(separate),
  DepthwiseConv2dNativeBackpropInput: through(separate),
  Dilation2D: morphology,
  Dilation2DBackpropFilter: through(morphology),
  Dilation2DBackpropInput: through(morphology),
  FusedConv2D: xla(
    ...(["linear", "relu", "relu6", "elu", "sigmoid"] as const).map((activation) =>
      values(`bias and ${activation}`, [floats(1, 4, 4, 2), floats(2, 2, 2, 3), floats(3)], fusedConv(activation)),
    ),
    gradients("bias and relu", [floats(1, 4, 4, 2), floats(2, 2, 2, 3), floats(3)], fusedConv("relu")),
  ),
  FusedDepthwiseConv2D: xla(
    values("bias and relu6", [floats(1, 4, 4, 2), floats(2, 2, 2, 1), floats(2)], fusedSeparate("relu6")),
    gradients("bias and relu", [floats(1, 4, 4, 2), floats(2, 2, 2, 1), floats(2)], fusedSeparate("relu")),
  ),
  MaxPool: pool2d(tf.maxPool),
  MaxPoolGrad: through(pool2d(tf.maxPool)),
  MaxPool3D: pool3d(tf.maxPool3d),
  MaxPool3DGrad: through(pool3d(tf.maxPool3d)),
  BatchToSpaceND: xla(
    gradients("a batch", [floats(4, 2, 2, 1)], (x: tf.Tensor4D) =>
      tf.batchToSpaceND(
        x,
        [2, 2],
        [
          [0, 0],
          [0, 0],
        ],
      ),
    ),
    gradients("cropped", [floats(4, 2, 3, 2)], (x: tf.Tensor4D) =>
      tf.batchToSpaceND(
        x,
        [2, 2],
        [
          [1, 0],
          [0, 2],
        ],
      ),
    ),
    values("int32", [ints(0, 9, 6, 2)], (x) => tf.batchToSpaceND(x, [3], [[1, 1]])),
  ),
  SpaceToBatchND: xla(
    gradients("a batch", [floats(1, 4, 4, 1)], (x: tf.Tensor4D) =>
      tf.spaceToBatchND(
        x,
        [2, 2],
        [
          [0, 0],
          [0, 0],
        ],
      ),
    ),
    gradients("padded", [floats(2, 3, 4, 2)], (x: tf.Tensor4D) =>
      tf.spaceToBatchND(
        x,
        [2, 2],
        [
          [1, 0],
          [0, 2],
        ],
      ),
    ),
  ),
  DepthToSpace: xla(
    values("2 × 2", [floats(2, 2, 3, 8)], (x: tf.Tensor4D) => tf.depthToSpace(x, 2)),
    values("3 × 3", [floats(1, 2, 2, 9)], (x: tf.Tensor4D) => tf.depthToSpace(x, 3)),
  ),
}
