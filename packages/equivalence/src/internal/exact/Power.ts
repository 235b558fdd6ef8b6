/**
 * Powers and roots.
 */
import type { Budget } from "../Budget.ts"
import * as Q from "./Coefficient.ts"
import { factor } from "./Factor.ts"
import type { Form } from "./Fraction.ts"
import { asRational, divide, form, multiply, NOT_SCALAR, ONE, print, rational, ZERO } from "./Fraction.ts"
import * as M from "./Monomial.ts"
import type { Generator, Polynomial, Power } from "./Monomial.ts"
import * as P from "./Polynomial.ts"

/** −1, whose square root is i. */
const UNITY: Generator = { key: "(-1)", kind: "unity", names: [] }

/** i. */
export const I = form(P.fromPower(UNITY, Q.HALF))

/** A function that stays as it is. */
export const kernel = (name: string, of: ReadonlyArray<Form>, budget: Budget): Generator => {
  const key = `${name}(${of.map(print).join(", ")})`
  budget.spend(6 + key.length / 8)
  return {
    key,
    kind: "kernel",
    names: [
      ...new Set(
        P.generators(...of.flatMap((each) => [each.numerator, each.denominator])).flatMap(({ names }) => names),
      ),
    ],
  }
}

/** Every power to another. */
const raised = (powers: ReadonlyArray<Power>, exponent: Q.Rational, budget: Budget): Form =>
  powers.reduce((out, power) => multiply(out, form([M.raise(M.monomial([power]), exponent, budget)]), budget), ONE)

const toPower = (generator: Generator, exponent: Q.Rational, budget: Budget): Form =>
  raised([{ generator, exponent: Q.ONE }], exponent, budget)

/** The prime powers of a positive fraction. */
const primePowers = ({ denominator, numerator }: Q.Rational, budget: Budget): ReadonlyArray<Power> => {
  const of = (n: bigint, sign: number): ReadonlyArray<Power> =>
    factor(n, budget).map(([prime, k]) => ({
      generator: { key: `${prime}`, kind: "prime", names: [], prime },
      exponent: Q.whole(sign * k),
    }))
  return [...of(numerator, 1), ...of(denominator, -1)]
}

/** A form as positive powers, which go through roots one by one, and what is left. */
const split = ({ denominator, numerator }: Form, budget: Budget): readonly [ReadonlyArray<Power>, Form] => {
  const size = Q.absolute(P.content(numerator, budget))
  const rest = P.scale(numerator, Q.inverse(size), budget)
  const positive = [...primePowers(size, budget)]
  const [term, second] = rest
  if (second !== undefined || denominator !== P.UNIT) return [positive, form(rest, denominator)]
  const { coefficient, monomial } = term!
  positive.push(...monomial.powers.filter(({ generator }) => M.isPositive(generator)))
  const others = monomial.powers.filter(({ generator }) => !M.isPositive(generator))
  return [positive, form(P.fromTerm(coefficient, M.monomial(others)))]
}

/** `of^exponent`, not written out: the real root where there is one, else the principal. */
const root = (of: Form, exponent: Q.Rational, budget: Budget): Form => {
  const [positive, rest] = split(of, budget)
  const outside = raised(positive, exponent, budget)
  const [term, second] = rest.numerator
  const [power, another] = term!.monomial.powers
  const isNegative = term!.coefficient.numerator < 0n
  const { denominator: degree, numerator: n } = power?.exponent ?? Q.ZERO
  const kind = rest.denominator !== P.UNIT || second || another ? "sum" : (power?.generator.kind ?? "unity")
  // Roots of a symbol to an odd power are powers again.
  if (kind === "symbol" && !isNegative && degree === 1n && n % 2n !== 0n)
    return multiply(outside, raised([power!], exponent, budget), budget)
  if (kind !== "unity") {
    const inside = kernel(exponent.denominator === 1n ? "" : `√${exponent.denominator}`, [rest], budget)
    return multiply(outside, toPower(inside, Q.whole(exponent.numerator), budget), budget)
  }
  // (−1)^u with u in (−1, 1], of which the real root is taken where u is whole.
  const turn = { numerator: isNegative ? (n > 0n ? n - degree : degree) : n, denominator: degree }
  const isReal = exponent.denominator % 2n !== 0n && degree === 1n
  const angle = isReal ? Q.whole(turn.numerator * exponent.numerator) : Q.multiply(turn, exponent, budget)
  return multiply(outside, toPower(UNITY, angle, budget), budget)
}

/** A sum to a power `n > 0` written out, where that is short. */
const expanded = (of: Polynomial, n: bigint, budget: Budget): Polynomial | undefined => {
  let result = P.UNIT
  if (of === P.UNIT) return of
  if (of.length > 1 && n > 1000n) return undefined
  if (of.length === 1) {
    const { coefficient, monomial } = of[0]!
    const number = Q.power(coefficient, n, budget)
    return number && P.scale([M.raise(monomial, Q.whole(n), budget)], number, budget)
  }
  for (const bit of n.toString(2))
    for (const by of bit === "1" ? [result, of] : [result]) {
      if (result.length * by.length > 2500) return undefined
      result = P.multiply(result, by, budget)
    }
  return result
}

/** `of^exponent` with symbols in the exponent: `b^(Σ c·m)` is a product of `b^m` to the powers `c`. */
const symbolic = (of: Form, { denominator, numerator }: Form, budget: Budget): Form => {
  const [positive, rest] = split(of, budget)
  const bases = positive.map(({ exponent, generator }) => [form(P.fromPower(generator)), exponent] as const)
  if (print(rest) !== "1") bases.push([rest, Q.ONE])
  let out = ONE
  for (const { coefficient, monomial } of numerator)
    for (const [base, times] of bases) {
      const exponent = Q.multiply(coefficient, times, budget)
      // A part of the coefficient that is not whole stays inside.
      const inside = form(P.fromTerm({ numerator: 1n, denominator: exponent.denominator }, monomial), denominator)
      const made =
        asRational(inside) === undefined
          ? toPower(kernel("^", [base, inside], budget), Q.whole(exponent.numerator), budget)
          : power(base, rational(exponent), budget)
      out = multiply(out, made, budget)
    }
  return out
}

/** `of^exponent`. */
export const power = (of: Form, exponent: Form, budget: Budget): Form => {
  const number = asRational(exponent)
  if (of.numerator.length === 0) {
    if (number === undefined || number.numerator <= 0n) throw NOT_SCALAR
    return ZERO
  }
  if (number === undefined) return symbolic(of, exponent, budget)
  if (number.numerator < 0n) return divide(ONE, power(of, rational(Q.negate(number)), budget), budget)
  if (number.numerator === 0n) return ONE
  if (number.denominator !== 1n) return root(of, number, budget)
  const top = expanded(of.numerator, number.numerator, budget)
  const bottom = top && expanded(of.denominator, number.numerator, budget)
  return bottom === undefined ? root(of, number, budget) : divide(form(top!), form(bottom), budget)
}
