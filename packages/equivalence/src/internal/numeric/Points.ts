/**
 * Where identities are tested: the variables of expressions and deterministic values for them.
 *
 * @since 0.1.0
 */
import type { Expression } from "../../Expression.ts"
import { contains, symbols, walk } from "../tree.ts"
import type { Ball } from "./Ball.ts"
import * as B from "./Ball.ts"
import { randomDyadic, randomStream } from "./Generic.ts"

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
  /** Beyond this no `|x - 30|` and its like turns any more; 0 where nothing turns. */
  readonly reach: number
}

const WHOLE_FUNCTIONS = new Set(["factorial", "doubleFactorial", "binomial", "permutations", "gcd", "lcm"])

const COMPLEX = ["conjugate", "re", "im", "arg"]

const STEPS = ["floor", "ceil", "round", "sign", "mod"]

const TURNS = ["abs", "max", "min", "root"]

/** The farthest that points are taken for their sake. */
const FARTHEST = 1_000_000

const isNegative = (x: Expression): boolean =>
  x.type === "negate" ? x.operand.type === "number" : x.type === "number" && x.value.numerator < 0n

const isUnit = (x: Expression): boolean => x.type === "constant" && x.name === "i"

/** The parts of a node that are integers. */
const wholeParts = (x: Expression): ReadonlyArray<Expression> =>
  x.type === "power" && isNegative(x.base)
    ? [x.exponent]
    : x.type === "apply" && WHOLE_FUNCTIONS.has(x.function)
      ? x.arguments
      : x.type === "sum" || x.type === "product"
        ? [x.lower, x.upper]
        : []

/** The free variables of expressions, and what occurs in them. */
export const mentions = (...expressions: ReadonlyArray<Expression>): Mentions => {
  const variables = new Set(expressions.flatMap((each) => [...symbols(each)]))
  const whole = new Set<string>()
  const names = new Set<string>()
  let greatest = 0
  for (const expression of expressions)
    walk(expression, (node) => {
      names.add(node.type === "apply" ? node.function : node.type)
      if (node.type === "number")
        greatest = Math.max(greatest, Math.abs(Number(node.value.numerator) / Number(node.value.denominator)))
      // `|z - i| = 1` is a circle.
      if (node.type === "apply" && node.function === "abs" && symbols(node).has("z") && contains(node, isUnit))
        names.add("conjugate")
      if (node.type === "constant") names.add(node.name)
      if (node.type === "derivative") variables.add(node.variable)
      for (const part of wholeParts(node)) for (const name of symbols(part)) whole.add(name)
    })
  const mentionsAny = (of: ReadonlyArray<string>): boolean => of.some((name) => names.has(name))
  const complex = mentionsAny(COMPLEX)
  return {
    variables: [...variables].sort(),
    whole,
    imaginary: complex || names.has("i"),
    steps: mentionsAny(STEPS),
    complex,
    reach: mentionsAny(TURNS) ? Math.min(greatest + 3, FARTHEST) : 0,
  }
}

/** Where values are taken from. */
export type Family = "moderate" | "large" | "unit" | "negative" | "mixed" | "whole" | "far" | "back"

const RANGES = {
  moderate: [0.3, 2.5],
  large: [3, 20],
  unit: [0.05, 0.95],
  negative: [0.3, 2.5],
  mixed: [0.2, 4],
} as const

/** Exact values for all variables at point number `index`: they depend on the seed, the names and the index alone. */
export const pointAt = (
  { complex, reach, variables, whole }: Mentions,
  family: Family,
  seed: string,
  index: number,
): Map<string, Ball> => {
  const point = new Map<string, Ball>()
  for (const [place, name] of variables.entries()) {
    const next = randomStream(`${seed}/${name}/${index}`)
    // Any two of three variables have different signs at one of two mixed points, so that `|xy|` is not `xy`.
    const flip =
      /^(?:negative|back)$/.test(family) || (family === "mixed" && ((place + 1) >> ((index >> 1) % 2)) % 2 === 1)
    let value: Ball
    if (family === "whole" || whole.has(name)) {
      const n = 1 + Math.floor((next() / 4_294_967_296) * (family === "large" ? 24 : 12))
      value = B.fromInteger(flip && !whole.has(name) ? -n : n)
    } else {
      const [low, high] = family === "far" || family === "back" ? [reach, 8 * reach] : RANGES[family]
      value = randomDyadic(next, low, high)
      if (flip) value = B.negate(value)
      if (complex) value = B.complex(value.re, randomDyadic(next, low, high).re)
    }
    point.set(name, value)
  }
  return point
}
