/**
 * The numerator of a form with no negative powers left: it is zero where the form is.
 */
import type { Budget } from "../Budget.ts"
import * as Q from "./Coefficient.ts"
import { type Form, form } from "./Fraction.ts"
import * as M from "./Monomial.ts"
import * as P from "./Polynomial.ts"

export const cleared = ({ numerator }: Form, budget: Budget): Form => {
  const { powers } = P.commonPowers(numerator, budget)
  const negative = M.monomial(powers.filter(({ exponent }) => exponent.numerator < 0n))
  return form(P.multiply(numerator, [M.raise(negative, Q.MINUS_ONE, budget)], budget))
}

/** The same up to a rational factor: whole coefficients without a common divisor, the first one positive. */
export const primitive = (of: Form, budget: Budget): Form => {
  const { numerator } = cleared(of, budget)
  return form(P.scale(numerator, Q.inverse(P.content(numerator, budget)), budget))
}
