/**
 * Where the parser stands, and the few moves that every rule of the grammar is made of.
 */
import { CLOSING, isSymbol, OPENING, type Token, Unreadable } from "./tokens.ts"

/** Deeper than any answer, and shallower than any stack. */
export const MAX_DEPTH = 150

/** As far as a rule looks ahead. */
const HORIZON = 400

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
  /** Variable of the differential that came inside the innermost bracket: the integral ends there. */
  differential: string | undefined
  /** Where the last tuple ended. */
  tuple: number
  /** Index variables: their `i` is no imaginary unit. */
  readonly bound: Array<string>
  /** The letter that the text itself introduces as a function: `p(x) = …`. */
  readonly introduced: string | undefined
}

export const peek = (state: State, ahead = 0): Token => state.tokens[state.at + ahead] ?? state.tokens.at(-1)!

/** The token that was read last. */
export const before = (state: State): Token | undefined => state.tokens[state.at - 1]

/** Does one of these symbols follow? */
export const isNext = (state: State, symbols: string, ahead = 0): boolean => isSymbol(peek(state, ahead), symbols)

export const take = (state: State): Token => {
  const token = peek(state)
  if (token.type !== "stop") state.at++
  return token
}

export const accept = (state: State, symbols: string): Token | undefined =>
  isNext(state, symbols) ? take(state) : undefined

export const fail = (state: State, expected: string): never => {
  const { end, start } = peek(state)
  throw new Unreadable(expected, start, end)
}

export const expect = (state: State, symbol: string): Token => accept(state, symbol) ?? fail(state, `“${symbol}”`)

/** Runs a rule one level deeper. */
export const deeper = <A>(state: State, rule: (state: State) => A): A => {
  if (++state.depth > MAX_DEPTH) fail(state, `at most ${MAX_DEPTH} levels`)
  const result = rule(state)
  state.depth--
  return result
}

/** Runs a rule one level deeper, inside brackets of its own. */
export const nested = <A>(state: State, rule: (state: State) => A): A => {
  const { bars, builder, differential } = state
  state.bars = 0
  state.builder = false
  state.differential = undefined
  const result = deeper(state, rule)
  state.bars = bars
  state.builder = builder
  state.differential ??= differential
  return result
}

/** How many tokens ahead one of these symbols comes, inside the bracket that is open there. */
export const find = (state: State, symbols: string, from: number): number | undefined => {
  for (let ahead = from, depth = 0; ahead < HORIZON && depth >= 0; ahead++) {
    const token = peek(state, ahead)
    if (depth === 0 && isSymbol(token, symbols)) return ahead
    if (token.type === "stop") return undefined
    if (isSymbol(token, OPENING)) depth++
    else if (isSymbol(token, CLOSING)) depth--
  }
  return undefined
}

/** Puts several tokens in the place of the next ones. */
export const replace = (state: State, tokens: ReadonlyArray<Token>, count = 1): void => {
  state.tokens.splice(state.at, count, ...tokens)
}
