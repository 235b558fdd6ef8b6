/**
 * Numbers too large to write out, where what is asked of them is small: `3^{123456789} \bmod 7`, `1000000!/999999!`.
 */
import type { Budget } from "../Budget.ts"
import type { Expression } from "../../Expression.ts"

const integer = (of: Expression): bigint | undefined =>
  of.type === "number" && of.value.denominator === 1n ? of.value.numerator : undefined

/** The whole number that an expression is, where it is one that can be written out. */
type Valuation = (of: Expression) => bigint | undefined

const LARGEST_MODULUS_BITS = 2000

/** The remainder of a whole number, worked out from remainders all the way; nothing where a part is no whole number. */
const remainder = (of: Expression, modulus: bigint, value: Valuation, budget: Budget): bigint | undefined => {
  budget.spend(10)
  const all = (parts: ReadonlyArray<Expression>, join: (a: bigint, b: bigint) => bigint): bigint | undefined => {
    let result: bigint | undefined
    for (const part of parts) {
      const next = remainder(part, modulus, value, budget)
      if (next === undefined) return undefined
      result = result === undefined ? next : join(result, next) % modulus
    }
    return result
  }
  switch (of.type) {
    case "number": {
      const whole = integer(of)
      return whole === undefined ? undefined : ((whole % modulus) + modulus) % modulus
    }
    case "negate": {
      const left = remainder(of.operand, modulus, value, budget)
      return left === undefined ? undefined : (modulus - left) % modulus
    }
    case "add":
      return all(of.terms, (a, b) => a + b)
    case "multiply":
      return all(of.factors, (a, b) => a * b)
    case "power": {
      let base = remainder(of.base, modulus, value, budget)
      let exponent = value(of.exponent)
      if (base === undefined || exponent === undefined || exponent < 0n) return undefined
      let result = 1n % modulus
      for (; exponent > 0n; exponent >>= 1n) {
        budget.spend(20)
        if (exponent & 1n) result = (result * base) % modulus
        base = (base * base) % modulus
      }
      return result
    }
    case "apply": {
      const n = of.function === "factorial" ? integer(of.arguments[0]!) : undefined
      if (n === undefined || n < 0n) return undefined
      let result = 1n % modulus
      for (let k = 2n; k <= n && result !== 0n; k++) {
        budget.spend(5)
        result = (result * k) % modulus
      }
      return result
    }
    default:
      return undefined
  }
}

/** `a mod n` for whole numbers, whatever the size of `a`. */
export const modulo = (of: Expression, by: Expression, value: Valuation, budget: Budget): bigint | undefined => {
  const modulus = value(by)
  if (modulus === undefined || modulus <= 0n || modulus.toString(2).length > LARGEST_MODULUS_BITS) return undefined
  return remainder(of, modulus, value, budget)
}

/** Factorials further apart than this are not divided by counting. */
const FURTHEST = 1000n

/** `n! / m!` for whole `n` and `m` that are close, as `[numerator, denominator]`. */
export const factorialRatio = (
  above: Expression,
  below: Expression,
  budget: Budget,
): readonly [bigint, bigint] | undefined => {
  const argument = (of: Expression) =>
    of.type === "apply" && of.function === "factorial" ? integer(of.arguments[0]!) : undefined
  const [n, m] = [argument(above), argument(below)]
  if (n === undefined || m === undefined || n < 0n || m < 0n || n - m > FURTHEST || m - n > FURTHEST) return undefined
  const [low, high] = n < m ? [n, m] : [m, n]
  let product = 1n
  for (let k = low + 1n; k <= high; k++) {
    budget.spend(10)
    product *= k
  }
  return n < m ? [1n, product] : [product, 1n]
}
