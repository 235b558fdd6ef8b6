/**
 * Products of powers of generators: what the terms of a polynomial are made of.
 */
import type { Budget } from "../Budget.ts"
import * as Q from "./Coefficient.ts"
import type { Rational } from "./Coefficient.ts"

/**
 * Something that is not taken apart any further. Two generators are the same when their keys are.
 *
 * - `symbol`: a variable. `constant`: π or e. `kernel`: a function of something, or a sum under a root.
 * - `prime`: a prime, to a power in [0, 1), or to one too high to expand. `unity`: −1 to a power in [0, 1), so i at ½.
 */
export interface Generator {
  readonly key: string
  readonly kind: "symbol" | "constant" | "kernel" | "prime" | "unity"
  /** The keys of the symbols in it. */
  readonly names: ReadonlyArray<string>
  readonly prime?: bigint
}

export interface Power {
  readonly generator: Generator
  readonly exponent: Rational
}

/** Powers in the order of their keys; no exponent is 0. */
export interface Monomial {
  readonly key: string
  readonly powers: ReadonlyArray<Power>
}

export interface Term {
  readonly coefficient: Rational
  readonly monomial: Monomial
}

/** Terms of different monomials, greatest monomial first; no coefficient is 0. */
export type Polynomial = ReadonlyArray<Term>

/** Roots of whole numbers, and i: what a field of numbers is made of. */
export const isAlgebraic = ({ kind }: Generator): boolean => kind === "prime" || kind === "unity"

/** Is it known to be a positive number? */
export const isPositive = ({ kind }: Generator): boolean => kind === "prime" || kind === "constant"

/** By key. */
export const order = (a: Generator, b: Generator): number => (a.key === b.key ? 0 : a.key < b.key ? -1 : 1)

const printPower = ({ exponent, generator }: Power): string =>
  Q.isOne(exponent)
    ? generator.key
    : generator.kind === "unity" && exponent.denominator === 2n
      ? "i"
      : `${generator.key}^${Q.format(exponent)}`

/** The monomial of powers that are in order and reduced. */
export const monomial = (powers: ReadonlyArray<Power>): Monomial => ({ key: powers.map(printPower).join("*"), powers })

/** The empty product. */
export const UNIT = monomial([])

/** Adds a power to a list after taking out of it what is rational; gives that. */
const push = (powers: Array<Power>, generator: Generator, exponent: Rational, budget: Budget): Rational => {
  let [rest, out] = [exponent, Q.ONE]
  if (isAlgebraic(generator)) {
    const times = Q.floor(exponent)
    const taken = times === 0n ? undefined : Q.power(Q.whole(generator.prime ?? -1n), times, budget)
    if (taken !== undefined) {
      out = taken
      rest = { ...exponent, numerator: exponent.numerator - times * exponent.denominator }
    }
  }
  if (rest.numerator !== 0n) powers.push({ generator, exponent: rest })
  return out
}

/** The product of two terms. */
export const multiply = (a: Term, b: Term, budget: Budget): Term => {
  const [left, right] = [a.monomial.powers, b.monomial.powers]
  budget.spend(8 + 8 * (left.length + right.length) + (a.monomial.key.length + b.monomial.key.length) / 32)
  let coefficient = Q.multiply(a.coefficient, b.coefficient, budget)
  if (left.length === 0) return { coefficient, monomial: b.monomial }
  if (right.length === 0) return { coefficient, monomial: a.monomial }
  const powers: Array<Power> = []
  for (let i = 0, j = 0; i < left.length || j < right.length;) {
    const [x, y] = [left[i], right[j]]
    const which = x === undefined ? 1 : y === undefined ? -1 : order(x.generator, y.generator)
    if (which === 0) {
      const taken = push(powers, x!.generator, Q.add(x!.exponent, y!.exponent, budget), budget)
      if (taken !== Q.ONE) coefficient = Q.multiply(coefficient, taken, budget)
    } else powers.push(which < 0 ? x! : y!)
    if (which <= 0) i++
    if (which >= 0) j++
  }
  return { coefficient, monomial: monomial(powers) }
}

/** A monomial with every exponent multiplied, with what is rational taken out as the coefficient. */
export const raise = ({ powers }: Monomial, exponent: Rational, budget: Budget): Term => {
  const raised: Array<Power> = []
  let coefficient = Q.ONE
  for (const power of powers) {
    budget.spend(8 + power.generator.key.length / 32)
    const taken = push(raised, power.generator, Q.multiply(power.exponent, exponent, budget), budget)
    coefficient = Q.multiply(coefficient, taken, budget)
  }
  return { coefficient, monomial: monomial(raised) }
}

/** The inverse of a term. */
export const inverse = (term: Term, budget: Budget): Term => {
  const { coefficient, monomial } = raise(term.monomial, Q.MINUS_ONE, budget)
  return { coefficient: Q.multiply(coefficient, Q.inverse(term.coefficient), budget), monomial }
}

/** The order of terms in a polynomial: lexicographic by exponents, greatest first; goes along with multiplication. */
export const compare = (a: Monomial, b: Monomial): number => {
  if (a.key === b.key) return 0
  for (let i = 0; ; i++) {
    const [x, y] = [a.powers[i], b.powers[i]]
    if (x === undefined && y === undefined) return 0
    const which = x === undefined ? 1 : y === undefined ? -1 : order(x.generator, y.generator)
    if (which < 0) return x!.exponent.numerator > 0n ? -1 : 1
    if (which > 0) return y!.exponent.numerator > 0n ? 1 : -1
    const difference = Q.compare(y!.exponent, x!.exponent)
    if (difference !== 0) return difference
  }
}
