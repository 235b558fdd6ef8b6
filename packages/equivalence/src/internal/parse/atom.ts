/**
 * Numbers, letters and words.
 */
import type { Expression } from "../../Expression.ts"
import { bracketContents, bracketed } from "./bracket.ts"
import { add, apply, constant, integer, set, symbol } from "./build.ts"
import { command } from "./command.ts"
import { environment } from "./environment.ts"
import { callFunction } from "./function.ts"
import { numeral } from "./numeral.ts"
import { accept, fail, isNext, peek, type State, take } from "./state.ts"
import { items } from "./statement.ts"
import { isSymbol } from "./tokens.ts"
import { NUMBER_WORDS } from "./vocabulary.ts"
import { resolveWord } from "./word.ts"

/** Letters that stand for functions where a bracket follows. */
const FUNCTION_LETTERS = /^(?:[fghFGH]'*|[pP][hs]i|Gamma|zeta)$/

export const atom = (state: State): Expression => {
  resolveWord(state)
  switch (peek(state).type) {
    case "number":
      return numeral(take(state).text)
    case "letter":
      return letter(state)
    case "function":
      return callFunction(state)
    case "command":
      return command(state)
    case "begin":
      return environment(state)
    case "text":
      return words(state)
    case "symbol":
      return bracketed(state)
    default:
      return fail(state, "an expression")
  }
}

/** `\text{(B)}`, `\text{even}`; one letter is a variable as well. */
const words = (state: State): Expression => {
  const { text } = take(state)
  if (text === "e" || text === "i") return constant(text)
  if (/^[A-Za-z]$/.test(text)) return identifier(state, text)
  const [first, second, more] = text.toLowerCase().split(/[\s-]+/)
  const value = NUMBER_WORDS.get(first!)
  if (value === undefined || more !== undefined) return { type: "text", text }
  // `twenty-one`, as one word or two.
  const dash = isNext(state, "-") ? 1 : 0
  const unit = NUMBER_WORDS.get(second ?? peek(state, dash).text.toLowerCase())
  if (second === undefined && (value < 20 || unit === undefined || unit > 9)) return integer(value)
  if (second === undefined) state.at += dash + 1
  return unit === undefined ? { type: "text", text } : integer(value + unit)
}

const letter = (state: State): Expression => {
  const { text } = take(state)
  if (text === "d" && state.integrals > 0 && peek(state).type === "letter") {
    state.differential = take(state).text
    return integer(1)
  }
  if (text === "∅") return set()
  if (text === "infinity" || text === "pi") return constant(text)
  const special = (text === "e" || text === "i") && !state.bound.includes(text) && !isNext(state, "_'")
  return special ? constant(text) : identifier(state, text)
}

const primes = (state: State): string => (accept(state, "'") ? `'${primes(state)}` : "")

/** A letter with primes and subscript, and its arguments where it is a function. */
const identifier = (state: State, letter: string): Expression => {
  let name = letter + primes(state)
  if (accept(state, "_")) name += `_${subscript(state)}${primes(state)}`
  const counts = name === "C" && isNext(state, "(") ? counted(state) : undefined
  if (counts !== undefined) return counts
  if (!FUNCTION_LETTERS.test(name) && name !== state.introduced) return symbol(name)
  // `f^{-1}(x)`
  const inverse = isNext(state, "^") && isNext(state, "-", 2) && peek(state, 3).text === "1" && isNext(state, "(", 5)
  if (inverse) {
    state.at += 5
    name += "^-1"
  }
  if (!isNext(state, "(")) return symbol(name)
  const args = items(bracketContents(state))
  // Γ(n) is (n - 1)!
  return name === "Gamma" && args.length === 1 ? apply("factorial", add(args[0]!, integer(-1))) : apply(name, ...args)
}

/** `C(10,3)` counts, `C(1,3)` is a point. */
const counted = (state: State): Expression | undefined => {
  const { at } = state
  const [from, chosen, more] = items(bracketContents(state))
  if (more === undefined && from !== undefined && chosen !== undefined) {
    const counts =
      from.type === "number"
        ? chosen.type === "number" && from.value.numerator > 2n && from.value.numerator >= chosen.value.numerator
        : from.type === "symbol" && from.name === "n"
    if (counts) return apply("binomial", from, chosen)
  }
  state.at = at
  return undefined
}

/** A subscript as a canonical piece of name: `10`, `n+2`, `max`. */
export const subscript = (state: State): string => {
  if (!isNext(state, "{(")) return take(state).text
  let name = ""
  let depth = 0
  do {
    const token = take(state)
    depth += isSymbol(token, "{(") ? 1 : isSymbol(token, "})") ? -1 : 0
    name += token.text
  } while (depth > 0 && peek(state).type !== "stop")
  return name.slice(1, -1).replaceAll(/[{}]/g, "")
}
