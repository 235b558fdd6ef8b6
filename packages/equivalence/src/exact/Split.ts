/**
 * What comes out from under a root or a logarithm.
 */
import type { Budget } from "../Budget.ts"
import { absolute } from "./Absolute.ts"
import * as Q from "./Coefficient.ts"
import { exactRoot } from "./Factor.ts"
import { base, form, isPositive } from "./Generators.ts"
import type { Generator, Polynomial, Power, Term } from "./Monomial.ts"
import * as M from "./Monomial.ts"
import * as P from "./Polynomial.ts"
import { sign } from "./Real.ts"

/**
 * `coefficient · Π powers · rest`: a positive number, powers that go through roots and logarithms one by one, and what
 * does not: a sum, a product of unknown sign, or a power of −1.
 */
export interface Split {
  readonly coefficient: Q.Rational
  readonly powers: ReadonlyArray<Power>
  readonly rest: Polynomial
}

/** The rational square root, where there is one. */
export const squareRoot = ({ denominator, numerator }: Q.Rational, budget: Budget): Q.Rational | undefined => {
  if (numerator < 0n) return undefined
  const [top, bottom] = [exactRoot(numerator, 2, budget), exactRoot(denominator, 2, budget)]
  return top === undefined || bottom === undefined ? undefined : { numerator: top, denominator: bottom }
}

/** The polynomial whose square is `of`, found term by term. */
const polynomialRoot = (of: Polynomial, budget: Budget): Polynomial | undefined => {
  const [first] = of
  if (first === undefined || of.length < 3 || of.length > 60) return undefined
  const coefficient = squareRoot(first.coefficient, budget)
  const { monomial } = M.raise(first.monomial, Q.HALF, budget)
  if (coefficient === undefined || monomial.powers.some(({ exponent }) => exponent.denominator !== 1n)) return undefined
  const lead: Term = { coefficient, monomial }
  const double = M.inverse({ coefficient: Q.multiply(coefficient, Q.whole(2), budget), monomial }, budget)
  let root: Polynomial = [lead]
  let left = P.subtract(of, P.multiply(root, root, budget), budget)
  while (left.length > 0) {
    const next = M.multiply(left[0]!, double, budget)
    if (root.length > 20 || next.monomial.powers.some(({ exponent }) => exponent.numerator < 0n)) return undefined
    const added = P.add(P.scale(root, Q.whole(2), budget), [next], budget)
    left = P.subtract(left, P.multiply([next], added, budget), budget)
    root = P.add(root, [next], budget)
  }
  return root
}

const isEven = (n: bigint): boolean => n % 2n === 0n

const scaled = (powers: ReadonlyArray<Power>, by: Q.Rational, budget: Budget): ReadonlyArray<Power> =>
  powers.map(({ exponent, generator }) => ({ generator, exponent: Q.multiply(exponent, by, budget) }))

/** `|of|^exponent`, where `of` has no numeric factor. */
const magnitude = (of: Polynomial, exponent: Q.Rational, budget: Budget): ReadonlyArray<Power> => {
  const { numerator } = absolute(form(of), budget)
  return numerator.length === 1
    ? scaled(numerator[0]!.monomial.powers, exponent, budget)
    : [{ generator: base(numerator, true, budget), exponent }]
}

const toPolynomial = (generator: Generator, exponent: Q.Rational): Polynomial =>
  P.fromTerm(Q.ONE, M.monomial([{ generator, exponent }]))

/** A sum without numeric or common factor: `[powers, rest]`. */
const splitSum = (of: Polynomial, budget: Budget): readonly [ReadonlyArray<Power>, Polynomial] => {
  if (of.length < 2 || !of.every(({ monomial }) => monomial.powers.every(({ generator }) => generator.real)))
    return [[], of]
  const square = polynomialRoot(of, budget)
  if (square !== undefined) return [magnitude(square, Q.whole(2), budget), P.UNIT]
  const known = isPositive(of) ? 1 : sign(form(of))
  if (known === undefined) return [[], of]
  const positive = P.scale(of, Q.whole(known), budget)
  return [[{ generator: base(positive, true, budget), exponent: Q.ONE }], P.fromTerm(Q.whole(known))]
}

/** Takes a polynomial that is not 0 apart; for roots of odd index every sign goes through. */
export const split = (of: Polynomial, signsPass: boolean, budget: Budget): Split => {
  const content = P.content(of, budget)
  const coefficient = content.numerator < 0n ? Q.negate(content) : content
  const common = P.commonPowers(of, budget, ({ generator }) => generator.real)
  const outside = M.raise(common, Q.MINUS_ONE, budget)
  const by = { ...outside, coefficient: Q.multiply(outside.coefficient, Q.inverse(coefficient), budget) }
  const [found, sum] = splitSum(P.multiply(of, [by], budget), budget)
  const powers = [...found]
  const signed: Array<Power> = []
  for (const power of common.powers) {
    const { exponent, generator } = power
    if (generator.positive || signsPass || isEven(exponent.denominator)) powers.push(power)
    else if (isEven(exponent.numerator)) powers.push(...magnitude(toPolynomial(generator, Q.ONE), exponent, budget))
    else signed.push(power)
  }
  const isOne = P.constant(sum)?.numerator === 1n
  if (isOne && signed.length === 1) return { coefficient, powers: [...powers, ...signed], rest: P.UNIT }
  let rest = isOne ? P.UNIT : sum
  for (const { exponent, generator } of signed) {
    const inside = exponent.denominator === 1n ? Q.ONE : exponent
    rest = P.multiply(rest, toPolynomial(generator, inside), budget)
    const more = Q.add(exponent, Q.negate(inside), budget)
    if (more.numerator !== 0n) powers.push(...magnitude(toPolynomial(generator, Q.ONE), more, budget))
  }
  return { coefficient, powers, rest }
}
