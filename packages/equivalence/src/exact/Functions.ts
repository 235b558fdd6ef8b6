/**
 * Functions of canonical forms.
 */
import type { Budget } from "../Budget.ts"
import { absolute, isConstant } from "./Absolute.ts"
import * as Q from "./Coefficient.ts"
import { add, asRational, divide, multiply, negate, NOT_SCALAR, ONE, rational, scale, subtract } from "./Fraction.ts"
import { form, I, kernel, PI, print, quote, single } from "./Generators.ts"
import { choose, ofRationals } from "./Integers.ts"
import type { Form } from "./Monomial.ts"
import { exp, ln, power } from "./Power.ts"
import { conjugate, isReal, sign, value } from "./Real.ts"

const HALF = rational(Q.HALF)
const RIGHT = form([{ coefficient: Q.HALF, monomial: single(PI)[0]!.monomial }])

/** `e^x` and `e^−x`. */
const both = (of: Form, budget: Budget): readonly [Form, Form] => [exp(of, budget), exp(negate(of, budget), budget)]

const sinh = (of: Form, budget: Budget): Form => {
  const [up, down] = both(of, budget)
  return scale(subtract(up, down, budget), Q.HALF, budget)
}

const cosh = (of: Form, budget: Budget): Form => {
  const [up, down] = both(of, budget)
  return scale(add(up, down, budget), Q.HALF, budget)
}

const tanh = (of: Form, budget: Budget): Form => {
  const [up, down] = both(of, budget)
  return divide(subtract(up, down, budget), add(up, down, budget), budget)
}

const turned = (of: Form, budget: Budget): Form => multiply(I, of, budget)
const sin = (of: Form, budget: Budget): Form => negate(turned(sinh(turned(of, budget), budget), budget), budget)
const cos = (of: Form, budget: Budget): Form => cosh(turned(of, budget), budget)
const tan = (of: Form, budget: Budget): Form => negate(turned(tanh(turned(of, budget), budget), budget), budget)

const inverse = (of: Form, budget: Budget): Form => divide(ONE, of, budget)

const tables = new Map<string, ReadonlyMap<string, Q.Rational>>()

/** The arcs, as multiples of π, of the values of sine or tangent at multiples of 15°. */
const table = (name: "arcsin" | "arctan", budget: Budget): ReadonlyMap<string, Q.Rational> => {
  const known = tables.get(name)
  if (known !== undefined) return known
  const values = new Map<string, Q.Rational>()
  for (let k = -6; k <= 6; k++) {
    const arc = Q.fraction(BigInt(k), 12n, budget)
    const angle = scale(form(single(PI)), arc, budget)
    if (name === "arcsin") values.set(print(sin(angle, budget)), arc)
    else if (k > -6 && k < 6) values.set(print(tan(angle, budget)), arc)
  }
  tables.set(name, values)
  return values
}

const isNegative = (of: Form): boolean => (of.numerator[0]?.coefficient.numerator ?? 0n) < 0n

const arc = (name: "arcsin" | "arctan", of: Form, budget: Budget): Form => {
  const known = isConstant(of) ? table(name, budget).get(print(of)) : undefined
  if (known !== undefined) return scale(form(single(PI)), known, budget)
  if (isNegative(of)) return negate(arc(name, negate(of, budget), budget), budget)
  const isArc = name === "arctan" || of.numerator.length === 0
  return form(single({ ...kernel(name, [of], isArc && isReal(of, budget), budget), argument: of }))
}

const arcsin = (of: Form, budget: Budget): Form => arc("arcsin", of, budget)
const arccos = (of: Form, budget: Budget): Form => subtract(RIGHT, arcsin(of, budget), budget)
const arctan = (of: Form, budget: Budget): Form => arc("arctan", of, budget)

const square = (of: Form, budget: Budget): Form => multiply(of, of, budget)
const arsinh = (of: Form, budget: Budget): Form =>
  ln(add(of, power(add(square(of, budget), ONE, budget), HALF, budget), budget), budget)
const arcosh = (of: Form, budget: Budget): Form =>
  ln(add(of, power(subtract(square(of, budget), ONE, budget), HALF, budget), budget), budget)
const artanh = (of: Form, budget: Budget): Form =>
  scale(ln(divide(add(ONE, of, budget), subtract(ONE, of, budget), budget), budget), Q.HALF, budget)

const abs = (of: Form, budget: Budget): Form => {
  if (!isConstant(of) || isReal(of, budget)) return absolute(of, budget)
  const other = conjugate(of, budget)
  return other === undefined ? absolute(of, budget) : power(multiply(of, other, budget), HALF, budget)
}

const re = (of: Form, budget: Budget): Form | undefined => {
  const other = isConstant(of) ? conjugate(of, budget) : undefined
  return other && scale(add(of, other, budget), Q.HALF, budget)
}

const im = (of: Form, budget: Budget): Form | undefined => {
  const other = isConstant(of) ? conjugate(of, budget) : undefined
  return other && divide(scale(subtract(of, other, budget), Q.HALF, budget), I, budget)
}

const arg = (of: Form, budget: Budget): Form | undefined => {
  const [x, y] = [re(of, budget), im(of, budget)]
  const [across, up] = [x && sign(x), y && sign(y)]
  if (across === undefined || up === undefined || (across === 0 && up === 0)) return undefined
  if (across === 0) return scale(RIGHT, Q.whole(up), budget)
  const angle = arctan(divide(y!, x!, budget), budget)
  return across > 0 ? angle : add(angle, scale(form(single(PI)), Q.whole(up < 0 ? -1 : 1), budget), budget)
}

