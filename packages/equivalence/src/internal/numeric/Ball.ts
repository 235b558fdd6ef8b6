/**
 * Complex balls: a real ball for each part, and the exact value where it is a known fraction.
 *
 * @since 0.1.0
 */
import type { Rational } from "../../Rational.ts"
import * as Rationals from "../../Rational.ts"
import { angle, log as logReal } from "./Elementary.ts"
import type { Real } from "./Real.ts"
import * as R from "./Real.ts"

/**
 * A number somewhere in `re + i·im`. The imaginary part of a real number is exactly 0.
 *
 * `exact` is the value itself where it is a fraction that is not too long.
 *
 * @since 0.1.0
 * @category models
 */
export interface Ball {
  readonly re: Real
  readonly im: Real
  readonly exact: Rational | undefined
}

export const real = (re: Real): Ball => ({ re, im: R.ZERO, exact: undefined })

export const complex = (re: Real, im: Real): Ball => ({ re, im, exact: undefined })

/** Bits that an exact integer or fraction may have at a precision: more where equality is decided. */
export const exactBits = (p: number, whole: boolean): number =>
  whole ? (p < 128 ? 256 : p < 256 ? 2048 : 131_072) : p < 128 ? 128 : 512

/** Bits of the exact value, 0 where there is none. */
export const weight = ({ exact }: Ball): number =>
  exact === undefined ? 0 : R.bits(exact.numerator) + (exact.denominator === 1n ? 0 : R.bits(exact.denominator))

const rationalReal = ({ denominator, numerator }: Rational, p: number): Real => {
  if (denominator === 1n) return R.fit(numerator, 0, 0, p)
  if ((denominator & (denominator - 1n)) === 0n) return R.fit(numerator, 1 - R.bits(denominator), 0, p)
  return R.divide({ m: numerator, e: 0, r: 0 }, { m: denominator, e: 0, r: 0 }, p)!
}

/**
 * The ball of a fraction: exact, rounded to `p` bits only where further work needs that.
 *
 * @since 0.1.0
 * @category constructors
 */
export const fromRational = (exact: Rational, p: number): Ball => {
  const re = rationalReal(exact, p)
  const ball = { re, im: R.ZERO, exact }
  return weight(ball) <= exactBits(p, exact.denominator === 1n) ? ball : { ...ball, exact: undefined }
}

export const fromInteger = (n: bigint | number, p = 64): Ball =>
  fromRational({ numerator: BigInt(n), denominator: 1n }, p)

export const ZERO = fromInteger(0)
export const ONE = fromInteger(1)
export const HALF = fromRational({ numerator: 1n, denominator: 2n }, 64)
export const I: Ball = complex(R.ZERO, R.ONE)

/** Is it real beyond doubt? */
export const isReal = ({ im }: Ball): boolean => im === R.ZERO || R.isZero(im)

export const isExactZero = (a: Ball): boolean => isReal(a) && R.isZero(a.re)

export const containsZero = (a: Ball): boolean => R.containsZero(a.re) && R.containsZero(a.im)

/** The integer that it is exactly, where it is one. */
export const integer = ({ exact }: Ball): bigint | undefined =>
  exact?.denominator === 1n ? exact.numerator : undefined

/** The real part to `p` bits, anew from the exact value where that is known. */
export const realPart = ({ exact, re }: Ball, p: number): Real => (exact === undefined ? re : rationalReal(exact, p))

/** The greater of the magnitudes of both parts. */
export const magnitude = (a: Ball): number =>
  R.isZero(a.im)
    ? R.isZero(a.re)
      ? -Infinity
      : R.magnitude(a.re)
    : Math.max(R.isZero(a.re) ? -Infinity : R.magnitude(a.re), R.magnitude(a.im))

/** The radius as a power of two, `-Infinity` for an exact number. */
export const radiusMagnitude = (a: Ball): number => Math.max(R.radiusMagnitude(a.re), R.radiusMagnitude(a.im))

/** The same with `2^k` more radius; in the imaginary part only where there is one. */
export const widen = (a: Ball, k: number, p: number): Ball =>
  complex(R.widen(a.re, k, p), isReal(a) ? a.im : R.widen(a.im, k, p))

export const negate = ({ exact, im, re }: Ball): Ball => ({
  re: R.negate(re),
  im: im === R.ZERO ? im : R.negate(im),
  exact: exact && Rationals.negate(exact),
})

export const conjugate = (a: Ball): Ball => (isReal(a) ? a : complex(a.re, R.negate(a.im)))

/** `i·a`. */
export const timesI = (a: Ball): Ball => complex(isReal(a) ? R.ZERO : R.negate(a.im), a.re)

/** `a·2^k`. */
export const scale = (a: Ball, k: number): Ball => complex(R.scale(a.re, k), R.scale(a.im, k))

