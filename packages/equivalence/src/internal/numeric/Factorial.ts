/**
 * Factorials and what is made of them, for whole numbers.
 *
 * @since 0.1.0
 */
import type { Budget } from "../Budget.ts"
import type { Ball } from "./Ball.ts"
import * as B from "./Ball.ts"
import * as R from "./Real.ts"

/** Factors that are multiplied one by one. */
const MOST = 20_000

/** Bits that a product of whole numbers is written out with. */
const LONGEST = 400_000

/** `from·(from - step)…` with `count` factors, by halves: that leaves the long products to the end. */
const product = (from: bigint, step: bigint, count: number): bigint => {
  if (count < 2) return count === 0 ? 1n : from
  const half = count >> 1
  return product(from, step, half) * product(from - step * BigInt(half), step, count - half)
}

/** `from·(from - step)·(from - 2·step)…`, with `count` factors: exact as long as that is short. */
const falling = (from: Ball, step: number, count: number, p: number, budget: Budget): Ball | undefined => {
  if (count > MOST) return undefined
  const whole = B.integer(from)
  const size = whole === undefined ? Infinity : count * R.bits(whole)
  budget.spend(count * (4 + p / 64))
  if (size <= LONGEST) {
    budget.spend((size / 64) ** 1.5 / 8)
    return B.fromInteger(product(whole!, BigInt(step), count), p + 32)
  }
  const q = p + 32
  let [total, next] = whole === undefined ? [B.ONE, from] : [B.real(R.ONE), B.real(from.re)]
  for (let j = 0; j < count; j++) {
    total = B.multiply(total, next, q)
    next = B.subtract(next, B.fromInteger(step), q)
  }
  return total
}

/** `n!` for `step = 1`, `n!!` for `step = 2`. */
export const factorial = (n: Ball, step: number, p: number, budget: Budget): Ball | undefined => {
  const whole = B.integer(n)
  if (whole === undefined || whole <= -step) return undefined
  return falling(n, step, Math.ceil(Number(whole) / step), p, budget)
}

/** `n·(n-1)·…·(n-k+1)`, over `k!` where `combined`. */
export const fallingFactorial = (n: Ball, k: Ball, combined: boolean, p: number, budget: Budget): Ball | undefined => {
  const [whole, count] = [B.integer(n), B.integer(k)]
  if (count === undefined) return undefined
  if (count < 0n) return combined ? B.ZERO : undefined
  if (whole !== undefined && whole >= 0n && count > whole) return B.ZERO
  if (combined && whole !== undefined && whole >= 0n && 2n * count > whole)
    return fallingFactorial(n, B.fromInteger(whole - count), true, p, budget)
  const top = falling(n, 1, Number(count), p + 32, budget)
  const bottom = top && combined ? factorial(k, 1, p + 32, budget) : B.ONE
  return top && bottom && B.divide(top, bottom, p)
}
