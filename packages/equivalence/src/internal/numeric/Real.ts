/**
 * Real balls: numbers of any size that know how far they may be off.
 *
 * Everything is BigInt and IEEE addition and multiplication, so the same bits come out on every machine.
 *
 * @since 0.1.0
 */

/**
 * All numbers from `(m - r)·2^e` to `(m + r)·2^e`. `r` is 0 for an exact number.
 *
 * @since 0.1.0
 * @category models
 */
export interface Real {
  readonly m: bigint
  readonly e: number
  readonly r: number
}

/** Exponents of two beyond this are refused. */
export const LIMIT = 1_099_511_627_776

export const ZERO: Real = { m: 0n, e: 0, r: 0 }
export const ONE: Real = { m: 1n, e: 0, r: 0 }

/** What is left of a number too small to keep: all that is known is that it is nearly 0. */
export const TINY: Real = { m: 0n, e: 262_144 - LIMIT, r: 1 }

const cell = new Float64Array(1)
const words = new Uint32Array(cell.buffer)
cell[0] = 1
const HIGH = words[1] === 0 ? 0 : 1

/** `|x| < 2^exponentOf(x)` for a finite double, at most one too many. */
const exponentOf = (x: number): number => {
  cell[0] = x
  return ((words[HIGH]! >>> 20) & 0x7ff) - 1022
}

/** Powers of two that a double holds; smaller ones are rounded up, greater ones are infinite. */
export const pow2 = (k: number): number => {
  if (k < -1022) return 2.3e-308
  if (k > 1023) return Infinity
  words[HIGH] = (k + 1023) << 20
  words[1 - HIGH] = 0
  return cell[0]!
}

/** Bits of `|m|`; one too many where `m` is just below a power of two. */
export const bits = (m: bigint): number => {
  if (m === 0n) return 0
  const size = exponentOf(Number(m))
  if (size < 1025) return size
  let half = 512
  while (m >> BigInt(2 * half) > 0n || m >> BigInt(2 * half) < -1n) half *= 2
  return half + bits(m >> BigInt(half))
}

/** A factor that makes up for the rounding of a few double operations. */
const UP = 1.000000001

/**
 * Cuts a mantissa to about `p` bits, and to fewer where the radius makes the rest meaningless. Exact numbers are kept
 * whole up to `2p` bits.
 */
export const fit = (m: bigint, e: number, r: number, p: number): Real => {
  const size = bits(m)
  let cut = size - p
  if (r === 0) {
    if (cut <= p) return { m, e, r }
  } else {
    if (r > 16_777_216) cut = Math.max(cut, exponentOf(r) - 8)
    if (cut <= 12) return { m, e, r }
  }
  return { m: m >> BigInt(cut), e: e + cut, r: r * pow2(-cut) * UP + 1 }
}

/** Is it exactly 0? */
export const isZero = (a: Real): boolean => a.r === 0 && a.m === 0n

/** May it be 0? */
export const containsZero = (a: Real): boolean => Math.abs(Number(a.m)) <= a.r

/** 1 or -1 where the whole ball has that sign, else 0. */
export const sign = (a: Real): -1 | 0 | 1 => (containsZero(a) ? 0 : a.m > 0n ? 1 : -1)

/** `|a| < 2^magnitude(a)`, and not much less. */
export const magnitude = (a: Real): number => {
  const size = bits(a.m)
  const spread = a.r === 0 ? 0 : exponentOf(a.r)
  return a.e + (spread + 1 < size ? size + (spread + 20 < size ? 0 : 1) : a.r === 0 ? size : spread + 1)
}

/** `radius < 2^radiusMagnitude(a)`; `-Infinity` for an exact number. */
export const radiusMagnitude = (a: Real): number => (a.r === 0 ? -Infinity : a.e + exponentOf(a.r))

export const negate = (a: Real): Real => ({ m: -a.m, e: a.e, r: a.r })

export const absolute = (a: Real): Real => (a.m < 0n ? negate(a) : a)

/** `a·2^k`. */
export const scale = (a: Real, k: number): Real => (isZero(a) ? ZERO : { m: a.m, e: a.e + k, r: a.r })

/** The same middle with `2^k` more radius. */
export const widen = (a: Real, k: number, p: number): Real =>
  k === -Infinity
    ? a
    : k - a.e > 60
      ? fit(a.m >> BigInt(k - a.e), k, a.r * pow2(a.e - k) + 2, p)
      : { ...a, r: a.r * UP + pow2(k - a.e) }

/** The middle alone, as an exact number. */
export const middle = (a: Real): Real => ({ m: a.m, e: a.e, r: 0 })

