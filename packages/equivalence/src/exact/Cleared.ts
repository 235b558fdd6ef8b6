/**
 * The numerator of a form with no negative powers left: it is zero where the form is.
 */
import type { Budget } from "../Budget.ts"
import * as Q from "./Coefficient.ts"
import type { Form } from "./Monomial.ts"
import * as M from "./Monomial.ts"
import * as P from "./Polynomial.ts"

export const cleared = ({ numerator }: Form, budget: Budget): Form => {
  const powers = P.commonPowers(numerator, budget, ({ exponent }) => exponent.numerator < 0n).powers.map((power) => ({
    ...power,
    exponent: Q.negate(power.exponent),
  }))
  return { numerator: P.multiply(numerator, P.fromTerm(Q.ONE, M.monomial(powers)), budget), denominator: P.UNIT }
}

/** The same up to a rational factor: whole coefficients without a common divisor, the first one positive. */
export const primitive = (of: Form, budget: Budget): Form => {
  const { numerator } = cleared(of, budget)
  if (numerator.length === 0) return { numerator, denominator: P.UNIT }
  return { numerator: P.scale(numerator, Q.inverse(P.content(numerator, budget)), budget), denominator: P.UNIT }
}
