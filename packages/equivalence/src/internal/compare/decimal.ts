/**
 * When a decimal stands for an exact value: only if it is that value, rounded, with enough digits to mean it.
 */
import type { Expression, NumberLiteral } from "../../Expression.ts"
import * as Rational from "../../Rational.ts"
import { add, minus, number } from "../parse/build.ts"
import type { Context } from "./decision.ts"
import { signOf } from "./order.ts"

const FEWEST_DIGITS = 4

/** Is the decimal the constant, rounded to the places that it has? */
export const roundsTo = (exact: Expression, decimal: NumberLiteral, context: Context): boolean => {
  const { numerator, denominator } = decimal.value
  const scale = 10n ** BigInt(decimal.places ?? 0)
  // `0.000001` has one digit that says something.
  const digits = `${(numerator * scale) / denominator}`.replace("-", "").length
  return (
    digits >= Math.min(FEWEST_DIGITS, context.options.decimalPlaces) &&
    within(exact, decimal, Rational.make(1n, 2n * scale)!, context)
  )
}

/** Is the difference of two constants at most so much? */
export const within = (a: Expression, b: Expression, tolerance: Rational.Rational, context: Context): boolean => {
  const [bound, difference] = [number(tolerance), minus(a, b)]
  const fits = (rest: Expression): boolean => (signOf(rest, context) ?? -1) >= 0
  return fits(minus(bound, difference)) && fits(add(bound, difference))
}
