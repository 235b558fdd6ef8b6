/**
 * `\begin … \end`: matrices, cases and aligned equations.
 */
import type { Expression } from "../../Expression.ts"
import { determinant } from "./determinant.ts"
import { sequence } from "./build.ts"
import { accept, fail, nested, peek, type State, take } from "./state.ts"
import { isConnective, statement } from "./statement.ts"

export const environment = (state: State): Expression => {
  const name = take(state).text
  const tabular = /matrix|array/.test(name)
  return nested(state, (): Expression => {
    const rows: Array<Array<Expression>> = [[]]
    while (peek(state).type !== "end" && peek(state).type !== "stop") {
      if (accept(state, "⏎")) rows.push([])
      // The “if” of `\text{if } x > 0` adds nothing; that of “if n is odd” keeps the words together.
      else if (accept(state, "&,;.") || (isConnective(peek(state)) && peek(state, 2).type !== "text" && take(state)))
        continue
      else {
        const before = state.at
        rows.at(-1)!.push(statement(state))
        if (state.at === before) fail(state, "an entry")
      }
    }
    if (peek(state).type === "end") take(state)
    const filled = rows.filter((row) => row.length > 0)
    const [first] = filled
    if (first === undefined) return fail(state, "an entry")
    const system = first.length === 1 && filled.every((row) => row[0]!.type === "relation")
    if (system || !tabular) return sequence(...filled.map((row) => sequence(...row)))
    if (filled.some((row) => row.length !== first.length)) return fail(state, "rows of one length")
    const matrix: Expression = { type: "matrix", rows: filled, bars: false }
    return name === "vmatrix" ? determinant(matrix) : matrix
  })
}
