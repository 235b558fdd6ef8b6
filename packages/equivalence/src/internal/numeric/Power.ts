/**
 * Powers and roots of complex balls, on the principal branch.
 *
 * @since 0.1.0
 */
import type { Ball } from "./Ball.ts"
import * as B from "./Ball.ts"
import { exp as expReal, sineCosine } from "./Elementary.ts"
import * as R from "./Real.ts"

/** `e^a`. */
export const exp = (a: Ball, p: number): Ball | undefined => {
  if (B.isExactZero(a)) return B.ONE
  const size = expReal(a.re, p)
  const turn = size && sineCosine(a.im, p)
  return turn && B.complex(R.multiply(size, turn[1], p), R.multiply(size, turn[0], p))
}

/** `a^n` by squaring, for `0 < n`. */
const bySquaring = (a: Ball, n: number, p: number): Ball => {
  if (n === 1) return a
  const half = bySquaring(a, n >> 1, p)
  const square = B.multiply(half, half, p)
  return n & 1 ? B.multiply(square, a, p) : square
}

/** `e^(w·ln a)`, with as many more bits as the value has before its point. */
const byLogarithm = (a: Ball, w: Ball, p: number, more = 8): Ball | undefined => {
  const q = p + more
  const l = B.log(B.sharpened(a, q), q)
  const product = l && B.multiply(l, B.sharpened(w, q), q)
  if (product === undefined) return undefined
  const size = B.magnitude(product)
  return size > more && size <= 60 ? byLogarithm(a, w, p, 8 + size) : exp(product, q)
}

/** About how many bits `a^n` has, for an exact `a`. */
export const powerBits = ({ exact }: Ball, n: number): number => {
  const { denominator, numerator } = exact!
  const bits = (m: bigint): number => (m === 1n ? 0 : R.bits(m) < 24 ? R.bits(m ** 40n) / 40 : R.bits(m))
  return (bits(numerator) + bits(denominator)) * n
}

/** `a^n` for an integer `n`; nothing for 0^0 and for negative powers of what may be 0. */
export const integerPower = (a: Ball, n: bigint, p: number): Ball | undefined => {
  if (n < 0n) {
    const value = integerPower(a, -n, p + 4)
    return value && B.divide(B.ONE, value, p)
  }
  if (B.isExactZero(a)) return n === 0n ? undefined : B.ZERO
  if (n === 0n) return B.ONE
  if (a.exact !== undefined) {
    const { denominator, numerator } = a.exact
    const isUnit = denominator === 1n && (numerator === 1n || numerator === -1n)
    if (isUnit || powerBits(a, Number(n)) <= B.exactBits(p, denominator === 1n)) {
      const exponent = isUnit ? n & 1n : n
      return B.fromRational({ numerator: numerator ** exponent, denominator: denominator ** exponent }, p)
    }
  }
  if (n <= 1024n) return bySquaring(a, Number(n), p + 2 * R.bits(n) + 2)
  const isNegative = B.isReal(a) && a.re.m < 0n
  const value = byLogarithm(isNegative ? B.negate(a) : a, B.fromInteger(n, p), p)
  return value && (isNegative && n & 1n ? B.negate(value) : value)
}

/** The principal square root, or nothing where the ball meets 0 (but for 0 itself) or crosses the cut. */
export const squareRoot = (a: Ball, p: number): Ball | undefined => {
  if (!B.isReal(a)) return byLogarithm(a, B.HALF, p)
  if (a.re.m < 0n) {
    const root = squareRoot(B.negate(a), p)
    return root && B.timesI(root)
  }
  const exact = a.exact && B.rationalRoot(a.exact, 2)
  if (exact !== undefined) return B.fromRational(exact, p)
  const root = R.squareRoot(a.re, p)
  return root && B.real(root)
}

/**
 * `a^w` on the principal branch; nothing for 0 to a power that is not positive, and across the cut.
 *
 * @since 0.1.0
 * @category functions
 */
export const power = (a: Ball, w: Ball, p: number): Ball | undefined => {
  const { exact } = w
  if (exact?.denominator === 1n) return integerPower(a, exact.numerator, p)
  if (B.isExactZero(a)) return R.sign(w.re) > 0 ? B.ZERO : undefined
  if (exact !== undefined && exact.denominator < 1000n) {
    const { denominator, numerator } = exact
    const known = a.exact && a.re.m > 0n ? B.rationalRoot(a.exact, Number(denominator)) : undefined
    if (known !== undefined) return integerPower(B.fromRational(known, p), numerator, p)
    const root = denominator === 2n && R.bits(numerator) < 8 ? squareRoot(a, p + 8) : undefined
    if (root !== undefined) return integerPower(root, numerator, p)
  }
  return byLogarithm(a, w, p)
}

/**
 * `a^(1/n)`, the real root of a negative number where `n` is odd.
 *
 * @since 0.1.0
 * @category functions
 */
export const root = (a: Ball, n: Ball, p: number): Ball | undefined => {
  const inverse = B.divide(B.ONE, n, p + 4)
  if (inverse === undefined) return undefined
  const degree = B.integer(n)
  if (degree !== undefined && degree & 1n && B.isReal(a) && R.sign(a.re) < 0) {
    const value = power(B.negate(a), inverse, p)
    return value && B.negate(value)
  }
  return power(a, inverse, p)
}
