/**
 * Powers, roots, exponentials and logarithms.
 */
import type { Budget } from "../Budget.ts"
import * as Q from "./Coefficient.ts"
import { factor } from "./Factor.ts"
import {
  add,
  asRational,
  divide,
  make,
  multiply,
  NOT_SCALAR,
  ONE,
  rational,
  scale,
  subtract,
  sum,
  ZERO,
} from "./Fraction.ts"
import * as G from "./Generators.ts"
import { form, I, PI, single, UNITY } from "./Generators.ts"
import type { Form, Generator, Polynomial, Power, Term } from "./Monomial.ts"
import * as M from "./Monomial.ts"
import * as P from "./Polynomial.ts"
import { isReal } from "./Real.ts"
import { split, squareRoot } from "./Split.ts"

/** `generator^exponent` as a form. */
const toPower = (generator: Generator, exponent: Q.Rational, budget: Budget): Form =>
  make([M.raise(M.monomial([{ generator, exponent: Q.ONE }]), exponent, budget)], P.UNIT, budget)

const productOf = (powers: ReadonlyArray<Power>, exponent: Q.Rational, budget: Budget): Form =>
  powers.reduce(
    (out, power) =>
      multiply(out, toPower(power.generator, Q.multiply(power.exponent, exponent, budget), budget), budget),
    ONE,
  )

/** The prime powers of a positive fraction. */
const primePowers = ({ denominator, numerator }: Q.Rational, budget: Budget): ReadonlyArray<Power> => [
  ...factor(numerator, budget).map(([p, k]) => ({ generator: G.prime(p), exponent: Q.whole(k) })),
  ...factor(denominator, budget).map(([p, k]) => ({ generator: G.prime(p), exponent: Q.whole(-k) })),
]

const isAlgebraic = (of: Polynomial): boolean =>
  of.every(({ monomial }) => monomial.powers.every(({ generator }) => M.isAlgebraic(generator)))

const termPower = ({ coefficient, monomial }: Term, n: bigint, budget: Budget): Form => {
  const rest = make([M.raise(monomial, Q.whole(n), budget)], P.UNIT, budget)
  const number = Q.power(coefficient, n, M.LIMIT, budget)
  if (number !== undefined) return multiply(rational(number), rest, budget)
  const isNegative = coefficient.numerator < 0n
  const size = productOf(primePowers(isNegative ? Q.negate(coefficient) : coefficient, budget), Q.whole(n), budget)
  return scale(multiply(size, rest, budget), isNegative && n % 2n === 1n ? Q.MINUS_ONE : Q.ONE, budget)
}

/** `of^n` for `n > 0`: written out where that is short. */
const partPower = (of: Polynomial, n: bigint, budget: Budget): Form => {
  if (of.length === 1) return termPower(of[0]!, n, budget)
  if (isAlgebraic(of)) {
    const size = of.reduce((most, { coefficient: c }) => Math.max(most, Q.bits(c.numerator), Q.bits(c.denominator)), 0)
    if (size * Number(n) <= M.LIMIT) {
      let result = ONE
      for (const bit of n.toString(2)) {
        result = multiply(result, result, budget)
        if (bit === "1") result = multiply(result, form(of), budget)
      }
      return result
    }
  } else if (n <= P.powerLimit(of.length)) return make(P.power(of, Number(n), budget), P.UNIT, budget)
  const outside: Term = { coefficient: P.content(of, budget), monomial: P.commonPowers(of, budget) }
  const inside = P.multiply(of, [M.inverse(outside, budget)], budget)
  const rest = toPower(G.base(inside, G.isPositive(inside), budget), Q.whole(n), budget)
  return multiply(termPower(outside, n, budget), rest, budget)
}

/** `of^n` for a whole `n`. */
export const integerPower = (of: Form, n: bigint, budget: Budget): Form => {
  if (of.numerator.length === 0) {
    if (n <= 0n) throw NOT_SCALAR
    return ZERO
  }
  if (n === 0n) return ONE
  if (n < 0n) return integerPower(divide(ONE, of, budget), -n, budget)
  if (n === 1n) return of
  const top = partPower(of.numerator, n, budget)
  return of.denominator === P.UNIT ? top : divide(top, partPower(of.denominator, n, budget), budget)
}

