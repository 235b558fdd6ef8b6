/**
 * Commands with a form of their own: fractions, roots, sums, integrals, limits.
 */
import type { Expression } from "../../Expression.ts"
import { additive, exponent, group, multiplicative } from "./arithmetic.ts"
import { atom, bracketContents, subscript } from "./atom.ts"
import { apply, constant, divide, integer, symbol } from "./build.ts"
import { accept, expect, fail, isSymbol, nested, peek, replace, type State, take } from "./state.ts"
import { items } from "./statement.ts"
import type { Token } from "./tokens.ts"

export const command = (state: State): Expression => {
  const { text } = take(state)
  switch (text) {
    case "frac":
      return derivative(state) ?? fraction(state)
    case "binom":
      return apply(
        "binomial",
        ...(isSymbol(peek(state), "(") ? items(bracketContents(state)) : [argument(state), argument(state)]),
      )
    case "sqrt":
      return root(state)
    case "cbrt":
      return root(state, 3)
    case "qdrt":
      return root(state, 4)
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
    case "mathbb":
      return namedSet(state)
    case "dot":
    case "ddot":
    case "tilde": {
      const inner = argument(state)
      return inner.type === "symbol" ? symbol(`${inner.name}.${text}`) : inner
    }
    default:
      if (text.startsWith("set")) return withSign(state, text[3]!)
      return fail(state, "a command that stands for a value")
  }
}

/** `\mathbb{R}`, and `\mathbb{P}` as a letter. */
const namedSet = (state: State): Expression => {
  const braced = accept(state, "{") !== undefined
  const { text } = take(state)
  if (braced) expect(state, "}")
  return /^[RQZNC]$/.test(text) ? withSign(state, text) : symbol(text)
}

const withSign = (state: State, name: string): Expression => {
  const base = { type: "namedSet", name: name as "R" } as const
  if (!isSymbol(peek(state), "_")) return base
  take(state)
  const script = subscript(state)
  if (script === "≥0") return { type: "sequence", open: "[", close: ")", items: [integer(0), constant("infinity")] }
  return /^(?:\+|>0)$/.test(script) ? { ...base, sign: "+" } : /^(?:-|<0)$/.test(script) ? { ...base, sign: "-" } : base
}

/** One argument of a command: a group, or a single digit, letter or command. */
export const argument = (state: State): Expression => {
  if (isSymbol(peek(state), "{")) return nested(state, () => group(state))
  const token = peek(state)
  if (token.type === "number" && /^\d\d+$/.test(token.text)) {
    const [first, rest] = [token.text[0]!, token.text.slice(1)]
    const piece = (text: string): Token => ({ ...token, text, numeral: { whole: text, exponent: 0 } })
    replace(state, piece(first), piece(rest))
  }
  return nested(state, () => atom(state))
}

const fraction = (state: State): Expression => {
  const slash = isSymbol(peek(state), "(")
  const numerator = argument(state)
  // `frac(1)(2)` and `frac 1/2` are slips that mean what they look like.
  if (slash) accept(state, "/")
  return divide(numerator, argument(state))
}

/** `d/dx` in front of its operand: the numerator is a lone `d`. */
const derivative = (state: State): Expression | undefined => {
  const start = state.at
  const orderOf = (): number => {
    if (!accept(state, "^")) return 1
    const braced = accept(state, "{") !== undefined
    const order = Number(take(state).text)
    if (braced) accept(state, "}")
    return order
  }
  const back = (): undefined => {
    state.at = start
    return undefined
  }
  if (!accept(state, "{")) return back()
  const written = [peek(state), peek(state, 1)]
  // `\mathrm{d}y`
  const apart = /^(?:d|partial)$/.test(written[0]!.text) && written[1]!.type === "letter"
  const d: Token = apart ? { ...take(state), type: "word", text: `d${written[1]!.text}` } : take(state)
  if (apart) take(state)
  if (d.type === "word" && /^d[a-zA-Z]$/.test(d.text) && accept(state, "}") && accept(state, "{")) {
    const below = take(state).text.replace(/^(?:d|partial)$/, () => `d${take(state).text}`)
    return /^d[a-zA-Z]$/.test(below) && accept(state, "}") ? symbol(`${d.text}/${below}`) : back()
  }
  if (d.type !== "letter" || (d.text !== "d" && d.text !== "partial")) return back()
  const order = orderOf()
  const inside = isSymbol(peek(state), "(") ? bracketContents(state) : undefined
  if (!accept(state, "}") || !accept(state, "{")) return back()
  const below = take(state)
  const variable =
    below.type === "word" && /^d[a-zA-Z]$/.test(below.text)
      ? below.text[1]!
      : below.text === d.text && peek(state).type === "letter"
        ? take(state).text
        : undefined
  if (variable === undefined) return back()
  orderOf()
  if (!accept(state, "}") || !(order >= 1 && order <= 10)) return back()
  const body = inside ?? (isSymbol(peek(state), "(", "[", "{") ? bracketContents(state) : multiplicative(state))
  return { type: "derivative", variable, order, body }
}

