/**
 * Vectors and matrices: their sums and multiples, worked out entry by entry, and lists that stand for them.
 */
import type { Expression } from "../../Expression.ts"
import { add, divide, multiply, negate } from "../parse/build.ts"
import { inOrder } from "./collection.ts"
import { type Context, type Decision, different } from "./decision.ts"
import { isFormula } from "./kinds.ts"

type Rows = ReadonlyArray<ReadonlyArray<Expression>>

const column = (items: ReadonlyArray<Expression>): Rows => items.map((item) => [item])

/** The rows of a matrix; a tuple is a column, a list of lists is rows. */
const rowsOf = (expression: Expression): Rows | undefined => {
  if (expression.type === "matrix") return expression.rows
  if (expression.type !== "sequence") return undefined
  const rows = expression.items.flatMap((item) => (item.type === "sequence" && item.open === "[" ? [item.items] : []))
  if (rows.length > 0 && rows.length === expression.items.length) return rows
  return /^\{?$/.test(expression.open) ? undefined : column(expression.items)
}

const map = (
  rows: Rows | undefined,
  change: (entry: Expression, row: number, column: number) => Expression,
): Rows | undefined => rows?.map((entries, row) => entries.map((entry, column) => change(entry, row, column)))

/** How long the rows are. */
const size = (rows: Rows | undefined): string | undefined => rows?.map(({ length }) => length).join()

/** A matrix, a vector, or what is worked out from them. */
const operand = (expression: Expression): Rows | undefined =>
  expression.type === "sequence" && (expression.items.length < 2 || expression.open === "]")
    ? undefined
    : (rowsOf(expression) ?? combined(expression))

const combined = (expression: Expression): Rows | undefined => {
  switch (expression.type) {
    case "negate":
      return map(operand(expression.operand), negate)
    case "divide":
      return map(operand(expression.numerator), (entry) => divide(entry, expression.denominator))
    case "power": {
      const transposed = expression.exponent.type === "symbol" && /^(?:T|top)$/.test(expression.exponent.name)
      const rows = transposed ? operand(expression.base) : undefined
      // `[1, 2]^T` is a column, as a tuple is by itself.
      return expression.base.type === "sequence" ? rows : rows?.[0]?.map((_, column) => rows.map((row) => row[column]!))
    }
    case "multiply": {
      const found = expression.factors.map(operand)
      const at = found.findIndex((rows) => rows !== undefined)
      return found.filter((rows) => rows !== undefined).length === 1
        ? map(found[at], (entry) => multiply(...expression.factors.toSpliced(at, 1), entry))
        : undefined
    }
    case "add": {
      const parts = expression.terms.map(operand)
      return parts.every((part) => size(part) === size(parts[0]))
        ? map(parts[0], (_, row, column) => add(...parts.map((part) => part![row]![column]!)))
        : undefined
    }
    default:
      return undefined
  }
}

/** The matrix that a sum or multiple of vectors and matrices is. */
export const linear = (expression: Expression): Expression | undefined => {
  const rows = combined(expression)
  return rows && { type: "matrix", rows, bars: false }
}

/** Compares entry by entry; nothing where one side is a formula, and the other may be a column of numbers. */
export const compareMatrices = (gold: Expression, answer: Expression, context: Context): Decision | undefined => {
  if (isFormula(gold) || isFormula(answer)) return undefined
  const [g, a] = [gold, answer].map((side) => {
    const rows = rowsOf(side)
    // A row stands for a column where the other side is a plain tuple.
    return gold.type !== answer.type && rows?.length === 1 ? column(rows[0]!) : rows
  })
  return g !== undefined && a !== undefined && size(g) === size(a)
    ? inOrder(g.flat(), a.flat(), context)
    : different("structure", "another shape")
}
