/**
 * Whole numbers as products, as far as small primes go.
 */
import type { Budget } from "../Budget.ts"
import { bits, words } from "./Coefficient.ts"

const SAFE = BigInt(Number.MAX_SAFE_INTEGER)

/** Every number below this that `factor` leaves as one is a prime. */
export const PROVEN = 100_000_000n

/** The whole `k`-th root of `n ≥ 0`, rounded down. */
export const integerRoot = (n: bigint, k: number, budget: Budget): bigint => {
  if (n < 2n || k === 1) return n
  const size = words(n)
  budget.spend(40 + (size * size) / 4)
  const [index, lower] = [BigInt(k), BigInt(k - 1)]
  let root = 1n << BigInt(Math.ceil(bits(n) / k) + 1)
  for (;;) {
    const next = (lower * root + n / root ** lower) / index
    if (next >= root) return root
    root = next
  }
}

/** The exact `k`-th root of `n ≥ 0`, where there is one. */
export const exactRoot = (n: bigint, k: number, budget: Budget): bigint | undefined => {
  const root = integerRoot(n, k, budget)
  return root ** BigInt(k) === n ? root : undefined
}

/** A number without small factors as a power: `[root, exponent]`. */
const perfectPower = (n: bigint, least: number, budget: Budget): [bigint, number] => {
  const most = n < PROVEN ? 1 : bits(n) / Math.log2(least)
  for (const k of [2, 3, 5, 7, 11, 13]) {
    if (k > most) break
    const root = exactRoot(n, k, budget)
    if (root !== undefined) {
      const [base, exponent] = perfectPower(root, least, budget)
      return [base, exponent * k]
    }
  }
  return [n, 1]
}

/**
 * Prime powers whose product is `n > 0`. Divisors to 10,000 are tried (to 1,000 while a long number stays long); what is left then
 * is kept as one factor, or as a power of one.
 */
export const factor = (n: bigint, budget: Budget): ReadonlyArray<readonly [bigint, number]> => {
  const found: Array<readonly [bigint, number]> = []
  /** What is left of a number without a divisor. */
  const take = (from: bigint, divisor: bigint): bigint => {
    let [left, exponent] = [from, 0]
    while (left % divisor === 0n) {
      budget.spend(words(left))
      left /= divisor
      exponent++
    }
    if (exponent > 0) found.push([divisor, exponent])
    return left
  }
  const limit = n > 1n << 256n ? 1000 : 10_000
  let left = take(n, 2n)
  let divisor = 3
  const step = 6 + words(left) / 4
  for (; divisor < limit && left > SAFE; divisor += 2) {
    budget.spend(step)
    left = take(left, BigInt(divisor))
  }
  for (let small = left > SAFE ? 1 : Number(left); divisor < 10_000 && divisor * divisor <= small; divisor += 2) {
    if (divisor % 64 === 1) budget.spend(4)
    if (small % divisor !== 0) continue
    left = take(left, BigInt(divisor))
    small = Number(left)
  }
  if (left === 1n) return found
  const [root, exponent] = perfectPower(left, limit, budget)
  if (exponent === 1) return [...found, [left, 1]]
  return [...found, ...factor(root, budget).map(([prime, times]) => [prime, times * exponent] as const)]
}
