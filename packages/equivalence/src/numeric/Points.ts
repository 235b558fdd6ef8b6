/**
 * Where identities are tested: the variables of expressions and deterministic values for them.
 *
 * @since 0.1.0
 */
import type { Expression } from "../Expression.ts"
import type { Ball } from "./Ball.ts"
import * as B from "./Ball.ts"
import { randomDyadic, randomStream } from "./Generic.ts"

/**
 * What is known of a variable.
 *
 * @since 0.1.0
 * @category models
 */
export type Assumption = "positive" | "integer" | "real"

/** What expressions mention. */
export interface Mentions {
  /** Variables that are free, sorted. */
  readonly variables: ReadonlyArray<string>
  /** Those of them that stand where an integer is expected. */
  readonly whole: ReadonlySet<string>
  /** Does `i` occur? */
  readonly imaginary: boolean
  /** Does a function occur that jumps at integers? */
  readonly steps: boolean
  /** Does a function occur that is of interest for complex values alone? */
  readonly complex: boolean
}

const WHOLE_FUNCTIONS = new Set(["factorial", "doubleFactorial", "binomial", "permutations", "gcd", "lcm"])

const COMPLEX = new Set(["conjugate", "re", "im", "arg"])
const STEPS = new Set(["floor", "ceil", "round", "sign", "mod"])

const isNegative = (x: Expression): boolean =>
  x.type === "negate" ? x.operand.type === "number" : x.type === "number" && x.value.numerator < 0n

/** The free variables of expressions, and whether `i` occurs in them. */
export const mentions = (...expressions: ReadonlyArray<Expression>): Mentions => {
  const variables = new Set<string>()
  const whole = new Set<string>()
  let imaginary = false
  let steps = false
  let complex = false
  /** Visits everything that a node holds. */
  const visitAll = (parts: unknown, bound: ReadonlySet<string>, integers: boolean): void => {
    if (typeof parts !== "object" || parts === null) return
    if ("type" in parts) visit(parts as Expression, bound, integers)
    else for (const part of Object.values(parts)) visitAll(part, bound, integers)
  }
  const visit = (x: Expression, bound: ReadonlySet<string>, integers: boolean): void => {
    const { type, ...parts } = x
    if (type === "number") return
    if (x.type === "symbol") {
      if (bound.has(x.name)) return
      variables.add(x.name)
      if (integers) whole.add(x.name)
    } else if (x.type === "constant") imaginary ||= x.name === "i"
    else if (x.type === "power") {
      visit(x.base, bound, integers)
      visit(x.exponent, bound, integers || isNegative(x.base))
    } else if (x.type === "apply") {
      steps ||= STEPS.has(x.function)
      complex ||= COMPLEX.has(x.function)
      visitAll(x.arguments, bound, integers || WHOLE_FUNCTIONS.has(x.function))
    } else if ("body" in x) {
      const open = x.type === "derivative" || (x.type === "integral" && x.upper === undefined)
      if (x.type === "derivative" && !bound.has(x.variable)) variables.add(x.variable)
      visitAll({ ...parts, body: undefined }, bound, integers || type === "sum" || type === "product")
      visit(x.body, open ? bound : new Set(bound).add(x.variable), integers)
    } else visitAll(parts, bound, integers)
  }
  visitAll(expressions, new Set(), false)
  return { variables: [...variables].sort(), whole, imaginary: imaginary || complex, steps, complex }
}

/** Where values are taken from. */
export type Family = "moderate" | "large" | "unit" | "negative" | "mixed" | "whole"

const RANGES = {
  moderate: [0.3, 2.5],
  large: [3, 20],
  unit: [0.05, 0.95],
  negative: [0.3, 2.5],
  mixed: [0.2, 4],
  whole: [1, 13],
} as const

const integerBetween = (next: () => number, low: number, high: number): bigint =>
  BigInt(low + Math.floor((next() / 4_294_967_296) * (high - low)))

/**
 * Exact values for all variables at point number `index`: they depend on the seed, the names and the index alone.
 *
 * With `from`, the values of the first point of a cluster, each value moves by less than an eighth of it.
 */
export const pointAt = (
  { complex, variables, whole }: Mentions,
  family: Family,
  seed: string,
  index: number,
  assumptions: ReadonlyMap<string, Assumption> | undefined,
  from?: ReadonlyMap<string, Ball>,
): Map<string, Ball> => {
  const point = new Map<string, Ball>()
  for (const [place, name] of variables.entries()) {
    const next = randomStream(`${seed}/${name}/${index}`)
    const assumption = assumptions?.get(name)
    // Any two of three variables have different signs at one of two mixed points, so that `|xy|` is not `xy`.
    const flip = assumption !== "positive" && (family === "negative" || (family === "mixed" && ((place + 1) >> ((index >> 1) % 2)) % 2 === 1))
    let value: Ball
    const centre = from?.get(name)
    if (family === "whole" || whole.has(name) || assumption === "integer") {
      const n = integerBetween(next, 1, family === "large" ? 25 : RANGES.whole[1])
      value = B.fromInteger(flip && !whole.has(name) ? -n : n)
    } else if (centre !== undefined) {
      const shift = randomDyadic(next, 0.875, 1.125)
      value = B.multiply(centre, shift, 96)
    } else {
      const [low, high] = RANGES[family]
      value = randomDyadic(next, low, high)
      if (flip) value = B.negate(value)
      if (complex && assumption === undefined) value = B.complex(value.re, randomDyadic(next, low, high).re)
    }
    point.set(name, value)
  }
  return point
}
