/**
 * exp, log, sin and cos, arctan of real balls, and π and ln 2.
 *
 * Each reduces its argument by a small table and sums a short Taylor series in fixed point: integers in units of
 * `2^-w`, where `w` has at least 20 bits to spare. The tables are made entry by entry when first asked for.
 *
 * @since 0.1.0
 */
import type { Real } from "./Real.ts"
import {
  bits,
  containsZero,
  divide,
  fit,
  isZero,
  magnitude,
  negate,
  ONE,
  pow2,
  scale,
  sign,
  subtract,
  TINY,
  widen,
  ZERO,
} from "./Real.ts"

/** A function of whole numbers whose values are kept. */
const memo = <A>(f: (k: number) => A): ((k: number) => A) => {
  const known: Array<A | undefined> = []
  return (k) => (known[k] ??= f(k))
}

/** `Σ ± z^(2k+1)/(2k+1)` for `z = i/n`, in units of `2^-w`: arctan for `step = -1`, artanh for `step = 1`. */
const inverseSeries = (i: number, n: number, step: bigint, w: number): bigint => {
  let [power, total] = [(BigInt(i) << BigInt(w + 32)) / BigInt(n), 0n]
  for (let [k, s] = [1n, 1n]; power !== 0n; k += 2n, s *= step) {
    total += (s * power) / k
    power = (power * BigInt(i * i)) / BigInt(n * n)
  }
  return total >> 32n
}

/** π in units of `2^-w`, `w` a multiple of 32. */
const pi = memo((w) => (16n * inverseSeries(1, 5, -1n, w + 32) - 4n * inverseSeries(1, 239, -1n, w + 32)) >> 32n)

/** ln 2 in units of `2^-w`, `w` a multiple of 32. */
const ln2 = memo((w) => {
  const part = (n: number) => inverseSeries(1, n, 1n, w + 32)
  return (18n * part(26) - 2n * part(4801) + 8n * part(8749)) >> 32n
})

/** What the series need at one width. */
const kernel = memo((w) => {
  const shift = BigInt(w)
  const one = 1n << shift
  /** `Σ z^k/k!` for `z = i/2^s`, over the even or odd `k` with changing signs for `step = 2`. */
  const exponentialSeries = (i: number, s: number, step: number, from: number): bigint => {
    let term = (BigInt(from === 0 ? 1 : i) << BigInt(w + 32)) >> BigInt(from * s)
    let total = 0n
    for (let k = from + 1; term !== 0n; k += step) {
      total += term
      term = step === 1 ? term * BigInt(i) : -term * BigInt(i * i)
      term /= BigInt(step === 1 ? k : k * (k + 1)) << BigInt(s * step)
    }
    return total >> 32n
  }
  const inverseFactorials: Array<bigint> = [one]
  for (let k = 1n; inverseFactorials.at(-1) !== 0n; k++) inverseFactorials.push(inverseFactorials.at(-1)! / k)
  /** The first term that is nothing, where the terms fall by `fall` bits each and by factorials. */
  const length = (fall: number, step: number): number => {
    let n = 1
    while ((inverseFactorials[n * step] ?? 0n) >> BigInt(fall * n) !== 0n) n++
    return n
  }
  return {
    shift,
    one,
    inverseFactorials,
    odd: Array.from({ length: Math.ceil(w / 14) + 1 }, (_, k) => one / BigInt(2 * k + 1)),
    /** How many terms exp needs below 2^-12, sin and cos below 2^-6, and arctan and artanh below 2^-7. */
    expLength: length(12, 1),
    sineLength: length(12, 2),
    inverseLength: Math.ceil(w / 14),
    /** exp(i/64), exp(i/4096), sin(i/64), cos(i/64). */
    coarse: memo((i) => exponentialSeries(i, 6, 1, 0)),
    fine: memo((i) => exponentialSeries(i, 12, 1, 0)),
    sine: memo((i) => exponentialSeries(i, 6, 2, 1)),
    cosine: memo((i) => exponentialSeries(i, 6, 2, 0)),
    /** arctan(i/64), as π/4 + arctan((i-64)/(i+64)) where that is quicker. */
    arctan: memo((i) =>
      i > 26 ? (pi(w) >> 2n) + inverseSeries(i - 64, i + 64, -1n, w) : inverseSeries(i, 64, -1n, w),
    ),
    /** ln(i/64). */
    logarithm: memo((i) => 2n * inverseSeries(i - 64, i + 64, 1n, w)),
  }
})

