/**
 * Sums, products, powers and what follows a number.
 */
import type { Expression } from "../../Expression.ts"
import * as Rational from "../../Rational.ts"
import { atom, subscript } from "./atom.ts"
import { add, apply, divide, integer, isInteger, multiply, power, operation, quantity, set, symbol } from "./build.ts"
import { accept, fail, isCommand, isSymbol, nested, peek, type State, take } from "./state.ts"
import { list } from "./statement.ts"
import type { Token } from "./tokens.ts"
import { isMeasure, isPer, unit } from "./unit.ts"
import { resolveWord } from "./word.ts"

/** Does the token begin an operand, so that juxtaposition multiplies? */
export const startsOperand = (state: State): boolean => {
  resolveWord(state)
  const token = peek(state)
  switch (token.type) {
    case "letter":
      return !isMeasure(state) && !(token.text === "U" && joinsSets(state))
    case "number":
    case "function":
    case "begin":
      return true
    case "command":
      return !["over", "choose", "mod", "not"].includes(token.text)
    case "symbol":
      if (token.text === "|" || token.text === "‖") return opensBar(state)
      if (
        token.text === "[" &&
        (token.side === "close" || isSymbol(peek(state, 1), ")", "}", ",", "∪", "∩") || peek(state, 1).type === "stop")
      )
        return false
      if (token.text === "(" && (isRemark(state) || followsTuple(state))) return false
      return ["(", "[", "{", "\\{", "⌊", "⌈", "⟨", "√"].includes(token.text)
    default:
      return false
  }
}

/** A bar after an operand: it closes what is open, else it opens if another bar follows to close it. */
const opensBar = (state: State): boolean => {
  const token = peek(state)
  if (token.side !== undefined) return token.side === "open"
  if (state.bars > 0 || state.builder) return false
  for (let ahead = 1, depth = 0; ahead < 400; ahead++) {
    const next = peek(state, ahead)
    if (next.type === "stop") return false
    if (isSymbol(next, "(", "[", "{", "\\{")) depth++
    else if (isSymbol(next, ")", "]", "}", "\\}") && --depth < 0) return false
    else if (depth === 0 && next.text === token.text && next.type === "symbol") return true
    else if (depth === 0 && isSymbol(next, ",", ";")) return false
  }
  return false
}

/** `(1,2) U (3,4)` */
const joinsSets = (state: State): boolean =>
  isSymbol(state.tokens[state.at - 1]!, ")", "]", "}") && isSymbol(peek(state, 1), "(", "[", "{", "\\{")

/** `(1,2) (3,4)` are two points. */
export const followsTuple = (state: State): boolean => {
  if (!isSymbol(peek(state), "(") || !isSymbol(state.tokens[state.at - 1] ?? peek(state), ")")) return false
  let comma = false
  for (let at = state.at - 2, depth = 1; at >= 0 && at > state.at - 60; at--) {
    const token = state.tokens[at]!
    if (isSymbol(token, ")", "}", "]")) depth++
    else if (depth === 1 && isSymbol(token, ",")) comma = true
    else if (isSymbol(token, "(", "{", "[") && --depth === 0)
      return comma && !/letter|function/.test(state.tokens[at - 1]?.type ?? "")
  }
  return false
}

/** A condition in brackets behind a value, `k\pi (k \in \mathbb{Z})`, or its rounded value, `(\approx 4.47)`. */
export const isRemark = (state: State): boolean => {
  const before = state.tokens[state.at - 1]
  if (!isSymbol(peek(state), "(") || before === undefined || /^[A-Z]$/.test(before.text)) return false
  for (let ahead = 1, depth = 1; ahead < 60 && depth > 0; ahead++) {
    const token = peek(state, ahead)
    if (isSymbol(token, "(", "{", "[")) depth++
    else if (isSymbol(token, ")", "}", "]")) depth--
    else if (depth === 1 && isSymbol(token, "∈", "<", ">", "≤", "≥", "≠", "=", "≈")) return true
    else if (token.type === "stop") return false
  }
  return false
}

