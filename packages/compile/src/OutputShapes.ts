/**
 * The shapes and types that TensorFlow's operations give, from the shapes and constants that go in.
 *
 * An operation that is not listed has outputs that depend on values (`Where`, `Unique`) or none in a program.
 *
 * @since 0.1.0
 */
import { type Attribute, type DataType, DataTypes, type Value } from "./Graph.ts"

/** The parts of a node that decide on its outputs. */
interface Inputs {
  readonly inputs: ReadonlyArray<Value>
  readonly attributes: Readonly<Record<string, Attribute>>
}

type Shape = ReadonlyArray<number>
interface Output {
  readonly shape: Shape
  readonly dtype: DataType
}
type Rule = (call: Inputs) => ReadonlyArray<Output>

const names = new Map<number, DataType>(
  Object.entries(DataTypes).map(([name, number]) => [number, name as DataType] as const),
)

/** An attribute of the type that TensorFlow gives it. */
const attribute = <A extends Attribute["value"]>(call: Inputs, name: string, _type?: A): A =>
  call.attributes[name]!.value as A

const typeOf = (call: Inputs, name: string): DataType => names.get(attribute<number>(call, name))!

const input = (call: Inputs, i: number): Value => call.inputs[i]!

const numbers = (call: Inputs, i: number): ReadonlyArray<number> => {
  const { constant } = input(call, i).node
  if (constant === undefined) throw new RangeError("its size depends on a value")
  return [...constant]
}

const axis = (a: number, rank: number) => (a < 0 ? a + rank : a)

const broadcastPair = (a: Shape, b: Shape): Shape => {
  const rank = Math.max(a.length, b.length)
  return Array.from({ length: rank }, (_, i) => {
    const m = a[i - rank + a.length] ?? 1
    const n = b[i - rank + b.length] ?? 1
    if (m !== n && m !== 1 && n !== 1) throw new RangeError(`shapes [${a.join()}] and [${b.join()}] do not broadcast`)
    return m === 1 ? n : m
  })
}

const broadcast = (call: Inputs): Shape => call.inputs.map(({ shape }) => shape).reduce(broadcastPair)

const like =
  (i: number): Rule =>
  (call) => [{ shape: input(call, i).shape, dtype: input(call, i).dtype }]

const shapeIn =
  (i: number, dtype: (call: Inputs) => DataType): Rule =>
  (call) => [{ shape: numbers(call, i), dtype: dtype(call) }]

const elementwise: Rule = (call) => [{ shape: broadcast(call), dtype: input(call, 0).dtype }]

const predicate: Rule = (call) => [{ shape: broadcast(call), dtype: "bool" }]

const select: Rule = (call) => [
  {
    shape: broadcastPair(input(call, 1).shape, broadcastPair(input(call, 2).shape, selectMask(call))),
    dtype: input(call, 1).dtype,
  },
]

/** `Select` lets a vector choose rows: its condition lines up from the left, not from the right. */
const selectMask = (call: Inputs): Shape => {
  const condition = input(call, 0).shape
  const rank = input(call, 1).shape.length
  return condition.length === 1 && rank > 1 ? [...condition, ...Array<number>(rank - 1).fill(1)] : condition
}

const reduction: Rule = (call) => {
  const { shape, dtype } = input(call, 0)
  const axes = new Set(numbers(call, 1).map((a) => axis(a, shape.length)))
  const kept = attribute<boolean>(call, "keep_dims")
  return [{ shape: shape.flatMap((n, i) => (axes.has(i) ? (kept ? [1] : []) : [n])), dtype }]
}

const extremum: Rule = (call) => {
  const { shape } = input(call, 0)
  const along = axis(numbers(call, 1)[0]!, shape.length)
  return [{ shape: shape.filter((_, i) => i !== along), dtype: typeOf(call, "output_type") }]
}