type Unary = (of: Form, budget: Budget) => Form | undefined

const after =
  (outer: Unary, inner: Unary): Unary =>
  (of, budget) => {
    const value = inner(of, budget)
    return value && outer(value, budget)
  }

const UNARY: ReadonlyMap<string, Unary> = new Map<string, Unary>([
  ["sin", sin],
  ["cos", cos],
  ["tan", tan],
  ["cot", (of, budget) => divide(cos(of, budget), sin(of, budget), budget)],
  ["sec", after(inverse, cos)],
  ["csc", after(inverse, sin)],
  ["sinh", sinh],
  ["cosh", cosh],
  ["tanh", tanh],
  ["coth", after(inverse, tanh)],
  ["sech", after(inverse, cosh)],
  ["csch", after(inverse, sinh)],
  ["arcsin", arcsin],
  ["arccos", arccos],
  ["arctan", arctan],
  // For negative numbers there are two conventions.
  ["arccot", (of, budget) => ((sign(of) ?? -1) < 0 ? undefined : subtract(RIGHT, arctan(of, budget), budget))],
  ["arcsec", after(arccos, inverse)],
  ["arccsc", after(arcsin, inverse)],
  ["arsinh", arsinh],
  ["arcosh", arcosh],
  ["artanh", artanh],
  ["arcoth", after(artanh, inverse)],
  ["arsech", after(arcosh, inverse)],
  ["arcsch", after(arsinh, inverse)],
  ["exp", exp],
  ["ln", ln],
  [
    "log",
    (of) => (asRational(of)?.numerator === 1n && asRational(of)?.denominator === 1n ? rational(Q.ZERO) : undefined),
  ],
  ["abs", abs],
  ["re", re],
  ["im", im],
  ["arg", arg],
  ["conjugate", (of, budget) => (isConstant(of) ? conjugate(of, budget) : undefined)],
  ["degrees", (of, budget) => multiply(of, scale(RIGHT, Q.fraction(1n, 90n, budget), budget), budget)],
  [
    "sign",
    (of) => {
      const known = sign(of)
      return known === undefined ? undefined : rational(Q.whole(known))
    },
  ],
])

const BINARY: ReadonlyMap<string, (a: Form, b: Form, budget: Budget) => Form | undefined> = new Map([
  ["log", (a: Form, b: Form, budget: Budget) => divide(ln(a, budget), ln(b, budget), budget)],
  ["binomial", (a: Form, b: Form, budget: Budget) => choose("binomial", a, b, budget)],
  ["permutations", (a: Form, b: Form, budget: Budget) => choose("permutations", a, b, budget)],
])

/** What floor and its like make of a real constant that is no fraction. */
const ofReals = (name: string, of: ReadonlyArray<Form>): Form | undefined => {
  const near = of.map(value)
  const [first] = near
  if (first === undefined || near.includes(undefined)) return undefined
  if (name === "max" || name === "min") {
    const least = near.reduce<number>((a, b) => (name === "max" ? Math.max(a, b!) : Math.min(a, b!)), first)
    const close = of.filter((_, at) => Math.abs(near[at]! - least) <= 1e-6 * (1 + Math.abs(least)))
    return close.every((each) => print(each) === print(close[0]!)) ? close[0] : undefined
  }
  const shifted = name === "round" ? first + 0.5 : first
  if (Math.abs(first) > 1e6 || Math.abs(shifted - Math.round(shifted)) < 1e-6) return undefined
  const rounded = name === "ceil" ? Math.ceil(shifted) : Math.floor(shifted)
  return rational(Q.whole(rounded))
}

const ROUNDING = new Set(["floor", "ceil", "round"])
const SYMMETRIC = new Set(["max", "min", "gcd", "lcm"])
const POSITIVE = new Set(["factorial", "norm"])

/** The value of a function by its canonical name, or the function as a generator. */
export const apply = (name: string, of: ReadonlyArray<Form>, budget: Budget): Form => {
  budget.spend(10 + 20 * of.length)
  const [first, second] = of
  if (first === undefined || name === "det") throw NOT_SCALAR
  const known =
    second === undefined
      ? UNARY.get(name)?.(first, budget)
      : of.length === 2
        ? BINARY.get(name)?.(first, second, budget)
        : undefined
  if (known !== undefined) return known
  const numbers = of.map(asRational)
  const value = numbers.includes(undefined) ? undefined : ofRationals(name, numbers as Array<Q.Rational>, budget)
  if (value !== undefined) return rational(value)
  if ((ROUNDING.has(name) && of.length === 1) || name === "max" || name === "min") {
    const real = ofReals(name, of)
    if (real !== undefined) return real
  }
  return opaque(name, of, budget)
}

/** A function that stays as it is, but for its sign and the order of what it is symmetric in. */
const opaque = (name: string, of: ReadonlyArray<Form>, budget: Budget): Form => {
  if (name === "sign" && isNegative(of[0]!)) return negate(opaque(name, [negate(of[0]!, budget)], budget), budget)
  let list = of
  if (SYMMETRIC.has(name)) {
    list = [...new Map(of.map((each) => [print(each), each] as const))]
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([, each]) => each)
    if (list.length === 1 && (name === "max" || name === "min")) return list[0]!
  }
  const isPlain = list.every((each) => isReal(each, budget))
  return form(single(kernel(quote(name), list, isPlain, budget, POSITIVE.has(name) && isPlain)))
}
