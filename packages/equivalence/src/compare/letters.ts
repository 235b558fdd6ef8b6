/**
 * Letters that two answers write differently: constants of integration, and the imaginary unit.
 */
import type { Expression } from "../Expression.ts"
import { contains, substitute, symbols } from "../tree.ts"

const imaginary = (expression: Expression): boolean =>
  contains(expression, (node) => node.type === "constant" && node.name === "i")

/** The expression with the letters that the other one uses: `c_1` becomes `C_1`, and `I` becomes i. */
export const inLettersOf = (expression: Expression, other: Expression): Expression => {
  const [own, theirs] = [symbols(expression), symbols(other)]
  let result = expression
  for (const name of own) {
    const upper = name.replace(/^c(?=$|_)/, "C")
    if (upper !== name && theirs.has(upper) && !theirs.has(name) && !own.has(upper)) {
      result = substitute(result, name, { type: "symbol", name: upper })
    } else if (name === "I" && !theirs.has(name) && imaginary(other) && !imaginary(expression)) {
      result = substitute(result, name, { type: "constant", name: "i" })
    }
  }
  return result
}
