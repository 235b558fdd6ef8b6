/**
 * What stands in brackets and bars, and what begins with a sign.
 */
import type { Expression } from "../../Expression.ts"
import { multiplicative, signed } from "./arithmetic.ts"
import { apply, quantity, set } from "./build.ts"
import { determinant } from "./determinant.ts"
import { exponent, operand } from "./operand.ts"
import { accept, before, deeper, expect, fail, find, isNext, nested, peek, replace, type State, take } from "./state.ts"
import { items, list } from "./statement.ts"
import { CLOSING, isSymbol, type Token } from "./tokens.ts"

/** What may close a bracket, the usual one first. */
const CLOSED_BY: Readonly<Record<string, string>> = { "(": ")]", "[": "])[", "]": "[]", "⟨": "⟩", "⌊": "⌋⌉", "⌈": "⌉⌋" }

/** An operand that begins with a symbol. */
export const bracketed = (state: State): Expression => {
  const { text } = peek(state)
  switch (text) {
    case "{":
      if (!isNext(state, "}", 1) || !isNext(state, "_^", 2)) return brace(state)
      state.at += 2
      return chosen(state)
    case "_":
    case "^":
      return chosen(state)
    case "⦃":
      return braces(state)
    case "|":
    case "∣":
      return bars(state, text, "abs")
    case "‖":
      return bars(state, text, "norm")
    case "+":
    case "-":
      return signed(state, multiplicative)
    case "…":
      take(state)
      return { type: "ellipsis" }
    default:
      if (CLOSED_BY[text] !== undefined) return bracket(state)
      if (!"$€£¥".includes(text)) fail(state, "an expression")
      take(state)
      return quantity(operand(state), text)
  }
}

/** A list and what closes it, which the end does as well. */
const closed = (state: State, closing: string): Expression => {
  const inner = list(state)
  if (!accept(state, closing) && peek(state).type !== "stop") fail(state, `“${closing[0]!}”`)
  return inner
}

/** A brace group, the opening brace included. */
export const group = (state: State): Expression => {
  take(state)
  return closed(state, "}")
}

/** The contents of a bracket as a list, for the arguments of a function. */
export const bracketContents = (state: State): Expression => {
  take(state)
  return nested(state, () => closed(state, CLOSING))
}

/** An opening bracket, without the braces that MathType puts around all that is inside: `\left( {1,2} \right)`. */
const opening = (state: State): Token => {
  const token = take(state)
  const end = isNext(state, "{") ? find(state, "}", 1) : undefined
  if (end !== undefined && isNext(state, CLOSING, end + 1)) {
    state.tokens.splice(state.at + end, 1)
    replace(state, [])
  }
  return token
}

const bracket = (state: State): Expression => {
  // `f(1,2)(x)` is no list of points.
  const called = /letter|function/.test(before(state)?.type ?? "")
  const open = opening(state).text
  const closers = CLOSED_BY[open]!
  const result = nested(state, (): Expression => {
    const content = items(list(state))
    const written = accept(state, closers)
    // A missing bracket at the end is a slip.
    if (written === undefined && (peek(state).type !== "stop" || state.depth > 3)) fail(state, `“${closers[0]!}”`)
    const close = written?.text ?? closers[0]!
    if (open === "⌊" || open === "⌈") return apply(open + close === "⌊⌋" ? "floor" : "ceil", ...content)
    if (content.length === 1 && /^(?:\(\)|\[\])$/.test(open + close)) return content[0]!
    return { type: "sequence", open: open as "(", close: close as ")", items: content }
  })
  if (!called && result.type === "sequence" && isSymbol(before(state), ")")) state.tuple = state.at
  return result
}

/** `{…}` groups; with a comma or a condition inside, the backslashes of a set were lost. */
const brace = (state: State): Expression => {
  const inner = nested(state, group)
  const [first, ...rest] = items(inner)
  const bar = first?.type === "relation" ? first.operators.indexOf("∣") : -1
  // `{x | x > 2}`
  if (first?.type === "relation" && bar !== -1) {
    const part = (from: number, to: number): Expression => {
      const operands = first.operands.slice(from, to)
      return operands.length === 1
        ? operands[0]!
        : { type: "relation", operands, operators: first.operators.slice(from, to - 1) }
    }
    return {
      type: "setBuilder",
      element: part(0, bar + 1),
      conditions: [part(bar + 1, first.operands.length), ...rest],
    }
  }
  return inner.type === "sequence" && inner.open === "" && inner.items.length > 1 ? set(...inner.items) : inner
}

/** `\{a, b\}`, or `\{x \mid x > 2\}` */
const braces = (state: State): Expression => {
  opening(state)
  return nested(state, (): Expression => {
    state.builder = true
    const element = list(state)
    state.builder = false
    const condition = accept(state, "∣|:") !== undefined
    const conditions = condition ? list(state) : element
    if (!accept(state, "⦄}") && peek(state).type !== "stop") fail(state, String.raw`“\}”`)
    return condition ? { type: "setBuilder", element, conditions: items(conditions) } : set(...items(element))
  })
}

const bars = (state: State, mark: string, name: string): Expression => {
  take(state)
  const outer = state.bars
  state.bars++
  const inner = deeper(state, list)
  expect(state, mark)
  state.bars = outer
  return inner.type === "matrix" ? determinant(inner) : apply(name, inner)
}

/** `{}_{10}C_3`, `^{10}P_3` */
const chosen = (state: State): Expression => {
  take(state)
  const from = exponent(state)
  const name = take(state).text
  if (!/^[CP]$/.test(name) || !accept(state, "_")) return fail(state, "“C” or “P”")
  return apply(name === "C" ? "binomial" : "permutations", from, exponent(state))
}
