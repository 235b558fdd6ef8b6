/**
 * Numbers too large to write out, where what is asked of them is small: `3^{123456789} \bmod 7`, `1000000!/999999!`.
 */
import type { Budget } from "../Budget.ts"
import type { Expression } from "../../Expression.ts"
import { bits } from "../numeric/Real.ts"
import * as Q from "./Coefficient.ts"

const integer = (of: Expression): bigint | undefined =>
  of.type === "number" && of.value.denominator === 1n ? of.value.numerator : undefined

const MINUS_ONE: Expression = { type: "number", value: Q.MINUS_ONE }

/** The `n` of an `n!` that has a value. */
const factorialOf = (of: Expression): bigint | undefined => {
  const n = of.type === "apply" && of.function === "factorial" ? integer(of.arguments[0]!) : undefined
  return n === undefined || n < 0n ? undefined : n
}

/** The whole number that an expression is, where it is one that can be written out. */
type Valuation = (of: Expression) => bigint | undefined

const LARGEST_MODULUS_BITS = 2000

/** A number that leaves the same remainder as an expression; nothing where a part of that is no whole number. */
const congruent = (of: Expression, modulus: bigint, value: Valuation, budget: Budget): bigint | undefined => {
  budget.spend(10)
  const all = (parts: ReadonlyArray<Expression>, join: (a: bigint, b: bigint) => bigint): bigint | undefined =>
    parts
      .map((part) => congruent(part, modulus, value, budget))
      .reduce((a, b) => (a === undefined || b === undefined ? undefined : join(a, b) % modulus))
  switch (of.type) {
    case "number":
      return integer(of)
    case "negate":
      return all([MINUS_ONE, of.operand], (a, b) => a * b)
    case "add":
      return all(of.terms, (a, b) => a + b)
    case "multiply":
      return all(of.factors, (a, b) => a * b)
    case "power": {
      let base = congruent(of.base, modulus, value, budget)
      const exponent = value(of.exponent)
      if (base === undefined || exponent === undefined || exponent < 0n) return undefined
      let result = 1n
      for (let left = exponent; left > 0n; left >>= 1n) {
        budget.spend(20)
        if (left & 1n) result = (result * base) % modulus
        base = (base * base) % modulus
      }
      return result
    }
    case "apply": {
      const n = factorialOf(of)
      if (n === undefined) return undefined
      let result = 1n
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
  if (modulus === undefined || modulus <= 0n || bits(modulus) > LARGEST_MODULUS_BITS) return undefined
  const left = congruent(of, modulus, value, budget)
  return left === undefined ? undefined : ((left % modulus) + modulus) % modulus
}

/** Factorials further apart than this are not divided by counting. */
const FURTHEST = 1000n

/** `n! / m!` for whole `n` and `m` that are close, as `[numerator, denominator]`. */
export const factorialRatio = (
  above: Expression,
  below: Expression,
  budget: Budget,
): readonly [bigint, bigint] | undefined => {
  const [n, m] = [factorialOf(above), factorialOf(below)]
  if (n === undefined || m === undefined || n - m > FURTHEST || m - n > FURTHEST) return undefined
  const [low, high] = n < m ? [n, m] : [m, n]
  let product = 1n
  for (let k = low + 1n; k <= high; k++) {
    budget.spend(10)
    product *= k
  }
  return n < m ? [1n, product] : [product, 1n]
}
