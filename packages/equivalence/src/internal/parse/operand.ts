/**
 * An operand and what clings to it: powers, factorials, percent signs, degrees, the base of a numeral.
 */
import type { Expression } from "../../Expression.ts"
import * as Rational from "../../Rational.ts"
import { signed } from "./arithmetic.ts"
import { atom, subscript } from "./atom.ts"
import { group } from "./bracket.ts"
import { add, apply, divide, integer, isInteger, operation, power, quantity, set, symbol } from "./build.ts"
import { accept, before, deeper, fail, isNext, nested, peek, type State, take } from "./state.ts"
import { isSymbol } from "./tokens.ts"
import { NUMBER_WORDS } from "./vocabulary.ts"

/** An atom with its factorials, percent signs, degrees and powers. */
export const operand = (state: State): Expression => deeper(state, atomWithSuffixes)

const atomWithSuffixes = (state: State): Expression => suffixed(state, atom(state))

export const suffixed = (state: State, atomic: Expression): Expression => {
  let value = atomic
  for (;;) {
    if (accept(state, "^")) value = raise(state, value)
    else if (accept(state, "!")) {
      value = apply(accept(state, "!") ? "doubleFactorial" : "factorial", value)
    } else if (accept(state, "°")) value = degrees(state, value)
    else if (isNext(state, "_") && value.type !== "symbol") value = based(state, value)
    else return value
  }
}

/** `10\%` is 0.10: the sign divides, and shifts the places that were written. */
export const percent = (value: Expression): Expression =>
  value.type === "number"
    ? {
        type: "number",
        value: Rational.multiply(value.value, Rational.fromDecimal("0.01")),
        ...(value.places === undefined ? {} : { places: value.places + 2 }),
      }
    : divide(value, integer(100))

/** `30^\circ 15'`, or `20 °C`. */
const degrees = (state: State, value: Expression): Expression => {
  const terms = [value]
  while (peek(state).type === "number" && isNext(state, "'", 1)) {
    const part = atom(state)
    let sixtieths = 1
    while (accept(state, "'")) sixtieths *= 60
    terms.push(divide(part, integer(sixtieths)))
  }
  if (terms.length > 1) return apply("degrees", add(...terms))
  return /^[CFK]$/.test(peek(state).text) ? quantity(value, `°${take(state).text}`) : apply("degrees", value)
}

/** What a lone mark above a value makes of it, degrees aside. */
const marked = (base: Expression, mark: string): Expression | undefined => {
  if (/^(?:st|nd|rd|th)$/.test(mark)) return base
  if (!/^[-+*]$/.test(mark)) return undefined
  if (base.type === "symbol") return symbol(base.name + mark)
  if (base.type !== "namedSet") return undefined
  return mark === "*" ? operation("∖", base, set(integer(0))) : { ...base, sign: mark as "+" | "-" }
}

/** A value and what stands above it, behind `^`. */
const raise = (state: State, base: Expression): Expression => {
  const braced = isNext(state, "{")
  const { text } = peek(state, braced ? 1 : 0)
  // `x^*`, but `x^-1` is a power.
  if (
    braced ? isNext(state, "}", 2) : !/number|letter|word/.test(peek(state, 1).type) || text === "°" || text === "o"
  ) {
    const degree = text === "°" || (text === "o" && base.type === "number")
    const value = degree ? base : marked(base, text)
    if (value !== undefined) {
      state.at += braced ? 3 : 1
      return degree ? degrees(state, value) : value
    }
  }
  const value = exponent(state)
  if (base.type === "symbol") {
    // `C_{10}^3`
    const [, letter, from] = /^([ACP])_(\d\d+|[3-9n])$/.exec(base.name) ?? []
    if (from !== undefined && (isInteger(value) || value.type === "symbol"))
      return apply(
        letter === "C" ? "binomial" : "permutations",
        from === "n" ? symbol(from) : integer(BigInt(from)),
        value,
      )
    // `x^2_1` is `x_1^2`.
    if (accept(state, "_")) return power(symbol(`${base.name}_${subscript(state)}`), value)
  }
  // `x^{2}^{3}` is a slip for a tower.
  return power(base, accept(state, "^") ? nested(state, () => raise(state, value)) : value)
}

/** What stands after `^`: a group, or one signed atom. */
export const exponent = (state: State): Expression => {
  if (isNext(state, "{")) return nested(state, group)
  return signed(state, () => {
    const { text, type } = peek(state)
    // The subscript of `\int^b_a` is no part of its exponent.
    return type === "letter" && isNext(state, "_", 1) && !/^(?:e|i|pi)$/.test(text)
      ? symbol(take(state).text)
      : nested(state, atom)
  })
}

export const basedOn = (digits: string, base: number): Expression => ({
  type: "based",
  digits: digits
    .replaceAll(/[^\dA-Za-z]/g, "")
    .replace(/^0+(?=.)/, "")
    .toUpperCase(),
  base,
})

/** `664_7`, `(1011)_{\text{two}}` */
const based = (state: State, value: Expression): Expression => {
  const digits = isSymbol(before(state), ")") ? state.tokens[state.at - 2] : before(state)
  take(state)
  const written = subscript(state)
    .replaceAll(/[()]|base/g, "")
    .trim()
  const base = NUMBER_WORDS.get(written) ?? Number(written)
  return digits?.type === "number" && value.type === "number" && Number.isInteger(base) && base >= 2 && base <= 36
    ? basedOn(digits.text, base)
    : fail(state, "a base")
}