/** The exponent `u` of `(−1)^u`, when a polynomial is that. */
const turn = (of: Polynomial, budget: Budget): Q.Rational | undefined => {
  const [term, second] = of
  if (term === undefined || second !== undefined) return undefined
  const [power, another] = term.monomial.powers
  if (another !== undefined || (power !== undefined && power.generator.kind !== "unity")) return undefined
  const isNegative = term.coefficient.numerator < 0n
  if (power === undefined) return isNegative ? Q.ONE : Q.ZERO
  return isNegative ? Q.add(power.exponent, Q.MINUS_ONE, budget) : power.exponent
}

/** `√(a + b√c)` as a sum of two roots. */
const denest = (of: Polynomial, budget: Budget): Form | undefined => {
  const [first, last, more] = of
  if (last === undefined || more !== undefined || last.monomial.powers.length > 0) return undefined
  if (!isAlgebraic(of)) return undefined
  const square = P.constant(P.multiply([first!], [first!], budget))
  const [a, b] = [last.coefficient, first!.coefficient]
  const norm = square && squareRoot(Q.add(Q.multiply(a, a, budget), Q.negate(square), budget), budget)
  if (norm === undefined || (square!.numerator > 0n && a.numerator < 0n)) return undefined
  const half = (s: Q.Rational): Form =>
    power(rational(Q.multiply(Q.add(a, s, budget), Q.HALF, budget)), rational(Q.HALF), budget)
  const other = half(Q.negate(norm))
  return (b.numerator < 0n ? subtract : add)(half(norm), other, budget)
}

/** `of^exponent` where the exponent is not whole: the real root where there is one, else the principal. */
const root = (of: Polynomial, exponent: Q.Rational, budget: Budget): Form => {
  const isOdd = exponent.denominator % 2n === 1n
  const simple = isOdd ? undefined : denest(of, budget)
  if (simple !== undefined) return power(simple, rational(Q.multiply(exponent, Q.whole(2), budget)), budget)
  const { coefficient, powers, rest } = split(of, isOdd, budget)
  const outside = multiply(
    productOf(primePowers(coefficient, budget), exponent, budget),
    productOf(powers, exponent, budget),
    budget,
  )
  const sign = (isNegative: boolean): Q.Rational => (isNegative && exponent.numerator % 2n !== 0n ? Q.MINUS_ONE : Q.ONE)
  const turned = turn(rest, budget)
  if (turned !== undefined) {
    if (isOdd && turned.denominator === 1n) return scale(outside, sign(turned.numerator !== 0n), budget)
    return multiply(outside, toPower(UNITY, Q.multiply(turned, exponent, budget), budget), budget)
  }
  const flip = isOdd && rest[0]!.coefficient.numerator < 0n && isReal(form(rest), budget)
  const inside = flip ? P.scale(rest, Q.MINUS_ONE, budget) : rest
  return scale(multiply(outside, toPower(G.base(inside, false, budget), exponent, budget), budget), sign(flip), budget)
}

/** A quotient whose numerator is no negative product. */
const turnSigns = ({ denominator, numerator }: Form, budget: Budget): readonly [Polynomial, Polynomial] =>
  denominator !== P.UNIT && numerator.length === 1 && numerator[0]!.coefficient.numerator < 0n
    ? [P.scale(numerator, Q.MINUS_ONE, budget), P.scale(denominator, Q.MINUS_ONE, budget)]
    : [numerator, denominator]

/** `of^exponent`. */
export const power = (of: Form, exponent: Form, budget: Budget): Form => {
  const number = asRational(exponent)
  if (number?.denominator === 1n) return integerPower(of, number.numerator, budget)
  if (of.numerator.length === 0) {
    if (number === undefined || number.numerator < 0n) throw NOT_SCALAR
    return ZERO
  }
  if (number === undefined) return exp(multiply(exponent, logarithmOfBase(of, budget), budget), budget)
  const [top, bottom] = turnSigns(of, budget)
  const numerator = root(top, number, budget)
  return bottom === P.UNIT ? numerator : divide(numerator, root(bottom, number, budget), budget)
}

