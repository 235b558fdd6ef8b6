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
  if ((denominator & (denominator - 1n)) === 0n) return R.fit(numerator, 1 - R.bits(denominator), 0n, p)
  return R.divide(R.dyadic(numerator, 0), R.dyadic(denominator, 0), p)!
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
export const isReal = ({ im }: Ball): boolean => R.isZero(im)

export const isExactZero = (a: Ball): boolean => isReal(a) && R.isZero(a.re)

export const containsZero = (a: Ball): boolean => R.containsZero(a.re) && R.containsZero(a.im)

/** The integer that it is exactly, where it is one. */
export const integer = ({ exact }: Ball): bigint | undefined =>
  exact?.denominator === 1n ? exact.numerator : undefined

/** The same to `p` bits, anew from the exact value where that is known. */
export const sharpened = (a: Ball, p: number): Ball =>
  a.exact === undefined ? a : { ...a, re: rationalReal(a.exact, p) }

/** The greater of the magnitudes of both parts. */
export const magnitude = (a: Ball): number => Math.max(R.magnitude(a.re), R.magnitude(a.im))

/** The radius as a power of two, `-Infinity` for an exact number. */
export const radiusMagnitude = (a: Ball): number => Math.max(R.radiusMagnitude(a.re), R.radiusMagnitude(a.im))

/** The same with `2^k` more radius; in the imaginary part only where there is one. */
export const widen = (a: Ball, k: number, p: number): Ball =>
  complex(R.widen(a.re, k, p), isReal(a) ? a.im : R.widen(a.im, k, p))

export const negate = ({ exact, im, re }: Ball): Ball => ({
  re: R.negate(re),
  im: R.negate(im),
  exact: exact && Rationals.negate(exact),
})

export const conjugate = (a: Ball): Ball => ({ ...a, im: R.negate(a.im) })

/** `i·a`. */
export const timesI = (a: Ball): Ball => complex(R.negate(a.im), a.re)

/** `a·2^k`. */
export const scale = (a: Ball, k: number): Ball => complex(R.scale(a.re, k), R.scale(a.im, k))

export const add = (a: Ball, b: Ball, p: number): Ball => {
  if (a.exact !== undefined && b.exact !== undefined) return fromRational(Rationals.add(a.exact, b.exact), p)
  return complex(R.add(a.re, b.re, p), R.add(a.im, b.im, p))
}

export const subtract = (a: Ball, b: Ball, p: number): Ball => add(a, negate(b), p)

export const multiply = (a: Ball, b: Ball, p: number): Ball => {
  if (a.exact !== undefined && b.exact !== undefined) return fromRational(Rationals.multiply(a.exact, b.exact), p)
  if (isExactZero(a) || isExactZero(b)) return ZERO
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
  const [top, bottom] = isReal(b) ? [a, b.re] : [multiply(a, conjugate(b), p + 4), norm(b, p + 4)]
  const re = R.divide(top.re, bottom, p)
  const im = re && R.divide(top.im, bottom, p)
  return im && complex(re, im)
}

export const absolute = (a: Ball, p: number): Ball | undefined => {
  if (isReal(a)) return a.re.m < 0n ? negate(a) : a
  if (R.isZero(a.re)) return real(R.absolute(a.im))
  const root = R.squareRoot(norm(a, p + 4), p)
  return root && real(root)
}

/** The principal logarithm, or nothing where the ball meets 0 or crosses the cut. */
export const log = (a: Ball, p: number): Ball | undefined => {
  const im = angle(a.im, a.re, p)
  const re = im && (isReal(a) ? logReal(R.absolute(a.re), p) : logReal(norm(a, p + 4), p))
  return re && complex(isReal(a) ? re : R.scale(re, -1), im)
}

/** `a^(1/k)` of a fraction that is not negative, where that is a fraction again and not too long. */
export const rationalRoot = ({ denominator, numerator }: Rational, k: number): Rational | undefined => {
  const rootOf = (n: bigint): bigint | undefined => {
    if (R.bits(n) > 4096) return undefined
    const root = Rationals.integerRoot(n, k)
    return root ** BigInt(k) === n ? root : undefined
  }
  const top = rootOf(numerator)
  const bottom = top === undefined ? undefined : rootOf(denominator)
  return bottom === undefined ? undefined : { numerator: top!, denominator: bottom }
}
