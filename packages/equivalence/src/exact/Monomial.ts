/**
 * Products of powers of generators: what the terms of a polynomial are made of.
 */
import type { Budget } from "../Budget.ts"
import * as Q from "./Coefficient.ts"
import type { Rational } from "./Coefficient.ts"

/** `numerator / denominator`, two polynomials. */
export interface Form {
  readonly numerator: Polynomial
  readonly denominator: Polynomial
}

/**
 * Something that is not taken apart any further. Two generators are the same when their keys are.
 *
 * - `symbol`: a variable. `pi`: π.
 * - `exp`: e to a power `argument`, which is one monomial (over a denominator). `ln`: the logarithm of `argument`.
 * - `base`: the polynomial `relation.form` itself, to a power that is not whole or too high to expand.
 * - `kernel`: any other function of its arguments.
 * - `prime`: a prime, to a power in [0, 1), or to one too high to expand. `unity`: −1 to a power in [0, 1), so i at ½.
 */
export interface Generator {
  readonly key: string
  readonly kind: "symbol" | "pi" | "exp" | "ln" | "base" | "kernel" | "prime" | "unity"
  /** Real wherever it is defined, for real symbols. */
  readonly real: boolean
  /** Never negative. */
  readonly positive: boolean
  /** The keys of the symbols in it. */
  readonly names: ReadonlyArray<string>
  readonly prime?: bigint
  readonly argument?: Form
  /** The generator to the power `at` is `form`, and is written so while the power of `form` is at most `limit`. */
  readonly relation?: { readonly at: Rational; readonly form: Form; readonly limit: bigint }
}

export interface Power {
  readonly generator: Generator
  readonly exponent: Rational
}

/** Powers in the order of their generators; no exponent is 0. */
export interface Monomial {
  readonly key: string
  readonly powers: ReadonlyArray<Power>
  /** Some power is to be expanded. */
  readonly dirty: boolean
  /** Some prime has a whole power that was too high to expand. */
  readonly huge: boolean
}

export interface Term {
  readonly coefficient: Rational
  readonly monomial: Monomial
}

/** Terms of different monomials, greatest monomial first; no coefficient is 0. */
export type Polynomial = ReadonlyArray<Term>

/** Results up to so many bits are written out. */
export const LIMIT = 1 << 14

const rank = ({ kind }: Generator): number => (kind === "prime" ? 1 : kind === "unity" ? 2 : 0)

/** Roots of whole numbers, and i: what a field of numbers is made of. */
export const isAlgebraic = (generator: Generator): boolean => rank(generator) > 0

/** The order of generators in a monomial. */
export const order = (a: Generator, b: Generator): number =>
  a.key === b.key ? 0 : rank(a) - rank(b) || (a.key < b.key ? -1 : 1)

const mustExpand = ({ kind, relation }: Generator, exponent: Rational): boolean => {
  if (relation === undefined)
    return kind === "unity" && exponent.denominator !== 2n && 12n % exponent.denominator === 0n
  if (exponent.numerator > 0n && Q.compare(exponent, relation.at) < 0) return false
  const times = Q.floor({ ...exponent, denominator: exponent.denominator * relation.at.numerator })
  return Q.absolute(times) <= relation.limit
}

/** The monomial of powers that are in order and reduced. */
export const monomial = (powers: ReadonlyArray<Power>): Monomial => {
  let [key, dirty, huge] = ["", false, false]
  for (const { exponent, generator } of powers) {
    if (key !== "") key += "*"
    if (Q.isOne(exponent)) key += generator.key
    else if (generator.kind === "unity" && exponent.denominator === 2n) key += "i"
    else key += `${generator.key}^${Q.format(exponent)}`
    dirty ||= mustExpand(generator, exponent)
    huge ||= generator.kind === "prime" && (exponent.numerator < 0n || exponent.numerator >= exponent.denominator)
  }
  return { key, powers, dirty, huge }
}

/** The empty product. */
export const UNIT = monomial([])

/** Adds a power to a list after taking out of it what is rational; gives that. */
const push = (powers: Array<Power>, generator: Generator, exponent: Rational, budget: Budget): Rational => {
  let [rest, out] = [exponent, Q.ONE]
  if (isAlgebraic(generator)) {
    const times = Q.floor(exponent)
    const taken = times === 0n ? undefined : Q.power(Q.whole(generator.prime ?? -1n), times, LIMIT, budget)
    if (taken !== undefined) {
      out = taken
      rest = { ...exponent, numerator: exponent.numerator - times * exponent.denominator }
    }
  }
  if (rest.numerator !== 0n) powers.push({ generator, exponent: rest })
  return out
}

