/**
 * What an equation gives a name to.
 */
import type { Expression } from "../../Expression.ts"
import { isName, type Of, sides } from "./kinds.ts"

/** A name that is no product of letters, nor a function of letters. */
const isPlainName = (expression: Expression): boolean =>
  isName(expression) && expression.type !== "apply" && expression.type !== "multiply"

/** The two sides of `name = value`. */
export const assignment = (expression: Expression): { name: Expression; value: Expression } | undefined => {
  const [left, right] = sides(expression, "=") ?? []
  if (left === undefined || right === undefined) return undefined
  if (isPlainName(left)) return { name: left, value: right }
  // `f(x) = x` defines f.
  const defines = left.type === "apply" && isName(left)
  return isPlainName(right) && !defines ? { name: right, value: left } : undefined
}

/** A product of capital letters names a segment: `AB = 5`, and `P(X > 3)` a probability. */
const namesSegment = (expression: Expression): boolean =>
  expression.type === "multiply"
    ? expression.factors.every(
        (factor) => factor.type === "relation" || (factor.type === "symbol" && /^[A-Z]/.test(factor.name)),
      )
    : expression.type === "apply" &&
      (isName(expression) || (expression.function === "abs" && namesSegment(expression.arguments[0]!)))

/** What an equation gives as the value of a name. */
export const valueOf = (relation: Expression): Expression | undefined => {
  const [left, right] = sides(relation, "=") ?? []
  return assignment(relation)?.value ?? (left && namesSegment(left) ? right : undefined)
}

interface Subject {
  /** Empty where words name it. */
  readonly name: string
  /** Of a function. */
  readonly parameters: ReadonlyArray<string> | undefined
  readonly value: Expression
}

/** What an equation defines: a function of plain letters, a letter, or a thing in words. */
export const subjectOf = (relation: Of<"relation">): Subject | undefined => {
  const [left, right] = sides(relation, "=") ?? []
  if (left?.type === "apply" && isName(left)) {
    const parameters = left.arguments.flatMap((argument) => (argument.type === "symbol" ? [argument.name] : []))
    // `f(2) = 3` defines nothing.
    return parameters.length < left.arguments.length ? undefined : { name: left.function, parameters, value: right! }
  }
  const named = assignment(relation)
  return named?.name.type === "symbol" || named?.name.type === "text"
    ? { name: named.name.type === "symbol" ? named.name.name : "", parameters: undefined, value: named.value }
    : undefined
}

/** `f(x)` and `y` may be one thing, and `f'(x)`, `y'` and `dy/dx` another. */
const canonical = (name: string): string =>
  name
    .replace(/^d([a-z])\/d[a-z]$/i, "$1'")
    .replace("^-1", "")
    .replace(/^[yz](?='*$)/, "f")

/** Are two subjects, named differently, one and the same? */
export const isAlias = (one: Subject, other: Subject): boolean =>
  (one.name !== other.name || (one.parameters === undefined) !== (other.parameters === undefined)) &&
  (one.name === "" || other.name === "" || canonical(one.name) === canonical(other.name))
