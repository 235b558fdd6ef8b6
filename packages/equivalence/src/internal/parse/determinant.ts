/**
 * Determinants of small matrices, by the first row.
 */
import type { Expression } from "../../Expression.ts"
import { apply, integer, multiply } from "./build.ts"

type Rows = ReadonlyArray<ReadonlyArray<Expression>>

const expand = (rows: Rows): Expression =>
  rows.length === 1
    ? rows[0]![0]!
    : {
        type: "add",
        terms: rows[0]!.map((entry, column) =>
          multiply(
            integer(column % 2 === 0 ? 1 : -1),
            entry,
            expand(rows.slice(1).map((row) => row.toSpliced(column, 1))),
          ),
        ),
      }

/** The value of the determinant, spelled out up to four rows. */
export const determinant = (matrix: Extract<Expression, { type: "matrix" }>): Expression =>
  matrix.rows.length <= 4 && matrix.rows.length === matrix.rows[0]!.length ? expand(matrix.rows) : apply("det", matrix)
