/**
 * The value of an expression as a ball.
 *
 * @since 0.1.0
 */
import type { Budget } from "../Budget.ts"
import type { Expression } from "../../Expression.ts"
import type { Ball } from "./Ball.ts"
import * as B from "./Ball.ts"
import { derivative, limit } from "./Calculus.ts"
import { commonDivisor, extreme, mod, round } from "./Discrete.ts"
import { piReal } from "./Elementary.ts"
import { factorial, fallingFactorial } from "./Factorial.ts"
import { functions } from "./Functions.ts"
import { genericFunction } from "./Generic.ts"
import { integral } from "./Integral.ts"
import { exp, power, powerBits, root } from "./Power.ts"
import * as R from "./Real.ts"
import { series } from "./Series.ts"

/** What the variables stand for. */
export type Environment = ReadonlyMap<string, Ball>

/**
 * How to evaluate. `precision` is in bits.
 *
 * `rigorous` is set to false by sums without end, integrals, limits and derivatives, whose radius is an estimate. With
 * `realOnly`, what is not real on the way has no value. With `generic`, a function that is only named has made up
 * values that depend on its name and arguments alone.
 *
 * @since 0.1.0
 * @category models
 */
export interface Context {
  readonly precision: number
  readonly budget: Budget
  rigorous?: boolean
  readonly realOnly?: boolean
  readonly generic?: boolean
}

/** Pays for a power with `size` bits. */
const spendLong = (context: Context, size: number): void => {
  if (size > 1024) context.budget.spend((size / 64) * Math.sqrt(size / 64) * 0.1)
}

/** Pays for an operation on two numbers, in so far as they are exact: fractions take the work of a common divisor. */
export const spendExact = (context: Context, a: Ball, b: Ball): void => {
  if (a.exact === undefined || b.exact === undefined) return
  const size = B.weight(a) + B.weight(b)
  if (a.exact.denominator !== 1n || b.exact.denominator !== 1n) context.budget.spend(4 + size / 2)
  else if (size > 256) context.budget.spend(size / 80)
  spendLong(context, size)
}

const spendPower = (base: Ball, exponent: Ball, context: Context): void => {
  const p = context.precision
  const n = B.integer(exponent)
  const size = n === undefined ? Infinity : base.exact === undefined ? Infinity : powerBits(base, Math.abs(Number(n)))
  if (size <= B.exactBits(p, true)) spendLong(context, size)
  else context.budget.spend(n === undefined ? 2 * elementary(p) : Math.min(2 * elementary(p), R.bits(n) * (4 + p / 32)))
}

const logarithm = (x: Ball, base: Ball, p: number): Ball | undefined => {
  const top = B.log(x, p + 4)
  const bottom = top && B.log(base, p + 4)
  const value = bottom && B.divide(top, bottom, p)
  // log₂ 8 is 3, not nearly 3.
  if (value === undefined || !x.exact || !base.exact || !B.isReal(value) || R.magnitude(value.re) > 10) return value
  const n = round(value, p)
  const whole = n && B.integer(n)
  return whole !== undefined && B.isExactZero(B.subtract(power(base, n!, p) ?? B.ZERO, x, p)) ? n : value
}

export const apply = (name: string, values: ReadonlyArray<Ball>, context: Context): Ball | undefined => {
  const { budget, precision: p } = context
  const [x, y] = values
  if (x === undefined) return undefined
  switch (name) {
    case "max":
      return extreme(values, 1, p)
    case "min":
      return extreme(values, -1, p)
    case "gcd":
    case "lcm":
      budget.spend(values.length * 40)
      return commonDivisor(values, name === "lcm", p)
    case "log":
      return y === undefined ? B.log(x, p) : logarithm(x, y, p)
    case "mod":
      return y && mod(x, y, p)
    case "binomial":
    case "permutations":
      return y && fallingFactorial(x, y, name === "binomial", p, budget)
    case "factorial":
    case "doubleFactorial":
      return factorial(x, name === "factorial" ? 1 : 2, p, budget)
    default: {
      const f = functions.get(name)
      if (f !== undefined) return y === undefined ? f(x, p) : undefined
      return context.generic === true ? genericFunction(name, values, p) : undefined
    }
  }
}

