/**
 * Fractions again, with fast ways for whole numbers and with a budget for long ones.
 */
import type { Budget } from "../Budget.ts"
import { format, type Rational } from "../Rational.ts"

export { format, type Rational }

/** A whole number as a fraction. */
export const whole = (value: bigint | number): Rational => ({ numerator: BigInt(value), denominator: 1n })

export const ZERO = whole(0)
export const ONE = whole(1)
export const MINUS_ONE = whole(-1)
export const HALF: Rational = { numerator: 1n, denominator: 2n }

const SAFE = 1n << 53n
const WORD = 1n << 64n

/** How many words of 64 bits a number takes. */
export const words = (n: bigint): number => (n < WORD && n > -WORD ? 1 : Math.ceil(n.toString(16).length / 16))

/** How many bits a number takes, rounded up a little. */
export const bits = (n: bigint): number => n.toString(16).length * 4

export const absolute = (n: bigint): bigint => (n < 0n ? -n : n)

/** The product; long factors are paid for. */
export const product = (a: bigint, b: bigint, budget: Budget): bigint => {
  if (a >= WORD || a <= -WORD || b >= WORD || b <= -WORD) budget.spend((words(a) * words(b)) / 16 + 2)
  return a * b
}

/** The greatest common divisor, never negative. */
export const gcd = (a: bigint, b: bigint, budget: Budget): bigint => {
  let [x, y] = [absolute(a), absolute(b)]
  if (x >= SAFE || y >= SAFE) {
    const length = Math.min(words(x), words(y))
    budget.spend(words(x) + words(y) + 40 * length * (2 + length / 8))
    while (y >= SAFE) [x, y] = [y, x % y]
    if (y === 0n) return x
    ;[x, y] = [y, x % y]
  }
  let [p, q] = [Number(x), Number(y)]
  while (q !== 0) [p, q] = [q, p % q]
  return BigInt(p)
}

/** `numerator / denominator` in lowest terms; the denominator is not 0. */
export const fraction = (numerator: bigint, denominator: bigint, budget: Budget): Rational => {
  if (denominator === 1n) return { numerator, denominator }
  const divisor = gcd(numerator, denominator, budget) * (denominator < 0n ? -1n : 1n)
  return divisor === 1n
    ? { numerator, denominator }
    : { numerator: numerator / divisor, denominator: denominator / divisor }
}

export const add = (a: Rational, b: Rational, budget: Budget): Rational =>
  a.denominator === b.denominator
    ? fraction(a.numerator + b.numerator, a.denominator, budget)
    : fraction(
        product(a.numerator, b.denominator, budget) + product(b.numerator, a.denominator, budget),
        product(a.denominator, b.denominator, budget),
        budget,
      )

export const negate = (a: Rational): Rational => ({ numerator: -a.numerator, denominator: a.denominator })

export const multiply = (a: Rational, b: Rational, budget: Budget): Rational =>
  fraction(product(a.numerator, b.numerator, budget), product(a.denominator, b.denominator, budget), budget)

/** `1 / a`; `a` is not 0. */
export const inverse = ({ denominator, numerator }: Rational): Rational =>
  numerator < 0n
    ? { numerator: -denominator, denominator: -numerator }
    : { numerator: denominator, denominator: numerator }

/** Negative, zero or positive, as `a` is less than, equal to or more than `b`. */
export const compare = (a: Rational, b: Rational): number => {
  const [x, y] =
    a.denominator === b.denominator
      ? [a.numerator, b.numerator]
      : [a.numerator * b.denominator, b.numerator * a.denominator]
  return x < y ? -1 : x > y ? 1 : 0
}

export const equals = (a: Rational, b: Rational): boolean =>
  a.numerator === b.numerator && a.denominator === b.denominator

export const isOne = (a: Rational): boolean => a.numerator === 1n && a.denominator === 1n

/** The greatest whole number that is not more than `a`. */
export const floor = ({ denominator, numerator }: Rational): bigint => {
  if (denominator === 1n) return numerator
  const quotient = numerator / denominator
  return numerator < 0n ? quotient - 1n : quotient
}

/** The whole number nearest to `a` that is used for sizes: exact when small. */
export const toNumber = ({ denominator, numerator }: Rational): number => {
  const shift = BigInt(Math.max(0, 64 * (Math.min(words(numerator), words(denominator)) - 2)))
  return Number(numerator >> shift) / Number(denominator >> shift)
}

/** `a^n` for a whole `n`, when it has at most `limit` bits. `a` is not 0 where `n` is negative. */
export const power = (a: Rational, n: bigint, limit: number, budget: Budget): Rational | undefined => {
  const top = absolute(a.numerator)
  if (n === 0n) return ONE
  if (top <= 1n && a.denominator === 1n) return n % 2n === 0n ? multiply(a, a, budget) : a
  const size = Math.max(top.toString(2).length, a.denominator.toString(2).length) - 0.5
  if (!(size * Number(absolute(n)) <= limit)) return undefined
  budget.spend(2 + ((size * Number(absolute(n))) / 64) ** 2 / 16)
  const base = n < 0n ? inverse(a) : a
  const exponent = absolute(n)
  return { numerator: base.numerator ** exponent, denominator: base.denominator ** exponent }
}
