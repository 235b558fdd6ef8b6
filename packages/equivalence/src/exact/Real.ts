/**
 * Signs of real constants, and conjugates.
 */
import type { Budget } from "../Budget.ts"
import * as Q from "./Coefficient.ts"
import { add, divide, multiply, rational, scale } from "./Fraction.ts"
import { form, generators, single } from "./Generators.ts"
import type { Form, Generator, Polynomial } from "./Monomial.ts"
import * as M from "./Monomial.ts"
import * as P from "./Polynomial.ts"

const generatorValue = (generator: Generator): number | undefined => {
  const argument = generator.argument === undefined ? undefined : value(generator.argument)
  switch (generator.kind) {
    case "prime":
      return Number(generator.prime)
    case "pi":
      return Math.PI
    case "exp":
      return argument === undefined || Math.abs(argument) > 500 ? undefined : Math.exp(argument)
    case "ln":
      return argument === undefined || argument <= 0 ? undefined : Math.log(argument)
    case "base":
      return value(generator.relation!.form)
    default:
      return undefined
  }
}

/** About what a real constant polynomial is, unless its terms nearly cancel. */
const polynomialValue = (of: Polynomial): number | undefined => {
  let [sum, size] = [0, 0]
  for (const { coefficient, monomial } of of) {
    let term = Q.toNumber(coefficient)
    for (const { exponent, generator } of monomial.powers) {
      const base = generatorValue(generator)
      if (base === undefined || base <= 0) return undefined
      term *= base ** Q.toNumber(exponent)
    }
    sum += term
    size += Math.abs(term)
  }
  return Number.isFinite(size) && (Math.abs(sum) > 1e-6 * size || of.length === 0) ? sum : undefined
}

/** The value of a real constant to nine digits at least, where doubles can tell. */
export const value = ({ denominator, numerator }: Form): number | undefined => {
  const [top, bottom] = [polynomialValue(numerator), polynomialValue(denominator)]
  if (top === undefined || bottom === undefined) return undefined
  const quotient = top / bottom
  return Number.isFinite(quotient) && (quotient !== 0 || numerator.length === 0) ? quotient : undefined
}

/** −1, 0 or 1 for a real constant, where doubles can tell. */
export const sign = (of: Form): number | undefined => {
  const [term, second] = of.numerator
  if (term === undefined) return 0
  if (second === undefined && term.monomial.powers.length === 0 && of.denominator === P.UNIT)
    return term.coefficient.numerator < 0n ? -1 : 1
  const near = value(of)
  return near === undefined ? undefined : Math.sign(near)
}

/** Exchanges i and −i, for real symbols. Nothing where a generator might be complex in another way. */
export const conjugate = (of: Form, budget: Budget): Form | undefined => {
  if (generators(of).every(({ real }) => real)) return of
  const part = (polynomial: Polynomial): Form | undefined => {
    let result = form([])
    for (const { coefficient, monomial } of polynomial) {
      let term = rational(coefficient)
      for (const { exponent, generator } of monomial.powers) {
        const power = conjugatePower(generator, exponent, budget)
        if (power === undefined) return undefined
        term = multiply(term, power, budget)
      }
      result = add(result, term, budget)
    }
    return result
  }
  const [top, bottom] = [part(of.numerator), part(of.denominator)]
  return top && bottom && divide(top, bottom, budget)
}

const conjugatePower = (generator: Generator, exponent: Q.Rational, budget: Budget): Form | undefined => {
  if (generator.real) return form(single(generator, exponent))
  const turned = (): Form => form([M.raise(M.monomial([{ generator, exponent }]), Q.MINUS_ONE, budget)])
  if (generator.kind === "unity") return turned()
  if (generator.kind !== "exp" || generator.relation !== undefined) return undefined
  const argument = conjugate(generator.argument!, budget)
  return argument !== undefined && isZero(add(argument, generator.argument!, budget)) ? turned() : undefined
}

export const isZero = (of: Form): boolean => of.numerator.length === 0

/** Whether a form is real for real symbols, as far as is known. */
export const isReal = (of: Form, budget: Budget): boolean => {
  const turned = conjugate(of, budget)
  return turned === of || (turned !== undefined && isZero(add(of, scale(turned, Q.MINUS_ONE, budget), budget)))
}
