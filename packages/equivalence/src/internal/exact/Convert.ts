/**
 * From expressions to canonical forms.
 */
import type { Budget } from "../Budget.ts"
import type { Expression } from "../../Expression.ts"
import { fromRational } from "../numeric/Ball.ts"
import { apply } from "../numeric/Evaluate.ts"
import { functions } from "../numeric/Functions.ts"
import * as Q from "./Coefficient.ts"
import type { Form } from "./Fraction.ts"
import { asRational, divide, form, multiply, negate, NOT_SCALAR, ONE, rational, sum } from "./Fraction.ts"
import type { Generator } from "./Monomial.ts"
import { factorialRatio, modulo } from "./Huge.ts"
import * as P from "./Polynomial.ts"
import { I, kernel, power } from "./Power.ts"

interface Context {
  readonly budget: Budget
  /** What bound variables are called at the moment. */
  readonly bindings: ReadonlyMap<string, Form>
}

/** How a name is spelt in a key, so that no name can pass for anything else. */
export const quote = (name: string): string =>
  /^(?!(?:pi|e|i)$)[a-zA-Z][a-zA-Z0-9_]*$/.test(name) ? name : JSON.stringify(name)

const atom = (kind: Generator["kind"], key: string): Form =>
  form(P.fromPower({ key, kind, names: kind === "symbol" ? [key] : [] }))

const PI = atom("constant", "pi")
const E = atom("constant", "e")

/** Bounds may be infinite. */
const bound = (of: Expression, context: Context): Form =>
  of.type === "constant" && of.name === "infinity"
    ? atom("symbol", "#infinity")
    : of.type === "negate"
      ? negate(bound(of.operand, context), context.budget)
      : convert(of, context)

/** Sums, integrals and their like stay as they are; what they bind is named by its depth. */
const binder = (of: Extract<Expression, { readonly variable: string }>, context: Context): Form => {
  const depth = context.bindings.size + 1
  const variable = atom("symbol", `#${depth}`)
  const body = convert(of.body, { ...context, bindings: new Map([...context.bindings, [of.variable, variable]]) })
  const others = "lower" in of && of.lower !== undefined ? [of.lower, of.upper!] : "point" in of ? [of.point] : []
  const free = others.length === 0 ? [convert({ type: "symbol", name: of.variable }, context)] : []
  const name = `#${of.type}${"order" in of ? of.order : "side" in of ? of.side : ""}`
  const made = kernel(name, [body, ...others.map((each) => bound(each, context)), ...free], context.budget)
  return form(P.fromPower({ ...made, names: made.names.filter((each) => !each.startsWith("#")) }))
}

/** May values at fractions be fractions? Of the elementary functions, those that step. */
const isRational = (name: string): boolean => !functions.has(name) || /^(?:abs|sign|floor|ceil|round)$/.test(name)

const applied = (name: string, of: ReadonlyArray<Form>, budget: Budget): Form => {
  const [first, second] = of
  if (name === "exp" && second === undefined) return power(E, first!, budget)
  if (name === "degrees") return multiply(first!, divide(PI, rational(Q.whole(180)), budget), budget)
  const numbers = isRational(name) ? of.flatMap((each) => asRational(each) ?? []) : []
  if (numbers.length === of.length) {
    const precision = 256
    const balls = numbers.map((each) => fromRational(each, precision))
    const exact = apply(name, balls, { precision, budget })?.exact
    if (exact !== undefined) return rational(exact)
  }
  return form(P.fromPower(kernel(quote(name), of, budget)))
}

/** The canonical form; throws `NOT_SCALAR` where there is none. */
export const convert = (of: Expression, context: Context): Form => {
  const { budget } = context
  const inner = (each: Expression): Form => convert(each, context)
  const whole = (each: Expression): bigint | undefined => {
    const value = asRational(inner(each))
    return value?.denominator === 1n ? value.numerator : undefined
  }
  budget.spend(10)
  switch (of.type) {
    case "number":
      budget.spend(Q.size(of.value) / 64)
      return rational(of.value)
    case "symbol":
      return context.bindings.get(of.name) ?? atom("symbol", quote(of.name))
    case "constant":
      if (of.name === "infinity") throw NOT_SCALAR
      return of.name === "pi" ? PI : of.name === "e" ? E : I
    case "add":
      return sum(of.terms.map(inner), budget)
    case "multiply":
      return of.factors.reduce((out, each) => multiply(out, inner(each), budget), ONE)
    case "negate":
      return negate(inner(of.operand), budget)
    case "divide": {
      const ratio = factorialRatio(of.numerator, of.denominator, budget)
      if (ratio !== undefined) return rational({ numerator: ratio[0], denominator: ratio[1] })
      return divide(inner(of.numerator), inner(of.denominator), budget)
    }
    case "power":
      return power(inner(of.base), inner(of.exponent), budget)
    case "root":
      return power(inner(of.radicand), divide(ONE, inner(of.index), budget), budget)
    case "apply": {
      const left = of.function === "mod" ? modulo(of.arguments[0]!, of.arguments[1]!, whole, budget) : undefined
      if (left !== undefined) return rational(Q.whole(left))
      return applied(of.function, of.arguments.map(inner), budget)
    }
    case "sum":
    case "product":
    case "derivative":
    case "integral":
    case "limit":
      return binder(of, context)
    default:
      throw NOT_SCALAR
  }
}
