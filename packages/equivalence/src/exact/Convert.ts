/**
 * From expressions to canonical forms.
 */
import { Budget } from "../Budget.ts"
import type { Expression } from "../Expression.ts"
import * as Q from "./Coefficient.ts"
import { derivative } from "./Differentiate.ts"
import { asRational, divide, multiply, negate, NOT_SCALAR, ONE, rational, sum } from "./Fraction.ts"
import { apply } from "./Functions.ts"
import { exponential, form, I, kernel, PI, quote, single, symbol } from "./Generators.ts"
import { integerValue, powerModulo } from "./Integers.ts"
import type { Form } from "./Monomial.ts"
import { power } from "./Power.ts"

interface Context {
  readonly budget: Budget
  /** What bound variables are at the moment. */
  readonly bindings: ReadonlyMap<string, Form>
  /** How many binders are around, for the names of the next. */
  readonly depth: number
}

type Binder = Extract<Expression, { readonly variable: string }>

const MOST_STEPS = 200
const E = form(single(exponential(ONE, new Budget(100))))

const variable = (key: string): Form => form(single(symbol(key)))

const bind = (context: Context, name: string, value: Form, depth = context.depth): Context => ({
  budget: context.budget,
  bindings: new Map([...context.bindings, [name, value]]),
  depth,
})

/** Bounds may be infinite. */
const bound = (of: Expression, context: Context): Form => {
  if (of.type === "constant" && of.name === "infinity") return variable("#infinity")
  if (of.type === "negate") return negate(bound(of.operand, context), context.budget)
  return convert(of, context)
}

/** Something with a bound variable that stays as it is; the variable is named by its depth. */
const opaque = (name: string, of: Binder, others: ReadonlyArray<Form>, context: Context): Form => {
  const fresh = variable(`#${context.depth + 1}`)
  const body = convert(of.body, bind(context, of.variable, fresh, context.depth + 1))
  const made = kernel(name, [body, ...others], true, context.budget)
  return form(single({ ...made, names: made.names.filter((each) => !each.startsWith("#")) }))
}

const repeated = (of: Extract<Expression, { readonly type: "sum" | "product" }>, context: Context): Form => {
  const { budget } = context
  const [lower, upper] = [bound(of.lower, context), bound(of.upper, context)]
  const [first, last] = [asRational(lower), asRational(upper)]
  if (first?.denominator !== 1n || last === undefined || Q.floor(last) - first.numerator >= MOST_STEPS)
    return opaque(of.type, of, [lower, upper], context)
  const parts: Array<Form> = []
  for (let n = first.numerator; n <= Q.floor(last); n++) {
    budget.spend(5)
    parts.push(convert(of.body, bind(context, of.variable, rational(Q.whole(n)))))
  }
  return of.type === "sum" ? sum(parts, budget) : parts.reduce((out, part) => multiply(out, part, budget), ONE)
}

const differentiated = (of: Extract<Expression, { readonly type: "derivative" }>, context: Context): Form => {
  let body: Expression | undefined = of.body
  for (let i = 0; i < of.order && body !== undefined; i++) {
    context.budget.spend(20)
    body = i < 8 ? derivative(body, of.variable, context.budget) : undefined
  }
  if (body !== undefined) return convert(body, context)
  return opaque(`derivative${of.order}`, of, [convert({ type: "symbol", name: of.variable }, context)], context)
}

/** What is left of a whole number after division, where powers need not be written out for it. */
const residue = (of: Expression, modulus: bigint, context: Context): bigint | undefined => {
  const fold = (
    parts: ReadonlyArray<Expression>,
    start: bigint,
    join: (a: bigint, b: bigint) => bigint,
  ): bigint | undefined => {
    let out = start
    for (const part of parts) {
      const next = residue(part, modulus, context)
      if (next === undefined) return undefined
      out = join(out, next) % modulus
    }
    return out
  }
  switch (of.type) {
    case "add":
      return fold(of.terms, 0n, (a, b) => a + b)
    case "multiply":
      return fold(of.factors, 1n, (a, b) => Q.product(a, b, context.budget))
    case "negate":
      return fold([of.operand], 0n, (a, b) => a - b)
    case "power": {
      const base = residue(of.base, modulus, context)
      const exponent = integerValue(convert(of.exponent, context), 100_000, context.budget)
      if (base === undefined || exponent === undefined || exponent < 0n) return undefined
      return powerModulo(base, exponent, modulus, context.budget)
    }
    default: {
      const number = asRational(convert(of, context))
      return number?.denominator === 1n ? number.numerator % modulus : undefined
    }
  }
}

const applied = (of: Extract<Expression, { readonly type: "apply" }>, context: Context): Form => {
  const [first, second] = of.arguments
  if (of.function === "mod" && first?.type !== "number" && second !== undefined) {
    const modulus = asRational(convert(second, context))
    if (modulus?.denominator === 1n && modulus.numerator > 0n) {
      const left = residue(first!, modulus.numerator, context)
      if (left !== undefined) return rational(Q.whole(left < 0n ? left + modulus.numerator : left))
    }
  }
  return apply(
    of.function,
    of.arguments.map((each) => convert(each, context)),
    context.budget,
  )
}

/** The canonical form; throws `NOT_SCALAR` where there is none. */
export const convert = (of: Expression, context: Context): Form => {
  const { budget } = context
  budget.spend(10)
  switch (of.type) {
    case "number":
      budget.spend(Q.words(of.value.numerator))
      return rational(of.value)
    case "symbol":
      return context.bindings.get(of.name) ?? variable(quote(of.name))
    case "constant":
      if (of.name === "infinity") throw NOT_SCALAR
      return context.bindings.get(of.name) ?? (of.name === "pi" ? form(single(PI)) : of.name === "i" ? I : E)
    case "add":
      return sum(
        of.terms.map((each) => convert(each, context)),
        budget,
      )
    case "multiply":
      return of.factors.reduce<Form>((out, each) => multiply(out, convert(each, context), budget), ONE)
    case "negate":
      return negate(convert(of.operand, context), budget)
    case "divide":
      return divide(convert(of.numerator, context), convert(of.denominator, context), budget)
    case "power":
      return power(convert(of.base, context), convert(of.exponent, context), budget)
    case "root":
      return power(convert(of.radicand, context), divide(ONE, convert(of.index, context), budget), budget)
    case "apply":
      return applied(of, context)
    case "sum":
    case "product":
      return repeated(of, context)
    case "derivative":
      return differentiated(of, context)
    case "integral": {
      const bounds =
        of.lower === undefined || of.upper === undefined
          ? [convert({ type: "symbol", name: of.variable }, context)]
          : [bound(of.lower, context), bound(of.upper, context)]
      return opaque("integral", of, bounds, context)
    }
    case "limit":
      return opaque(`limit${of.side ?? ""}`, of, [bound(of.point, context)], context)
    default:
      throw NOT_SCALAR
  }
}
