/**
 * Exact fractions.
 *
 * @since 0.1.0
 */

/**
 * `numerator / denominator` in lowest terms, with a positive denominator.
 *
 * @since 0.1.0
 * @category models
 */
export interface Rational {
  readonly numerator: bigint
  readonly denominator: bigint
}

const SAFE = 1n << 53n

/**
 * The greatest common divisor, never negative.
 *
 * @since 0.1.0
 * @category whole numbers
 */
export const gcd = (a: bigint, b: bigint): bigint => {
  let [x, y] = [a < 0n ? -a : a, b < 0n ? -b : b]
  while (y >= SAFE || (x >= SAFE && y !== 0n)) [x, y] = [y, x % y]
  if (y === 0n) return x
  let [p, q] = [Number(x), Number(y)]
  while (q !== 0) [p, q] = [q, p % q]
  return BigInt(p)
}

/**
 * The `k`-th root of a whole number that is not negative, rounded down.
 *
 * @since 0.1.0
 * @category whole numbers
 */
export const integerRoot = (n: bigint, k: number): bigint => {
  if (n < 2n || k === 1) return n
  const [index, lower, double] = [BigInt(k), BigInt(k - 1), Number(n)]
  const half = BigInt(double < 1e300 ? 0 : Math.floor((n.toString(16).length * 2) / k))
  // Any start above the root will do: the double's, or the root of the leading half.
  let root =
    double < 1e300
      ? BigInt(Math.ceil(double ** (1 / k) * 1.00000000000001))
      : (integerRoot(n >> (half * index), k) + 1n) << half
  for (;;) {
    const next = (lower * root + n / root ** lower) / index
    if (next >= root) return root
    root = next
  }
}

/**
 * `numerator / denominator` in lowest terms, or nothing when the denominator is 0.
 *
 * @example
 * ```ts
 * import assert from "node:assert"
 * import { Rational } from "@seed-grpo/equivalence"
 *
 * assert.equal(Rational.format(Rational.make(6n, -8n)!), "-3/4")
 * assert.equal(Rational.make(1n, 0n), undefined)
 * ```
 *
 * @since 0.1.0
 * @category constructors
 */
export const make = (numerator: bigint, denominator = 1n): Rational | undefined => {
  if (denominator === 0n) return undefined
  if (denominator === 1n) return { numerator, denominator }
  const divisor = gcd(numerator, denominator) * (denominator < 0n ? -1n : 1n)
  return { numerator: numerator / divisor, denominator: denominator / divisor }
}

/** For results whose denominator is a product of denominators, and so never 0. */
const reduced = (numerator: bigint, denominator: bigint): Rational => make(numerator, denominator)!

/**
 * The value of a decimal numeral, as in `-1.25e-3`.
 *
 * @example
 * ```ts
 * import assert from "node:assert"
 * import { Rational } from "@seed-grpo/equivalence"
 *
 * assert.equal(Rational.format(Rational.fromDecimal("1.25e-2")), "1/80")
 * ```
 *
 * @since 0.1.0
 * @category constructors
 */
export const fromDecimal = (text: string): Rational => {
  const [number, exponent] = text.toLowerCase().split("e")
  const [whole, fraction = ""] = number!.split(".")
  const power = Number(exponent ?? 0) - fraction.length
  const digits = BigInt(whole! + fraction)
  return power >= 0 ? reduced(digits * 10n ** BigInt(power), 1n) : reduced(digits, 10n ** BigInt(-power))
}

/**
 * @since 0.1.0
 * @category arithmetic
 */
export const add = (a: Rational, b: Rational): Rational =>
  reduced(a.numerator * b.denominator + b.numerator * a.denominator, a.denominator * b.denominator)

/**
 * @since 0.1.0
 * @category arithmetic
 */
export const negate = (a: Rational): Rational => ({ numerator: -a.numerator, denominator: a.denominator })

/**
 * @since 0.1.0
 * @category arithmetic
 */
export const subtract = (a: Rational, b: Rational): Rational => add(a, negate(b))

/**
 * @since 0.1.0
 * @category arithmetic
 */
export const multiply = (a: Rational, b: Rational): Rational =>
  reduced(a.numerator * b.numerator, a.denominator * b.denominator)

/**
 * `a / b`, or nothing when `b` is 0.
 *
 * @since 0.1.0
 * @category arithmetic
 */
export const divide = (a: Rational, b: Rational): Rational | undefined =>
  make(a.numerator * b.denominator, a.denominator * b.numerator)

/**
 * @since 0.1.0
 * @category predicates
 */
export const equals = (a: Rational, b: Rational): boolean =>
  a.numerator === b.numerator && a.denominator === b.denominator

/**
 * Negative, zero or positive, as `a` is less than, equal to or more than `b`.
 *
 * @since 0.1.0
 * @category predicates
 */
export const compare = (a: Rational, b: Rational): number => {
  const difference = a.numerator * b.denominator - b.numerator * a.denominator
  return difference < 0n ? -1 : difference > 0n ? 1 : 0
}

/**
 * The greatest whole number that is not more than `a`.
 *
 * @since 0.1.0
 * @category conversions
 */
export const floor = ({ denominator, numerator }: Rational): bigint => {
  const quotient = numerator / denominator
  return numerator < 0n && quotient * denominator !== numerator ? quotient - 1n : quotient
}

/**
 * The canonical spelling: `-3/4`, `5`.
 *
 * @since 0.1.0
 * @category conversions
 */
export const format = ({ denominator, numerator }: Rational): string =>
  denominator === 1n ? `${numerator}` : `${numerator}/${denominator}`

/**
 * The decimal spelling, when it ends after at most `maxPlaces` digits.
 *
 * @example
 * ```ts
 * import assert from "node:assert"
 * import { Rational } from "@seed-grpo/equivalence"
 *
 * assert.equal(Rational.toDecimal(Rational.make(-3n, 4n)!, 4), "-0.75")
 * assert.equal(Rational.toDecimal(Rational.make(1n, 3n)!, 4), undefined)
 * ```
 *
 * @since 0.1.0
 * @category conversions
 */
export const toDecimal = ({ denominator, numerator }: Rational, maxPlaces: number): string | undefined => {
  for (let places = 0, scale = 1n; places <= maxPlaces; places++, scale *= 10n) {
    if (scale % denominator !== 0n) continue
    const digits = (numerator < 0n ? -numerator : numerator) * (scale / denominator)
    const text = digits.toString().padStart(places + 1, "0")
    const whole = text.slice(0, text.length - places)
    return `${numerator < 0n ? "-" : ""}${whole}${places === 0 ? "" : `.${text.slice(-places)}`}`
  }
  return undefined
}