export const add = (a: Ball, b: Ball, p: number): Ball => {
  if (a.exact !== undefined && b.exact !== undefined) return fromRational(Rationals.add(a.exact, b.exact), p)
  const im = a.im === R.ZERO ? b.im : b.im === R.ZERO ? a.im : R.add(a.im, b.im, p)
  return { re: R.add(a.re, b.re, p), im, exact: undefined }
}

export const subtract = (a: Ball, b: Ball, p: number): Ball => add(a, negate(b), p)

export const multiply = (a: Ball, b: Ball, p: number): Ball => {
  if (a.exact !== undefined && b.exact !== undefined) return fromRational(Rationals.multiply(a.exact, b.exact), p)
  const [x, y] = [isReal(a), isReal(b)]
  if (x && y) return real(R.multiply(a.re, b.re, p))
  if (x) return isExactZero(a) ? ZERO : complex(R.multiply(a.re, b.re, p), R.multiply(a.re, b.im, p))
  if (y) return multiply(b, a, p)
  return complex(
    R.subtract(R.multiply(a.re, b.re, p), R.multiply(a.im, b.im, p), p),
    R.add(R.multiply(a.re, b.im, p), R.multiply(a.im, b.re, p), p),
  )
}

/** `|a|²`. */
const norm = (a: Ball, p: number): Real => R.add(R.multiply(a.re, a.re, p), R.multiply(a.im, a.im, p), p)

/** `a / b`, or nothing where `b` may be 0. */
export const divide = (a: Ball, b: Ball, p: number): Ball | undefined => {
  if (a.exact !== undefined && b.exact !== undefined) {
    const exact = Rationals.divide(a.exact, b.exact)
    return exact && fromRational(exact, p)
  }
  if (isReal(b)) {
    const re = R.divide(a.re, b.re, p)
    if (isReal(a)) return re && real(re)
    const im = R.divide(a.im, b.re, p)
    return re && im && complex(re, im)
  }
  const square = norm(b, p + 4)
  const top = multiply(a, conjugate(b), p + 4)
  const re = R.divide(top.re, square, p)
  const im = isReal(top) ? R.ZERO : R.divide(top.im, square, p)
  return re && im && complex(re, im)
}

export const absolute = (a: Ball, p: number): Ball | undefined => {
  if (isReal(a)) return a.exact ? (a.exact.numerator < 0n ? negate(a) : a) : real(R.absolute(a.re))
  if (R.isZero(a.re)) return real(R.absolute(a.im))
  const root = R.squareRoot(norm(a, p + 4), p)
  return root && real(root)
}

/** The principal logarithm, or nothing where the ball meets 0 or crosses the cut. */
export const log = (a: Ball, p: number): Ball | undefined => {
  if (isReal(a)) {
    const re = logReal(R.absolute(a.re), p)
    return re && (R.sign(a.re) > 0 ? real(re) : complex(re, angle(R.ZERO, a.re, p)!))
  }
  const im = angle(a.im, a.re, p)
  const size = im && absolute(a, p + 4)
  const re = size && logReal(size.re, p)
  return re && complex(re, im)
}

/** The principal square root, or nothing where the ball meets 0 (but for 0 itself) or crosses the cut. */
export const squareRoot = (a: Ball, p: number): Ball | undefined => {
  if (isReal(a)) {
    const negative = a.re.m < 0n
    const exact = a.exact && rationalRoot(negative ? Rationals.negate(a.exact) : a.exact, 2)
    if (exact !== undefined) {
      const root = fromRational(exact, p)
      return negative ? timesI(root) : root
    }
    const root = R.squareRoot(R.absolute(a.re), p)
    return root && (negative ? complex(R.ZERO, root) : real(root))
  }
  if (R.sign(a.re) < 0) {
    const side = R.sign(a.im)
    const root = side === 0 ? undefined : squareRoot(negate(a), p)
    return root && (side > 0 ? timesI(root) : negate(timesI(root)))
  }
  // (a + |a|)/√(2·re(a + |a|)): no cancellation on this side.
  const size = absolute(a, p + 4)
  const sum = size && add(a, size, p + 4)
  const root = sum && R.squareRoot(R.scale(sum.re, 1), p + 4)
  return root && divide(sum, real(root), p)
}

/** `a^(1/k)` of a fraction that is not negative, where that is a fraction again and not too long. */
export const rationalRoot = ({ denominator, numerator }: Rational, k: number): Rational | undefined => {
  const rootOf = (n: bigint): bigint | undefined => {
    if (R.bits(n) > 4096) return undefined
    const root = k === 2 ? R.integerRoot(n) : Rationals.integerRoot(n, k)
    return root ** BigInt(k) === n ? root : undefined
  }
  const top = rootOf(numerator)
  const bottom = top === undefined ? undefined : rootOf(denominator)
  return bottom === undefined ? undefined : { numerator: top!, denominator: bottom }
}