const product =
  (first: string, second: string): Rule =>
  (call) => {
    const [a, b] = [input(call, 0), input(call, 1)]
    const [rows, inner] = attribute<boolean>(call, first)
      ? [a.shape.at(-1)!, a.shape.at(-2)!]
      : [a.shape.at(-2)!, a.shape.at(-1)!]
    const [other, columns] = attribute<boolean>(call, second)
      ? [b.shape.at(-1)!, b.shape.at(-2)!]
      : [b.shape.at(-2)!, b.shape.at(-1)!]
    if (inner !== other) throw new RangeError(`inner dimensions ${inner} and ${other} differ`)
    return [{ shape: [...broadcastPair(a.shape.slice(0, -2), b.shape.slice(0, -2)), rows, columns], dtype: a.dtype }]
  }

const size = (shape: Shape) => shape.reduce((all, n) => all * n, 1)

const reshape: Rule = (call) => {
  const wanted = numbers(call, 1)
  const { shape, dtype } = input(call, 0)
  const known = wanted.reduce((all, n) => (n === -1 ? all : all * n), 1)
  return [{ shape: wanted.map((n) => (n === -1 ? size(shape) / known : n)), dtype }]
}

const concat: Rule = (call) => {
  const parts = call.inputs.slice(0, -1)
  const along = axis(numbers(call, call.inputs.length - 1)[0]!, parts[0]!.shape.length)
  const total = parts.reduce((sum, { shape }) => sum + shape[along]!, 0)
  return [{ shape: parts[0]!.shape.map((n, i) => (i === along ? total : n)), dtype: parts[0]!.dtype }]
}

const slice: Rule = (call) => {
  const { shape, dtype } = input(call, 0)
  const begin = numbers(call, 1)
  return [{ shape: numbers(call, 2).map((n, i) => (n === -1 ? shape[i]! - begin[i]! : n)), dtype }]
}

const stridedSlice: Rule = (call) => {
  const { shape, dtype } = input(call, 0)
  const [begin, end, strides] = [numbers(call, 1), numbers(call, 2), numbers(call, 3)]
  const has = (name: string, i: number) => ((attribute<number>(call, name) >> i) & 1) === 1
  if (["ellipsis_mask", "new_axis_mask"].some((name) => attribute<number>(call, name) !== 0)) {
    throw new RangeError("ellipses and new axes in strided slices")
  }
  const out = shape.flatMap((n, i) => {
    if (i >= begin.length) return [n]
    if (has("shrink_axis_mask", i)) return []
    const stride = strides[i]!
    const clamp = (at: number) => Math.min(Math.max(at < 0 ? at + n : at, stride < 0 ? -1 : 0), stride < 0 ? n - 1 : n)
    const from = has("begin_mask", i) ? (stride < 0 ? n - 1 : 0) : clamp(begin[i]!)
    const to = has("end_mask", i) ? (stride < 0 ? -1 : n) : clamp(end[i]!)
    return [Math.max(0, Math.ceil((to - from) / stride))]
  })
  return [{ shape: out, dtype }]
}

const pad: Rule = (call) => {
  const { shape, dtype } = input(call, 0)
  const sides = numbers(call, 1)
  return [{ shape: shape.map((n, i) => n + sides[2 * i]! + sides[2 * i + 1]!), dtype }]
}

const gather: Rule = (call) => {
  const [{ shape, dtype }, indices] = [input(call, 0), input(call, 1).shape]
  const along = axis(numbers(call, 2)[0]!, shape.length)
  const batch = axis(attribute<number>(call, "batch_dims"), indices.length)
  return [{ shape: [...shape.slice(0, along), ...indices.slice(batch), ...shape.slice(along + 1)], dtype }]
}

const gatherNd: Rule = (call) => {
  const [{ shape, dtype }, indices] = [input(call, 0), input(call, 1).shape]
  return [{ shape: [...indices.slice(0, -1), ...shape.slice(indices.at(-1))], dtype }]
}

const segments: Rule = (call) => {
  const [{ shape, dtype }, ids] = [input(call, 0), input(call, 1).shape]
  return [{ shape: [numbers(call, 2)[0]!, ...shape.slice(ids.length)], dtype }]
}