/** The width that serves a precision. */
const width = (p: number): number => Math.ceil((p + 20) / 32) * 32

/** `a` in units of `2^-w`, off by at most `units(a, w)`. */
const fixed = (a: Real, w: number): bigint => (a.e + w >= 0 ? a.m << BigInt(a.e + w) : a.m >> BigInt(-a.e - w))
const units = (a: Real, w: number): number => (a.r === 0 ? 1 : a.r * pow2(a.e + w) + 1)

/** π as a ball. */
export const piReal = memo((p): Real => fit(pi(width(p)), -width(p), 2, p))

/** `e^a`; nothing where the ball is too wide or the value too great. */
export const exp = (a: Real, p: number): Real | undefined => {
  if (isZero(a)) return ONE
  const g = magnitude(a)
  if (g > 41) return sign(a) < 0 ? TINY : undefined
  const w = width(p)
  const v = g > 0 ? w + 32 * Math.ceil(g / 32) : w
  const spread = units(a, v) * pow2(w - v) + 2
  if (spread > pow2(Math.min(w - 2, 990))) return undefined
  const x = fixed(a, v)
  const step = ln2(v)
  let k = x / step
  if (x < 0n) k -= 1n
  const t = (x - k * step) >> BigInt(v - w)
  const { coarse, expLength, fine, inverseFactorials, shift } = kernel(w)
  const head = Number(t >> BigInt(w - 12))
  const u = t - (BigInt(head) << BigInt(w - 12))
  let n = expLength
  let total = inverseFactorials[n]!
  while (n-- > 0) total = inverseFactorials[n]! + ((u * total) >> shift)
  if ((head & 63) !== 0) total = (total * fine(head & 63)) >> shift
  if (head > 63) total = (total * coarse(head >> 6)) >> shift
  return fit(total, Number(k) - w, 3 * spread + 64, p)
}

/** The natural logarithm of a positive ball. */
export const log = (a: Real, p: number): Real | undefined => {
  if (a.m <= 0n || containsZero(a)) return undefined
  if (a.m === 1n && a.e === 0 && a.r === 0) return ZERO
  const size = bits(a.m)
  let w = width(p)
  for (let again = 0; ; again++) {
    // y = a / 2^k in [3/4, 3/2).
    let y = size > w ? a.m >> BigInt(size - w) : a.m << BigInt(w - size)
    let k = a.e + size
    const one = 1n << BigInt(w)
    while (4n * y < 3n * one) {
      y <<= 1n
      k--
    }
    const { inverseLength, logarithm, odd, shift } = kernel(w)
    const i = Number((y + (one >> 7n)) >> BigInt(w - 6))
    const u = i === 64 ? y - one : (y << 6n) / BigInt(i) - one
    const z = (u << shift) / (2n * one + u)
    const square = (z * z) >> shift
    let n = inverseLength
    let total = odd[n]!
    while (n-- > 0) total = odd[n]! + ((square * total) >> shift)
    total = 2n * ((z * total) >> shift) + logarithm(i)
    // Near 1 the leading bits cancel: once more with as many more.
    if (again === 0 && k === 0 && i === 64) {
      const lost = w - bits(total)
      const most = a.r === 0 ? size : size - bits(BigInt(Math.ceil(a.r)))
      const more = Math.min(lost, most, 800)
      if (more > 16) {
        w = width(p + more + 16)
        continue
      }
    }
    if (k !== 0) {
      const v = w + 32 * Math.ceil(bits(BigInt(k)) / 32)
      total += (BigInt(k) * ln2(v)) >> BigInt(v - w)
    }
    // In units of 2^(drop - w), so that the radius fits a double.
    const drop = Math.max(0, w - size - 800)
    const unit = pow2(w - size - drop)
    const spread = a.r === 0 ? 0 : size < 900 ? (a.r / ((Number(a.m) - a.r) * pow2(-size))) * unit : a.r * unit * 8
    return fit(total >> BigInt(drop), drop - w, spread * 1.001 + 66, p)
  }
}

/** `a` itself with a relative error of `a²`, for odd functions near 0. */
const nearZero = (a: Real, g: number, p: number): Real => widen(a, 3 * g, p)

