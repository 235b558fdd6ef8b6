/**
 * `\begin … \end`: matrices, cases and aligned equations.
 */
import type { Expression } from "../Expression.ts"
import { determinant } from "./determinant.ts"
import { accept, fail, isSymbol, nested, peek, sequence, type State, take } from "./state.ts"
import { statement } from "./statement.ts"

/** `x &= 1` aligns; it does not begin another entry. */
const aligns = (state: State, ahead: number): boolean =>
  isSymbol(peek(state, ahead), "&") &&
  (isSymbol(peek(state, ahead + 1), ...SIGNS) || isSymbol(state.tokens[state.at + ahead - 1]!, ...SIGNS))
const SIGNS = ["=", "≠", "<", "≤", ">", "≥", "≈", "≡", "+", "-"]

export const environment = (state: State): Expression => {
  const name = take(state).text
  return nested(state, (): Expression => {
    const rows: Array<Array<Expression>> = [[]]
    while (peek(state).type !== "end" && peek(state).type !== "stop") {
      if (accept(state, "\\\\")) rows.push([])
      else if (accept(state, "&", ",", ";", ".")) continue
      else {
        const before = state.at
        const matrix = /matrix|array/.test(name)
        for (let ahead = 0; !matrix && !/^(?:end|stop)$/.test(peek(state, ahead).type) && !isSymbol(peek(state, ahead), "\\\\"); ahead++) {
          if (aligns(state, ahead)) state.tokens.splice(state.at + ahead, 1)
        }
        rows.at(-1)!.push(statement(state))
        if (state.at === before) fail(state, "an entry")
      }
    }
    if (peek(state).type === "end") take(state)
    const filled = rows.filter((row) => row.length > 0)
    const [first] = filled
    if (first === undefined) return fail(state, "an entry")
    const system = first.length === 1 && filled.every((row) => row[0]!.type === "relation")
    if (system || !/matrix|array/.test(name)) return sequence(...filled.map((row) => sequence(...row)))
    if (filled.some((row) => row.length !== first.length)) return fail(state, "rows of one length")
    const matrix: Expression = { type: "matrix", rows: filled, bars: false }
    return name === "vmatrix" ? determinant(matrix) : matrix
  })
}