const negate = (operand: Expression): Expression =>
  operand.type === "number"
    ? { ...operand, value: Rational.negate(operand.value) }
    : operand.type === "negate"
      ? operand.operand
      : { type: "negate", operand }

/** Signs before an operand: how many are minus. */
const signs = (state: State): boolean => {
  let negative = false
  for (;;) {
    const token = accept(state, "+", "-")
    if (token === undefined) return negative
    if (token.text === "-") negative = !negative
  }
}

/** `a + b - c ± d`, with units, `mod`, and TeX's `\over`. */
export const additive = (state: State): Expression => {
  const { differential } = state
  let terms: Array<Expression> = []
  const total = (): Expression => {
    const [first, second] = terms
    if (terms.length === 1) return first!
    // `\mathbb{R} - \{0\}`
    return first!.type === "namedSet" && second!.type === "negate" && terms.length === 2
      ? operation("∖", first, second.operand)
      : add(...terms)
  }
  const leading = accept(state, "±", "∓")
  if (leading === undefined) terms.push(term(state, signs(state)))
  else terms.push({ type: "plusMinus", right: term(state, signs(state)), flip: leading.text === "∓" })
  for (;;) {
    if (state.integrals > 0 && state.differential !== differential) return total()
    const token = peek(state)
    if (isSymbol(token, "+", "-")) terms.push(term(state, signs(state)))
    else if (isSymbol(token, "±", "∓")) {
      take(state)
      terms = [{ type: "plusMinus", left: total(), right: term(state, signs(state)), flip: token.text === "∓" }]
    } else if (isCommand(token, "mod")) {
      take(state)
      terms = [
        apply("mod", total(), isSymbol(peek(state), "{") ? nested(state, () => group(state)) : multiplicative(state)),
      ]
    } else if (isCommand(token, "over")) {
      take(state)
      terms = [divide(total(), additive(state))]
    } else if (isCommand(token, "choose")) {
      take(state)
      terms = [apply("binomial", total(), additive(state))]
    } else return total()
  }
}

const term = (state: State, negative: boolean): Expression => {
  const value = multiplicative(state)
  const signed = negative ? negate(value) : value
  const measured = unit(state, signed)
  // `5 feet 6 inches` is one length.
  if (measured.type === "quantity" && peek(state).type === "number") {
    const second = term(state, false)
    if (second.type !== "quantity" && second.type !== "add") fail(state, "an operator")
    return add(measured, second)
  }
  return measured
}

/** A brace group, the opening brace included. */
export const group = (state: State): Expression => {
  take(state)
  const inner = list(state)
  if (!accept(state, "}") && peek(state).type !== "stop") fail(state, "“}”")
  return inner
}

/** `a b`, `a * b`, `a / b`, from left to right. */
export const multiplicative = (state: State): Expression => {
  const { differential } = state
  let left = juxtaposed(state, operand(state))
  for (;;) {
    if (state.integrals > 0 && state.differential !== differential) return left
    if (accept(state, "*")) {
      const right = signed(state)
      left = left.type === "multiply" ? { ...left, factors: [...left.factors, right] } : multiply(left, right)
    } else if (isPer(state, left)) return left
    else if (accept(state, "/")) left = divide(left, signed(state))
    // `1/2\%` is half a percent: the sign divides all that stands before it.
    else if (accept(state, "%")) left = percent(left)
    else if (startsOperand(state)) left = juxtaposed(state, left)
    else return left
  }
}

const signed = (state: State): Expression => {
  const negative = signs(state)
  const value = operand(state)
  return negative ? negate(value) : value
}

