/**
 * Commands with a form of their own: fractions, roots, sets, marks above letters.
 */
import type { Expression } from "../../Expression.ts"
import { additive } from "./arithmetic.ts"
import { atom, subscript } from "./atom.ts"
import { bracketContents, group } from "./bracket.ts"
import { apply, constant, divide, integer, symbol } from "./build.ts"
import { bigOperator, derivative, integral, limit } from "./calculus.ts"
import { accept, expect, fail, isNext, nested, peek, replace, type State, take } from "./state.ts"
import { items } from "./statement.ts"

export const command = (state: State): Expression => {
  const { text } = take(state)
  switch (text) {
    case "frac":
      return fraction(state)
    case "binom":
      return apply(
        "binomial",
        ...(isNext(state, "(") ? items(bracketContents(state)) : [argument(state), argument(state)]),
      )
    case "sqrt":
      return root(state)
    case "sum":
    case "product":
      return bigOperator(state, text)
    case "int":
      return integral(state)
    case "lim":
      return limit(state)
    case "overline": {
      const inner = argument(state)
      return inner.type === "multiply" && inner.factors.every(({ type }) => type === "symbol")
        ? inner
        : apply("conjugate", inner)
    }
    case "overset":
      argument(state)
      return argument(state)
    case "mathbb": {
      const name = subscript(state)
      return /^[RQZNC]$/.test(name) ? namedSet(state, name) : symbol(name)
    }
    case "dot":
    case "ddot":
    case "tilde": {
      const inner = argument(state)
      return inner.type === "symbol" ? symbol(`${inner.name}.${text}`) : inner
    }
    default:
      return text.startsWith("set") ? namedSet(state, text[3]!) : fail(state, "an expression")
  }
}

/** `\mathbb{R}_{>0}` */
const namedSet = (state: State, name: string): Expression => {
  const base = { type: "namedSet", name: name as "R" } as const
  if (!accept(state, "_")) return base
  const script = subscript(state)
  if (script === "≥0") return { type: "sequence", open: "[", close: ")", items: [integer(0), constant("infinity")] }
  return /^(?:\+|>0)$/.test(script)
    ? { ...base, sign: "+" }
    : /^(?:-|<0)$/.test(script)
      ? { ...base, sign: "-" }
      : symbol(`${name}_${script}`)
}

/** One argument of a command: a group, or a single digit, letter or command. */
export const argument = (state: State): Expression => {
  const token = peek(state)
  if (/^\d\d+$/.test(token.text))
    replace(state, [
      { ...token, text: token.text[0]! },
      { ...token, text: token.text.slice(1) },
    ])
  return nested(state, isNext(state, "{") ? group : atom)
}

const fraction = (state: State): Expression => {
  const slash = isNext(state, "(")
  const numerator = argument(state)
  // `frac(1)(2)` and `frac 1/2` are slips that mean what they look like.
  if (slash) accept(state, "/")
  const denominator = argument(state)
  return derivative(state, numerator, denominator) ?? divide(numerator, denominator)
}

const root = (state: State): Expression => {
  let index = integer(2)
  if (accept(state, "[") && !accept(state, "]")) {
    index = nested(state, additive)
    expect(state, "]")
  }
  const radicand = isNext(state, "(") ? bracketContents(state) : nested(state, isNext(state, "{") ? group : atom)
  return { type: "root", radicand, index }
}
