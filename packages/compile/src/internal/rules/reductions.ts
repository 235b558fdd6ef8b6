/** Sums, extremes, products of matrices, and what runs along an axis. */
import { attribute, axis, broadcastPair, input, like, list, numbers, type Rule, type Rules, typeOf } from "./rule.ts"

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

const einsum: Rule = (call) => {
  const [left, right, ...more] = attribute<string>(call, "equation").replaceAll(" ", "").split("->")
  if (right === undefined || more.length > 0) throw new RangeError("an equation without one ->")
  const sizes = new Map<string, number>()
  left!.split(",").forEach((letters, i) => {
    if (letters.includes(".")) throw new RangeError("ellipses in einsum")
    for (const [j, letter] of [...letters].entries()) sizes.set(letter, input(call, i).shape[j]!)
  })
  return [{ shape: [...right].map((letter) => sizes.get(letter)!), dtype: input(call, 0).dtype }]
}

const topK: Rule = (call) => {
  const { shape, dtype } = input(call, 0)
  const out = [...shape.slice(0, -1), numbers(call, 1)[0]!]
  return [
    { shape: out, dtype },
    { shape: out, dtype: "int32" },
  ]
}

const batchNorm: Rule = (call) => {
  const [x, statistics] = [input(call, 0), input(call, 1)]
  return [x, statistics, statistics, statistics, statistics]
}

export const reductionRules: Rules = [
  ...list(reduction, "Sum Mean Prod Max Min All Any"),
  ...list(extremum, "ArgMax ArgMin"),
  ...list(product("transpose_a", "transpose_b"), "MatMul"),
  ...list(product("adj_x", "adj_y"), "BatchMatMulV2"),
  ...list(einsum, "Einsum"),
  ...list(like(0), "Softmax Cumsum Cumprod LRN LRNGrad FFT IFFT"),
  ...list(topK, "TopKV2"),
  ...list(batchNorm, "FusedBatchNorm"),
  ...list((call) => [{ shape: [numbers(call, 1)[0]!], dtype: typeOf(call, "T") }], "Bincount"),
]
