/**
 * `\begin … \end`: matrices, cases and aligned equations.
 */
import type { Expression } from "../../Expression.ts"
import { determinant } from "./determinant.ts"
import { sequence } from "./build.ts"
import { accept, fail, isSymbol, nested, peek, type State, take } from "./state.ts"
import { statement } from "./statement.ts"

const SIGNS = ["=", "≠", "<", "≤", ">", "≥", "≈", "≡"]

/** Takes out the `&` of `x &= 1`: it aligns, and does not begin another entry. */
const unalign = ({ at: start, tokens }: State): void => {
  for (let at = start, depth = 0; depth >= 0 && at < tokens.length - 1; at++) {
    const { type } = tokens[at]!
    depth += type === "begin" ? 1 : type === "end" ? -1 : 0
    const aligns =
      isSymbol(tokens[at]!, "&") && (isSymbol(tokens[at + 1]!, ...SIGNS) || isSymbol(tokens[at - 1]!, ...SIGNS))
    if (depth === 0 && aligns) tokens.splice(at--, 1)
  }
}

export const environment = (state: State): Expression => {
  const name = take(state).text
  const tabular = /matrix|array/.test(name)
  if (!tabular) unalign(state)
  return nested(state, (): Expression => {
    const rows: Array<Array<Expression>> = [[]]
    while (peek(state).type !== "end" && peek(state).type !== "stop") {
      if (accept(state, "\\\\")) rows.push([])
      else if (accept(state, "&", ",", ";", ".")) continue
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