const compute = (x: Expression, environment: Environment, context: Context): Ball | undefined => {
  const { budget, precision: p } = context
  const inner = (part: Expression): Ball | undefined => evaluate(part, environment, context)
  const joined = (
    parts: ReadonlyArray<Expression>,
    operation: (a: Ball, b: Ball, p: number) => Ball | undefined,
  ): Ball | undefined => {
    let total = inner(parts[0]!)
    for (const part of parts.slice(1)) {
      const next = total && inner(part)
      if (next === undefined) return undefined
      spendExact(context, total!, next)
      total = operation(total!, next, p)
    }
    return total
  }
  switch (x.type) {
    case "number":
      return B.fromRational(x.value, p)
    case "symbol":
      return environment.get(x.name)
    case "constant":
      if (x.name === "pi") return B.real(piReal(p))
      if (x.name === "e") return exp(B.ONE, p)
      return x.name === "i" ? B.I : undefined
    case "add":
      return joined(x.terms, B.add)
    case "multiply":
      return joined(x.factors, B.multiply)
    case "negate": {
      const value = inner(x.operand)
      return value && B.negate(value)
    }
    case "divide":
      return joined([x.numerator, x.denominator], B.divide)
    case "power":
      if (x.base.type === "constant" && x.base.name === "e") {
        const exponent = inner(x.exponent)
        budget.spend(elementary(p))
        return exponent && exp(exponent, p)
      }
      return joined([x.base, x.exponent], (base, exponent) => {
        spendPower(base, exponent, context)
        return power(base, exponent, p)
      })
    case "root":
      budget.spend(elementary(p))
      return joined([x.radicand, x.index], root)
    case "apply": {
      const values = x.arguments.flatMap((part) => inner(part) ?? [])
      budget.spend(elementary(p))
      return values.length === x.arguments.length ? apply(x.function, values, context) : undefined
    }
    case "based":
      return basedNumber(x.digits, x.base, p)
    case "sum":
    case "product":
      return series(x, environment, context)
    case "integral":
      return integral(x, environment, context)
    case "limit":
      return limit(x, environment, context)
    case "derivative":
      return derivative(x, environment, context)
    default:
      return undefined
  }
}

/** Work of an elementary function at a precision, in units. */
const elementary = (p: number): number => 36 + p / 6 + (p * p) / 1000

const basedNumber = (digits: string, base: number, p: number): Ball | undefined => {
  let total = 0n
  for (const digit of digits.toLowerCase()) {
    const value = Number.parseInt(digit, 36)
    if (!(value < base)) return undefined
    total = total * BigInt(base) + BigInt(value)
  }
  return digits === "" || digits.length > 1000 ? undefined : B.fromInteger(total, p)
}

/**
 * The value of an expression, or nothing where it has none: division by what may be 0, the logarithm of 0, infinity,
 * a variable without a value, anything that is not a number, and magnitudes beyond `2^±(2^40)`.
 *
 * The true value lies in the ball; where `context.rigorous` has become false, its radius is an estimate.
 *
 * @since 0.1.0
 * @category functions
 */
export const evaluate = (expression: Expression, environment: Environment, context: Context): Ball | undefined => {
  context.budget.spend(2 + context.precision / 32)
  const value = compute(expression, environment, context)
  if (value === undefined || (context.realOnly === true && !B.isReal(value))) return undefined
  const { im, re } = value
  if (Math.abs(re.e) > R.LIMIT || Math.abs(im.e) > R.LIMIT) {
    if (re.e > R.LIMIT || im.e > R.LIMIT) return undefined
    return B.complex(re.e < -R.LIMIT ? R.TINY : re, im.e < -R.LIMIT ? R.TINY : im)
  }
  return value
}
