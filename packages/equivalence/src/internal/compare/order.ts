/**
 * Which of two constants is the greater one.
 */
import type { Budget } from "../Budget.ts"
import * as Exact from "../exact/NormalForm.ts"
import type { Expression, RelationOperator } from "../../Expression.ts"
import { type Environment, evaluate } from "../numeric/Evaluate.ts"
import type { Rational } from "../../Rational.ts"
import * as Real from "../numeric/Real.ts"
import type { Context } from "./decision.ts"

const NOWHERE: Environment = new Map()

/** The rational number that an expression is, where that is plain. */
export const rationalOf = (expression: Expression, budget: Budget): Rational | undefined => {
  const form = Exact.normalForm(expression, budget)
  return form && Exact.asRational(form)
}

/** The sign of a real constant; nothing where it has variables, is not real, or cannot be told apart from 0. */
export const signOf = (expression: Expression, context: Context): -1 | 0 | 1 | undefined => {
  const { budget } = context
  const rational = rationalOf(expression, budget)
  if (rational !== undefined) return rational.numerator === 0n ? 0 : rational.numerator > 0n ? 1 : -1
  for (const precision of [64, 192, 512]) {
    const value = evaluate(expression, NOWHERE, { precision, budget })
    if (value === undefined || !Real.isZero(value.im)) return undefined
    const sign = Real.sign(value.re)
    if (sign !== 0) return sign
  }
  return undefined
}

const MIRRORED = new Map<RelationOperator, RelationOperator>([
  ["<", ">"],
  [">", "<"],
  ["≤", "≥"],
  ["≥", "≤"],
])

/** The relation of the swapped sides. */
export const mirrored = (operator: RelationOperator): RelationOperator => MIRRORED.get(operator) ?? operator
