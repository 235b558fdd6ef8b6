/** Tensors that are made, cut, joined, turned and looked up in. */
import {
  attribute,
  axis,
  type Inputs,
  input,
  like,
  list,
  numbers,
  type Rule,
  type Rules,
  shapeIn,
  size,
  typeOf,
} from "./rule.ts"

const reshape: Rule = (call) => {
  const wanted = numbers(call, 1)
  const { shape, dtype } = input(call, 0)
  const known = wanted.reduce((all, n) => (n === -1 ? all : all * n), 1)
  const out = wanted.map((n) => (n === -1 ? size(shape) / known : n))
  if (size(out) !== size(shape)) throw new RangeError(`[${shape.join()}] has no shape [${wanted.join()}]`)
  return [{ shape: out, dtype }]
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

/** How many places there are from `begin` to before `end`, `undefined` for as far as there are any. */
const strideLength = (n: number, begin: number | undefined, end: number | undefined, stride: number): number => {
  const clamp = (at: number) => Math.min(Math.max(at < 0 ? at + n : at, stride < 0 ? -1 : 0), stride < 0 ? n - 1 : n)
  const from = begin === undefined ? (stride < 0 ? n - 1 : 0) : clamp(begin)
  const to = end === undefined ? (stride < 0 ? -1 : n) : clamp(end)
  return Math.max(0, Math.ceil((to - from) / stride))
}

/** The bits of each mask speak of the places of `begin`: a range of an axis, a new axis, or the axes that are left out. */
const stridedSlice: Rule = (call) => {
  const { shape, dtype } = input(call, 0)
  const [begin, end, strides] = [numbers(call, 1), numbers(call, 2), numbers(call, 3)]
  const has = (mask: string, i: number) => ((attribute<number>(call, `${mask}_mask`) >> i) & 1) === 1
  const found = begin.findIndex((_, i) => has("ellipsis", i))
  const ellipsis = found === -1 ? begin.length : found
  const stated = begin.filter((_, i) => i !== ellipsis && !has("new_axis", i)).length
  const out: Array<number> = []
  let along = 0
  for (let i = 0; i < Math.max(begin.length, ellipsis + 1); i++) {
    if (i === ellipsis) {
      const next = Math.max(along, along + shape.length - stated)
      out.push(...shape.slice(along, next))
      along = next
    } else if (has("new_axis", i)) out.push(1)
    else {
      const n = shape[along++]!
      if (has("shrink_axis", i)) continue
      const [from, to] = [has("begin", i) ? undefined : begin[i], has("end", i) ? undefined : end[i]]
      out.push(strideLength(n, from, to, strides[i]!))
    }
  }
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

const transpose: Rule = (call) => {
  const { shape, dtype } = input(call, 0)
  return [{ shape: numbers(call, 1).map((from) => shape[axis(from, shape.length)]!), dtype }]
}

const expandDims: Rule = (call) => {
  const { shape, dtype } = input(call, 0)
  return [{ shape: shape.toSpliced(axis(numbers(call, 1)[0]!, shape.length + 1), 0, 1), dtype }]
}

const tile: Rule = (call) => {
  const { shape, dtype } = input(call, 0)
  const times = numbers(call, 1)
  return [{ shape: shape.map((n, i) => n * times[i]!), dtype }]
}

/** The shape that two shapes broadcast to is as long as the longer of them. */
const broadcastArgs: Rule = ({ inputs: [a, b] }) => [{ shape: [Math.max(a!.shape[0]!, b!.shape[0]!)], dtype: a!.dtype }]

const typeOfInput = (i: number) => (call: Inputs) => input(call, i).dtype

export const sliceRules: Rules = [
  ...list(like(0), "ReverseV2 TensorScatterUpdate"),
  ...list(reshape, "Reshape"),
  ...list(concat, "ConcatV2"),
  ...list(slice, "Slice"),
  ...list(stridedSlice, "StridedSlice"),
  ...list(pad, "Pad PadV2 MirrorPad"),
  ...list(gather, "GatherV2"),
  ...list(gatherNd, "GatherNd"),
  ...list(segments, "UnsortedSegmentSum"),
  ...list(oneHot, "OneHot"),
  ...list(range, "Range"),
  ...list(pack, "Pack"),
  ...list(unpack, "Unpack"),
  ...list(split, "SplitV"),
  ...list(transpose, "Transpose"),
  ...list(expandDims, "ExpandDims"),
  ...list(tile, "Tile"),
  ...list(shapeIn(0, typeOfInput(1)), "Fill"),
  ...list(shapeIn(1, typeOfInput(2)), "SparseToDense"),
  ...list(shapeIn(2, typeOfInput(1)), "ScatterNd"),
  ...list(shapeIn(1, typeOfInput(0)), "BroadcastTo"),
  ...list(broadcastArgs, "BroadcastArgs"),
  ...list((call) => [{ shape: [numbers(call, 2)[0]!], dtype: "float32" }], "LinSpace"),
  ...list(({ inputs: [x] }) => [{ shape: [...x!.shape, ...x!.shape], dtype: x!.dtype }], "Diag"),
]
