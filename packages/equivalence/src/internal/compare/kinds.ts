/**
 * What kind of thing an expression is.
 */
import type { Expression, RelationOperator } from "../../Expression.ts"
import { contains } from "../tree.ts"

/** The expressions of one type. */
export type Of<Type extends Expression["type"]> = Extract<Expression, { type: Type }>

const STRUCTURES = /^(?:plus|text|seq|ell|mat|rel|set|named|logic|based|ratio)/

/** Is it a number or a formula? */
export const isFormula = ({ type }: Expression): boolean => !STRUCTURES.test(type)

export type Collection = Of<"sequence"> & { readonly open: "" | "{" }

/** Is it a list or a set? */
export const isUnordered = (expression: Expression): expression is Collection =>
  expression.type === "sequence" && /^\{?$/.test(expression.open)

/** The number i. */
export const isImaginary = (node: Expression): boolean => node.type === "constant" && node.name === "i"

/** Has it a sign ± somewhere? */
export const isFamily = (expression: Expression): boolean => contains(expression, ({ type }) => type === "plusMinus")

/** ±1 for an infinity of this sign. */
export const infinite = (expression: Expression): number | undefined => {
  if (expression.type === "constant" && expression.name === "infinity") return 1
  const inner = expression.type === "negate" ? infinite(expression.operand) : undefined
  return inner && -inner
}

/** The sides of a relation that has two, where it is this one. */
export const sides = (
  expression: Expression,
  operator: RelationOperator,
): readonly [left: Expression, right: Expression] | undefined =>
  expression.type === "relation" && expression.operators.join("") === operator
    ? [expression.operands[0]!, expression.operands[1]!]
    : undefined

/** Does it leave something open, as an equation of one name and its value does not? */
export const isCondition = (expression: Expression): boolean =>
  expression.type === "relation" && !expression.operators.includes("=")

/** Is it a name that an answer may be given for: `x`, `f(x)`, “Area”? */
export const isName = (expression: Expression): boolean => {
  switch (expression.type) {
    case "symbol":
    case "text":
      return true
    case "apply":
      return /^[A-Za-z](?![a-z]+$)|^[pP](?:hi|si)/.test(expression.function)
    case "sequence":
      return expression.open === "(" && expression.items.every(isName)
    case "ratio":
      return expression.terms.every(isName)
    case "multiply":
      return expression.factors.length <= 3 && expression.factors.every(({ type }) => type === "symbol")
    default:
      return false
  }
}
