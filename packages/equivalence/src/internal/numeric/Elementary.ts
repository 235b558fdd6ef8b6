/**
 * exp, log, sin and cos, and the angle of a point, for real balls, and π.
 *
 * There are two series, each for two functions that differ in signs alone: the one for (cosh, sinh) and (cos, sin), the
 * other for artanh and arctan. They work in fixed point: integers in units of `2^-w`.
 *
 * @since 0.1.0
 */
import { integerRoot } from "../../Rational.ts"
import type { Real } from "./Real.ts"
import * as R from "./Real.ts"

/** What a square counts for: 1 in the hyperbolic functions, -1 in the circular ones. */
type Signature = 1n | -1n

/** The width that serves a precision: with 20 bits to spare, and one for many precisions. */
const width = (p: number): number => Math.ceil((p + 20) / 32) * 32

/** `[cosh t, sinh t]`, or `[cos t, sin t]`, for `|t| ≤ 1`, off by a unit or two. */
const exponentialPair = (t: bigint, signature: Signature, w: number): readonly [bigint, bigint] => {
  // Of t/2^n, and then doubled n times, which takes two bits each time.
  const doublings = Math.round(Math.sqrt(w) / 8)
  const spare = BigInt(2 * doublings + 16)
  const units = BigInt(w) + spare
  const one = 1n << units
  let odd = (t << spare) >> BigInt(doublings)
  const square = (signature * odd * odd) >> units
  for (let [term, k] = [odd, 2n]; term !== 0n; k += 2n) {
    term = ((term * square) >> units) / (k * (k + 1n))
    odd += term
  }
  let even = integerRoot((one << units) + signature * odd * odd, 2)
  for (let n = 0; n < doublings; n++) {
    odd = (odd * even) >> (units - 1n)
    even = ((even * even) >> (units - 1n)) - one
  }
  return [even >> spare, odd >> spare]
}

/** artanh t for `|t| ≤ 1/2`, or arctan t for `|t| ≤ 1`, off by a unit or two. */
const inverse = (t: bigint, signature: Signature, w: number): bigint => {
  // Of a half's half …, which is t/(1 + √(1 ∓ t²)) each time.
  const halvings = Math.round(Math.sqrt(w) / 8)
  const spare = BigInt(halvings + 16)
  const units = BigInt(w) + spare
  const one = 1n << units
  let power = t << spare
  for (let n = 0; n < halvings; n++)
    power = (power << units) / (one + integerRoot((one << units) - signature * power * power, 2))
  const square = (signature * power * power) >> units
  let total = 0n
  for (let k = 1n; power !== 0n && power !== -1n; k += 2n) {
    total += power / k
    power = (power * square) >> units
  }
  return total >> 16n
}

/** A function of whole numbers whose values are kept. */
export const memo = <A>(f: (k: number) => A): ((k: number) => A) => {
  const known = new Map<number, A>()
  return (k) => {
    const value = known.get(k) ?? f(k)
    known.set(k, value)
    return value
  }
}

const halfPi = memo((w) => inverse(1n << BigInt(w + 32), -1n, w + 32) >> 31n)
const ln2 = memo((w) => inverse((1n << BigInt(w + 32)) / 3n, 1n, w + 32) >> 31n)

/** π as a ball. */
export const piReal = memo((p): Real => R.fit(halfPi(width(p)), 1 - width(p), 4n, p))

/** Radii beyond a quarter tell nothing. */
const isWide = (radius: bigint, w: number): boolean => R.bits(radius) > w - 2

/** `a = k·period + t` with a `t` in units of `2^-w` that is off by less than the radius, and at most half a period. */
const reduced = (a: Real, period: (w: number) => bigint, w: number) => {
  const v = w + 32 * Math.ceil(Math.max(0, R.magnitude(a)) / 32)
  const [x, step] = [R.shift(a.m, a.e + v), period(v)]
  const k = (2n * x + (x < 0n ? -step : step)) / (2n * step)
  const radius = (R.shift(a.r, a.e + v) >> BigInt(v - w)) + 3n
  return isWide(radius, w) ? undefined : { k, t: (x - k * step) >> BigInt(v - w), radius }
}

