import type { Expression } from "../../src/Expression.ts"
import { integer } from "./read.ts"

/** A generator of numbers below 1 that is the same every time. */
export const source = (seed: number): (() => number) => {
  let state = seed
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0
    return state / 2 ** 32
  }
}

export const choose = <A>(of: ReadonlyArray<A>, random: () => number): A => of[Math.floor(random() * of.length)]!

const LEAVES: ReadonlyArray<Expression> = [
  { type: "symbol", name: "x" },
  { type: "symbol", name: "y" },
  { type: "symbol", name: "x" },
  integer(2),
  integer(3),
  integer(-1),
  { type: "divide", numerator: integer(1), denominator: integer(2) },
  { type: "constant", name: "pi" },
]

export const expression = (depth: number, random: () => number): Expression => {
  if (depth === 0) return choose(LEAVES, random)
  const a = expression(depth - 1, random)
  const b = expression(Math.floor(random() * depth), random)
  const k = random()
  if (k < 0.25) return { type: "add", terms: random() < 0.3 ? [a, b, choose(LEAVES, random)] : [a, b] }
  if (k < 0.5) return { type: "multiply", factors: [a, b] }
  if (k < 0.56) return { type: "negate", operand: a }
  if (k < 0.66) return { type: "divide", numerator: a, denominator: b }
  if (k < 0.74) return { type: "power", base: a, exponent: integer(choose([2, 3, -1], random)) }
  if (k < 0.86) return { type: "root", radicand: a, index: integer(choose([2, 2, 3, 4], random)) }
  if (k < 0.9) {
    const exponent: Expression = {
      type: "divide",
      numerator: integer(choose([1, 2, 3], random)),
      denominator: integer(choose([2, 3, 4], random)),
    }
    return { type: "power", base: a, exponent }
  }
  return {
    type: "apply",
    function: choose(["sin", "cos", "abs", "ln", "exp", "arctan", "tan", "sinh"], random),
    arguments: [a],
  }
}

/** The same with terms and factors in another order. */
export const shuffle = (of: Expression, random: () => number): Expression => {
  const mixed = (parts: ReadonlyArray<Expression>): ReadonlyArray<Expression> =>
    parts
      .map((part) => [random(), shuffle(part, random)] as const)
      .sort(([a], [b]) => a - b)
      .map(([, part]) => part)
  switch (of.type) {
    case "add":
      return { ...of, terms: mixed(of.terms) }
    case "multiply":
      return { ...of, factors: mixed(of.factors) }
    case "negate":
      return random() < 0.5
        ? { ...of, operand: shuffle(of.operand, random) }
        : { type: "multiply", factors: [shuffle(of.operand, random), integer(-1)] }
    case "divide":
      return random() < 0.5
        ? { ...of, numerator: shuffle(of.numerator, random), denominator: shuffle(of.denominator, random) }
        : {
            type: "multiply",
            factors: [
              { type: "power", base: shuffle(of.denominator, random), exponent: integer(-1) },
              shuffle(of.numerator, random),
            ],
          }
    case "power":
      return { ...of, base: shuffle(of.base, random) }
    case "root":
      return random() < 0.5
        ? { ...of, radicand: shuffle(of.radicand, random) }
        : {
            type: "power",
            base: shuffle(of.radicand, random),
            exponent: { type: "divide", numerator: integer(1), denominator: of.index },
          }
    case "apply":
      return { ...of, arguments: of.arguments.map((part) => shuffle(part, random)) }
    default:
      return of
  }
}
