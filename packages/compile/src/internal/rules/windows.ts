/** Windows over images and volumes, and images of another size. */
import {
  attribute,
  type Inputs,
  input,
  like,
  list,
  numbers,
  type Rule,
  type Rules,
  type Shape,
  shapeIn,
  size,
} from "./rule.ts"

/** How many windows fit, for each spatial dimension (`convolution`, Dumoulin & Visin 2016). */
const windows = (call: Inputs, kernel: Shape): Shape => {
  const { shape } = input(call, 0)
  const strides = attribute<Shape>(call, "strides")
  const dilations = (call.attributes["dilations"]?.value ?? call.attributes["rates"]?.value) as Shape | undefined
  const padding = attribute<string>(call, "padding")
  const explicit = call.attributes["explicit_paddings"]?.value as Shape | undefined
  if (call.attributes["data_format"]?.value === "NCHW") throw new RangeError("channels before rows")
  return kernel.map((k, j) => {
    const i = j + 1
    if (padding === "SAME") return Math.ceil(shape[i]! / strides[i]!)
    const reach = (k - 1) * (dilations?.[i] ?? 1)
    const padded = shape[i]! + (padding === "EXPLICIT" ? explicit![2 * i]! + explicit![2 * i + 1]! : 0)
    return Math.ceil((padded - reach) / strides[i]!)
  })
}

const convolution: Rule = (call) => {
  const [x, filter] = [input(call, 0), input(call, 1).shape]
  return [{ shape: [x.shape[0]!, ...windows(call, filter.slice(0, -2)), filter.at(-1)!], dtype: x.dtype }]
}

const depthwise: Rule = (call) => {
  const [x, filter] = [input(call, 0), input(call, 1).shape]
  return [{ shape: [x.shape[0]!, ...windows(call, filter.slice(0, 2)), filter[2]! * filter[3]!], dtype: x.dtype }]
}

const pool: Rule = (call) => {
  const x = input(call, 0)
  const kernel = attribute<Shape>(call, "ksize").slice(1, -1)
  return [{ shape: [x.shape[0]!, ...windows(call, kernel), x.shape.at(-1)!], dtype: x.dtype }]
}

const dilation: Rule = (call) => {
  const x = input(call, 0)
  return [{ shape: [x.shape[0]!, ...windows(call, input(call, 1).shape.slice(0, 2)), x.shape[3]!], dtype: x.dtype }]
}

const resize: Rule = (call) => {
  const { shape } = input(call, 0)
  return [{ shape: [shape[0]!, ...numbers(call, 1), shape[3]!], dtype: "float32" }]
}

const cropAndResize: Rule = (call) => {
  const [image, boxes] = [input(call, 0).shape, input(call, 1).shape]
  return [{ shape: [boxes[0]!, ...numbers(call, 3), image[3]!], dtype: "float32" }]
}

/** Filled up, the indices of boxes are as many as asked for. */
const padded: Rule = (call) => {
  if (!attribute<boolean>(call, "pad_to_max_output_size")) throw new RangeError("how much it gives depends on values")
  return [
    { shape: numbers(call, 2).slice(0, 1), dtype: "int32" },
    { shape: [], dtype: "int32" },
  ]
}

const spaceToBatch: Rule = (call) => {
  const { shape, dtype } = input(call, 0)
  const [block, sides] = [numbers(call, 1), numbers(call, 2)]
  const out = shape.map((n, i) =>
    i === 0 ? n * size(block) : i <= block.length ? (n + sides[2 * i - 2]! + sides[2 * i - 1]!) / block[i - 1]! : n,
  )
  return [{ shape: out, dtype }]
}

const batchToSpace: Rule = (call) => {
  const { shape, dtype } = input(call, 0)
  const [block, crops] = [numbers(call, 1), numbers(call, 2)]
  const out = shape.map((n, i) =>
    i === 0 ? n / size(block) : i <= block.length ? n * block[i - 1]! - crops[2 * i - 2]! - crops[2 * i - 1]! : n,
  )
  return [{ shape: out, dtype }]
}

const depthToSpace: Rule = (call) => {
  const { shape, dtype } = input(call, 0)
  const block = attribute<number>(call, "block_size")
  if (attribute<string>(call, "data_format") !== "NHWC") throw new RangeError("channels before rows")
  return [{ shape: [shape[0]!, shape[1]! * block, shape[2]! * block, shape[3]! / block ** 2], dtype }]
}

const resizeGradient: Rule = (call) => [{ shape: input(call, 1).shape, dtype: "float32" }]

export const windowRules: Rules = [
  ...list(convolution, "Conv2D Conv3D"),
  ...list(depthwise, "DepthwiseConv2dNative"),
  ...list(pool, "MaxPool AvgPool MaxPool3D AvgPool3D"),
  ...list(dilation, "Dilation2D"),
  ...list(like(0), "MaxPoolGrad MaxPool3DGrad Dilation2DBackpropInput"),
  ...list(like(1), "Dilation2DBackpropFilter"),
  ...list(
    shapeIn(0, (call) => input(call, 1).dtype),
    "Conv2DBackpropInput Conv3DBackpropInputV2 DepthwiseConv2dNativeBackpropInput AvgPoolGrad AvgPool3DGrad",
  ),
  ...list(
    shapeIn(1, (call) => input(call, 0).dtype),
    "Conv2DBackpropFilter Conv3DBackpropFilterV2 DepthwiseConv2dNativeBackpropFilter",
  ),
  ...list(resize, "ResizeBilinear ResizeNearestNeighbor ResizeNearestNeighborGrad"),
  ...list(resizeGradient, "ResizeBilinearGrad"),
  ...list(cropAndResize, "CropAndResize"),
  ...list(padded, "NonMaxSuppressionV4"),
  ...list(spaceToBatch, "SpaceToBatchND"),
  ...list(batchToSpace, "BatchToSpaceND"),
  ...list(depthToSpace, "DepthToSpace"),
]
