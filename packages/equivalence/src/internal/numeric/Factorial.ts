/**
 * Factorials and what is made of them, for whole numbers.
 *
 * @since 0.1.0
 */
import type { Budget } from "../Budget.ts"
import type { Ball } from "./Ball.ts"
import * as B from "./Ball.ts"

/** Factors that are multiplied one by one. */
const MOST = 20_000

/** `from·(from - step)·(from - 2·step)…`, with `count` factors: exact as long as that is short. */
const falling = (from: Ball, step: number, count: number, p: number, budget: Budget): Ball | undefined => {
  if (count > MOST) return undefined
  const q = p + 32
  let total = B.ONE
  for (let j = 0; j < count; j++) {
    budget.spend(4 + p / 64 + B.weight(total) / 4096)
    total = B.multiply(total, B.subtract(from, B.fromInteger(j * step), q), q)
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