const oneHot: Rule = (call) => {
  const { shape } = input(call, 0)
  const along = axis(attribute<number>(call, "axis"), shape.length + 1)
  return [{ shape: shape.toSpliced(along, 0, numbers(call, 1)[0]!), dtype: typeOf(call, "T") }]
}

const range: Rule = (call) => {
  const [start, stop, step] = [0, 1, 2].map((i) => numbers(call, i)[0]!)
  return [{ shape: [Math.max(0, Math.ceil((stop! - start!) / step!))], dtype: typeOf(call, "Tidx") }]
}

const pack: Rule = (call) => {
  const { shape, dtype } = input(call, 0)
  const along = axis(attribute<number>(call, "axis"), shape.length + 1)
  return [{ shape: shape.toSpliced(along, 0, call.inputs.length), dtype }]
}

const unpack: Rule = (call) => {
  const { shape, dtype } = input(call, 0)
  const along = axis(attribute<number>(call, "axis"), shape.length)
  return Array.from({ length: attribute<number>(call, "num") }, () => ({ shape: shape.toSpliced(along, 1), dtype }))
}

const split: Rule = (call) => {
  const { shape, dtype } = input(call, 0)
  const along = axis(numbers(call, 2)[0]!, shape.length)
  return numbers(call, 1).map((n) => ({ shape: shape.with(along, n), dtype }))
}

const topK: Rule = (call) => {
  const { shape, dtype } = input(call, 0)
  const out = [...shape.slice(0, -1), numbers(call, 1)[0]!]
  return [
    { shape: out, dtype },
    { shape: out, dtype: "int32" },
  ]
}

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

const batchNorm: Rule = (call) => {
  const [x, statistics] = [input(call, 0), input(call, 1)]
  return [x, statistics, statistics, statistics, statistics]
}

const resize: Rule = (call) => {
  const { shape } = input(call, 0)
  return [{ shape: [shape[0]!, ...numbers(call, 1), shape[3]!], dtype: "float32" }]
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
  return [{ shape: [shape[0]!, shape[1]! * block, shape[2]! * block, shape[3]! / block ** 2], dtype }]
}

const einsum: Rule = (call) => {
  const [left, right] = attribute<string>(call, "equation").replaceAll(" ", "").split("->")
  const sizes = new Map<string, number>()
  left!.split(",").forEach((letters, i) => {
    if (letters.includes(".")) throw new RangeError("ellipses in einsum")
    for (const [j, letter] of [...letters].entries()) sizes.set(letter, input(call, i).shape[j]!)
  })
  return [{ shape: [...right!].map((letter) => sizes.get(letter)!), dtype: input(call, 0).dtype }]
}

const rules = new Map<string, Rule>()
const list = (rule: Rule, operations: string) => {
  for (const operation of operations.split(" ")) rules.set(operation, rule)
}

