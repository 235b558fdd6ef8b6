/**
 * Whole numbers as products, as far as small primes go.
 */
import type { Budget } from "../Budget.ts"
import { bits } from "../numeric/Real.ts"
import { integerRoot } from "../../Rational.ts"

const SAFE = BigInt(Number.MAX_SAFE_INTEGER)

/** Every number below this that `factor` leaves as one is a prime. */
export const PROVEN = 100_000_000n

/**
 * Prime powers whose product is `n > 0`. Divisors to 10,000 are tried (to 1,000 while a long number stays long); what
 * is left then is kept as one factor, or as a power of one.
 */
export const factor = (n: bigint, budget: Budget): ReadonlyArray<readonly [bigint, number]> => {
  const found: Array<readonly [bigint, number]> = []
  const limit = n > 1n << 256n ? 1000 : 10_000
  let left = n
  let small = n > SAFE ? undefined : Number(n)
  const step = 1 + bits(n) / 64
  for (let divisor = 2; divisor < (small === undefined ? limit : 10_000); divisor += divisor === 2 ? 1 : 2) {
    if (small !== undefined && divisor * divisor > small) break
    budget.spend(small === undefined ? step : 0.1)
    let exponent = 0
    for (; small === undefined ? left % BigInt(divisor) === 0n : small % divisor === 0; exponent++) {
      budget.spend(step)
      left /= BigInt(divisor)
      small = left > SAFE ? undefined : Number(left)
    }
    if (exponent > 0) found.push([BigInt(divisor), exponent])
  }
  if (left === 1n) return found
  if (left >= PROVEN)
    for (const k of [2, 3, 5, 7]) {
      budget.spend(40 + (bits(left) / 64) ** 2 / 4)
      const root = integerRoot(left, k)
      if (root ** BigInt(k) === left)
        return [...found, ...factor(root, budget).map(([prime, times]) => [prime, times * k] as const)]
    }
  return [...found, [left, 1]]
}
