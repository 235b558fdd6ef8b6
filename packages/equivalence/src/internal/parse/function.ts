/**
 * Functions with a name, with brackets and without: `\sin^2 2x`, `\log_2(x)`, `\max\{a, b\}`.
 */
import type { Expression } from "../../Expression.ts"
import { startsOperand } from "./arithmetic.ts"
import { atom } from "./atom.ts"
import { bracketContents } from "./bracket.ts"
import { argument } from "./command.ts"
import { exponent, operand } from "./operand.ts"
import { determinant } from "./determinant.ts"
import { items } from "./statement.ts"
import { apply, constant, divide, integer, multiply, negate, power } from "./build.ts"
import { accept, fail, isNext, nested, peek, type State, take } from "./state.ts"
import { OPENING } from "./tokens.ts"
import { MEANINGS } from "./vocabulary.ts"

const isMinusOne = (value: Expression): boolean =>
  value.type === "number" && value.value.numerator === -1n && value.value.denominator === 1n

export const callFunction = (state: State): Expression => {
  let name = take(state).text
  let base: Expression | undefined
  let raised: Expression | undefined
  for (;;) {
    if (accept(state, "_")) {
      const { at } = state
      base = exponent(state)
      // TeX takes one digit, and leaves the 3 of `\log_23`; but `\log_10 5` has all it needs.
      if (!startsOperand(state) && !isNext(state, "^")) {
        state.at = at
        base = argument(state)
      }
    } else if (accept(state, "^")) raised = exponent(state)
    else break
  }
  const inverse = raised !== undefined && isMinusOne(raised) ? MEANINGS.get(`arc${name}`)?.[1] : undefined
  if (inverse !== undefined) {
    name = inverse
    raised = undefined
  }
  const args = argumentsOf(state)
  if (args.length === 0) fail(state, "the argument of a function")
  const value = build(name, args, base)
  return raised === undefined ? value : power(value, raised)
}

const build = (name: string, args: ReadonlyArray<Expression>, base: Expression | undefined): Expression => {
  const [first] = args
  switch (name) {
    case "exp":
      return power(constant("e"), first!)
    case "cbrt":
    case "qdrt":
      return { type: "root", radicand: first!, index: integer(name === "cbrt" ? 3 : 4) }
    case "lg":
      return apply("log", first!, base ?? integer(10))
    case "log":
      return apply("log", ...args, ...(base === undefined ? [] : [base]))
    case "det":
      return first!.type === "matrix" ? determinant(first) : apply(name, ...args)
    default:
      return apply(name, ...args)
  }
}

/** Is it made of numbers and π alone? */
const isAngle = (expression: Expression): boolean =>
  expression.type === "number" ||
  (expression.type === "constant" && expression.name === "pi") ||
  (expression.type === "multiply" && expression.factors.every(isAngle))

const argumentsOf = (state: State): ReadonlyArray<Expression> => {
  if (isNext(state, OPENING)) return items(bracketContents(state))
  if (isNext(state, "|‖⌊⌈")) return [atom(state)]
  const negative = accept(state, "-") !== undefined
  if (!startsOperand(state)) fail(state, "the argument of a function")
  const factors = [nested(state, operand)]
  while (startsOperand(state)) {
    const token = peek(state)
    const angle = factors.every(isAngle)
    // `\sin x \cos x` is a product; so is `\ln x (x+1)`, but `\sin 2(x+1)` is a sine.
    if (token.type === "function" || token.type === "begin") break
    if (!angle && !(token.type === "letter" && token.text !== "e")) break
    factors.push(nested(state, operand))
  }
  let argument = multiply(...factors)
  // `\sin \pi/3`
  if (argument.type !== "number" && isAngle(argument) && accept(state, "/")) argument = divide(argument, operand(state))
  return [negative ? negate(argument) : argument]
}
