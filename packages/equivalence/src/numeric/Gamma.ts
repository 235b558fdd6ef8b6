/**
 * Factorials and what is made of them.
 *
 * @since 0.1.0
 */
import type { Budget } from "../Budget.ts"
import type { Ball } from "./Ball.ts"
import * as B from "./Ball.ts"
import { log as logReal, piReal } from "./Elementary.ts"
import { exp } from "./Power.ts"
import * as R from "./Real.ts"

/** `low·(low+1)·…·high`, by halves. */
const range = (low: bigint, high: bigint, step = 1n): bigint => {
  if (high - low < 8n * step) {
    let total = low
    for (let k = low + step; k <= high; k += step) total *= k
    return total
  }
  const half = low + ((high - low) / (2n * step)) * step
  return range(low, half, step) * range(half + step, high, step)
}

/** `B_2, B_4, …` over `2k(2k-1)`: the coefficients of Stirling's series, from the tangent numbers. */
let stirling: ReadonlyArray<{ readonly n: bigint; readonly d: bigint }> = []
const stirlingSeries = (count: number): typeof stirling => {
  if (stirling.length >= count) return stirling
  const size = Math.max(32, 2 ** Math.ceil(32 - Math.clz32(count)))
  const tangent: Array<bigint> = [0n, 1n]
  for (let k = 2; k <= size; k++) tangent[k] = BigInt(k - 1) * tangent[k - 1]!
  for (let k = 2; k <= size; k++)
    for (let j = k; j <= size; j++) tangent[j] = BigInt(j - k) * tangent[j - 1]! + BigInt(j - k + 2) * tangent[j]!
  return (stirling = Array.from({ length: size }, (_, at) => {
    const k = BigInt(at + 1)
    const four = 1n << (2n * k)
    const n = 2n * k * tangent[at + 1]! * (at % 2 === 0 ? 1n : -1n)
    return { n, d: four * (four - 1n) * 2n * k * (2n * k - 1n) }
  }))
}

/** `ln Γ(z)` for a real ball `z` well above 0. */
const logGamma = (z: R.Real, p: number): R.Real | undefined => {
  const l = logReal(z, p)
  const inverse = R.divide(R.ONE, z, p)
  if (!l || !inverse) return undefined
  const square = R.multiply(inverse, inverse, p)
  const tau = logReal(R.scale(piReal(p), 1), p)!
  let total = R.subtract(R.multiply(R.subtract(z, R.scale(R.ONE, -1), p), l, p), R.subtract(z, R.scale(tau, -1), p), p)
  let power = inverse
  for (let k = 0; k < 128; k++) {
    const { d, n } = stirlingSeries(k + 1)[k]!
    const term = R.divide(R.multiply(power, { m: n, e: 0, r: 0 }, p), { m: d, e: 0, r: 0 }, p)!
    const g = R.magnitude(term)
    // The error is less than the first term that is left out.
    if (g < -p) return R.widen(total, g, p)
    total = R.add(total, term, p)
    power = R.multiply(power, square, p)
  }
  return undefined
}

/** `Γ(x+1)` of a real ball: exact for integers while that is short enough, else by Stirling's series. */
export const factorial = (x: Ball, p: number, budget: Budget): Ball | undefined => {
  if (!B.isReal(x)) return undefined
  const n = B.integer(x)
  if (n !== undefined) {
    if (n < 0n) return undefined
    const length = R.bits(n) * Number(n)
    if (length <= B.exactBits(p, true) * 1.25) {
      budget.spend(2 + length / 32 + (length / 64) * Math.sqrt(length / 64) * 0.3)
      return B.fromInteger(n < 2n ? 1n : range(2n, n), p)
    }
  }
  const g = R.magnitude(x.re)
  if (g > 41 || p > 640) return undefined
  const extra = g > 4 ? g + 6 : 8
  const q = p + extra + 8
  budget.spend(60 + (q * q) / 200)
  let z = R.add(B.realPart(x, q), R.ONE, q)
  const least = Math.ceil(q / 3)
  let shift: R.Real = R.ONE
  if (R.magnitude(z) < 14) {
    const from = Math.floor(Number(z.m) * R.pow2(z.e))
    if (from < least) {
      if (!(from > -1500)) return undefined
      budget.spend((least - from) * 6)
      for (let k = from; k < least; k++) {
        shift = R.multiply(shift, z, q)
        z = R.add(z, R.ONE, q)
      }
    }
  } else if (z.m < 0n) return undefined
  const l = logGamma(z, q)
  const value = l && exp(B.real(l), q)
  return value && B.divide(value, B.real(shift), p)
}

/** `n·(n-2)·(n-4)…` for an integer `n ≥ -1`. */
export const doubleFactorial = (x: Ball, p: number, budget: Budget): Ball | undefined => {
  const n = B.integer(x)
  if (n === undefined || n < -1n) return undefined
  const length = (R.bits(n) * Number(n)) / 2
  if (length > B.exactBits(p, true) * 1.25) return undefined
  budget.spend(2 + length / 32 + (length / 64) * Math.sqrt(length / 64) * 0.3)
  return B.fromInteger(n < 2n ? 1n : range(n & 1n ? 1n : 2n, n, 2n), p)
}

/** `n·(n-1)·…·(n-k+1)`, over `k!` where `combined`. */
export const fallingFactorial = (n: Ball, k: Ball, combined: boolean, p: number, budget: Budget): Ball | undefined => {
  const [whole, count] = [B.integer(n), B.integer(k)]
  if (count !== undefined) {
    if (count < 0n) return combined ? B.ZERO : undefined
    if (whole !== undefined && whole >= 0n && count > whole) return B.ZERO
    const short = combined && whole !== undefined && whole >= 0n && 2n * count > whole ? whole - count : count
    if (short <= 1000n) {
      const steps = Number(short)
      budget.spend(2 + steps * (4 + p / 64))
      if (steps === 0) return B.ONE
      if (whole !== undefined && (R.bits(whole) + 1) * steps <= B.exactBits(p, true)) {
        const top = range(whole - short + 1n, whole)
        return B.fromInteger(combined ? top / range(1n, short) : top, p)
      }
      const q = p + 2 * R.bits(short)
      let total = B.ONE
      for (let j = 0; j < steps; j++) {
        total = B.multiply(total, B.subtract(n, B.fromInteger(j), q), q)
        if (combined) total = B.divide(total, B.fromInteger(j + 1), q)!
      }
      return total
    }
  }
  const q = p + 8
  const top = factorial(n, q, budget)
  const rest = top && factorial(B.subtract(n, k, q), q, budget)
  const ratio = rest && B.divide(top, rest, q)
  if (!combined || ratio === undefined) return ratio
  const below = factorial(k, q, budget)
  return below && B.divide(ratio, below, p)
}
