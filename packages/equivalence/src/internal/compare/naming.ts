/**
 * What an equation gives a name to.
 */
import type { Expression } from "../../Expression.ts"
import { symbols } from "../tree.ts"
import { isFormula, isName, type Of, sides } from "./kinds.ts"

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

/** Is it only the name of something: a segment `AB`, `P(X > 3)`, `\\operatorname{rank} A`, `|\\vec a|`, `\\lim a_n`? */
const denotes = (expression: Expression): boolean => {
  switch (expression.type) {
    case "symbol":
      return /^[A-Z]|_/.test(expression.name)
    case "multiply": {
      const { factors } = expression
      const [first] = factors
      // `\Pr[X = 1]`, `f_x(x, y)`, `(f \circ g)(x)`
      const applied = /^(?:sequence|relation)$/.test(factors.at(-1)!.type)
      return applied || factors.every(denotes) || (first!.type !== "symbol" && denotes(first!))
    }
    case "apply": {
      const [argument] = expression.arguments
      const letter = argument?.type === "symbol" && !(expression.function === "abs" && argument.name === "x")
      return (
        isName(expression) || (/^(?:abs|norm|det|conj|deg)/.test(expression.function) && (letter || denotes(argument!)))
      )
    }
    default:
      return expression.type === "text" || ("body" in expression && denotes(expression.body))
  }
}

/** What an equation gives as the value of a name. */
export const valueOf = (relation: Expression): Expression | undefined => {
  const [left, right] = sides(relation, "=") ?? []
  if (left === undefined || right === undefined) return undefined
  // `2 + 3 = 5` is a calculation, and a formula that is equal to a point, a set or a matrix only names it.
  const tells = left.type !== "sequence" && (symbols(left).size === 0 || !isFormula(right))
  return assignment(relation)?.value ?? (tells || denotes(left) ? right : undefined)
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
const canonical = ({ name, parameters }: Subject): string => {
  const primed = name.replace(/^d([a-z])\/d[a-z]$/i, "$1'")
  return parameters ? primed.replace("^-1", "") : primed.replace(/^[yz](?='*$)/, "f")
}

/** Are two subjects, named differently, one and the same? `y` and `z` are not. */
export const isAlias = (one: Subject, other: Subject): boolean =>
  one.name === "" || other.name === ""
    ? one.name !== other.name
    : canonical(one) === canonical(other) &&
      ((one.parameters === undefined) !== (other.parameters === undefined) || /['/]/.test(one.name))