export const add = (a: Real, b: Real, p: number): Real => {
  if (a.e < b.e) return add(b, a, p)
  if (isZero(a)) return b
  if (isZero(b)) return a
  const gap = a.e - b.e
  if (gap === 0) return fit(a.m + b.m, a.e, a.r + b.r, p)
  const cut = Math.min(gap, a.r === 0 ? (gap <= 4 * p ? gap : p + 20) : 20)
  const m = a.m << BigInt(cut)
  if (cut === gap) return fit(m + b.m, b.e, (a.r === 0 ? 0 : a.r * pow2(cut)) + b.r, p)
  const drop = gap - cut
  return fit(m + (b.m >> BigInt(drop)), b.e + drop, (a.r === 0 ? 0 : a.r * pow2(cut)) + b.r * pow2(-drop) + 1, p)
}

export const subtract = (a: Real, b: Real, p: number): Real => add(a, negate(b), p)

export const multiply = (a: Real, b: Real, p: number): Real => {
  const e = a.e + b.e
  if (a.r === 0 && b.r === 0) return a.m === 0n || b.m === 0n ? ZERO : fit(a.m * b.m, e, 0, p)
  if (isZero(a) || isZero(b)) return ZERO
  const r = Math.abs(Number(a.m)) * b.r + Math.abs(Number(b.m)) * a.r + a.r * b.r
  if (r < 1e300) return fit(a.m * b.m, e, r * UP, p)
  // Mantissas too long for a double: the same by their leading bits.
  const [x, y] = [fit(a.m, 0, a.r, p), fit(b.m, 0, b.r, p)]
  const [k, l] = [Math.max(0, bits(x.m) - 64), Math.max(0, bits(y.m) - 64)]
  const unit = Math.max(k, l)
  const long = (Math.abs(Number(x.m >> BigInt(k))) + 1) * pow2(k - unit)
  const wide = (Math.abs(Number(y.m >> BigInt(l))) + 1) * pow2(l - unit)
  return fit((x.m * y.m) >> BigInt(unit), e + x.e + y.e + unit, (long * y.r + wide * x.r + x.r * y.r) * UP + 1, p)
}

/** `a / b`, or nothing where `b` may be 0. */
export const divide = (a: Real, b: Real, p: number): Real | undefined => {
  if (containsZero(b)) return undefined
  if (isZero(a)) return ZERO
  const size = bits(b.m)
  const cut = Math.max(0, p + 4 + size - bits(a.m))
  const m = (a.m << BigInt(cut)) / b.m
  const e = a.e - b.e - cut
  if (a.r === 0 && b.r === 0) return fit(m, e, 1, p)
  const top = Math.abs(Number(m))
  if (cut < 900 && size < 900 && top < 1e280) {
    const low = Math.abs(Number(b.m)) - b.r
    return fit(m, e, ((top * b.r + (a.r === 0 ? 0 : a.r * pow2(cut))) / low) * UP + 1, p)
  }
  if (b.r * pow2(3 - size) > 1) return undefined
  // Numbers too long for a double: bounds by powers of two, cut to where they fit.
  const [fromB, fromA] = [b.r === 0 ? 0 : bits(m) - size + 1, a.r === 0 ? 0 : cut - size + 1]
  const drop = Math.max(0, fromA - 60, fromB - 60)
  return fit(m >> BigInt(drop), e + drop, 4 * (b.r * pow2(fromB - drop) + a.r * pow2(fromA - drop)) + 2, p)
}

/** The whole part of the square root of `n ≥ 0`. */
export const integerRoot = (n: bigint): bigint => {
  const size = bits(n)
  if (size < 50) return BigInt(Math.floor(Math.sqrt(Number(n))))
  // The start is above the root, and what comes out is the whole part whatever the start was.
  let x: bigint
  if (size < 1000) x = BigInt(Math.ceil(Math.sqrt(Number(n)) * (1 + 4.44e-16)))
  else {
    const half = size >> 2
    x = (integerRoot(n >> BigInt(2 * half)) + 1n) << BigInt(half)
  }
  for (;;) {
    const next = (x + n / x) >> 1n
    if (next >= x) return x
    x = next
  }
}

/** The square root of a ball that is not negative; nothing where it may be. */
export const squareRoot = (a: Real, p: number): Real | undefined => {
  if (isZero(a)) return ZERO
  if (a.m <= 0n || containsZero(a)) return undefined
  const size = bits(a.m)
  let cut = Math.max(0, 2 * (a.r === 0 ? p : Math.min(p, size + 16)) + 8 - size)
  if ((a.e - cut) % 2 !== 0) cut++
  const n = a.m << BigInt(cut)
  const m = integerRoot(n)
  const e = (a.e - cut) / 2
  if (a.r === 0) return fit(m, e, m * m === n ? 0 : 1, p)
  // |√(x+d) - √x| ≤ d/√x, in units of the last bit of the root.
  const length = bits(m)
  if (size > 900 || length > 900) return fit(m, e, a.r * pow2(length - size + 2) + 1, p)
  const share = a.r / Number(a.m)
  return fit(m, e, Number(m) * share * (share < 0.25 ? 0.54 : 1) * UP + 1, p)
}

/** -1, 0, 1 as `a` is less than, overlaps, is greater than `b`. Exact equals are 0 too. */
export const compare = (a: Real, b: Real, p: number): -1 | 0 | 1 => sign(subtract(a, b, p))
