/**
 * Letters that two answers write differently: constants of integration, and the imaginary unit.
 */
import * as Exact from "../exact/NormalForm.ts"
import type { Expression } from "../Expression.ts"
import { contains } from "./shape.ts"

const imaginary = (expression: Expression): boolean => contains(expression, (node) => node.type === "constant" && node.name === "i")

/** The expression with the letters that the other one uses: `c_1` becomes `C_1`, and `I` or `j` becomes i. */
export const inLettersOf = (expression: Expression, other: Expression): Expression => {
  const [own, theirs] = [Exact.symbols(expression), Exact.symbols(other)]
  let result = expression
  for (const name of own) {
    const upper = name.replace(/^c(?=$|_)/, "C")
    if (upper !== name && theirs.has(upper) && !theirs.has(name) && !own.has(upper)) {
      result = Exact.substitute(result, name, { type: "symbol", name: upper })
    } else if (/^[Ij]$/.test(name) && !theirs.has(name) && imaginary(other) && !imaginary(expression)) {
      result = Exact.substitute(result, name, { type: "constant", name: "i" })
    }
  }
  return result
}
