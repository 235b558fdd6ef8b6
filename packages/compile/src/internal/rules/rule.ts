/** What rules of shapes are made of. */
import { type Attribute, type DataType, DataTypes, type Value } from "../../Graph.ts"

/** The parts of a node that decide on its outputs. */
export interface Inputs {
  readonly inputs: ReadonlyArray<Value>
  readonly attributes: Readonly<Record<string, Attribute>>
}

export type Shape = ReadonlyArray<number>

export interface Output {
  readonly shape: Shape
  readonly dtype: DataType
}

/** Throws a `RangeError` where shapes do not fit, or depend on a value. */
export type Rule = (call: Inputs) => ReadonlyArray<Output>

export type Rules = ReadonlyArray<readonly [operation: string, rule: Rule]>

/** One rule for several operations. */
export const list = (rule: Rule, operations: string): Rules =>
  operations.split(" ").map((operation) => [operation, rule] as const)

const names = new Map<number, DataType>(
  Object.entries(DataTypes).map(([name, number]) => [number, name as DataType] as const),
)

/** An attribute of the type that TensorFlow gives it. */
export const attribute = <A extends Attribute["value"]>(call: Inputs, name: string, _type?: A): A =>
  call.attributes[name]!.value as A

export const typeOf = (call: Inputs, name: string): DataType => names.get(attribute<number>(call, name))!

export const input = (call: Inputs, i: number): Value => call.inputs[i]!

/** The numbers of an input that is a constant. */
export const numbers = (call: Inputs, i: number): ReadonlyArray<number> => {
  const { constant } = input(call, i).node
  if (constant === undefined) throw new RangeError("how much it gives depends on values")
  return [...constant]
}

export const axis = (a: number, rank: number): number => (a < 0 ? a + rank : a)

export const size = (shape: Shape): number => shape.reduce((all, n) => all * n, 1)

export const broadcastPair = (a: Shape, b: Shape): Shape => {
  const rank = Math.max(a.length, b.length)
  return Array.from({ length: rank }, (_, i) => {
    const m = a[i - rank + a.length] ?? 1
    const n = b[i - rank + b.length] ?? 1
    if (m !== n && m !== 1 && n !== 1) throw new RangeError(`shapes [${a.join()}] and [${b.join()}] do not broadcast`)
    return m === 1 ? n : m
  })
}

/** As input `i`. */
export const like =
  (i: number): Rule =>
  (call) => [{ shape: input(call, i).shape, dtype: input(call, i).dtype }]

/** The shape that input `i` holds. */
export const shapeIn =
  (i: number, dtype: (call: Inputs) => DataType): Rule =>
  (call) => [{ shape: numbers(call, i), dtype: dtype(call) }]
