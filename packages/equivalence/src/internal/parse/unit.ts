/**
 * What may follow a value: a unit, a scale, the word “percent”, or any label.
 */
import type { Expression } from "../../Expression.ts"
import { isUnit } from "../compare/units.ts"
import { subscript } from "./atom.ts"
import { apply, integer, multiply, quantity } from "./build.ts"
import { basedOn, percent } from "./operand.ts"
import { accept, before, isNext, peek, replace, type State, take } from "./state.ts"
import { isConnective } from "./statement.ts"
import { isSymbol, type Token } from "./tokens.ts"
import { SCALE_WORDS } from "./vocabulary.ts"
import { resolveWord } from "./word.ts"

const isLabel = (state: State, ahead = 0): boolean => {
  const token = peek(state, ahead)
  return token.type === "text" && !isConnective(token)
}

/** A letter that is a unit: `9.8 m/s^2`, `10\,\Omega`. Alone, one of `m` and its kin is a variable. */
export const isMeasure = (state: State): boolean => {
  const [token, slash, below] = [peek(state), peek(state, 1), peek(state, 2)]
  if (token.type !== "letter" || before(state)?.type !== "number") return false
  if (token.text === "Omega") return !isSymbol(slash, "(_^")
  return (
    token.spaced && isUnit(token.text) && isSymbol(slash, "/") && !slash.spaced && !below.spaced && isUnit(below.text)
  )
}

/** `\$5/\text{hour}` */
export const isPer = (state: State, [value, more]: ReadonlyArray<Expression>): boolean =>
  isNext(state, "/") &&
  isLabel(state, 1) &&
  more === undefined &&
  (value!.type === "number" || value!.type === "quantity")

/** `^2`, `^{-1}` or `2` behind a unit, as text. */
const unitPower = (state: State, { end, start, text: name }: Token): string => {
  const next = peek(state)
  if (next.type === "number" && !next.spaced && end - start === name.length) return `^${take(state).text}`
  return accept(state, "^") ? `^${accept(state, "-")?.text ?? ""}${subscript(state)}` : ""
}

/** The value with the label that follows it, if one does. */
export const unit = (state: State, value: Expression): Expression => {
  resolveWord(state)
  if (isNext(state, "$€£¥¢")) return quantity(value, take(state).text)
  let label = ""
  for (;;) {
    resolveWord(state)
    const joined =
      isPer(state, [value]) ||
      (isNext(state, "/*") && label !== "" && (isLabel(state, 1) || isUnit(peek(state, 1).text)))
    const measure = isMeasure(state)
    if (joined) label += take(state).text
    if (!isLabel(state) && !joined && !measure) break
    // `\text{ boys and }`
    const [words, end] = peek(state).text.split(/,$| and$/)
    if (end === "")
      replace(
        state,
        [words!, "and"].map((text) => ({ ...peek(state), text })),
      )
    const token = take(state)
    if (/^(?:in )?base$/.test(token.text) && value.type === "number" && peek(state).type === "number") {
      return basedOn(state.tokens[state.at - 2]!.text, Number(take(state).text))
    }
    label += `${label === "" || joined ? "" : " "}${token.text}${unitPower(state, token)}`
    while (isNext(state, ".") && isLabel(state, 1)) take(state)
  }
  if (label === "") return value
  const [first, ...rest] = label.split(" ")
  const scale = SCALE_WORDS.get(first!.toLowerCase())
  if (scale !== undefined) {
    const scaled = multiply(value, integer(scale))
    return rest.length === 0 ? scaled : quantity(scaled, rest.join(" "))
  }
  if (/^(?:percent|per cent|pct)\b/i.test(label)) return percent(value)
  if (/^(?:degrees?|deg)$/i.test(label)) return apply("degrees", value)
  return quantity(value, label)
}