/** Operands that follow without a sign between them. */
const juxtaposed = (state: State, first: Expression): Expression => {
  const { differential } = state
  const factors = [first]
  let after: Token = state.tokens[state.at - 1]!
  while (startsOperand(state)) {
    if (state.integrals > 0 && state.differential !== differential) break
    if (peek(state).type === "number" && after.type === "number" && isInteger(factors.at(-1)!)) {
      const mixed = mixedNumber(state, factors.at(-1)!)
      if (mixed === undefined) {
        // `5 3` says nothing, and nothing is what it must be read as.
        return fail(state, "an operator between two numbers")
      }
      factors[factors.length - 1] = mixed
    } else {
      const mixed =
        peek(state).text === "frac" && after.type === "number" ? mixedFraction(state, factors.at(-1)!) : undefined
      if (mixed === undefined) factors.push(operand(state))
      else factors[factors.length - 1] = mixed
    }
    // `33\frac13\%`, `22\frac12^\circ`
    if (isSymbol(peek(state), "%", "°", "^")) factors[factors.length - 1] = suffixed(state, factors.at(-1)!)
    after = state.tokens[state.at - 1]!
  }
  return multiply(...factors)
}

const properSum = (whole: Expression, fraction: Expression): Expression | undefined =>
  isInteger(whole) &&
  fraction.type === "divide" &&
  isInteger(fraction.numerator) &&
  isInteger(fraction.denominator) &&
  fraction.numerator.type === "number" &&
  fraction.denominator.type === "number" &&
  fraction.numerator.value.numerator < fraction.denominator.value.numerator &&
  fraction.numerator.value.numerator > 0n
    ? add(whole, fraction)
    : undefined

/** `1 1/2` */
const mixedNumber = (state: State, whole: Expression): Expression | undefined => {
  if (!isSymbol(peek(state, 1), "/") || peek(state, 2).type !== "number") return undefined
  const numerator = atom(state)
  take(state)
  return properSum(whole, divide(numerator, atom(state)))
}

/** `1\frac{1}{2}` */
const mixedFraction = (state: State, whole: Expression): Expression | undefined => {
  const { at } = state
  const fraction = atom(state)
  const sum = properSum(whole, fraction)
  if (
    sum === undefined ||
    (isSymbol(peek(state), "^") && !isSymbol(peek(state, 1), "°") && !isSymbol(peek(state, 2), "°"))
  ) {
    state.at = at
    return undefined
  }
  return sum
}

/** An atom with its factorials, percent signs, degrees and powers. */
export const operand = (state: State): Expression => {
  if (++state.depth > 150) fail(state, "at most 150 levels")
  const value = suffixed(state, atom(state))
  state.depth--
  return value
}

const suffixed = (state: State, atomic: Expression): Expression => {
  const { differential } = state
  let value = atomic
  while (state.differential === differential || state.integrals === 0) {
    const token = peek(state)
    if (isSymbol(token, "^")) {
      take(state)
      value = raise(state, value)
    } else if (isSymbol(token, "!") && !isSymbol(peek(state, 1), "=")) {
      take(state)
      value = accept(state, "!") ? apply("doubleFactorial", value) : apply("factorial", value)
    } else if (accept(state, "°")) value = degrees(state, value)
    else if (isSymbol(token, "_") && value.type !== "symbol") value = based(state, value)
    else break
  }
  return value
}

/** `10\%` is 0.10: the sign divides, and shifts the places that were written. */
export const percent = (value: Expression): Expression =>
  value.type === "number"
    ? {
        type: "number",
        value: Rational.multiply(value.value, { numerator: 1n, denominator: 100n }),
        ...(value.places === undefined ? {} : { places: value.places + 2 }),
      }
    : divide(value, integer(100))

/** `30^\circ 15'`, or `20 °C`. */
const degrees = (state: State, value: Expression): Expression => {
  const terms = [value]
  while (peek(state).type === "number" && isSymbol(peek(state, 1), "'")) {
    const part = atom(state)
    let sixtieths = 1
    while (accept(state, "'")) sixtieths *= 60
    terms.push(divide(part, integer(sixtieths)))
  }
  if (terms.length > 1) return apply("degrees", add(...terms))
  const next = peek(state)
  if ((next.type === "letter" || next.type === "text") && /^[CFK]$/.test(next.text)) {
    take(state)
    return quantity(value, `°${next.text}`)
  }
  return apply("degrees", value)
}