list(
  elementwise,
  "Abs Acos Acosh Asin Asinh Atan Atanh Ceil Cos Cosh Elu Erf Exp Expm1 Floor Identity LeakyRelu Log Log1p LogicalNot Neg " +
    "OnesLike Reciprocal Relu Relu6 Round Rsqrt Selu Sigmoid Sign Sin Sinh Softplus Sqrt Square Tan Tanh ZerosLike " +
    "Add AddN AddV2 Atan2 DivNoNan EluGrad FloorDiv FloorMod LogicalAnd LogicalOr Maximum Minimum Mul Pow RealDiv " +
    "SquaredDifference Sub BitwiseAnd BitwiseOr BitwiseXor LeftShift RightShift",
)
list(predicate, "Equal NotEqual Less LessEqual Greater GreaterEqual IsNan IsInf IsFinite")
list(select, "Select SelectV2")
list(reduction, "Sum Mean Prod Max Min All Any")
list(extremum, "ArgMax ArgMin")
list(product("transpose_a", "transpose_b"), "MatMul")
list(product("adj_x", "adj_y"), "BatchMatMulV2")
list(like(0), "Softmax Cumsum Cumprod ReverseV2 LRN TensorScatterUpdate")
list(concat, "ConcatV2")
list(slice, "Slice")
list(stridedSlice, "StridedSlice")
list(pad, "Pad PadV2 MirrorPad")
list(gather, "GatherV2")
list(gatherNd, "GatherNd")
list(segments, "UnsortedSegmentSum")
list(oneHot, "OneHot")
list(range, "Range")
list(pack, "Pack")
list(unpack, "Unpack")
list(split, "SplitV")
list(topK, "TopKV2")
list(convolution, "Conv2D Conv3D")
list(depthwise, "DepthwiseConv2dNative")
list(pool, "MaxPool AvgPool MaxPool3D AvgPool3D")
list(dilation, "Dilation2D")
list(like(0), "MaxPoolGrad MaxPool3DGrad LRNGrad Dilation2DBackpropInput")
list(like(1), "Dilation2DBackpropFilter")
list(
  shapeIn(0, (call) => input(call, 1).dtype),
  "Conv2DBackpropInput Conv3DBackpropInputV2 DepthwiseConv2dNativeBackpropInput AvgPoolGrad AvgPool3DGrad",
)
list(
  shapeIn(1, (call) => input(call, 0).dtype),
  "Conv2DBackpropFilter Conv3DBackpropFilterV2 DepthwiseConv2dNativeBackpropFilter",
)
list(batchNorm, "FusedBatchNorm")
list(resize, "ResizeBilinear ResizeNearestNeighbor ResizeNearestNeighborGrad")
list((call) => [{ shape: input(call, 1).shape, dtype: "float32" }], "ResizeBilinearGrad")
list(spaceToBatch, "SpaceToBatchND")
list(batchToSpace, "BatchToSpaceND")
list(depthToSpace, "DepthToSpace")
list(einsum, "Einsum")
list(reshape, "Reshape")
list((call) => [{ shape: input(call, 0).shape, dtype: typeOf(call, "DstT") }], "Cast")
list((call) => {
  const { shape, dtype } = input(call, 0)
  return [{ shape: numbers(call, 1).map((from) => shape[from]!), dtype }]
}, "Transpose")
list((call) => {
  const { shape, dtype } = input(call, 0)
  return [{ shape: shape.toSpliced(axis(numbers(call, 1)[0]!, shape.length + 1), 0, 1), dtype }]
}, "ExpandDims")
list((call) => {
  const { shape, dtype } = input(call, 0)
  const times = numbers(call, 1)
  return [{ shape: shape.map((n, i) => n * times[i]!), dtype }]
}, "Tile")
list(
  shapeIn(0, (call) => input(call, 1).dtype),
  "Fill",
)
list(
  shapeIn(1, (call) => input(call, 2).dtype),
  "SparseToDense",
)
list(
  shapeIn(2, (call) => input(call, 1).dtype),
  "ScatterNd",
)
list(
  shapeIn(1, (call) => input(call, 0).dtype),
  "BroadcastTo",
)
list((call) => [{ shape: [numbers(call, 2)[0]!], dtype: "float32" }], "LinSpace")
list((call) => [{ shape: [...input(call, 0).shape, ...input(call, 0).shape], dtype: input(call, 0).dtype }], "Diag")

/**
 * Whether the outputs of an operation are known before it runs.
 *
 * @since 0.1.0
 * @category measurements
 */
export const isStatic = (operation: string): boolean => rules.has(operation)

/**
 * The outputs of an operation.
 *
 * @throws {RangeError} where the shapes do not fit, or depend on a value
 * @since 0.1.0
 * @category measurements
 */
export const outputs = (operation: string, call: Inputs): ReadonlyArray<Output> => {
  const rule = rules.get(operation)
  if (rule === undefined) throw new RangeError("its size depends on a value")
  return rule(call)
}