/** `e^a`; nothing where the ball is too wide or the value too great. */
export const exp = (a: Real, p: number): Real | undefined => {
  if (R.isZero(a)) return R.ONE
  if (R.magnitude(a) > 41) return R.sign(a) < 0 ? R.TINY : undefined
  const w = width(p)
  const of = reduced(a, ln2, w)
  if (of === undefined) return undefined
  const [cosh, sinh] = exponentialPair(of.t, 1n, w)
  return R.fit(cosh + sinh, Number(of.k) - w, 3n * of.radius + 8n, p)
}

/** Bits more for what is near 0, so that as many are known as of anything else. */
const more = (magnitude: number, most: number): number => Math.max(0, Math.min(most, -magnitude))

/** Is it so near 0 that an odd function of it is `a` itself, but for `a³`? */
const isTiny = (a: Real, p: number): boolean => R.magnitude(a) < -p / 2

const nearZero = (a: Real, p: number): Real => R.widen(a, 3 * R.magnitude(a), p)

/** `[sin a, cos a]`, or nothing where the ball is too wide. */
export const sineCosine = (a: Real, p: number): readonly [Real, Real] | undefined => {
  const g = R.magnitude(a)
  if (isTiny(a, p)) return [nearZero(a, p), R.widen(R.ONE, 2 * g, p)]
  const w = width(p + more(g, p))
  const of = g > 4096 ? undefined : reduced(a, halfPi, w)
  if (of === undefined) return undefined
  let [cos, sin] = exponentialPair(of.t, -1n, w)
  const quadrant = of.k & 3n
  if (quadrant & 1n) [sin, cos] = [cos, -sin]
  if (quadrant & 2n) [sin, cos] = [-sin, -cos]
  return [R.fit(sin, -w, of.radius + 8n, p), R.fit(cos, -w, of.radius + 8n, p)]
}

/** The natural logarithm of a positive ball. */
export const log = (a: Real, p: number): Real | undefined => {
  if (a.m <= a.r) return undefined
  const away = R.subtract(a, R.ONE, p)
  if (R.isZero(away)) return R.ZERO
  const w = width(p + more(R.magnitude(away), 800))
  // y = a / 2^k in [3/4, 3/2), and ln y = 2 artanh (y - 1)/(y + 1).
  const one = 1n << BigInt(w)
  let k = a.e + R.bits(a.m)
  let y = R.shift(a.m, a.e - k + w)
  while (4n * y < 3n * one) {
    k--
    y = R.shift(a.m, a.e - k + w)
  }
  const value = 2n * inverse(((y - one) << BigInt(w)) / (y + one), 1n, w) + ((BigInt(k) * ln2(w + 64)) >> 64n)
  return R.fit(value, -w, (a.r << BigInt(w)) / (a.m - a.r) + 16n, p)
}

/** The angle of the point `(x, y)` in (-π, π], or nothing where the ball meets 0 or the cut. */
export const angle = (y: Real, x: Real, p: number): Real | undefined => {
  if (R.isZero(y)) return R.sign(x) === 0 ? undefined : R.sign(x) > 0 ? R.ZERO : piReal(p)
  const q = p + 8
  if (x.m < 0n) {
    const rest = R.sign(y) === 0 ? undefined : angle(y, R.negate(x), q)
    return rest && R.subtract(y.m < 0n ? R.negate(piReal(q)) : piReal(q), rest, p)
  }
  // The tangent of half the angle is at most 1.
  const size = R.squareRoot(R.add(R.multiply(x, x, q), R.multiply(y, y, q), q), q)
  const t = size && R.divide(y, R.add(x, size, q), q)
  if (t === undefined) return undefined
  if (isTiny(t, p)) return R.scale(nearZero(t, p), 1)
  const w = width(p + more(R.magnitude(t), p))
  const radius = R.shift(t.r, t.e + w) + 8n
  return isWide(radius, w) ? undefined : R.fit(inverse(R.shift(t.m, t.e + w), -1n, w), 1 - w, radius, p)
}
