/** A few words for trees. */
import type { Expression } from "../../src/Expression.ts"

type Part = Expression | number | bigint | string

/** Numbers and names as trees. */
export const x = (part: Part): Expression =>
  typeof part === "string"
    ? part === "pi" || part === "e" || part === "i" || part === "infinity"
      ? { type: "constant", name: part }
      : { type: "symbol", name: part }
    : typeof part === "object"
      ? part
      : { type: "number", value: { numerator: BigInt(part), denominator: 1n } }

export const ratio = (numerator: bigint | number, denominator: bigint | number): Expression => ({
  type: "number",
  value: { numerator: BigInt(numerator), denominator: BigInt(denominator) },
})
export const add = (...terms: ReadonlyArray<Part>): Expression => ({ type: "add", terms: terms.map(x) })
export const mul = (...factors: ReadonlyArray<Part>): Expression => ({ type: "multiply", factors: factors.map(x) })
export const neg = (operand: Part): Expression => ({ type: "negate", operand: x(operand) })
export const sub = (a: Part, b: Part): Expression => add(a, neg(b))
export const div = (a: Part, b: Part): Expression => ({ type: "divide", numerator: x(a), denominator: x(b) })
export const pow = (a: Part, b: Part): Expression => ({ type: "power", base: x(a), exponent: x(b) })
export const root = (a: Part, b: Part = 2): Expression => ({ type: "root", radicand: x(a), index: x(b) })
export const fn = (name: string, ...parts: ReadonlyArray<Part>): Expression => ({
  type: "apply",
  function: name,
  arguments: parts.map(x),
})
export const range = (type: "sum" | "product", variable: string, lower: Part, upper: Part, body: Part): Expression => ({
  type,
  variable,
  lower: x(lower),
  upper: x(upper),
  body: x(body),
})
export const integral = (variable: string, lower: Part, upper: Part, body: Part): Expression => ({
  type: "integral",
  variable,
  lower: x(lower),
  upper: x(upper),
  body: x(body),
})
export const limit = (variable: string, point: Part, body: Part, side?: "above" | "below"): Expression => ({
  type: "limit",
  variable,
  point: x(point),
  body: x(body),
  ...(side === undefined ? {} : { side }),
})
export const derivative = (variable: string, order: number, body: Part): Expression => ({
  type: "derivative",
  variable,
  order,
  body: x(body),
})
