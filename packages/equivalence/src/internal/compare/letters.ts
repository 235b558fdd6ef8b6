/**
 * Letters that two answers write differently: constants of integration, and the imaginary unit.
 */
import type { Expression } from "../../Expression.ts"
import { constant, symbol } from "../parse/build.ts"
import { contains, substitute, symbols } from "../tree.ts"
import { isImaginary } from "./kinds.ts"

/** The expression with the letters that the other one uses: `c_1` becomes `C_1`, and `I` becomes i. */
export const inLettersOf = (expression: Expression, other: Expression): Expression => {
  const [own, theirs] = [symbols(expression), symbols(other)]
  let result = expression
  for (const name of own) {
    const upper = name.replace(/^c(?=$|_)/, "C")
    if (upper !== name && theirs.has(upper) && !theirs.has(name) && !own.has(upper)) {
      result = substitute(result, name, symbol(upper))
    } else if (
      name === "I" &&
      !theirs.has(name) &&
      contains(other, isImaginary) &&
      !contains(expression, isImaginary)
    ) {
      result = substitute(result, name, constant("i"))
    }
  }
  return result
}
