/**
 * Fractions with a budget for long ones.
 */
import type { Budget } from "../Budget.ts"
import { bits } from "../numeric/Real.ts"
import * as R from "../../Rational.ts"
import type { Rational } from "../../Rational.ts"

export { compare, equals, floor, format, negate, type Rational } from "../../Rational.ts"

/** A whole number as a fraction. */
export const whole = (value: bigint | number): Rational => ({ numerator: BigInt(value), denominator: 1n })

export const ZERO = whole(0)
export const ONE = whole(1)
export const MINUS_ONE = whole(-1)
export const HALF: Rational = { numerator: 1n, denominator: 2n }

const WORD = 1n << 64n

const isLong = ({ denominator, numerator }: Rational): boolean =>
  numerator >= WORD || numerator <= -WORD || denominator >= WORD

/** The bits of both parts. */
export const size = ({ denominator, numerator }: Rational): number => bits(numerator) + bits(denominator)

/** An operation that is paid for where numbers are long; fractions take the work of a common divisor. */
const paid =
  (operation: (a: Rational, b: Rational) => Rational) =>
  (a: Rational, b: Rational, budget: Budget): Rational => {
    if (isLong(a) || isLong(b)) {
      const words = (size(a) + size(b)) / 64
      budget.spend(words * (a.denominator === 1n && b.denominator === 1n ? 1 + words / 64 : 40 + 1.25 * words))
    }
    return operation(a, b)
  }

export const add = paid(R.add)
export const multiply = paid(R.multiply)

/** The greatest common divisor, never negative. */
export const gcd = (a: bigint, b: bigint, budget: Budget): bigint => {
  const words = Math.min(bits(a), bits(b)) / 64
  if (words > 1) budget.spend(40 * words * (2 + words / 8))
  return R.gcd(a, b)
}

/** `1 / a`; `a` is not 0. */
export const inverse = ({ denominator, numerator }: Rational): Rational =>
  numerator < 0n
    ? { numerator: -denominator, denominator: -numerator }
    : { numerator: denominator, denominator: numerator }

export const absolute = (a: Rational): Rational => (a.numerator < 0n ? R.negate(a) : a)

export const isOne = (a: Rational): boolean => a.numerator === 1n && a.denominator === 1n

/** Results up to so many bits are written out. */
const LIMIT = 1 << 17

/** `a^n` for a whole `n`, when it is not too long. `a` is not 0 where `n` is negative. */
export const power = (a: Rational, n: bigint, budget: Budget): Rational | undefined => {
  if (n < 0n) return power(inverse(a), -n, budget)
  const length = size(a) > 2 ? size(a) * Number(n) : 0
  if (!(length <= LIMIT)) return undefined
  budget.spend(2 + (length / 64) ** 2 / 16)
  const exponent = length === 0 ? 2n - (n % 2n) : n
  return { numerator: a.numerator ** exponent, denominator: a.denominator ** exponent }
}
