/**
 * Arithmetic of forms: quotients of polynomials, cancelled as far as is cheap.
 */
import type { Budget } from "../Budget.ts"
import * as Q from "./Coefficient.ts"
import type { Rational } from "./Coefficient.ts"
import { cancel } from "./Cancel.ts"
import { form, I, prime, single } from "./Generators.ts"
import * as M from "./Monomial.ts"
import type { Form, Polynomial, Power } from "./Monomial.ts"
import * as P from "./Polynomial.ts"

/** Thrown where an expression has no value of one number; `normalForm` gives nothing then. */
export const NOT_SCALAR = new Error("no scalar")

export const ZERO = form([])
export const ONE = form(P.UNIT)

/** A number as a form. */
export const rational = (value: Rational): Form => (Q.isOne(value) ? ONE : form(P.fromTerm(value)))

/** The number that a form is, where it is one. */
export const asRational = ({ denominator, numerator }: Form): Rational | undefined =>
  denominator === P.UNIT ? P.constant(numerator) : undefined

const isDirty = (a: Polynomial): boolean => a.some((term) => term.monomial.dirty)

const COSINE = [
  [[1, 1]],
  [
    [4, 6],
    [4, 2],
  ],
  [[2, 3]],
  [[2, 2]],
  [[2, 1]],
  [
    [4, 6],
    [-4, 2],
  ],
  [],
] as const

/** The cosine of `k·15°`. */
const cosine = (k: number, budget: Budget): Polynomial => {
  const folded = ((k % 24) + 24) % 24
  const turned = folded > 12 ? 24 - folded : folded
  const sign = turned > 6 ? -1 : 1
  const terms = COSINE[turned > 6 ? 12 - turned : turned]!.map(([divisor, radicand]) =>
    [2n, 3n].reduce(
      (out, p) => (BigInt(radicand) % p === 0n ? P.multiply(out, single(prime(p), Q.HALF), budget) : out),
      P.fromTerm(Q.fraction(BigInt(sign), BigInt(divisor), budget)),
    ),
  )
  return P.collect(terms.flat(), budget)
}

/** −1 to a power of twelfths, in square roots. */
const rootOfUnity = ({ denominator, numerator }: Rational, budget: Budget): Form => {
  const k = Number((numerator * 12n) / denominator)
  return form(P.add(cosine(k, budget), P.multiply(I.numerator, cosine(k - 6, budget), budget), budget))
}

/** Writes out every power that is known. */
const settle = (of: Polynomial, budget: Budget): Form => {
  let result = form(of.filter((term) => !term.monomial.dirty))
  for (const { coefficient, monomial } of of) {
    if (!monomial.dirty) continue
    const at = monomial.powers.findIndex((power) => M.monomial([power]).dirty)
    const { exponent, generator } = monomial.powers[at]!
    const rest: Array<Power> = monomial.powers.filter((_, index) => index !== at)
    let known: Form
    if (generator.relation === undefined) known = rootOfUnity(exponent, budget)
    else {
      const period = generator.relation.at.numerator
      const times = Q.floor({ ...exponent, denominator: exponent.denominator * period })
      const left = Q.add(exponent, Q.whole(-times * period), budget)
      if (left.numerator !== 0n) rest.splice(at, 0, { generator, exponent: left })
      known = integerPower(generator.relation.form, times, budget)
    }
    result = add(result, multiply(form(P.fromTerm(coefficient, M.monomial(rest))), known, budget), budget)
  }
  return result
}

/** `numerator / denominator` in the one way to write it that cancelling finds. */
export const make = (numerator: Polynomial, denominator: Polynomial, budget: Budget): Form => {
  budget.spend(4)
  const dirty = isDirty(numerator)
  if (dirty || isDirty(denominator)) {
    const a = dirty ? settle(numerator, budget) : form(numerator)
    if (denominator === P.UNIT) return a
    const b = settle(denominator, budget)
    return make(P.multiply(a.numerator, b.denominator, budget), P.multiply(a.denominator, b.numerator, budget), budget)
  }
  if (denominator === P.UNIT) return form(numerator)
  const [first, second] = denominator
  if (first === undefined) throw NOT_SCALAR
  if (numerator.length === 0) return ZERO
  if (second === undefined) return make(P.multiply(numerator, [M.inverse(first, budget)], budget), P.UNIT, budget)
  const [top, bottom] = cancel(numerator, denominator, budget)
  return top === numerator && bottom === denominator ? form(top, bottom) : make(top, bottom, budget)
}

export const add = (a: Form, b: Form, budget: Budget): Form => {
  if (a.numerator.length === 0) return b
  if (b.numerator.length === 0) return a
  if (P.equals(a.denominator, b.denominator))
    return make(P.add(a.numerator, b.numerator, budget), a.denominator, budget)
  const left = P.multiply(a.numerator, b.denominator, budget)
  const right = P.multiply(b.numerator, a.denominator, budget)
  return make(P.add(left, right, budget), P.multiply(a.denominator, b.denominator, budget), budget)
}

/** The sum of many forms. */
export const sum = (forms: ReadonlyArray<Form>, budget: Budget): Form => {
  const plain = forms.filter((each) => each.denominator === P.UNIT)
  let result = form(
    P.collect(
      plain.flatMap((each) => each.numerator),
      budget,
    ),
  )
  for (const each of forms) if (each.denominator !== P.UNIT) result = add(result, each, budget)
  return result
}

export const scale = (a: Form, by: Rational, budget: Budget): Form =>
  by.numerator === 0n ? ZERO : form(P.scale(a.numerator, by, budget), a.denominator)

export const negate = (a: Form, budget: Budget): Form => scale(a, Q.MINUS_ONE, budget)

export const subtract = (a: Form, b: Form, budget: Budget): Form => add(a, negate(b, budget), budget)

export const multiply = (a: Form, b: Form, budget: Budget): Form =>
  a === ONE
    ? b
    : b === ONE
      ? a
      : make(P.multiply(a.numerator, b.numerator, budget), P.multiply(a.denominator, b.denominator, budget), budget)

export const divide = (a: Form, b: Form, budget: Budget): Form =>
  make(P.multiply(a.numerator, b.denominator, budget), P.multiply(a.denominator, b.numerator, budget), budget)

/** `a^n`, written out. */
export const integerPower = (a: Form, n: bigint, budget: Budget): Form => {
  if (n < 0n) return integerPower(divide(ONE, a, budget), -n, budget)
  const [numerator, denominator] = [a.numerator, a.denominator].map((part) =>
    part.length === 1 && part[0]!.coefficient.denominator === 1n && Q.absolute(part[0]!.coefficient.numerator) === 1n
      ? [unitPower(part[0]!, n, budget)]
      : P.power(part, Number(n), budget),
  ) as [Polynomial, Polynomial]
  return make(numerator, a.denominator === P.UNIT ? P.UNIT : denominator, budget)
}

/** The power of a term whose coefficient is 1 or −1, however high. */
const unitPower = (term: M.Term, n: bigint, budget: Budget): M.Term => {
  const raised = M.raise(term.monomial, Q.whole(n), budget)
  return term.coefficient.numerator < 0n && n % 2n === 1n
    ? { ...raised, coefficient: Q.negate(raised.coefficient) }
    : raised
}
