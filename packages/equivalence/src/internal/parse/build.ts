/**
 * Expressions in few words.
 */
import type { Expression, RelationOperator } from "../../Expression.ts"
import type { Rational } from "../../Rational.ts"

export const number = (value: Rational): Expression => ({ type: "number", value })
export const integer = (value: bigint | number): Expression => number({ numerator: BigInt(value), denominator: 1n })
export const symbol = (name: string): Expression => ({ type: "symbol", name })
export const constant = (name: "pi" | "e" | "i" | "infinity"): Expression => ({ type: "constant", name })
export const apply = (name: string, ...args: ReadonlyArray<Expression>): Expression => ({
  type: "apply",
  function: name,
  arguments: args,
})
export const add = (...terms: ReadonlyArray<Expression>): Expression => ({ type: "add", terms })
export const negate = (operand: Expression): Expression => ({ type: "negate", operand })
export const minus = (a: Expression, b: Expression): Expression => add(a, negate(b))
export const multiply = (...factors: ReadonlyArray<Expression>): Expression =>
  factors.length === 1 ? factors[0]! : { type: "multiply", factors }
export const divide = (numerator: Expression, denominator: Expression): Expression => ({
  type: "divide",
  numerator,
  denominator,
})
export const power = (base: Expression, exponent: Expression): Expression => ({ type: "power", base, exponent })
export const quantity = (value: Expression, unit: string): Expression => ({ type: "quantity", value, unit })

type Sequence = Extract<Expression, { type: "sequence" }>

export const list = (items: ReadonlyArray<Expression>): Sequence & { readonly open: "" } => ({
  type: "sequence",
  open: "",
  close: "",
  items,
})
export const set = (...items: ReadonlyArray<Expression>): Expression => ({
  type: "sequence",
  open: "{",
  close: "}",
  items,
})
export const tuple = (items: ReadonlyArray<Expression>): Expression => ({
  type: "sequence",
  open: "(",
  close: ")",
  items,
})
export const equation = (left: Expression, right: Expression, operator: RelationOperator = "="): Expression => ({
  type: "relation",
  operands: [left, right],
  operators: [operator],
})
export const operation = (operator: "∪" | "∩" | "∖", ...operands: ReadonlyArray<Expression>): Expression => ({
  type: "setOperation",
  operator,
  operands,
})

/** A list of one item is that item. */
export const sequence = (...items: ReadonlyArray<Expression>): Expression =>
  items.length === 1 ? items[0]! : list(items)

/** Is it a whole number as written? */
export const isInteger = (expression: Expression): boolean =>
  expression.type === "number" && expression.places === undefined && expression.value.denominator === 1n
