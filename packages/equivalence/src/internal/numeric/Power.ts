/**
 * Powers and roots of complex balls, on the principal branch.
 *
 * @since 0.1.0
 */
import type { Ball } from "./Ball.ts"
import * as B from "./Ball.ts"
import { exp as expReal, log as logReal, sineCosine } from "./Elementary.ts"
import * as R from "./Real.ts"

/** `e^a`. */
export const exp = (a: Ball, p: number): Ball | undefined => {
  if (B.isExactZero(a)) return B.ONE
  const size = expReal(a.re, p)
  if (size === undefined || B.isReal(a)) return size && B.real(size)
  const turn = sineCosine(a.im, p)
  return turn && B.complex(R.multiply(size, turn[1], p), R.multiply(size, turn[0], p))
}

/** `a^n` by squaring, for `0 < n`. */
const bySquaring = (a: Ball, n: number, p: number): Ball => {
  const half = n > 1 ? bySquaring(a, n >> 1, p) : undefined
  if (half === undefined) return a
  const square = B.multiply(half, half, p)
  return n & 1 ? B.multiply(square, a, p) : square
}

/** `|a|^w` for a real `a ≠ 0` by logarithms, with as many more bits as the value has before its point. */
const byLogarithm = (a: Ball, w: Ball, p: number): Ball | undefined => {
  let q = p + 8
  for (let again = 0; again < 2; again++) {
    const l = logReal(R.absolute(B.realPart(a, q)), q)
    if (l === undefined) return undefined
    const product = B.multiply(B.real(l), w.exact ? B.real(B.realPart(w, q)) : w, q)
    const g = B.magnitude(product)
    if (again === 1 || g <= 8 || g > 41) return exp(product, p)
    q += g
  }
  return undefined
}

/** About how many bits `a^n` has, for an exact `a`. */
export const powerBits = ({ exact }: Ball, n: number): number => {
  const { denominator, numerator } = exact!
  const bits = (m: bigint): number => (m === 1n ? 0 : R.bits(m) < 24 ? R.bits(m ** 40n) / 40 : R.bits(m))
  return (bits(numerator) + bits(denominator)) * n
}

/** `a^n` for an integer `n`; nothing for 0^0 and for negative powers of what may be 0. */
export const integerPower = (a: Ball, n: bigint, p: number): Ball | undefined => {
  if (n === 0n) return B.isExactZero(a) ? undefined : B.ONE
  const size = n < 0n ? -n : n
  if (a.exact !== undefined) {
    const { denominator, numerator } = a.exact
    if (numerator === 0n) return n > 0n ? B.ZERO : undefined
    const unit = denominator === 1n && (numerator === 1n || numerator === -1n)
    const bits = unit ? 0 : powerBits(a, Number(size))
    if (bits <= B.exactBits(p, denominator === 1n && n > 0n)) {
      const exponent = unit ? size & 1n : size
      const [top, bottom] = [numerator ** exponent, denominator ** exponent]
      const flip = top < 0n ? -1n : 1n
      const exact =
        n > 0n ? { numerator: top, denominator: bottom } : { numerator: flip * bottom, denominator: flip * top }
      return B.fromRational(exact, p)
    }
  }
  if (size <= 1024n) {
    const q = p + 2 * R.bits(size) + 2
    const value = bySquaring(a, Number(size), q)
    return n > 0n ? value : B.divide(B.ONE, value, q)
  }
  const exponent = B.fromInteger(n, p)
  if (!B.isReal(a)) return general(a, exponent, p)
  if (B.containsZero(a)) return undefined
  const value = byLogarithm(a, exponent, p)
  return value && (a.re.m < 0n && n & 1n ? B.negate(value) : value)
}

const general = (a: Ball, w: Ball, p: number): Ball | undefined => {
  const l = B.log(a, p + 8)
  if (l === undefined) return undefined
  const g = B.magnitude(l) + B.magnitude(w)
  if (g > 60) return undefined
  const q = p + 8 + Math.max(0, g)
  const again = g > 8 ? B.log(a, q) : l
  return again && exp(B.multiply(again, w, q), p)
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
  const positive = B.isReal(a) && R.sign(a.re) > 0
  if (exact !== undefined && exact.denominator < 1000n) {
    const degree = Number(exact.denominator)
    const known = degree > 2 && positive && a.exact ? B.rationalRoot(a.exact, degree) : undefined
    const root = degree === 2 ? B.squareRoot(a, p + 8) : known && B.fromRational(known, p)
    if (root !== undefined && (degree > 2 || R.bits(exact.numerator) < 8)) return integerPower(root, exact.numerator, p)
  }
  return positive ? byLogarithm(a, w, p) : general(a, w, p)
}

/**
 * `a^(1/n)`, the real root of a negative number where `n` is odd.
 *
 * @since 0.1.0
 * @category functions
 */
export const root = (a: Ball, n: Ball, p: number): Ball | undefined => {
  const degree = B.integer(n)
  if (degree === 2n) return B.squareRoot(a, p)
  const inverse = B.divide(B.ONE, n, p + 4)
  if (inverse === undefined) return undefined
  if (degree !== undefined && degree & 1n && B.isReal(a) && R.sign(a.re) < 0) {
    const value = power(B.negate(a), inverse, p)
    return value && B.negate(value)
  }
  return power(a, inverse, p)
}
