/**
 * Absolute values.
 */
import type { Budget } from "../Budget.ts"
import * as Q from "./Coefficient.ts"
import { divide, make, multiply, rational, ZERO } from "./Fraction.ts"
import { form, generators, isPositive, kernel, related } from "./Generators.ts"
import type { Form, Polynomial } from "./Monomial.ts"
import * as M from "./Monomial.ts"
import * as P from "./Polynomial.ts"
import { isReal, sign } from "./Real.ts"

const bars = (of: Polynomial, budget: Budget): Form => {
  const inside = form(of)
  if (isPositive(of)) return inside
  const [term, second] = of
  if (second === undefined && term!.monomial.powers.every(({ generator }) => generator.kind === "unity"))
    return rational({ ...term!.coefficient, numerator: Q.absolute(term!.coefficient.numerator) })
  const generator = kernel("abs", [inside], true, budget, true)
  const known = isReal(inside, budget) ? related(generator, 2, multiply(inside, inside, budget)) : generator
  return form(P.fromTerm(Q.ONE, M.monomial([{ generator: known, exponent: Q.ONE }])))
}

const part = (of: Polynomial, budget: Budget): Form => {
  const known = sign(form(of))
  if (known !== undefined) return known === 0 ? ZERO : form(known < 0 ? P.scale(of, Q.MINUS_ONE, budget) : of)
  const content = P.content(of, budget)
  const common = P.commonPowers(of, budget, ({ generator }) => generator.real)
  const outside = M.raise(common, Q.MINUS_ONE, budget)
  const by = { ...outside, coefficient: Q.multiply(outside.coefficient, Q.inverse(content), budget) }
  const rest = bars(P.multiply(of, [by], budget), budget)
  return common.powers.reduce(
    (out, power) => {
      const { exponent, generator } = power
      const isSigned = !generator.positive && exponent.denominator % 2n === 1n && exponent.numerator % 2n !== 0n
      const itself = P.fromTerm(Q.ONE, M.monomial([isSigned ? { generator, exponent: Q.ONE } : power]))
      if (!isSigned) return multiply(out, form(itself), budget)
      const inside = bars(itself, budget).numerator[0]!
      const raised = M.raise(inside.monomial, exponent, budget)
      return multiply(out, make([raised], P.UNIT, budget), budget)
    },
    multiply(rest, rational({ ...content, numerator: Q.absolute(content.numerator) }), budget),
  )
}

/** `|of|` for real symbols; what is complex and has symbols keeps its bars. */
export const absolute = (of: Form, budget: Budget): Form => {
  const top = part(of.numerator, budget)
  return of.denominator === P.UNIT ? top : divide(top, part(of.denominator, budget), budget)
}

/** The real and imaginary part of a constant without symbols. */
export const isConstant = (of: Form): boolean => generators(of).every(({ names }) => names.length === 0)
