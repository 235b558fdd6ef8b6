/**
 * Real balls: numbers of any size that know how far they may be off.
 *
 * Everything is BigInt, so the same bits come out on every machine.
 *
 * @since 0.1.0
 */
import { integerRoot } from "../../Rational.ts"

/**
 * All numbers from `(m - r)·2^e` to `(m + r)·2^e`. `r` is 0 for an exact number.
 *
 * @since 0.1.0
 * @category models
 */
export interface Real {
  readonly m: bigint
  readonly e: number
  readonly r: bigint
}

/** Exponents of two beyond this are refused. */
export const LIMIT = 1_099_511_627_776

export const ZERO: Real = { m: 0n, e: 0, r: 0n }
export const ONE: Real = { m: 1n, e: 0, r: 0n }

/** An exact number `m·2^e`. */
export const dyadic = (m: bigint, e: number): Real => ({ m, e, r: 0n })

/** Something within `2^e` of 0. */
export const around = (e: number): Real => ({ m: 0n, e, r: 1n })

/** What is left of a number too small to keep: all that is known is that it is nearly 0. */
export const TINY = around(262_144 - LIMIT)

const double = new DataView(new ArrayBuffer(8))

/** Numbers of 1,000 · 2^k bits: a comparison with one of another length takes no time. */
const POWERS = Array.from({ length: 8 }, (_, k) => 1n << BigInt(1000 << k))

/** Bits of `|m|`; one too many where `m` is just below a power of two. */
export const bits = (m: bigint): number => {
  if (m === 0n) return 0
  double.setFloat64(0, Number(m))
  const size = ((double.getUint16(0) >> 4) & 0x7ff) - 1022
  if (size < 1025) return size
  const half = 1000 << POWERS.findLastIndex((power) => m >= power || -m >= power)
  return half + bits(m >> BigInt(half))
}

/** `m·2^k`, rounded down. */
export const shift = (m: bigint, k: number): bigint => (k < 0 ? m >> BigInt(-k) : m << BigInt(k))

const size = (m: bigint): bigint => (m < 0n ? -m : m)

/**
 * Cuts a mantissa to about `p` bits, and to fewer where the radius makes the rest meaningless. Exact numbers are kept
 * whole up to `2p` bits.
 */
export const fit = (m: bigint, e: number, r: bigint, p: number): Real => {
  const cut = Math.max(bits(m) - p, bits(r) - 32)
  if (cut <= (r === 0n ? p : 12)) return { m, e, r }
  const drop = BigInt(cut)
  return { m: m >> drop, e: e + cut, r: (r >> drop) + 2n }
}

/** Is it exactly 0? */
export const isZero = (a: Real): boolean => a.m === 0n && a.r === 0n

/** May it be 0? */
export const containsZero = (a: Real): boolean => size(a.m) <= a.r

/** 1 or -1 where the whole ball has that sign, else 0. */
export const sign = (a: Real): -1 | 0 | 1 => (containsZero(a) ? 0 : a.m > 0n ? 1 : -1)

/** `|a| < 2^magnitude(a)`, and not much less. */
export const magnitude = (a: Real): number => (isZero(a) ? -Infinity : a.e + bits(size(a.m) + a.r))

/** `radius < 2^radiusMagnitude(a)`; `-Infinity` for an exact number. */
export const radiusMagnitude = (a: Real): number => (a.r === 0n ? -Infinity : a.e + bits(a.r))

export const negate = (a: Real): Real => ({ m: -a.m, e: a.e, r: a.r })

export const absolute = (a: Real): Real => (a.m < 0n ? negate(a) : a)

/** `a·2^k`. */
export const scale = (a: Real, k: number): Real => (isZero(a) ? ZERO : { m: a.m, e: a.e + k, r: a.r })

/** The same middle with `2^k` more radius. */
export const widen = (a: Real, k: number, p: number): Real => (k === -Infinity ? a : add(a, around(k), p))

/** The middle alone, as an exact number. */
export const middle = (a: Real): Real => dyadic(a.m, a.e)

export const add = (a: Real, b: Real, p: number): Real => {
  if (a.e < b.e) return add(b, a, p)
  if (isZero(a)) return b
  if (isZero(b)) return a
  const gap = a.e - b.e
  // What lies far below the last bit that is known of `a` is dropped.
  const raised = Math.min(gap, a.r === 0n ? 3 * p : 20)
  const by = BigInt(raised)
  const drop = BigInt(gap - raised)
  const r = (a.r << by) + (drop === 0n ? b.r : (b.r >> drop) + 2n)
  return fit((a.m << by) + (b.m >> drop), a.e - raised, r, p)
}

export const subtract = (a: Real, b: Real, p: number): Real => add(a, negate(b), p)

export const multiply = (a: Real, b: Real, p: number): Real =>
  isZero(a) || isZero(b) ? ZERO : fit(a.m * b.m, a.e + b.e, size(a.m) * b.r + size(b.m) * a.r + a.r * b.r, p)

/** `a / b`, or nothing where `b` may be 0. */
export const divide = (a: Real, b: Real, p: number): Real | undefined => {
  if (containsZero(b)) return undefined
  if (isZero(a)) return ZERO
  const cut = Math.max(0, p + 4 + bits(b.m) - bits(a.m))
  const m = (a.m << BigInt(cut)) / b.m
  const r = ((size(m) + 1n) * b.r + (a.r << BigInt(cut))) / (size(b.m) - b.r)
  return fit(m, a.e - b.e - cut, r + 2n, p)
}

/** The square root of a ball that is not negative; nothing where it may be. */
export const squareRoot = (a: Real, p: number): Real | undefined => {
  if (isZero(a)) return ZERO
  if (a.m <= a.r) return undefined
  let cut = Math.max(0, 2 * p + 8 - bits(a.m))
  if ((a.e - cut) % 2 !== 0) cut++
  const n = a.m << BigInt(cut)
  const m = integerRoot(n, 2)
  // |√(x+d) - √x| ≤ d/√x, in units of the last bit of the root.
  const r = a.r === 0n && m * m === n ? 0n : (a.r << BigInt(cut)) / m + 2n
  return fit(m, (a.e - cut) / 2, r, p)
}
