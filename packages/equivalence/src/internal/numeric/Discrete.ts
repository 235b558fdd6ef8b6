/**
 * Functions that step or compare: floor and its kin, mod, gcd, max.
 *
 * @since 0.1.0
 */
import * as Rationals from "../../Rational.ts"
import type { Ball } from "./Ball.ts"
import * as B from "./Ball.ts"
import * as R from "./Real.ts"

/** The integer part of all numbers of a ball, where they share it and it is not too long. */
const floorReal = (a: R.Real): bigint | undefined => {
  if (R.magnitude(a) > 4096) return undefined
  const low = R.shift(a.m - a.r, a.e)
  return low === R.shift(a.m + a.r, a.e) ? low : undefined
}

/** Nothing where the ball straddles a step, and for what is not real. */
export const floor = (z: Ball, p: number): Ball | undefined => {
  if (!B.isReal(z)) return undefined
  const n = z.exact ? Rationals.floor(z.exact) : floorReal(z.re)
  return n === undefined ? undefined : B.fromInteger(n, p)
}

export const ceil = (z: Ball, p: number): Ball | undefined => {
  const value = floor(B.negate(z), p)
  return value && B.negate(value)
}

/** To the nearest integer, halves away from 0. */
export const round = (z: Ball, p: number): Ball | undefined =>
  z.re.m < 0n ? ceil(B.subtract(z, B.HALF, p), p) : floor(B.add(z, B.HALF, p), p)

/** `a - b·⌊a/b⌋`, with the sign of `b`. */
export const mod = (a: Ball, b: Ball, p: number): Ball | undefined => {
  // A long fraction stays exact for this.
  const exact = a.exact && b.exact && Rationals.divide(a.exact, b.exact)
  const quotient = exact ? { ...B.ONE, exact } : B.divide(a, b, p)
  const whole = quotient && floor(quotient, p)
  return whole && B.subtract(a, B.multiply(b, whole, p), p)
}

/** The greatest common divisor, or the least common multiple, of exact integers. */
export const commonDivisor = (values: ReadonlyArray<Ball>, multiple: boolean, p: number): Ball | undefined => {
  let total = multiple ? 1n : 0n
  for (const value of values) {
    const n = B.integer(value)
    if (n === undefined || R.bits(n) > 1024) return undefined
    const divisor = Rationals.gcd(total, n)
    total = !multiple ? divisor : divisor === 0n ? 0n : (total / divisor) * (n < 0n ? -n : n)
  }
  return B.fromInteger(total, p)
}

/** The greatest (`side` 1) or least (-1) of real balls; of two that overlap, a ball around both. */
export const extreme = (values: ReadonlyArray<Ball>, side: 1 | -1, p: number): Ball | undefined => {
  let best: Ball | undefined
  for (const value of values) {
    if (!B.isReal(value)) return undefined
    const difference = best === undefined ? B.ZERO : B.subtract(value, best, p)
    const order = R.sign(difference.re)
    if (best === undefined || order === side) best = value
    else if (order === 0 && !B.isExactZero(difference)) best = B.widen(best, R.magnitude(difference.re), p)
  }
  return best
}