const root = (state: State, degree = 2): Expression => {
  let index: Expression = integer(degree)
  if (accept(state, "[") && !accept(state, "]")) {
    index = nested(state, () => additive(state))
    expect(state, "]")
  }
  const radicand = isSymbol(peek(state), "(")
    ? bracketContents(state)
    : isSymbol(peek(state), "{")
      ? nested(state, () => group(state))
      : nested(state, () => atom(state))
  return { type: "root", radicand, index }
}

/** Subscript and superscript of an operator, in either order. */
const bounds = (state: State, readLower: () => void): Expression | undefined => {
  let upper: Expression | undefined
  for (;;) {
    if (accept(state, "_")) readLower()
    else if (accept(state, "^")) upper = exponent(state)
    else return upper
  }
}

const bigOperator = (state: State, type: "sum" | "product"): Expression => {
  let variable = ""
  let lower: Expression | undefined
  const upper = bounds(state, () => {
    expect(state, "{")
    variable = take(state).text
    if (!accept(state, "=")) fail(state, "“=” after the index of a sum")
    lower = nested(state, () => additive(state))
    expect(state, "}")
  })
  if (lower === undefined || upper === undefined) return fail(state, "the bounds of a sum")
  state.bound.push(variable)
  const body = multiplicative(state)
  state.bound.pop()
  return { type, variable, lower, upper, body }
}

const integral = (state: State): Expression => {
  let lower: Expression | undefined
  const upper = bounds(state, () => {
    lower = exponent(state)
  })
  const outer = state.differential
  state.differential = undefined
  state.integrals++
  const body = additive(state)
  const variable = state.differential as string | undefined
  state.integrals--
  state.differential = outer
  if (variable === undefined) return fail(state, "a differential, such as dx")
  return { type: "integral", variable, body, ...(lower === undefined || upper === undefined ? {} : { lower, upper }) }
}

/** Takes the sign out of `0^+}`, `0^{-}}` and `0+}`. */
const oneSide = (state: State): "above" | "below" | undefined => {
  const sign = (at: number): boolean => isSymbol(state.tokens[at]!, "+", "-")
  for (let at = state.at + 1; at < state.at + 40 && at < state.tokens.length - 2; at++) {
    const braced = isSymbol(state.tokens[at]!, "^") && isSymbol(state.tokens[at + 1]!, "{") && sign(at + 2)
    const place = braced ? at + 2 : isSymbol(state.tokens[at]!, "^") && sign(at + 1) ? at + 1 : at
    const end = braced ? place + 2 : place + 1
    if (!sign(place) || !isSymbol(state.tokens[end] ?? peek(state), "}")) continue
    const { text } = state.tokens[place]!
    state.tokens.splice(at, end - at)
    return text === "-" ? "below" : "above"
  }
  return undefined
}

const limit = (state: State): Expression => {
  expect(state, "_")
  expect(state, "{")
  const variable = take(state).text
  expect(state, "→")
  const side = oneSide(state)
  const point = nested(state, () => additive(state))
  expect(state, "}")
  const body = multiplicative(state)
  return { type: "limit", variable, point, body, ...(side === undefined ? {} : { side }) }
}
