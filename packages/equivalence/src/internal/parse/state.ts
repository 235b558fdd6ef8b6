/**
 * Where the parser stands, and the few moves that every rule of the grammar is made of.
 */
import type { Expression } from "../../Expression.ts"
import * as Rational from "../../Rational.ts"
import { integer, multiply, power } from "./build.ts"
import { type Token, Unreadable } from "./tokens.ts"

/** Deeper than any answer, and shallower than any stack. */
export const MAX_DEPTH = 150

export interface State {
  /** Some rules split a token in two, in place. */
  readonly tokens: Array<Token>
  at: number
  depth: number
  /** Bars `|` that are open inside the innermost bracket. */
  bars: number
  /** Inside `\{ … \}` before the condition: a bar or colon ends the element. */
  builder: boolean
  /** Integrals whose differential has not come yet. */
  integrals: number
  /** Variable of the differential that came last. */
  differential: string | undefined
  /** Index variables: their `i` is no imaginary unit. */
  readonly bound: Array<string>
  /** Letters that the text itself introduces as functions: `p(x) = …`. */
  readonly functions: Set<string>
}

export const peek = (state: State, ahead = 0): Token =>
  state.tokens[Math.min(state.at + ahead, state.tokens.length - 1)]!

export const isSymbol = (token: Token, ...texts: ReadonlyArray<string>): boolean =>
  token.type === "symbol" && texts.includes(token.text)

export const isCommand = (token: Token, ...texts: ReadonlyArray<string>): boolean =>
  token.type === "command" && texts.includes(token.text)

export const take = (state: State): Token => {
  const token = peek(state)
  if (token.type !== "stop") state.at++
  return token
}

export const accept = (state: State, ...texts: ReadonlyArray<string>): Token | undefined =>
  isSymbol(peek(state), ...texts) ? take(state) : undefined

export const fail = (state: State, expected: string): never => {
  const { end, start } = peek(state)
  throw new Unreadable(expected, start, end)
}

export const expect = (state: State, text: string): Token => accept(state, text) ?? fail(state, `“${text}”`)

/** Runs a rule one level deeper, inside brackets of its own. */
export const nested = <A>(state: State, rule: () => A): A => {
  if (++state.depth > MAX_DEPTH) fail(state, `at most ${MAX_DEPTH} levels`)
  const { bars, builder } = state
  state.bars = 0
  state.builder = false
  const result = rule()
  state.bars = bars
  state.builder = builder
  state.depth--
  return result
}

/** Puts several tokens in the place of the next one. */
export const replace = (state: State, ...tokens: ReadonlyArray<Token>): void => {
  state.tokens.splice(state.at, 1, ...tokens)
}

/** Exponents of ten up to this are worked out at once. */
const MAX_EXPONENT = 2_000

export const numeral = (token: Token): Expression => {
  const { exponent, fraction, repeating, whole } = token.numeral!
  const places = fraction?.length ?? 0
  let value = Rational.make(BigInt(whole + (fraction ?? "")), 10n ** BigInt(places))!
  if (repeating !== undefined) {
    const tail = Rational.make(BigInt(repeating), (10n ** BigInt(repeating.length) - 1n) * 10n ** BigInt(places))!
    return { type: "number", value: Rational.add(value, tail) }
  }
  const written = fraction === undefined ? {} : { places: Math.max(0, places - exponent) }
  if (Math.abs(exponent) > MAX_EXPONENT)
    return multiply({ type: "number", value }, power(integer(10), integer(exponent)))
  const scale = 10n ** BigInt(Math.abs(exponent))
  value =
    exponent < 0
      ? Rational.make(value.numerator, value.denominator * scale)!
      : Rational.make(value.numerator * scale, value.denominator)!
  return { type: "number", value, ...written }
}
