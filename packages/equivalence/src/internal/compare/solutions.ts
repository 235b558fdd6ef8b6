/**
 * Inequalities of the first degree in one variable, solved.
 */
import * as Exact from "../exact/NormalForm.ts"
import type { Expression, RelationOperator } from "../../Expression.ts"
import { divide, integer, minus, negate } from "../parse/build.ts"
import { substitute, symbols } from "../tree.ts"
import { combine, END, point, type RealSet, START } from "./cuts.ts"
import type { Context } from "./decision.ts"
import { isFormula } from "./kinds.ts"
import { mirrored, signOf } from "./order.ts"

export const isConstant = (expression: Expression): boolean => isFormula(expression) && symbols(expression).size === 0

/** The numbers that stand in a relation to a bound. */
export const halfLine = (bound: Expression, operator: RelationOperator): RealSet | undefined => {
  switch (operator) {
    case "<":
    case "≤":
      return [START, { value: bound, after: operator === "≤" }]
    case ">":
    case "≥":
      return [{ value: bound, after: operator === ">" }, END]
    case "≠":
      return [START, ...point(bound), END]
    case "=":
      return point(bound)
    default:
      return undefined
  }
}

/** Solutions of `left operator right` for a variable that it holds in the first degree. */
export const solutions = (
  left: Expression,
  operator: RelationOperator,
  right: Expression,
  variable: string,
  context: Context,
): RealSet | undefined => {
  if (isConstant(left) && !isConstant(right)) return solutions(right, mirrored(operator), left, variable, context)
  // `|x - 2| < 1` is `x - 2 < 1` and `x - 2 > -1`.
  if (left.type === "apply" && left.function === "abs" && isConstant(right)) {
    const inner = left.arguments[0]!
    const one = solutions(inner, operator, right, variable, context)
    const other = solutions(inner, mirrored(operator), negate(right), variable, context)
    return one && other && combine(/[<≤≠]/.test(operator) ? "∩" : "∪", [one, other], context)
  }
  if (left.type === "symbol" && isConstant(right)) return halfLine(right, operator)
  const difference = minus(left, right)
  const form = Exact.normalForm(difference, context.budget)
  if (form === undefined || !Exact.isLinear(form, variable)) return undefined
  const atZero = substitute(difference, variable, integer(0))
  const slope = minus(substitute(difference, variable, integer(1)), atZero)
  const sign = signOf(slope, context)
  return sign ? halfLine(divide(negate(atZero), slope), sign > 0 ? operator : mirrored(operator)) : undefined
}
