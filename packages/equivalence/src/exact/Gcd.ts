/**
 * Common divisors of polynomials in one generator.
 */
import type { Budget } from "../Budget.ts"
import * as Q from "./Coefficient.ts"
import type { Generator, Monomial, Polynomial, Power, Term } from "./Monomial.ts"
import * as M from "./Monomial.ts"
import * as P from "./Polynomial.ts"

/** Whole coefficients, the constant first; the last is not 0. */
type Dense = ReadonlyArray<bigint>

const DEGREE = 400

const primitive = (of: Dense, budget: Budget): Dense => {
  let divisor = 0n
  for (const each of of) if (divisor !== 1n) divisor = Q.gcd(divisor, each, budget)
  return divisor === 1n ? of : of.map((each) => each / divisor)
}

/** The primitive part of what is left of a multiple of `a` after division by `b`. */
const remainder = (a: Dense, b: Dense, budget: Budget): Dense => {
  const left = [...a]
  const lead = b.at(-1)!
  while (left.length >= b.length) {
    const top = left.pop()!
    if (top === 0n) continue
    budget.spend(3 * left.length)
    const shift = left.length - b.length + 1
    const divisor = Q.gcd(top, lead, budget)
    const [up, down] = [lead / divisor, top / divisor]
    for (let i = 0; i < left.length; i++) {
      left[i] = Q.product(left[i]!, up, budget)
      if (i >= shift) left[i]! -= Q.product(b[i - shift]!, down, budget)
    }
  }
  while (left.at(-1) === 0n) left.pop()
  return primitive(left, budget)
}

const euclid = (a: Dense, b: Dense, budget: Budget): Dense => {
  let [x, y] = [a, b]
  while (y.length > 0) [x, y] = [y, remainder(x, y, budget)]
  return x
}

const exponentIn = (powers: ReadonlyArray<Power>, generator: Generator): Q.Rational =>
  powers.find((power) => power.generator.key === generator.key)?.exponent ?? Q.ZERO

/** A multiple of terms in one generator, with exponents times `scale`; nothing where the degree is high. */
const dense = (of: ReadonlyArray<Term>, in_: Generator, scale: bigint, budget: Budget): Dense | undefined => {
  const content = P.content(of, budget)
  const out: Array<bigint> = []
  for (const { coefficient, monomial } of of) {
    const { denominator, numerator } = exponentIn(monomial.powers, in_)
    const degree = Number((numerator * scale) / denominator)
    if (degree < 0 || !(degree <= DEGREE)) return undefined
    while (out.length <= degree) out.push(0n)
    out[degree] = Q.multiply(coefficient, Q.inverse(content), budget).numerator
  }
  return out
}

/** The greatest common divisor of `a` and a `b` in one generator with rational coefficients, where it is not 1. */
export const commonDivisor = (a: Polynomial, b: Polynomial, budget: Budget): Polynomial | undefined => {
  const generator = b[0]!.monomial.powers[0]!.generator
  const isUnivariate = ({ monomial }: Term): boolean =>
    monomial.powers.every((power) => power.generator.key === generator.key)
  if (!b.every(isUnivariate) || M.isAlgebraic(generator)) return undefined
  let scale = 1n
  for (const { monomial } of [...a, ...b]) {
    const { denominator } = exponentIn(monomial.powers, generator)
    if (scale % denominator !== 0n) scale = (scale * denominator) / Q.gcd(scale, denominator, budget)
  }
  const groups = new Map<string, Array<Term>>()
  for (const term of a) {
    budget.spend(2 + term.monomial.powers.length)
    const { key } = M.monomial(term.monomial.powers.filter((power) => power.generator.key !== generator.key))
    const group = groups.get(key)
    if (group === undefined) groups.set(key, [term])
    else group.push(term)
  }
  let divisor = dense(b, generator, scale, budget)
  for (const group of groups.values()) {
    if (divisor === undefined || divisor.length < 2) return undefined
    const next = dense(group, generator, scale, budget)
    divisor = next && euclid(divisor, next, budget)
  }
  if (divisor === undefined || divisor.length < 2) return undefined
  const sign = divisor.at(-1)! < 0n ? -1n : 1n
  const at = (degree: number): Monomial =>
    degree === 0 ? M.UNIT : M.monomial([{ generator, exponent: Q.fraction(BigInt(degree), scale, budget) }])
  const terms = divisor.flatMap((value, degree) => P.fromTerm(Q.whole(value * sign), at(degree)))
  return P.collect(terms, budget)
}
