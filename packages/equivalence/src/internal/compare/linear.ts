/**
 * Sums and multiples of vectors and matrices, worked out entry by entry.
 */
import type { Expression } from "../../Expression.ts"
import { add, divide, multiply, negate, symbol } from "../parse/build.ts"

type Rows = ReadonlyArray<ReadonlyArray<Expression>>

const rowsOf = (expression: Expression): Rows | undefined => {
  if (expression.type === "matrix") return expression.rows
  const tuple = expression.type === "sequence" && /^[([⟨]$/.test(expression.open) && expression.items.length > 1
  return tuple ? expression.items.map((item) => [item]) : combined(expression)
}

const map = (
  rows: Rows | undefined,
  change: (entry: Expression, row: number, column: number) => Expression,
): Rows | undefined => rows?.map((entries, row) => entries.map((entry, column) => change(entry, row, column)))

const combined = (expression: Expression): Rows | undefined => {
  switch (expression.type) {
    case "negate":
      return map(rowsOf(expression.operand), negate)
    case "divide":
      return map(rowsOf(expression.numerator), (entry) => divide(entry, expression.denominator))
    case "power": {
      const transposed = expression.exponent.type === "symbol" && /^(?:T|top)$/.test(expression.exponent.name)
      const rows = transposed ? rowsOf(expression.base) : undefined
      // `[1, 2]^T` is a column, as a tuple is by itself.
      return expression.base.type === "sequence" ? rows : rows?.[0]?.map((_, column) => rows.map((row) => row[column]!))
    }
    case "multiply": {
      const found = expression.factors.flatMap((factor, index) => {
        const rows = rowsOf(factor)
        return rows === undefined ? [] : [{ index, rows }]
      })
      if (found.length !== 1) return undefined
      const others = expression.factors.toSpliced(found[0]!.index, 1)
      return map(found[0]!.rows, (entry) => multiply(...others, entry))
    }
    case "add": {
      const parts: Array<Rows> = []
      for (const term of expression.terms) {
        const rows = rowsOf(term)
        const shape = parts[0] ?? rows
        if (rows?.length !== shape?.length || rows?.[0]!.length !== shape?.[0]!.length || rows === undefined)
          return undefined
        parts.push(rows)
      }
      return map(parts[0], (_, row, column) => add(...parts.map((part) => part[row]![column]!)))
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

/** `3i - 4j` for `(3, -4)`. */
export const inUnitVectors = (items: ReadonlyArray<Expression>): Expression =>
  add(...items.map((item, index) => multiply(item, symbol("ijk"[index]!))))
