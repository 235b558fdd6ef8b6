/**
 * What two answers write differently: constants of integration, the imaginary unit, letters that may be a unit, and a
 * modulus that one leaves out.
 */
import type { Expression } from "../../Expression.ts"
import { constant, multiply, symbol } from "../parse/build.ts"
import { contains, mapChildren, symbols } from "../tree.ts"
import { isImaginary } from "./kinds.ts"

/**
 * The expression as the other one is written: `c_1` becomes `C_1`, `I` becomes i, the bare unit of `2mg` a product where
 * the other has both letters, and `x \equiv 3 \pmod 7` is 3 to what is no relation.
 */
export const inLettersOf = (expression: Expression, other: Expression): Expression => {
  const [own, theirs] = [symbols(expression), symbols(other)]
  const imaginary = !theirs.has("I") && contains(other, isImaginary) && !contains(expression, isImaginary)
  const visit = (node: Expression): Expression => {
    if (node.type === "symbol") {
      const upper = node.name.replace(/^c(?=$|_)/, "C")
      if (theirs.has(upper) && !theirs.has(node.name) && !own.has(upper)) return symbol(upper)
      return imaginary && node.name === "I" ? constant("i") : node
    }
    if (node.type === "quantity" && [...node.unit].every((letter) => theirs.has(letter)))
      return multiply(visit(node.value), ...[...node.unit].map((letter) => symbol(letter)))
    return node.type === "apply" && node.function === "modulo" && other.type !== "relation"
      ? node.arguments[0]!
      : mapChildren(node, visit)
  }
  return visit(expression)
}