const logarithmOfGenerator = (of: Generator, budget: Budget): Form => {
  if (of.kind === "exp") return of.argument!
  return form(single(G.logarithm(of.kind === "base" ? of.relation!.form : form(single(of)), budget)))
}

const logarithms = (powers: ReadonlyArray<Power>, budget: Budget): ReadonlyArray<Form> =>
  powers.map(({ exponent, generator }) =>
    generator.kind === "unity"
      ? scale(multiply(I, form(single(PI)), budget), exponent, budget)
      : scale(logarithmOfGenerator(generator, budget), exponent, budget),
  )

/** A logarithm for `base^exponent` with symbols in the exponent: such powers go through products. */
const logarithmOfBase = ({ denominator, numerator }: Form, budget: Budget): Form => {
  const part = (of: Polynomial): Form => {
    const content = P.content(of, budget)
    const isNegative = of.length === 1 && content.numerator < 0n
    const outside: Term = {
      coefficient: content.numerator < 0n ? Q.negate(content) : content,
      monomial: P.commonPowers(of, budget),
    }
    const powers = [...primePowers(outside.coefficient, budget), ...outside.monomial.powers]
    if (isNegative) powers.push({ generator: UNITY, exponent: Q.ONE })
    const inside = P.multiply(of, [M.inverse(outside, budget)], budget)
    if (inside.length > 1) powers.push({ generator: G.base(inside, false, budget), exponent: Q.ONE })
    return sum(logarithms(powers, budget), budget)
  }
  return denominator === P.UNIT ? part(numerator) : subtract(part(numerator), part(denominator), budget)
}

/** The natural logarithm. */
export const ln = (of: Form, budget: Budget): Form => {
  if (of.numerator.length === 0) throw NOT_SCALAR
  const part = (polynomial: Polynomial): Form => {
    const { coefficient, powers, rest } = split(polynomial, false, budget)
    const turned = turn(rest, budget)
    const last =
      turned === undefined
        ? form(single(G.logarithm(form(rest), budget)))
        : scale(multiply(I, form(single(PI)), budget), turned, budget)
    return sum([...logarithms([...primePowers(coefficient, budget), ...powers], budget), last], budget)
  }
  const [top, bottom] = turnSigns(of, budget)
  return bottom === P.UNIT ? part(top) : subtract(part(top), part(bottom), budget)
}

/** `e^(i·angle)` of an inverse function, `angle` being the arcsine or arctangent of `argument`. */
const circle = ({ argument, key }: Generator, budget: Budget): Form => {
  const square = multiply(argument!, argument!, budget)
  const across = multiply(I, argument!, budget)
  const half = rational(Q.HALF)
  return key.startsWith("arcsin")
    ? add(power(subtract(ONE, square, budget), half, budget), across, budget)
    : divide(add(ONE, across, budget), power(add(ONE, square, budget), half, budget), budget)
}

const termExponential = ({ coefficient, monomial }: Term, denominator: Polynomial, budget: Budget): Form => {
  const argument = form(P.fromTerm(Q.ONE, monomial), denominator)
  const [first, second, third] = monomial.powers
  let made = G.exponential(argument, budget)
  if (denominator === P.UNIT && first !== undefined && third === undefined && Q.isOne(first.exponent)) {
    const { generator } = first
    if (second === undefined && generator.kind === "ln")
      return power(generator.argument!, rational(coefficient), budget)
    if (second?.generator.kind === "unity" && second.exponent.denominator === 2n) {
      if (generator.kind === "pi") return toPower(UNITY, coefficient, budget)
      // Longer ones would square away into long quotients.
      const inner = generator.kind === "kernel" ? generator.argument : undefined
      if (inner !== undefined && inner.denominator === P.UNIT && inner.numerator.length < 4)
        made = G.related(made, 1, circle(generator, budget))
    }
  }
  return toPower(made, coefficient, budget)
}

/** `e^of`, a product over the terms of the exponent. */
export const exp = ({ denominator, numerator }: Form, budget: Budget): Form =>
  numerator.reduce((out, term) => multiply(out, termExponential(term, denominator, budget), budget), ONE)