/** Moves factors of the coefficient into the powers of primes that are too high to expand. */
const absorb = (term: Term, budget: Budget): Term => {
  let { denominator, numerator } = term.coefficient
  const powers: Array<Power> = []
  let out = Q.ONE
  for (const { exponent, generator } of term.monomial.powers) {
    const prime = generator.prime
    let extra = 0n
    if (prime !== undefined && (exponent.numerator < 0n || exponent.numerator >= exponent.denominator)) {
      for (; numerator % prime === 0n; extra++, numerator /= prime) budget.spend(Q.words(numerator))
      for (; denominator % prime === 0n; extra--, denominator /= prime) budget.spend(Q.words(denominator))
    }
    const raised = { ...exponent, numerator: exponent.numerator + extra * exponent.denominator }
    out = Q.multiply(out, push(powers, generator, raised, budget), budget)
  }
  return { coefficient: Q.multiply({ numerator, denominator }, out, budget), monomial: monomial(powers) }
}

/** A term in the one way to write it; its coefficient is not 0. */
export const tidy = (term: Term, budget: Budget): Term => (term.monomial.huge ? absorb(term, budget) : term)

/** The product of two terms. */
export const multiply = (a: Term, b: Term, budget: Budget): Term => {
  const coefficient = Q.multiply(a.coefficient, b.coefficient, budget)
  const [left, right] = [a.monomial.powers, b.monomial.powers]
  budget.spend(8 + 8 * (left.length + right.length) + (a.monomial.key.length + b.monomial.key.length) / 32)
  if (left.length === 0) return tidy({ coefficient, monomial: b.monomial }, budget)
  if (right.length === 0) return tidy({ coefficient, monomial: a.monomial }, budget)
  const powers: Array<Power> = []
  let out = coefficient
  for (let i = 0, j = 0; i < left.length || j < right.length;) {
    const [x, y] = [left[i], right[j]]
    const which = x === undefined ? 1 : y === undefined ? -1 : order(x.generator, y.generator)
    if (which === 0) {
      const taken = push(powers, x!.generator, Q.add(x!.exponent, y!.exponent, budget), budget)
      if (taken !== Q.ONE) out = Q.multiply(out, taken, budget)
    } else powers.push(which < 0 ? x! : y!)
    if (which <= 0) i++
    if (which >= 0) j++
  }
  return tidy({ coefficient: out, monomial: monomial(powers) }, budget)
}

/** A monomial with every exponent multiplied, with what is rational taken out as the coefficient. */
export const raise = ({ powers }: Monomial, exponent: Rational, budget: Budget): Term => {
  const raised: Array<Power> = []
  let coefficient = Q.ONE
  for (const power of powers) {
    budget.spend(8 + power.generator.key.length / 32)
    const taken = push(raised, power.generator, Q.multiply(power.exponent, exponent, budget), budget)
    if (taken !== Q.ONE) coefficient = Q.multiply(coefficient, taken, budget)
  }
  return tidy({ coefficient, monomial: monomial(raised) }, budget)
}

/** The inverse of a term. */
export const inverse = (term: Term, budget: Budget): Term => {
  const { coefficient, monomial: inverted } = raise(term.monomial, Q.MINUS_ONE, budget)
  const out = Q.multiply(coefficient, Q.inverse(term.coefficient), budget)
  return tidy({ coefficient: out, monomial: inverted }, budget)
}

/** The order of terms in a polynomial: lexicographic by exponents, greatest first; goes along with multiplication. */
export const compare = (a: Monomial, b: Monomial): number => {
  if (a.key === b.key) return 0
  for (let i = 0; ; i++) {
    const [x, y] = [a.powers[i], b.powers[i]]
    const which = x === undefined ? (y === undefined ? 0 : 1) : y === undefined ? -1 : order(x.generator, y.generator)
    if (x === undefined && y === undefined) return 0
    if (which < 0) return x!.exponent.numerator > 0n ? -1 : 1
    if (which > 0) return y!.exponent.numerator > 0n ? 1 : -1
    const difference = Q.compare(y!.exponent, x!.exponent)
    if (difference !== 0) return difference
  }
}
