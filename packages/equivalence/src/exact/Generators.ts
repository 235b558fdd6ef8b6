/**
 * How generators are made.
 */
import type { Budget } from "../Budget.ts"
import * as Q from "./Coefficient.ts"
import type { Form, Generator, Polynomial } from "./Monomial.ts"
import * as M from "./Monomial.ts"
import * as P from "./Polynomial.ts"

const generator = (
  kind: Generator["kind"],
  key: string,
  real: boolean,
  positive: boolean,
  names: ReadonlyArray<string> = [],
): Generator => ({ kind, key, real, positive, names })

/** π. */
export const PI = generator("pi", "pi", true, true)

/** −1, whose square root is i. */
export const UNITY = generator("unity", "(-1)", false, false)

/** How a name is spelt in a key, so that no name can pass for anything else. */
export const quote = (name: string): string =>
  /^[a-zA-Z][a-zA-Z0-9_]*$/.test(name) && name !== "pi" && name !== "i" ? name : JSON.stringify(name)

/** A variable, or the bound variable of a key like `#1`. */
export const symbol = (key: string): Generator => generator("symbol", key, true, false, [key])

/** A prime, or a number that passes for one. */
export const prime = (value: bigint): Generator => ({ ...generator("prime", `${value}`, true, true), prime: value })

/** The form of one term. */
export const form = (numerator: Polynomial, denominator: Polynomial = P.UNIT): Form => ({ numerator, denominator })

/** A generator to the first power, as a polynomial. */
export const single = (of: Generator, exponent = Q.ONE): Polynomial =>
  P.fromTerm(Q.ONE, M.monomial([{ generator: of, exponent }]))

/** i. */
export const I = form(single(UNITY, Q.HALF))

/** The canonical spelling of a form. */
export const print = ({ denominator, numerator }: Form): string =>
  denominator === P.UNIT ? P.print(numerator) : `(${P.print(numerator)})/(${P.print(denominator)})`

/** Every generator of a form, once each. */
export const generators = ({ denominator, numerator }: Form): ReadonlyArray<Generator> => {
  const found: Array<Generator> = []
  for (const part of [numerator, denominator])
    for (const { monomial } of part)
      for (const { generator: each } of monomial.powers)
        if (!found.some(({ key }) => key === each.key)) found.push(each)
  return found
}

/** The keys of the symbols in forms. */
export const names = (forms: ReadonlyArray<Form>): ReadonlyArray<string> => {
  const found: Array<string> = []
  for (const one of forms)
    for (const each of generators(one)) for (const name of each.names) if (!found.includes(name)) found.push(name)
  return found
}

/** Long keys are paid for. */
const paid = (key: string, budget: Budget): string => {
  budget.spend(6 + key.length / 8)
  return key
}

/** A function that stays as it is. */
export const kernel = (
  name: string,
  of: ReadonlyArray<Form>,
  real: boolean,
  budget: Budget,
  positive = false,
): Generator => generator("kernel", paid(`${name}(${of.map(print).join(", ")})`, budget), real, positive, names(of))

/** `e^argument`, for an argument of one term of coefficient 1. */
export const exponential = (argument: Form, budget: Budget): Generator => {
  const real = generators(argument).every((each) => each.real)
  return { ...generator("exp", paid(`e^[${print(argument)}]`, budget), real, real, names([argument])), argument }
}

/** `ln(argument)`. */
export const logarithm = (argument: Form, budget: Budget): Generator => {
  const real = generators(argument).every((each) => each.real)
  return { ...generator("ln", paid(`ln(${print(argument)})`, budget), real, false, names([argument])), argument }
}

/** The greatest power in which a form is written out. */
const limit = ({ denominator, numerator }: Form): bigint => P.powerLimit(Math.max(numerator.length, denominator.length))

/** A generator of which a power is known. */
export const related = (of: Generator, at: number, known: Form): Generator => ({
  ...of,
  relation: { at: Q.whole(at), form: known, limit: limit(known) },
})

/** A polynomial as a generator, so that it can have any power. */
export const base = (of: Polynomial, positive: boolean, budget: Budget): Generator => {
  const itself = form(of)
  const each = generators(itself)
  const made = generator(
    "base",
    paid(`(${P.print(of)})`, budget),
    each.every((one) => one.real),
    positive,
    names([itself]),
  )
  return related(made, 1, itself)
}

/** Whether a polynomial is never negative, as far as signs tell. */
export const isPositive = (of: Polynomial): boolean =>
  of.every(
    ({ coefficient, monomial }) =>
      coefficient.numerator > 0n &&
      monomial.powers.every(
        ({ exponent, generator: each }) =>
          each.positive || (each.real && (exponent.denominator % 2n === 0n || exponent.numerator % 2n === 0n)),
      ),
  )