/** `[sin a, cos a]`, or nothing where the ball is too wide. */
export const sineCosine = (a: Real, p: number): readonly [Real, Real] | undefined => {
  if (isZero(a)) return [ZERO, ONE]
  const g = magnitude(a)
  if (g > 4096) return undefined
  if (g < -(p >> 1)) return [nearZero(a, g, p), widen(ONE, 2 * g, p)]
  const w = width(p + Math.max(0, -g))
  const v = g > 0 ? w + 32 * Math.ceil(g / 32) : w
  const spread = units(a, v) * pow2(w - v) + 3
  if (spread > pow2(Math.min(w - 2, 990))) return undefined
  const x = fixed(a, v)
  const half = pi(v) >> 1n
  const k = (2n * x + half) / (2n * half) - (2n * x + half < 0n ? 1n : 0n)
  const t = (x - k * half) >> BigInt(v - w)
  const { cosine, inverseFactorials, shift, sine, sineLength } = kernel(w)
  const positive = t < 0n ? -t : t
  const i = Number(positive >> BigInt(w - 6))
  const u = positive - (BigInt(i) << BigInt(w - 6))
  const square = -((u * u) >> shift)
  let n = sineLength
  let s = inverseFactorials[2 * n + 1] ?? 0n
  let c = inverseFactorials[2 * n] ?? 0n
  while (n-- > 0) {
    s = inverseFactorials[2 * n + 1]! + ((square * s) >> shift)
    c = inverseFactorials[2 * n]! + ((square * c) >> shift)
  }
  s = (s * u) >> shift
  if (i > 0) {
    const [si, ci] = [sine(i), cosine(i)]
    ;[s, c] = [(si * c + ci * s) >> shift, (ci * c - si * s) >> shift]
  }
  if (t < 0n) s = -s
  const quadrant = Number(k & 3n)
  if (quadrant & 1) [s, c] = [c, -s]
  if (quadrant & 2) [s, c] = [-s, -c]
  const r = spread * 1.1 + 64
  return [fit(s, -w, r, p), fit(c, -w, r, p)]
}

/** `arctan a`. */
export const arctan = (a: Real, p: number): Real | undefined => {
  if (isZero(a)) return ZERO
  const g = magnitude(a)
  if (g < -(p >> 1)) return nearZero(a, g, p)
  if (g > 1) {
    const inverse = divide(ONE, a, p + 8)
    // Of a ball so wide that its inverse reaches beyond 2 as well nothing is known.
    const rest = inverse && magnitude(inverse) <= 1 ? arctan(inverse, p + 8) : undefined
    const half = scale(piReal(p + 8), -1)
    return rest && subtract(a.m < 0n ? negate(half) : half, rest, p)
  }
  const w = width(p + Math.max(0, -g))
  const spread = units(a, w)
  if (spread > 1e300) return undefined
  const x = fixed(a, w)
  const t = x < 0n ? -x : x
  const kern = kernel(w)
  const i = Number((t + (kern.one >> 7n)) >> BigInt(w - 6))
  // arctan t = arctan c + arctan((t - c)/(1 + tc)) for c = i/64.
  const u = i === 0 ? t : ((t - (BigInt(i) << BigInt(w - 6))) << kern.shift) / (kern.one + ((t * BigInt(i)) >> 6n))
  const square = -((u * u) >> kern.shift)
  let n = kern.inverseLength
  let total = kern.odd[n]!
  while (n-- > 0) total = kern.odd[n]! + ((square * total) >> kern.shift)
  total = ((total * u) >> kern.shift) + (i === 0 ? 0n : kern.arctan(i))
  return fit(x < 0n ? -total : total, -w, spread + 64, p)
}

const arctanOf = (y: Real, x: Real, p: number): Real | undefined => {
  const ratio = divide(y, x, p + 4)
  return ratio && arctan(ratio, p)
}

/** The angle of the point `(x, y)` in (-π, π], or nothing where the ball meets 0 or the cut. */
export const angle = (y: Real, x: Real, p: number): Real | undefined => {
  if (isZero(y)) return sign(x) === 0 ? undefined : sign(x) > 0 ? ZERO : piReal(p)
  const steep = magnitude(y) > magnitude(x)
  if (sign(x) > 0 && !(steep && sign(y) !== 0)) return arctanOf(y, x, p)
  if (sign(y) === 0) return undefined
  if (!steep && sign(x) < 0) {
    const rest = arctanOf(y, x, p)
    return rest && subtract(rest, y.m > 0n ? negate(piReal(p)) : piReal(p), p)
  }
  const rest = arctanOf(x, y, p)
  const half = scale(piReal(p), -1)
  return rest && subtract(y.m > 0n ? half : negate(half), rest, p)
}
