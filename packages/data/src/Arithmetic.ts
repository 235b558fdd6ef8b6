/**
 * Exact arithmetic on whole numbers and fractions: problems whose one right answer has many spellings, made from a seed.
 *
 * @since 0.1.0
 */
import type { Problem } from "@seed-grpo/core"
import * as Rng from "@seed-grpo/core/Rng"
import { Rational } from "@seed-grpo/equivalence"

/**
 * @since 0.1.0
 * @category models
 */
export type Operator = "+" | "-" | "×" | "÷"

/**
 * A number as it is written in a problem, not necessarily in lowest terms: `2/6`. The denominator of a whole number is 1.
 *
 * @since 0.1.0
 * @category models
 */
export interface Operand {
  readonly numerator: number
  readonly denominator: number
}

/**
 * The kinds of problems: sums and differences of whole numbers, sums and differences of fractions of one denominator,
 * whole multiples of a fraction, quotients of whole numbers.
 *
 * @since 0.1.0
 * @category models
 */
export type Family = "whole" | "fraction" | "multiple" | "quotient"

/**
 * `left operator right`, and what it is.
 *
 * @since 0.1.0
 * @category models
 */
export interface ArithmeticProblem {
  readonly family: Family
  readonly left: Operand
  readonly operator: Operator
  readonly right: Operand
  readonly answer: Rational.Rational
}

const GREATEST_TERM = 40
const GREATEST_DIVIDED = 20
const DENOMINATORS = [2, 3, 4, 5, 6, 8, 9, 10]

const range = (from: number, to: number) => Array.from({ length: to - from + 1 }, (_, index) => from + index)

const wholes = (from: number, to: number): ReadonlyArray<Operand> =>
  range(from, to).map((numerator) => ({ numerator, denominator: 1 }))

const properFractions = (denominator: number): ReadonlyArray<Operand> =>
  range(1, denominator - 1).map((numerator) => ({ numerator, denominator }))

const value = ({ denominator, numerator }: Operand) => Rational.make(BigInt(numerator), BigInt(denominator))!

const evaluate = (left: Rational.Rational, operator: Operator, right: Rational.Rational): Rational.Rational => {
  switch (operator) {
    case "+":
      return Rational.add(left, right)
    case "-":
      return Rational.subtract(left, right)
    case "×":
      return Rational.multiply(left, right)
    case "÷":
      return Rational.divide(left, right)!
  }
}

const every = (
  family: Family,
  lefts: ReadonlyArray<Operand>,
  operators: ReadonlyArray<Operator>,
  rights: ReadonlyArray<Operand>,
): ReadonlyArray<ArithmeticProblem> =>
  lefts.flatMap((left) =>
    rights.flatMap((right) =>
      operators.map((operator) => ({
        family,
        left,
        operator,
        right,
        answer: evaluate(value(left), operator, value(right)),
      })),
    ),
  )

/**
 * Every problem there is, 4,390 of them.
 *
 * @since 0.1.0
 * @category constructors
 */
export const allProblems = (): ReadonlyArray<ArithmeticProblem> => [
  ...every("whole", wholes(1, GREATEST_TERM), ["+", "-"], wholes(1, GREATEST_TERM)),
  ...DENOMINATORS.map(properFractions).flatMap((same) => every("fraction", same, ["+", "-"], same)),
  ...every("multiple", wholes(2, 9), ["×"], DENOMINATORS.flatMap(properFractions)),
  ...every("quotient", wholes(1, GREATEST_DIVIDED), ["÷"], wholes(2, GREATEST_DIVIDED)),
]

const format = ({ denominator, numerator }: Operand) =>
  denominator === 1 ? `${numerator}` : `${numerator}/${denominator}`

/**
 * The text of a problem: `3/4+1/4=`.
 *
 * @since 0.1.0
 * @category conversions
 */
export const question = ({ left, operator, right }: ArithmeticProblem): string =>
  `${format(left)}${operator}${format(right)}=`

/**
 * Training and held-out problems without a common one, in an order that depends on nothing but the seed.
 *
 * @since 0.1.0
 * @category constructors
 */
export const split = (options: {
  readonly seed: number
  readonly heldOut: number
}): { readonly train: ReadonlyArray<ArithmeticProblem>; readonly heldOut: ReadonlyArray<ArithmeticProblem> } => {
  const problems = allProblems()
  const order = Rng.permutation(Rng.key(options.seed, "arithmetic"), problems.length, [0])
  const shuffled = order.map((index) => problems[index]!)
  return { heldOut: shuffled.slice(0, options.heldOut), train: shuffled.slice(options.heldOut) }
}

/**
 * A problem in the form that training uses.
 *
 * @since 0.1.0
 * @category conversions
 */
export const toProblem = (problem: ArithmeticProblem): Problem => ({
  id: question(problem),
  question: question(problem),
  golds: [Rational.format(problem.answer)],
  subject: problem.family,
  source: "arithmetic",
})
