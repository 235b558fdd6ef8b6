/**
 * Sums of terms.
 */
import type { Budget } from "../Budget.ts"
import * as Q from "./Coefficient.ts"
import type { Rational } from "./Coefficient.ts"
import * as M from "./Monomial.ts"
import type { Generator, Monomial, Polynomial, Term } from "./Monomial.ts"

/** A sum of one term. */
export const fromTerm = (coefficient: Rational, monomial: Monomial = M.UNIT): Polynomial =>
  coefficient.numerator === 0n ? [] : [{ coefficient, monomial }]

/** The number 1. */
export const UNIT = fromTerm(Q.ONE)

/** A power of a generator. */
export const fromPower = (generator: Generator, exponent = Q.ONE): Polynomial =>
  fromTerm(Q.ONE, M.monomial([{ generator, exponent }]))

/** The sum of terms in any order. */
export const collect = (terms: ReadonlyArray<Term>, budget: Budget): Polynomial => {
  if (terms.length < 2) return terms
  budget.spend(terms.length * (6 + 3 * Math.log2(terms.length)))
  const kept: Array<Term> = []
  for (const term of terms.toSorted((a, b) => M.compare(a.monomial, b.monomial))) {
    const last = kept.at(-1)
    if (last?.monomial.key !== term.monomial.key) {
      kept.push(term)
      continue
    }
    kept.pop()
    kept.push(...fromTerm(Q.add(last.coefficient, term.coefficient, budget), term.monomial))
  }
  return kept
}

export const add = (a: Polynomial, b: Polynomial, budget: Budget): Polynomial =>
  a.length === 0 ? b : b.length === 0 ? a : collect([...a, ...b], budget)

/** Multiplies every coefficient by a number that is not 0. */
export const scale = (a: Polynomial, by: Rational, budget: Budget): Polynomial => {
  if (Q.isOne(by)) return a
  budget.spend(2 * a.length)
  return a.map(({ coefficient, monomial }) => ({ coefficient: Q.multiply(coefficient, by, budget), monomial }))
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

export const equals = (a: Polynomial, b: Polynomial): boolean =>
  a === b ||
  (a.length === b.length &&
    a.every((x, at) => x.monomial.key === b[at]!.monomial.key && Q.equals(x.coefficient, b[at]!.coefficient)))

/** The number that a polynomial is, where it is one. */
export const constant = (a: Polynomial): Rational | undefined =>
  a.length === 0 ? Q.ZERO : a.length === 1 && a[0]!.monomial.key === "" ? a[0]!.coefficient : undefined

/** The greatest number that leaves whole coefficients without common divisor, with the sign of the first term. */
export const content = (a: Polynomial, budget: Budget): Rational => {
  let { denominator: bottom, numerator: top } = a[0]?.coefficient ?? Q.ONE
  const sign = top < 0n ? -1n : 1n
  for (const { coefficient } of a) {
    budget.spend(2)
    top = Q.gcd(top, coefficient.numerator, budget)
    bottom *= coefficient.denominator / Q.gcd(bottom, coefficient.denominator, budget)
  }
  return { numerator: sign * top, denominator: bottom }
}

/** Every generator in polynomials, once each, in the order of their keys. */
export const generators = (...of: ReadonlyArray<Polynomial>): ReadonlyArray<Generator> => {
  const powers = of.flat().flatMap(({ monomial }) => monomial.powers)
  return [...new Map(powers.map(({ generator }) => [generator.key, generator])).values()].sort(M.order)
}

/** The powers that leave no negative exponent and no common factor. */
export const commonPowers = (a: Polynomial, budget: Budget): Monomial =>
  M.monomial(
    generators(a).flatMap((generator) => {
      budget.spend(a.length)
      const exponents = a.map(
        ({ monomial }) => monomial.powers.find((power) => power.generator.key === generator.key)?.exponent ?? Q.ZERO,
      )
      const exponent = exponents.reduce((x, y) => (Q.compare(x, y) < 0 ? x : y))
      return exponent.numerator === 0n ? [] : [{ generator, exponent }]
    }),
  )

/** `a / b` where that leaves nothing over. `b` is not 0, and has no roots of numbers and no negative exponents. */
export const divide = (a: Polynomial, b: Polynomial, budget: Budget): Polynomial | undefined => {
  const inverse = M.inverse(b[0]!, budget)
  const quotient: Array<Term> = []
  let left = a
  while (left.length > 0) {
    const term = M.multiply(left[0]!, inverse, budget)
    const isWhole = term.monomial.powers.every(({ exponent }) => exponent.numerator > 0n)
    if (!isWhole || quotient.push(term) > 300) return undefined
    left = subtract(left, multiply([term], b, budget), budget)
  }
  return collect(quotient, budget)
}

const printTerm = ({ coefficient, monomial }: Term): string => {
  const size = Q.format(Q.absolute(coefficient))
  return monomial.key === "" ? size : size === "1" ? monomial.key : `${size}*${monomial.key}`
}

/** The one spelling of a polynomial: `x^2 - 2*x + 1`. */
export const print = (a: Polynomial): string =>
  a.length === 0
    ? "0"
    : a
        .map((term, at) => {
          const minus = term.coefficient.numerator < 0n
          return `${at === 0 ? (minus ? "-" : "") : minus ? " - " : " + "}${printTerm(term)}`
        })
        .join("")
