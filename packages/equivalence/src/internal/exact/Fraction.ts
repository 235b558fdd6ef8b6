/**
 * Quotients of polynomials, cancelled as far as is cheap: they are compared crosswise.
 */
import type { Budget } from "../Budget.ts"
import * as Q from "./Coefficient.ts"
import type { Rational } from "./Coefficient.ts"
import * as M from "./Monomial.ts"
import type { Polynomial } from "./Monomial.ts"
import * as P from "./Polynomial.ts"

/** `numerator / denominator`. */
export interface Form {
  readonly numerator: Polynomial
  readonly denominator: Polynomial
}

/** Thrown where an expression has no value of one number; `normalForm` gives nothing then. */
export const NOT_SCALAR = new Error("no scalar")

export const form = (numerator: Polynomial, denominator: Polynomial = P.UNIT): Form => ({ numerator, denominator })

export const ZERO = form([])
export const ONE = form(P.UNIT)

/** A number as a form. */
export const rational = (value: Rational): Form => (Q.isOne(value) ? ONE : form(P.fromTerm(value)))

/** The number that a form is, where it is one. */
export const asRational = ({ denominator, numerator }: Form): Rational | undefined =>
  denominator === P.UNIT ? P.constant(numerator) : undefined

/** The spelling of a form. */
export const print = ({ denominator, numerator }: Form): string =>
  denominator === P.UNIT ? P.print(numerator) : `(${P.print(numerator)})/(${P.print(denominator)})`

/** `numerator / denominator` without common powers, and with whole coefficients without common divisor below. */
const make = (numerator: Polynomial, denominator: Polynomial, budget: Budget): Form => {
  budget.spend(4)
  if (denominator === P.UNIT) return form(numerator)
  const [first, second] = denominator
  if (first === undefined) throw NOT_SCALAR
  if (numerator.length === 0) return ZERO
  if (second === undefined) return form(P.multiply(numerator, [M.inverse(first, budget)], budget))
  const common = { coefficient: P.content(denominator, budget), monomial: P.commonPowers(denominator, budget) }
  const by = [M.inverse(common, budget)]
  const [top, bottom] = [P.multiply(numerator, by, budget), P.multiply(denominator, by, budget)]
  const hasRoots = P.generators(bottom).some(M.isAlgebraic)
  const quotient = hasRoots ? undefined : P.divide(top, bottom, budget)
  return quotient === undefined ? form(top, bottom) : form(quotient)
}

export const add = (a: Form, b: Form, budget: Budget): Form => {
  if (P.equals(a.denominator, b.denominator))
    return make(P.add(a.numerator, b.numerator, budget), a.denominator, budget)
  const left = P.multiply(a.numerator, b.denominator, budget)
  const right = P.multiply(b.numerator, a.denominator, budget)
  return make(P.add(left, right, budget), P.multiply(a.denominator, b.denominator, budget), budget)
}

/** The sum of many forms. */
export const sum = (forms: ReadonlyArray<Form>, budget: Budget): Form => {
  const whole = forms.filter(({ denominator }) => denominator === P.UNIT)
  const terms = whole.flatMap(({ numerator }) => numerator)
  return forms
    .filter((each) => each.denominator !== P.UNIT)
    .reduce((out, each) => add(out, each, budget), form(P.collect(terms, budget)))
}

export const negate = (a: Form, budget: Budget): Form => form(P.scale(a.numerator, Q.MINUS_ONE, budget), a.denominator)

export const multiply = (a: Form, b: Form, budget: Budget): Form =>
  make(P.multiply(a.numerator, b.numerator, budget), P.multiply(a.denominator, b.denominator, budget), budget)

export const divide = (a: Form, b: Form, budget: Budget): Form =>
  make(P.multiply(a.numerator, b.denominator, budget), P.multiply(a.denominator, b.numerator, budget), budget)