const ORDINAL = /^(?:st|nd|rd|th)$/

const raise = (state: State, base: Expression): Expression => {
  const braced = isSymbol(peek(state), "{")
  const mark = peek(state, braced ? 1 : 0)
  const closes = !braced || isSymbol(peek(state, 2), "}")
  const consume = (result: Expression): Expression => {
    state.at += braced ? 3 : 1
    return result
  }
  if (closes && (isSymbol(mark, "°") || (mark.text === "o" && base.type === "number"))) {
    consume(base)
    return degrees(state, base)
  }
  if (closes && (mark.type === "word" || mark.type === "text") && ORDINAL.test(mark.text)) return consume(base)
  if (closes && base.type === "namedSet" && isSymbol(mark, "*")) {
    return consume(operation("∖", base, set(integer(0))))
  }
  if (closes && base.type === "namedSet" && isSymbol(mark, "+", "-")) {
    return consume({ ...base, sign: mark.text as "+" | "-" })
  }
  // `x^*`, but `x^-1` is a power.
  const starred = isSymbol(mark, "*", "+", "-") && (braced || !/number|letter|word/.test(peek(state, 1).type))
  if (closes && starred && base.type === "symbol") return consume(symbol(base.name + mark.text))
  const value = exponent(state)
  const chosen = base.type === "symbol" ? /^([AC])_(\d+|n)$/.exec(base.name) : null
  if (chosen !== null && chosen[2] !== "1" && chosen[2] !== "2" && (isInteger(value) || value.type === "symbol")) {
    // `C_{10}^3`
    return apply(
      chosen[1] === "C" ? "binomial" : "permutations",
      chosen[2] === "n" ? symbol("n") : integer(BigInt(chosen[2]!)),
      value,
    )
  }
  // `x^2_1` is `x_1^2`.
  if (base.type === "symbol" && accept(state, "_")) return power(symbol(`${base.name}_${subscript(state)}`), value)
  // `x^{2}^{3}` is a slip for a tower.
  if (isSymbol(peek(state), "^")) {
    take(state)
    return power(
      base,
      nested(state, () => raise(state, value)),
    )
  }
  return power(base, value)
}

/** What stands after `^`: a group, or one signed atom. */
export const exponent = (state: State): Expression => {
  if (isSymbol(peek(state), "{")) return nested(state, () => group(state))
  const negative = signs(state)
  // The subscript of `\int^b_a` is no part of its exponent.
  const plain = peek(state).type === "letter" && isSymbol(peek(state, 1), "_") && !/^(?:e|i|pi)$/.test(peek(state).text)
  const value = plain ? symbol(take(state).text) : nested(state, () => atom(state))
  return negative ? negate(value) : value
}

export const basedOn = (digits: string, base: number): Expression => ({
  type: "based",
  digits: digits
    .replaceAll(/[^\dA-Za-z]/g, "")
    .replace(/^0+(?=.)/, "")
    .toUpperCase(),
  base,
})

const DIGIT_WORDS = new Map([
  ["two", 2],
  ["eight", 8],
  ["ten", 10],
  ["sixteen", 16],
])

/** `664_7` */
const based = (state: State, value: Expression): Expression => {
  const source = state.tokens[state.at - 1]!
  take(state)
  const closing = isSymbol(source, ")")
  const digits = closing ? state.tokens[state.at - 3]! : source
  const braced = accept(state, "{") !== undefined
  const bracketed = accept(state, "(") !== undefined
  const base = take(state)
  if (bracketed) accept(state, ")")
  const radix = base.type === "number" ? Number(base.text) : (DIGIT_WORDS.get(base.text) ?? Number.NaN)
  if (braced) accept(state, "}")
  if (digits.type !== "number" || value.type !== "number" || !(Number.isInteger(radix) && radix >= 2 && radix <= 36))
    return fail(state, "a base")
  return basedOn(digits.text, radix)
}
