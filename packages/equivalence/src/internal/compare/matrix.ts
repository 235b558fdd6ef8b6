/**
 * Matrices, and lists that stand for them.
 */
import type { Expression } from "../../Expression.ts"
import { inOrder } from "./collection.ts"
import { type Context, type Decision, different } from "./decision.ts"
import { isFormula } from "./kinds.ts"

/** Rows of a matrix; a tuple is a column, a list of lists is rows. */
const rowsOf = (expression: Expression): ReadonlyArray<ReadonlyArray<Expression>> | undefined => {
  if (expression.type === "matrix") return expression.rows
  if (expression.type !== "sequence") return undefined
  const { items, open } = expression
  if (items.length > 0 && items.every((item) => item.type === "sequence" && item.open === "[")) {
    return items.map((item) => (item.type === "sequence" ? item.items : []))
  }
  return open === "" || open === "{" ? undefined : items.map((item) => [item])
}

/** Compares entry by entry; nothing where one side is a formula, and the other may be a column of numbers. */
export const compareMatrices = (gold: Expression, answer: Expression, context: Context): Decision | undefined => {
  if (isFormula(gold) || isFormula(answer)) return undefined
  const [g, a] = [rowsOf(gold), rowsOf(answer)]
  if (g === undefined || a === undefined) return different("structure", "only one is a matrix")
  const vector = (rows: typeof g) => (rows.length === 1 ? rows[0]!.map((entry) => [entry]) : rows)
  // A row stands for a column where the other side is a plain tuple.
  const [rows, others] = gold.type === answer.type ? [g, a] : [vector(g), vector(a)]
  return rows.length === others.length && rows.every((row, index) => row.length === others[index]!.length)
    ? inOrder(rows.flat(), others.flat(), context)
    : different("structure", "the shapes differ")
}
