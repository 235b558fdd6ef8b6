/**
 * Sums of terms.
 */
import type { Budget } from "../Budget.ts"
import * as Q from "./Coefficient.ts"
import type { Rational } from "./Coefficient.ts"
import * as M from "./Monomial.ts"
import type { Monomial, Polynomial, Power, Term } from "./Monomial.ts"

/** A sum of one term. */
export const fromTerm = (coefficient: Rational, monomial: Monomial = M.UNIT): Polynomial =>
  coefficient.numerator === 0n ? [] : [{ coefficient, monomial }]

/** The number 1. */
export const UNIT = fromTerm(Q.ONE)

/** The sum of terms in any order. */
export const collect = (terms: ReadonlyArray<Term>, budget: Budget): Polynomial => {
  if (terms.length < 2) return terms
  budget.spend(terms.length * (6 + 3 * Math.log2(terms.length)))
  const kept: Array<Term> = []
  let again = false
  for (const term of terms.toSorted((a, b) => M.compare(a.monomial, b.monomial))) {
    const last = kept.at(-1)
    if (last?.monomial.key !== term.monomial.key) {
      kept.push(term)
      continue
    }
    kept.pop()
    const coefficient = Q.add(last.coefficient, term.coefficient, budget)
    again ||= term.monomial.huge
    if (coefficient.numerator !== 0n) kept.push(M.tidy({ coefficient, monomial: term.monomial }, budget))
  }
  return again && kept.length > 1 ? collect(kept, budget) : kept
}

export const add = (a: Polynomial, b: Polynomial, budget: Budget): Polynomial =>
  a.length === 0 ? b : b.length === 0 ? a : collect([...a, ...b], budget)

/** Multiplies every coefficient by a number that is not 0. */
export const scale = (a: Polynomial, by: Rational, budget: Budget): Polynomial => {
  if (Q.isOne(by)) return a
  budget.spend(2 * a.length)
  const scaled = a.map(({ coefficient, monomial }) => ({ coefficient: Q.multiply(coefficient, by, budget), monomial }))
  return scaled.some((term) => term.monomial.huge)
    ? collect(
        scaled.map((term) => M.tidy(term, budget)),
        budget,
      )
    : scaled
}

export const subtract = (a: Polynomial, b: Polynomial, budget: Budget): Polynomial =>
  add(a, scale(b, Q.MINUS_ONE, budget), budget)

export const multiply = (a: Polynomial, b: Polynomial, budget: Budget): Polynomial => {
  if (a === UNIT) return b
  if (b === UNIT) return a
  const terms: Array<Term> = []
  for (const x of a) for (const y of b) terms.push(M.multiply(x, y, budget))
  return collect(terms, budget)
}

/** `a^n` written out, term by term of the multinomial theorem. */
export const power = (a: Polynomial, n: number, budget: Budget): Polynomial => {
  const [first, ...rest] = a
  if (n === 0) return UNIT
  if (first === undefined || n === 1) return a
  const terms: Array<Term> = []
  let binomial = 1n
  for (let k = rest.length === 0 ? n : 0; k <= n; k++) {
    const head = M.raise(first.monomial, Q.whole(k), budget)
    const factor = Q.multiply(Q.power(first.coefficient, BigInt(k), Infinity, budget)!, Q.whole(binomial), budget)
    const scaled = { coefficient: Q.multiply(head.coefficient, factor, budget), monomial: head.monomial }
    for (const term of power(rest, n - k, budget)) terms.push(M.multiply(scaled, term, budget))
    binomial = (binomial * BigInt(n - k)) / BigInt(k + 1)
  }
  return collect(terms, budget)
}

/** The greatest `n` for which the `n`-th power of a sum of `terms` terms has at most 300 terms. */
export const powerLimit = (terms: number): bigint => {
  if (terms < 2) return 1n << 64n
  let [n, count] = [0, 1]
  // C(n + terms, terms - 1) from C(n + terms - 1, terms - 1)
  while ((count = (count * (n + terms)) / (n + 1)) <= 300) n++
  return BigInt(n)
}

export const equals = (a: Polynomial, b: Polynomial): boolean =>
  a === b ||
  (a.length === b.length &&
    a.every((x, at) => x.monomial.key === b[at]!.monomial.key && Q.equals(x.coefficient, b[at]!.coefficient)))

/** The number that a polynomial is, where it is one. */
export const constant = (a: Polynomial): Rational | undefined =>
  a.length === 0 ? Q.ZERO : a.length === 1 && a[0]!.monomial.powers.length === 0 ? a[0]!.coefficient : undefined

/** The greatest number that leaves whole coefficients without common divisor, with the sign of the first term. */
export const content = (a: Polynomial, budget: Budget): Rational => {
  if (a.length === 0) return Q.ONE
  let [top, bottom] = [0n, 1n]
  for (const { coefficient } of a) {
    budget.spend(2)
    top = top === 1n ? 1n : Q.gcd(top, coefficient.numerator, budget)
    const { denominator } = coefficient
    if (denominator !== 1n) bottom = Q.product(bottom, denominator / Q.gcd(bottom, denominator, budget), budget)
  }
  return { numerator: a[0]!.coefficient.numerator < 0n ? -top : top, denominator: bottom }
}

/** The powers, of generators that pass a test, that leave no negative exponent and no common factor. */
export const commonPowers = (a: Polynomial, budget: Budget, test: (power: Power) => boolean = () => true): Monomial => {
  const least = new Map<string, { power: Power; count: number }>()
  for (const { monomial } of a) {
    budget.spend(1 + monomial.powers.length)
    for (const power of monomial.powers) {
      const before = least.get(power.generator.key)
      if (before === undefined) least.set(power.generator.key, { power, count: 1 })
      else {
        before.count++
        if (Q.compare(power.exponent, before.power.exponent) < 0) before.power = power
      }
    }
  }
  const powers: Array<Power> = []
  for (const { count, power } of least.values())
    if (test(power) && (count === a.length || power.exponent.numerator < 0n)) powers.push(power)
  return M.monomial(powers.sort((x, y) => M.order(x.generator, y.generator)))
}

/** `a / b` where that leaves nothing over. `b` is not 0, and no exponent of either is negative. */
export const divide = (a: Polynomial, b: Polynomial, budget: Budget): Polynomial | undefined => {
  const inverse = M.inverse(b[0]!, budget)
  const isWhole = ({ monomial }: Term): boolean =>
    monomial.powers.every(({ exponent, generator }) => exponent.numerator > 0n || M.isAlgebraic(generator))
  const quotient: Array<Term> = []
  let left = a
  while (left.length > 0) {
    const term = M.multiply(left[0]!, inverse, budget)
    if (!isWhole(term) || quotient.push(term) > 300) return undefined
    left = subtract(left, multiply([term], b, budget), budget)
  }
  return collect(quotient, budget)
}

const printTerm = ({ coefficient, monomial }: Term): string => {
  const size = Q.format({ ...coefficient, numerator: Q.absolute(coefficient.numerator) })
  return monomial.key === "" ? size : size === "1" ? monomial.key : `${size}*${monomial.key}`
}

/** The one spelling of a polynomial: `x^2 - 2*x + 1`. */
export const print = (a: Polynomial): string => {
  if (a.length === 0) return "0"
  let text = ""
  for (const term of a) {
    const minus = term.coefficient.numerator < 0n
    text += `${text === "" ? (minus ? "-" : "") : minus ? " - " : " + "}${printTerm(term)}`
  }
  return text
}
