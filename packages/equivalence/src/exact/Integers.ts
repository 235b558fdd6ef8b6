/**
 * Functions of whole numbers and of fractions.
 */
import type { Budget } from "../Budget.ts"
import * as Q from "./Coefficient.ts"
import { asRational, multiply, NOT_SCALAR, ONE, rational, scale, subtract } from "./Fraction.ts"
import type { Form } from "./Monomial.ts"

const MOST_BITS = 20_000

const toInteger = (of: Form): bigint | undefined => {
  const number = asRational(of)
  return number?.denominator === 1n ? number.numerator : undefined
}

/** `from · (from + step) · … ` while positive and not more than `to`. */
const run = (from: bigint, to: bigint, step: bigint, budget: Budget): bigint | undefined => {
  let [out, length, cost] = [1n, 1, 3]
  for (let n = from; n <= to; n += step) {
    if (++length % 64 === 0) {
      cost = 3 + Q.bits(out) / 200
      if (Q.bits(out) > MOST_BITS) return undefined
    }
    budget.spend(cost)
    out *= n
  }
  return Q.bits(out) > MOST_BITS + 64 ? undefined : out
}

/** `n · (n − 1) · … · (n − k + 1)`. */
const falling = (n: Form, k: bigint, budget: Budget): Form | undefined => {
  const number = toInteger(n)
  if (k < 0n) return number === undefined ? undefined : rational(Q.ZERO)
  if (number !== undefined && number >= 0n) {
    if (k > number) return rational(Q.ZERO)
    const value = run(number - k + 1n, number, 1n, budget)
    return value === undefined ? undefined : rational(Q.whole(value))
  }
  if (k > 20n) return undefined
  let out = ONE
  for (let i = 0n; i < k; i++) out = multiply(out, subtract(n, rational(Q.whole(i)), budget), budget)
  return out
}

const round = (n: Q.Rational, budget: Budget): bigint =>
  n.numerator < 0n ? -round(Q.negate(n), budget) : Q.floor(Q.add(n, Q.HALF, budget))

/** A function of fractions whose value is a fraction, or nothing. */
export const ofRationals = (name: string, of: ReadonlyArray<Q.Rational>, budget: Budget): Q.Rational | undefined => {
  const [first, second] = of
  if (first === undefined) return undefined
  const isWhole = of.every(({ denominator }) => denominator === 1n)
  switch (name) {
    case "floor":
      return Q.whole(Q.floor(first))
    case "ceil":
      return Q.whole(-Q.floor(Q.negate(first)))
    case "round":
      return second === undefined ? Q.whole(round(first, budget)) : undefined
    case "max":
    case "min":
      return of.reduce((a, b) => (Q.compare(a, b) < 0 === (name === "max") ? b : a))
    case "mod": {
      if (second === undefined) return undefined
      if (second.numerator === 0n) throw NOT_SCALAR
      const quotient = Q.whole(-Q.floor(Q.multiply(first, Q.inverse(second), budget)))
      return Q.add(first, Q.multiply(second, quotient, budget), budget)
    }
    case "gcd":
      return isWhole ? Q.whole(of.reduce((a, { numerator: b }) => Q.gcd(a, b, budget), 0n)) : undefined
    case "lcm": {
      const merge = (a: bigint, b: bigint): bigint =>
        b === 0n ? 0n : Q.absolute(Q.product(a, b / Q.gcd(a, b, budget), budget))
      return isWhole ? Q.whole(of.reduce((a, { numerator: b }) => (a === 0n ? 0n : merge(a, b)), 1n)) : undefined
    }
    case "factorial":
    case "doubleFactorial": {
      if (!isWhole) return undefined
      const step = name === "factorial" ? 1n : 2n
      const n = first.numerator
      if (n < 0n) {
        if (n >= -step + 1n) return Q.ONE
        throw NOT_SCALAR
      }
      const value = n > 10_000n ? undefined : run(step === 1n ? 1n : 2n - (n % 2n), n, step, budget)
      return value === undefined ? undefined : Q.whole(value)
    }
    default:
      return undefined
  }
}

/** Binomials and permutations with a whole lower number. */
export const choose = (name: string, n: Form, k: Form, budget: Budget): Form | undefined => {
  let lower = toInteger(k)
  const upper = toInteger(n)
  if (lower === undefined) return undefined
  if (name === "permutations") return falling(n, lower, budget)
  if (upper !== undefined && upper >= 0n && lower > upper - lower) lower = upper - lower
  const top = falling(n, lower, budget)
  const bottom = lower < 0n ? 1n : run(1n, lower, 1n, budget)
  if (top === undefined || bottom === undefined) return undefined
  return scale(top, { numerator: 1n, denominator: bottom }, budget)
}

/** The whole number that a form is, when it has at most `most` bits; powers that stay unexpanded included. */
export const integerValue = (of: Form, most: number, budget: Budget): bigint | undefined => {
  const [term, second] = of.numerator
  if (term === undefined) return 0n
  if (second !== undefined || of.denominator !== ONE.denominator) return undefined
  let out = term.coefficient
  for (const { exponent, generator } of term.monomial.powers) {
    if (generator.prime === undefined || exponent.denominator !== 1n) return undefined
    const power = Q.power(Q.whole(generator.prime), exponent.numerator, most, budget)
    if (power === undefined) return undefined
    out = Q.multiply(out, power, budget)
  }
  return out.denominator === 1n && Q.bits(out.numerator) <= most + 4 ? out.numerator : undefined
}

/** `base^exponent mod modulus` for `exponent ≥ 0` and `modulus > 0`. */
export const powerModulo = (base: bigint, exponent: bigint, modulus: bigint, budget: Budget): bigint => {
  let result = 1n % modulus
  const size = Q.words(modulus)
  for (const bit of exponent.toString(2)) {
    budget.spend(6 + (size * size) / 32)
    result = (result * result) % modulus
    if (bit === "1") result = (result * base) % modulus
  }
  return result
}
