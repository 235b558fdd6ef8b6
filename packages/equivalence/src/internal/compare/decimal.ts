/**
 * When a decimal stands for an exact value: only if it is that value, rounded, with enough digits to mean it.
 */
import type { Expression, NumberLiteral } from "../../Expression.ts"
import * as Rational from "../../Rational.ts"
import { add, minus, number } from "../parse/build.ts"
import type { Context } from "./decision.ts"
import { signOf } from "./order.ts"

/** Digits that say something: `0.000001` has one. */
const significantDigits = ({ places, value }: NumberLiteral): number => {
  const digits = (value.numerator * 10n ** BigInt(places ?? 0)) / value.denominator
  return digits.toString().replace("-", "").length
}

const FEWEST_DIGITS = 4

/** Is the decimal the constant, rounded to the places that it has? */
export const roundsTo = (exact: Expression, decimal: NumberLiteral, context: Context): boolean => {
  if (significantDigits(decimal) < Math.min(FEWEST_DIGITS, context.options.decimalPlaces)) return false
  const half = Rational.make(1n, 2n * 10n ** BigInt(decimal.places ?? 0))!
  const below = signOf(minus(exact, number(Rational.subtract(decimal.value, half))), context)
  if (below === undefined || below < 0) return false
  const above = signOf(minus(number(Rational.add(decimal.value, half)), exact), context)
  return above !== undefined && above >= 0
}

/** Is the difference of two constants at most so much? */
export const within = (a: Expression, b: Expression, tolerance: number, context: Context): boolean => {
  const bound = number(Rational.fromDecimal(`${tolerance}`))
  const difference = minus(a, b)
  const above = signOf(minus(bound, difference), context)
  const below = above === undefined || above < 0 ? undefined : signOf(add(bound, difference), context)
  return below !== undefined && below >= 0
}
