/**
 * Derivatives of expressions.
 */
import type { Budget } from "../Budget.ts"
import type { Expression } from "../Expression.ts"
import { symbols } from "./Substitute.ts"

const number = (value: number): Expression => ({
  type: "number",
  value: { numerator: BigInt(value), denominator: 1n },
})
const add = (...terms: ReadonlyArray<Expression>): Expression => ({ type: "add", terms })
const multiply = (...factors: ReadonlyArray<Expression>): Expression => ({ type: "multiply", factors })
const negate = (operand: Expression): Expression => ({ type: "negate", operand })
const divide = (numerator: Expression, denominator: Expression): Expression => ({
  type: "divide",
  numerator,
  denominator,
})
const power = (base: Expression, exponent: Expression): Expression => ({ type: "power", base, exponent })
const apply = (name: string, of: Expression): Expression => ({ type: "apply", function: name, arguments: [of] })
const square = (of: Expression): Expression => power(of, number(2))
const sqrt = (radicand: Expression): Expression => ({ type: "root", radicand, index: number(2) })
const oneMinus = (of: Expression): Expression => add(number(1), negate(of))

/** Derivatives of functions, by the argument. */
const RULES: ReadonlyMap<string, (x: Expression) => Expression> = new Map([
  ["sin", (x) => apply("cos", x)],
  ["cos", (x) => negate(apply("sin", x))],
  ["tan", (x) => square(apply("sec", x))],
  ["cot", (x) => negate(square(apply("csc", x)))],
  ["sec", (x) => multiply(apply("sec", x), apply("tan", x))],
  ["csc", (x) => negate(multiply(apply("csc", x), apply("cot", x)))],
  ["arcsin", (x) => divide(number(1), sqrt(oneMinus(square(x))))],
  ["arccos", (x) => divide(number(-1), sqrt(oneMinus(square(x))))],
  ["arctan", (x) => divide(number(1), add(number(1), square(x)))],
  ["arccot", (x) => divide(number(-1), add(number(1), square(x)))],
  ["sinh", (x) => apply("cosh", x)],
  ["cosh", (x) => apply("sinh", x)],
  ["tanh", (x) => oneMinus(square(apply("tanh", x)))],
  ["exp", (x) => apply("exp", x)],
  ["ln", (x) => divide(number(1), x)],
  ["abs", (x) => apply("sign", x)],
  ["degrees", () => apply("degrees", number(1))],
] as ReadonlyArray<readonly [string, (x: Expression) => Expression]>)

const all = (parts: ReadonlyArray<Expression | undefined>): ReadonlyArray<Expression> | undefined =>
  parts.includes(undefined) ? undefined : (parts as ReadonlyArray<Expression>)

const visit = (of: Expression, variable: string, budget: Budget): Expression | undefined => {
  const inner = (part: Expression): Expression | undefined => derivative(part, variable, budget)
  switch (of.type) {
    case "symbol":
      return number(1)
    case "add": {
      const terms = all(of.terms.map(inner))
      return terms && add(...terms)
    }
    case "negate": {
      const operand = inner(of.operand)
      return operand && negate(operand)
    }
    case "multiply": {
      const terms = of.factors.flatMap((factor, at) => {
        if (isConstant(factor, variable, budget)) return []
        const changed = inner(factor)
        return [changed && multiply(changed, ...of.factors.filter((_, i) => i !== at))]
      })
      const found = all(terms)
      return found && add(...found)
    }
    case "divide": {
      const [top, bottom] = [inner(of.numerator), inner(of.denominator)]
      if (top === undefined || bottom === undefined) return undefined
      if (isConstant(of.denominator, variable, budget)) return divide(top, of.denominator)
      const cross = add(multiply(top, of.denominator), negate(multiply(of.numerator, bottom)))
      return divide(cross, square(of.denominator))
    }
    case "power": {
      const [base, exponent] = [inner(of.base), inner(of.exponent)]
      if (base === undefined || exponent === undefined) return undefined
      const terms: Array<Expression> = []
      if (!isConstant(of.base, variable, budget))
        terms.push(multiply(of.exponent, power(of.base, add(of.exponent, number(-1))), base))
      if (!isConstant(of.exponent, variable, budget)) terms.push(multiply(exponent, apply("ln", of.base), of))
      return add(...terms)
    }
    case "root":
      return inner(power(of.radicand, divide(number(1), of.index)))
    case "apply": {
      const [argument, second] = of.arguments
      if (argument === undefined) return undefined
      if (of.function === "log" && second !== undefined)
        return inner(divide(apply("ln", argument), apply("ln", second)))
      const rule = second === undefined ? RULES.get(of.function) : undefined
      const factor = inner(argument)
      return rule && factor && multiply(rule(argument), factor)
    }
    default:
      return undefined
  }
}

const isConstant = (of: Expression, variable: string, budget: Budget): boolean => !symbols(of, budget).has(variable)

/** The derivative by a variable, where every function in the expression has a rule. */
export const derivative = (of: Expression, variable: string, budget: Budget): Expression | undefined =>
  isConstant(of, variable, budget) ? number(0) : visit(of, variable, budget)
