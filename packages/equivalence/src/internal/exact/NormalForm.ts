/**
 * The exact canonical form of scalar expressions, and what can be proved with it.
 *
 * A form is a quotient of polynomials with rational coefficients in symbols, roots of primes, i, π and e, which are
 * independent as far as is cheap to know, and in functions that are left as they are.
 */
import type { Budget } from "../Budget.ts"
import type { Expression } from "../../Expression.ts"
import type { Rational } from "../../Rational.ts"
import * as Q from "./Coefficient.ts"
import { convert, quote } from "./Convert.ts"
import { PROVEN } from "./Factor.ts"
import { type Form, NOT_SCALAR } from "./Fraction.ts"
import type { Polynomial, Power } from "./Monomial.ts"
import * as P from "./Polynomial.ts"

export { asRational, print } from "./Fraction.ts"

/** A quotient of polynomials. */
export type NormalForm = Form

/** The canonical form of an expression, or nothing where it is no single number: no scalar, infinite, undefined. */
export const normalForm = (expression: Expression, budget: Budget): NormalForm | undefined => {
  try {
    return convert(expression, { budget, bindings: new Map() })
  } catch (error) {
    if (error === NOT_SCALAR) return undefined
    throw error
  }
}

/**
 * Whether every relation between the generators is known, so that no polynomial of them is 0 but the one without terms:
 * symbols, square-free roots, and one transcendental number.
 */
const isIndependent = (...of: ReadonlyArray<Polynomial>): boolean => {
  const constants = new Set<string>()
  return (
    of.flat().every(({ monomial }) =>
      monomial.powers.every(({ exponent, generator: { key, kind, prime } }) => {
        if (kind === "constant") constants.add(key)
        if (kind === "prime") return prime! < PROVEN && exponent.numerator < exponent.denominator
        return kind === "unity" ? exponent.denominator === 2n : kind !== "kernel"
      }),
    ) && constants.size < 2
  )
}

/** Both numerators over the common denominator. */
const crosswise = (a: NormalForm, b: NormalForm, budget: Budget): readonly [Polynomial, Polynomial] => [
  P.multiply(a.numerator, b.denominator, budget),
  P.multiply(b.numerator, a.denominator, budget),
]

/**
 * Whether two forms have the same value wherever both are defined. Both verdicts are proofs; `unknown` is none.
 */
export const compare = (a: NormalForm, b: NormalForm, budget: Budget): "equal" | "different" | "unknown" => {
  const [left, right] = crosswise(a, b, budget)
  const difference = P.subtract(left, right, budget)
  if (difference.length === 0) return "equal"
  return isIndependent(difference, a.denominator, b.denominator) ? "different" : "unknown"
}

/** The rational number `r` with `a = r·b`, where that can be shown; 0 only where `a` is 0. Nothing where `b` is 0. */
export const proportional = (a: NormalForm, b: NormalForm, budget: Budget): Rational | undefined => {
  const [left, right] = crosswise(a, b, budget)
  if (right.length === 0) return undefined
  if (left.length === 0) return Q.ZERO
  const ratio = Q.multiply(left[0]!.coefficient, Q.inverse(right[0]!.coefficient), budget)
  return P.equals(left, P.scale(right, ratio, budget)) ? ratio : undefined
}

/** Is a form `a·symbol + b`, where `a` is not 0 and neither has the symbol? */
export const isLinear = ({ denominator, numerator }: NormalForm, symbol: string): boolean => {
  const key = quote(symbol)
  const powers = (of: Polynomial): ReadonlyArray<Power> =>
    of.flatMap(({ monomial }) => monomial.powers).filter(({ generator }) => generator.names.includes(key))
  const found = powers(numerator)
  return (
    found.length > 0 &&
    found.every(({ exponent, generator }) => generator.key === key && Q.isOne(exponent)) &&
    powers(denominator).length === 0
  )
}
