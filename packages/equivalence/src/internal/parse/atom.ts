/**
 * Numbers, letters and brackets.
 */
import type { Expression } from "../../Expression.ts"
import { exponent, group, multiplicative, operand } from "./arithmetic.ts"
import { command } from "./command.ts"
import { determinant } from "./determinant.ts"
import { environment } from "./environment.ts"
import { callFunction } from "./function.ts"
import { items, list } from "./statement.ts"
import { add, apply, constant, integer, negate, quantity, set, symbol } from "./build.ts"
import { accept, expect, fail, isSymbol, nested, numeral, peek, type State, take } from "./state.ts"
import type { Token } from "./tokens.ts"
import { NUMBER_WORDS } from "./vocabulary.ts"
import { resolveWord } from "./word.ts"

const CLOSING: Readonly<Record<string, ReadonlyArray<string>>> = {
  "(": [")", "]"],
  "[": ["]", ")", "["],
  "]": ["[", "]"],
  "⟨": ["⟩"],
}

/** Letters that stand for functions where a bracket follows. */
const FUNCTION_LETTERS = new Set([
  "f",
  "g",
  "h",
  "F",
  "G",
  "H",
  "phi",
  "psi",
  "Phi",
  "Psi",
  "Gamma",
  "zeta",
  "f'",
  "g'",
  "f''",
])

