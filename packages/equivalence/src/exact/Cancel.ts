/**
 * Quotients in lowest terms, as far as is cheap.
 */
import type { Budget } from "../Budget.ts"
import * as Q from "./Coefficient.ts"
import { commonDivisor } from "./Gcd.ts"
import * as M from "./Monomial.ts"
import type { Monomial, Polynomial } from "./Monomial.ts"
import * as P from "./Polynomial.ts"

type Pair = readonly [numerator: Polynomial, denominator: Polynomial]

const over = (a: Polynomial, monomial: Monomial, budget: Budget): Polynomial =>
  monomial.powers.length === 0 ? a : P.multiply(a, [M.raise(monomial, Q.MINUS_ONE, budget)], budget)

const times = ([a, b]: Pair, by: Polynomial, budget: Budget): Pair => [
  P.multiply(a, by, budget),
  P.multiply(b, by, budget),
]

/** The number in roots of whole numbers and i that stands before the first monomial in the other generators. */
const leadingNumber = (of: Polynomial): Polynomial => {
  const split = ({ monomial }: M.Term): readonly [Monomial, Monomial] => {
    const at = monomial.powers.findIndex(({ generator }) => M.isAlgebraic(generator))
    return at < 0
      ? [monomial, M.UNIT]
      : [M.monomial(monomial.powers.slice(0, at)), M.monomial(monomial.powers.slice(at))]
  }
  const { key } = split(of[0]!)[0]
  return of.flatMap((term) => {
    const [rest, number] = split(term)
    return rest.key === key ? [{ coefficient: term.coefficient, monomial: number }] : []
  })
}

/** What a number `a + b√c` is to be multiplied by to lose a root: `a − b√c`. */
const conjugateRoot = (of: Polynomial): Polynomial | undefined => {
  const powers = of.flatMap(({ monomial }) => monomial.powers)
  const found = powers.find(({ generator }) =>
    powers.every((power) => power.generator.key !== generator.key || power.exponent.denominator === 2n),
  )
  const key = found?.generator.key
  return (
    found &&
    of.map((term) =>
      term.monomial.powers.some((power) => power.generator.key === key)
        ? { coefficient: Q.negate(term.coefficient), monomial: term.monomial }
        : term,
    )
  )
}

/**
 * One step towards the canonical quotient, or the same two polynomials where there is none to take. The denominator
 * has two terms at least. In the end it has no common factor in its terms, its first coefficient has no roots (where
 * they are square roots), and its coefficients are whole numbers without common divisor.
 */
export const cancel = (numerator: Polynomial, denominator: Polynomial, budget: Budget): Pair => {
  const pair = [numerator, denominator] as const
  const common = P.commonPowers(denominator, budget)
  if (common.powers.length > 0) return [over(numerator, common, budget), over(denominator, common, budget)]
  const lead = leadingNumber(denominator)
  const isRational = P.constant(lead) !== undefined
  if (!isRational) {
    const by = lead.length === 1 ? [M.inverse(lead[0]!, budget)] : conjugateRoot(lead)
    if (by !== undefined) return times(pair, by, budget)
  }
  const content = P.content(denominator, budget)
  if (!Q.isOne(content)) return times(pair, P.fromTerm(Q.inverse(content)), budget)
  if (numerator.length < 2 || !isRational) return pair
  const factor = P.commonPowers(numerator, budget)
  const stripped = over(numerator, factor, budget)
  const outside: Polynomial = [{ coefficient: Q.ONE, monomial: factor }]
  const quotient = P.divide(stripped, denominator, budget)
  if (quotient !== undefined) return [P.multiply(quotient, outside, budget), P.UNIT]
  const divisor = commonDivisor(stripped, denominator, budget)
  if (divisor !== undefined) {
    const [top, bottom] = [P.divide(stripped, divisor, budget), P.divide(denominator, divisor, budget)]
    if (top !== undefined && bottom !== undefined) return [P.multiply(top, outside, budget), bottom]
  }
  if (leadingNumber(stripped).length > 1) return pair
  const inverse = P.divide(denominator, stripped, budget)
  return inverse === undefined ? pair : [outside, inverse]
}
