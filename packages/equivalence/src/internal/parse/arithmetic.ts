/**
 * Sums and products, with signs between the operands and without.
 */
import type { Expression } from "../../Expression.ts"
import * as Rational from "../../Rational.ts"
import { atom } from "./atom.ts"
import { add, apply, divide, isInteger, multiply, operation } from "./build.ts"
import { operand, percent, suffixed } from "./operand.ts"
import { accept, before, fail, find, isNext, peek, type State, take } from "./state.ts"
import { isMeasure, isPer, unit } from "./unit.ts"
import { isSymbol } from "./tokens.ts"
import { resolveWord } from "./word.ts"

/** Does the next token begin an operand, so that juxtaposition multiplies? */
export const startsOperand = (state: State): boolean => {
  if (state.differential !== undefined) return false
  resolveWord(state)
  const { side, text, type } = peek(state)
  if (type === "letter") return !isMeasure(state)
  if (type !== "symbol") return type === "number" || type === "function" || type === "command" || type === "begin"
  switch (text) {
    case "|":
    case "‖":
      return opensBar(state)
    case "[":
      return side !== "close" && !isNext(state, ")],∪∩", 1) && peek(state, 1).type !== "stop"
    case "(":
      return !isRemark(state) && !followsTuple(state)
    default:
      return "{⦃⌊⌈⟨".includes(text)
  }
}

/** A bar after an operand: it closes what is open, else it opens if another bar follows to close it. */
const opensBar = (state: State): boolean => {
  const { side, text } = peek(state)
  if (state.builder) return false
  if (side !== undefined) return side === "open"
  if (state.bars > 0) return false
  const other = find(state, `${text},;`, 1)
  return other !== undefined && isNext(state, text, other)
}

/** `(1,2) (3,4)` are two points. */
export const followsTuple = (state: State): boolean => state.tuple === state.at && isNext(state, "(")

/**
 * A condition in brackets behind a value, `k\pi (k \in \mathbb{Z})`, its rounded value, `(\approx 4.47)`, or its
 * modulus.
 */
export const isRemark = (state: State): boolean =>
  isNext(state, "(") &&
  (peek(state, 1).text === "mod" ||
    (!/^[A-Z]?$/.test(before(state)?.text ?? "") && find(state, "∈<>≤≥≠=≈", 1) !== undefined))

export const negate = (operand: Expression): Expression =>
  operand.type === "number"
    ? { ...operand, value: Rational.negate(operand.value) }
    : operand.type === "negate"
      ? operand.operand
      : { type: "negate", operand }

/** What a rule reads behind any number of signs. */
export const signed = (state: State, rule: (state: State) => Expression): Expression => {
  let negative = false
  for (let sign = accept(state, "+-"); sign !== undefined; sign = accept(state, "+-"))
    if (sign.text === "-") negative = !negative
  const value = rule(state)
  return negative ? negate(value) : value
}

/** `a + b - c ± d`, with units, `mod`, and TeX's `\over`. */
export const additive = (state: State): Expression => {
  const flip = accept(state, "±∓")?.text === "∓"
  let terms: Array<Expression> = []
  const total = (): Expression => {
    const [first, second] = terms
    if (terms.length === 1) return first!
    // `\mathbb{R} - \{0\}`
    return first!.type === "namedSet" && second!.type === "negate" && terms.length === 2
      ? operation("∖", first, second.operand)
      : add(...terms)
  }
  terms.push(isSymbol(before(state), "±∓") ? { type: "plusMinus", right: term(state), flip } : term(state))
  while (state.differential === undefined) {
    // `5 (mod 12)`
    const bracket = peek(state, 1).text === "mod" && accept(state, "(")
    const { text, type } = peek(state)
    if (isNext(state, "+-")) terms.push(term(state))
    else if (accept(state, "±∓")) terms = [{ type: "plusMinus", left: total(), right: term(state), flip: text === "∓" }]
    else if (type === "infix" || bracket) {
      take(state)
      terms = [
        text === "mod"
          ? apply(text, total(), multiplicative(state))
          : text === "over"
            ? divide(total(), additive(state))
            : apply("binomial", total(), additive(state)),
      ]
      if (bracket) accept(state, ")")
    } else break
  }
  return total()
}

const term = (state: State): Expression => {
  const measured = unit(state, signed(state, multiplicative))
  if (measured.type !== "quantity" || peek(state).type !== "number") return measured
  // `5 feet 6 inches` is one length.
  const second = term(state)
  if (second.type !== "quantity" && second.type !== "add") fail(state, "an operator")
  return add(measured, second)
}

const quotient = (factors: ReadonlyArray<Expression>, divisor: Expression): Array<Expression> => [
  divide(multiply(...factors), divisor),
]

/** `a b`, `a * b`, `a / b`, from left to right. */
export const multiplicative = (state: State): Expression => {
  let factors = [operand(state)]
  while (state.differential === undefined) {
    if (accept(state, "*")) factors.push(signed(state, operand))
    else if (isPer(state, factors)) break
    else if (accept(state, "/")) factors = quotient(factors, signed(state, operand))
    // `1/2\%` is half a percent: the sign divides all that stands before it.
    else if (accept(state, "%")) factors = [percent(multiply(...factors))]
    else if (startsOperand(state)) {
      const mixed = mixedNumber(state, factors.at(-1)!)
      if (mixed === undefined) factors.push(operand(state))
      // `33\frac13\%`, `22\frac12^\circ`
      else factors[factors.length - 1] = suffixed(state, mixed)
    } else break
  }
  return multiply(...factors)
}

/** `1 1/2`, `1\frac{1}{2}` */
const mixedNumber = (state: State, whole: Expression): Expression | undefined => {
  const { at } = state
  const { text, type } = peek(state)
  const follows = before(state)?.type === "number" && isInteger(whole) && (type === "number" || text === "frac")
  if (!follows) return undefined
  const above = atom(state)
  const fraction = type === "number" && accept(state, "/") ? divide(above, atom(state)) : above
  const proper =
    fraction.type === "divide" &&
    fraction.numerator.type === "number" &&
    fraction.denominator.type === "number" &&
    isInteger(fraction.numerator) &&
    isInteger(fraction.denominator) &&
    fraction.numerator.value.numerator < fraction.denominator.value.numerator
  if (proper && (!isNext(state, "^") || isNext(state, "°", 1) || isNext(state, "°", 2))) return add(whole, fraction)
  state.at = at
  // `5 3` says nothing, and nothing is what it must be read as.
  return type === "number" ? fail(state, "an operator") : undefined
}