export const atom = (state: State): Expression => {
  resolveWord(state)
  const token = peek(state)
  switch (token.type) {
    case "number":
      return numeral(take(state))
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
  if (/^[ei]$/.test(text)) return constant(text as "e" | "i")
  if (/^[A-Za-z]$/.test(text)) return identifier(state, text)
  const [first, second, more] = text.toLowerCase().split(/[\s-]+/)
  const value = NUMBER_WORDS.get(first!)
  if (value === undefined || more !== undefined) return { type: "text", text }
  // `twenty-one`, as one word or two.
  const dash = isSymbol(peek(state), "-") ? 1 : 0
  const unit = NUMBER_WORDS.get(second ?? peek(state, dash).text.toLowerCase())
  if (second === undefined && (value < 20 || unit === undefined || unit > 9)) return integer(value)
  if (second === undefined) state.at += dash + 1
  return unit === undefined ? { type: "text", text } : integer(value + unit)
}

/** `{}_{10}C_3`, `^{10}P_3` */
const chosen = (state: State): Expression => {
  take(state)
  const from = exponent(state)
  const name = take(state).text
  if (!/^[CP]$/.test(name) || !accept(state, "_")) return fail(state, "“C” or “P”")
  return apply(name === "C" ? "binomial" : "permutations", from, exponent(state))
}

/** `C(10,3)` counts, `C(1,3)` is a point. */
const counted = (state: State): Expression | undefined => {
  const { at } = state
  const [from, chosen, more] = items(bracketContents(state))
  const counts =
    more === undefined &&
    ((from?.type === "symbol" && from.name === "n" && chosen !== undefined) ||
      (from?.type === "number" &&
        chosen?.type === "number" &&
        from.value.numerator > 2n &&
        from.value.numerator >= chosen.value.numerator))
  if (counts) return apply("binomial", from, chosen)
  state.at = at
  return undefined
}

const letter = (state: State): Expression => {
  const { text } = take(state)
  if (text === "d" && state.integrals > 0 && peek(state).type === "letter") {
    state.differential = take(state).text
    return integer(1)
  }
  if (text === "∅") return set()
  if (text === "infinity" || text === "pi") return constant(text)
  const special = (text === "e" || text === "i") && !state.bound.includes(text) && !isSymbol(peek(state), "_", "'")
  if (special) return constant(text)
  return identifier(state, text)
}

/** A letter with primes and subscript, and its arguments where it is a function. */
const identifier = (state: State, letterName: string): Expression => {
  let name = letterName
  while (accept(state, "'")) name += "'"
  if (isSymbol(peek(state), "_")) {
    take(state)
    name += `_${subscript(state)}`
    while (accept(state, "'")) name += "'"
  }
  const counts = name === "C" && isSymbol(peek(state), "(") ? counted(state) : undefined
  if (counts !== undefined) return counts
  if (!(FUNCTION_LETTERS.has(name) || state.functions.has(name))) return symbol(name)
  if (
    isSymbol(peek(state), "^") &&
    isSymbol(peek(state, 1), "{") &&
    isSymbol(peek(state, 2), "-") &&
    peek(state, 3).text === "1" &&
    isSymbol(peek(state, 5), "(")
  ) {
    state.at += 5
    name += "^-1"
  }
  if (!isSymbol(peek(state), "(")) return symbol(name)
  const args = items(bracketContents(state))
  // Γ(n) is (n - 1)!
  if (name === "Gamma" && args.length === 1) return apply("factorial", add(args[0]!, integer(-1)))
  return apply(name, ...args)
}

/** The contents of a bracket as a list, for the arguments of a function. */
export const bracketContents = (state: State): Expression => {
  take(state)
  return nested(state, () => {
    const inner = list(state)
    if (!accept(state, ")", "]", "}", "\\}") && peek(state).type !== "stop") fail(state, "“)”")
    return inner
  })
}

/** A subscript as a canonical piece of name: `10`, `n+2`, `max`. */
export const subscript = (state: State): string => {
  if (!accept(state, "{")) return take(state).text
  let name = ""
  for (let depth = 1; peek(state).type !== "stop";) {
    const token = take(state)
    if (isSymbol(token, "{")) depth++
    else if (isSymbol(token, "}")) {
      if (--depth === 0) break
    } else name += token.text
  }
  return name
}

const bracketed = (state: State): Expression => {
  const token = peek(state)
  switch (token.text) {
    case "(":
    case "[":
    case "⟨":
    case "]":
      return bracket(state)
    case "{":
      if (isSymbol(peek(state, 1), "}") && isSymbol(peek(state, 2), "_", "^")) {
        state.at += 2
        return chosen(state)
      }
      return brace(state)
    case "_":
    case "^":
      return chosen(state)
    case "\\{":
      return braces(state)
    case "|":
    case "∣":
      return bars(state, token.text, "abs")
    case "‖":
      return bars(state, "‖", "norm")
    case "⌊":
    case "⌈": {
      take(state)
      const inner = nested(state, () => list(state))
      const close = accept(state, "⌋", "⌉") ?? fail(state, "“⌋”")
      return apply(token.text === "⌊" && close.text === "⌋" ? "floor" : "ceil", inner)
    }
    case "$":
    case "€":
    case "£":
    case "¥":
      take(state)
      return quantity(operand(state), token.text)
    case "+":
    case "-": {
      take(state)
      const value = multiplicative(state)
      return token.text === "-" ? negate(value) : value
    }
    case "…":
      take(state)
      return { type: "ellipsis" }
    default:
      return fail(state, "an expression")
  }
}

/** Position of the bracket that closes each one, worked out once for a run of brackets. */
const closingOf = (state: State): ReadonlyMap<number, number> => {
  const found = new Map<number, number>()
  const open: Array<number> = []
  for (let at = state.at; at < state.tokens.length; at++) {
    const token = state.tokens[at]!
    if (isSymbol(token, "(", "{", "[")) open.push(at)
    else if (isSymbol(token, ")", "}", "]")) {
      const start = open.pop()
      if (start === undefined) break
      found.set(start, at)
      if (open.length === 0) break
    }
  }
  return found
}

/**
 * Brackets within brackets say no more than one pair does: `((((1))))`. Leaves the innermost opening one next, and tells
 * how many follow its closing one.
 */
const unwrap = (state: State): number => {
  const same = (token: Token) => isSymbol(token, "(") || isSymbol(token, "{")
  if (!same(peek(state, 1)) || peek(state, 1).text !== peek(state).text) return 0
  const closing = closingOf(state)
  let extra = 0
  while (
    same(peek(state, 1)) &&
    peek(state, 1).text === peek(state).text &&
    closing.has(state.at) &&
    closing.get(state.at + 1) === closing.get(state.at)! - 1
  ) {
    state.at++
    extra++
  }
  return extra
}

const bracket = (state: State): Expression => {
  const extra = unwrap(state)
  const open = take(state)
  const result = nested(state, (): Expression => {
    const inner = list(state)
    const content = items(inner)
    const close = accept(state, ...CLOSING[open.text]!)
    // A missing bracket at the end is a slip.
    if (close === undefined && !(peek(state).type === "stop" && state.depth < 4))
      fail(state, `“${CLOSING[open.text]![0]!}”`)
    const closing = close?.text ?? CLOSING[open.text]![0]!
    const plain = (open.text === "(" && closing === ")") || (open.text === "[" && closing === "]")
    if (content.length === 1 && plain) return content[0]!
    return { type: "sequence", open: open.text as "(", close: closing as ")", items: content }
  })
  state.at += extra
  return result
}

/** `{…}` groups; with a comma inside, the backslashes of a set were lost. */
const brace = (state: State): Expression => {
  const extra = unwrap(state)
  const inner = nested(state, () => group(state))
  state.at += extra
  const [first, ...rest] = items(inner)
  const bar = first?.type === "relation" ? first.operators.indexOf("∣") : -1
  // `{x | x > 2}`
  if (first?.type === "relation" && bar !== -1) {
    const part = (from: number, to?: number): Expression => {
      const operands = first.operands.slice(from, to)
      return operands.length === 1
        ? operands[0]!
        : { type: "relation", operands, operators: first.operators.slice(from, to === undefined ? to : to - 1) }
    }
    return { type: "setBuilder", element: part(0, bar + 1), conditions: [part(bar + 1), ...rest] }
  }
  return inner.type === "sequence" && inner.open === "" && inner.items.length > 1 ? set(...inner.items) : inner
}

/** `\{a, b\}`, or `\{x \mid x > 2\}` */
const braces = (state: State): Expression => {
  take(state)
  return nested(state, (): Expression => {
    state.builder = true
    const inner = list(state)
    state.builder = false
    if (accept(state, "∣", "|", ":")) {
      const conditions = items(list(state))
      accept(state, "\\}")
      return { type: "setBuilder", element: inner, conditions }
    }
    if (!accept(state, "\\}", "}") && peek(state).type !== "stop") fail(state, "“\\}”")
    return set(...items(inner))
  })
}

const bars = (state: State, mark: "|" | "∣" | "‖", name: string): Expression => {
  take(state)
  const outer = state.bars
  state.bars++
  if (++state.depth > 150) fail(state, "at most 150 levels")
  const inner = list(state)
  state.depth--
  expect(state, mark)
  state.bars = outer
  return inner.type === "matrix" ? determinant(inner) : apply(name, inner)
}
