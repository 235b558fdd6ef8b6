/**
 * The exact canonical form of scalar expressions, and what can be proved with it.
 *
 * A form is a quotient of polynomials with rational coefficients. What they are polynomials in is independent as far as
 * is cheap to know: symbols, roots of primes, i, π, logarithms of primes, powers of e; and functions that are left as
 * they are.
 */
import { Budget } from "../Budget.ts"
import type { Expression } from "../Expression.ts"
import type { Rational } from "../Rational.ts"
import { convert } from "./Convert.ts"
import { PROVEN } from "./Factor.ts"
import { asRational, divide, make, NOT_SCALAR } from "./Fraction.ts"
import { generators, print, quote } from "./Generators.ts"
import type { Form, Polynomial, Term } from "./Monomial.ts"
import * as M from "./Monomial.ts"
import * as P from "./Polynomial.ts"
import { sign } from "./Real.ts"

export { derivative } from "./Differentiate.ts"
export { substitute, symbols } from "./Substitute.ts"
export { asRational, print, sign }

/** A quotient of polynomials in the one way to write it. */
export type NormalForm = Form

const scalar = (make: () => Form): Form | undefined => {
  try {
    return make()
  } catch (error) {
    if (error === NOT_SCALAR) return undefined
    throw error
  }
}

/** The canonical form of an expression, or nothing where it is no single number: no scalar, infinite, undefined. */
export const normalForm = (expression: Expression, budget: Budget): NormalForm | undefined =>
  scalar(() => convert(expression, { budget, bindings: new Map(), depth: 0 }))

/**
 * Whether every relation between the generators of a form is known, so that it is 0 only when it has no terms. Symbols
 * are independent, and square-free roots; of the transcendental numbers one is allowed, or powers of e with algebraic
 * exponents together (Lindemann and Weierstrass); powers of e with symbols in the exponent are by Ax's theorem.
 */
const isIndependent = (form: Form): boolean => {
  const kinds = new Set<string>()
  const visit = ({ denominator, numerator }: Form): boolean =>
    [...numerator, ...denominator].every(({ monomial }) =>
      monomial.powers.every(({ exponent, generator }) => {
        const { argument, key, kind, names, prime } = generator
        switch (kind) {
          case "symbol":
            return true
          case "prime":
            return prime! < PROVEN && exponent.numerator > 0n && exponent.numerator < exponent.denominator
          case "unity":
            return exponent.denominator === 2n
          case "pi":
            kinds.add(key)
            return true
          case "ln":
            kinds.add(key)
            return argument!.numerator.length === 1 && /^\d{1,8}$/.test(print(argument!))
          case "exp": {
            if (generator.relation !== undefined) return false
            if (names.length > 0) return visit(argument!)
            const [power, ...rest] = argument!.numerator[0]!.monomial.powers
            const isAlgebraic = rest.every((each) => each.generator.kind === "prime" || each.generator.kind === "unity")
            const isReal = rest.every((each) => each.generator.kind === "prime")
            if (argument!.denominator !== P.UNIT) return false
            if (power?.generator.kind === "pi") {
              kinds.add(key)
              return isReal && power.exponent.numerator === 1n && power.exponent.denominator === 1n
            }
            kinds.add("exp")
            return isAlgebraic && (power === undefined || ["prime", "unity"].includes(power.generator.kind))
          }
          default:
            return false
        }
      }),
    )
  return visit(form) && kinds.size < 2
}

/**
 * Whether two forms have the same value wherever both are defined. Both verdicts are proofs; `unknown` is none.
 */
export const compare = (a: NormalForm, b: NormalForm, budget: Budget): "equal" | "different" | "unknown" => {
  if (P.equals(a.numerator, b.numerator) && P.equals(a.denominator, b.denominator)) return "equal"
  const left = P.multiply(a.numerator, b.denominator, budget)
  const right = P.multiply(b.numerator, a.denominator, budget)
  const difference = make(P.subtract(left, right, budget), P.UNIT, budget)
  if (difference.numerator.length === 0) return "equal"
  const denominators = { numerator: a.denominator, denominator: b.denominator }
  if (isIndependent(difference) && isIndependent(denominators)) return "different"
  return a.denominator === P.UNIT && b.denominator === P.UNIT && sign(difference) !== undefined
    ? "different"
    : "unknown"
}

/** The rational number `r` with `a = r·b`, where that can be shown; 0 only where `a` is 0. Nothing where `b` is 0. */
export const proportional = (a: NormalForm, b: NormalForm, budget: Budget): Rational | undefined => {
  const quotient = scalar(() => divide(a, b, budget))
  return quotient && asRational(quotient)
}

const dependsOn = (of: Polynomial, key: string): boolean =>
  of.some(({ monomial }) => monomial.powers.some(({ generator }) => generator.names.includes(key)))

/**
 * The coefficients of a polynomial in one symbol, the constant first; nothing where it is none. 0 has none, so the
 * degree is one less than the length.
 */
export const coefficients = (
  form: NormalForm,
  symbol: string,
  budget: Budget = new Budget(1_000_000),
): ReadonlyArray<NormalForm> | undefined => {
  const key = quote(symbol)
  if (dependsOn(form.denominator, key)) return undefined
  const groups: Array<Array<Term>> = []
  for (const { coefficient, monomial } of form.numerator) {
    const at = monomial.powers.findIndex(({ generator }) => generator.key === key)
    const powers = monomial.powers.filter((_, index) => index !== at)
    const rest: Term = { coefficient, monomial: M.monomial(powers) }
    const { denominator, numerator } = monomial.powers[at]?.exponent ?? { numerator: 0n, denominator: 1n }
    if (dependsOn([rest], key) || denominator !== 1n || numerator < 0n || numerator > 1000n) return undefined
    while (groups.length <= Number(numerator)) groups.push([])
    groups[Number(numerator)]!.push(rest)
  }
  return groups.map((group) => make(P.collect(group, budget), form.denominator, budget))
}

/** The degree in one symbol, −1 for 0; nothing where the form is no polynomial in it. */
export const degree = (form: NormalForm, symbol: string): number | undefined => {
  const found = coefficients(form, symbol)
  return found && found.length - 1
}

/** Whether a form is a polynomial in all its symbols. */
export const isPolynomial = (form: NormalForm): boolean =>
  generators(form).every(({ kind, names }) => kind === "symbol" || names.length === 0) &&
  !form.denominator.some(({ monomial }) => monomial.powers.some(({ generator }) => generator.kind === "symbol")) &&
  form.numerator.every(({ monomial }) =>
    monomial.powers.every(
      ({ exponent, generator }) =>
        generator.kind !== "symbol" || (exponent.denominator === 1n && exponent.numerator > 0n),
    ),
  )
