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
 * `left operator right`, and what it is.
 *
 * @since 0.1.0
 * @category models
 */
export interface ArithmeticProblem {
  readonly left: Operand
  readonly operator: Operator
  readonly right: Operand
  readonly answer: Rational.Rational
}

const DENOMINATORS = [2, 3, 4, 5, 6, 8, 9, 10]
const GREATEST_TERM = 30
const GREATEST_FACTOR = 12

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

const range = (from: number, to: number) => Array.from({ length: to - from + 1 }, (_, index) => from + index)

export interface Operand {
  readonly numerator: number
  readonly denominator: number
}
const whole = (numerator: number): Operand => ({ numerator, denominator: 1 })

const pairs = (lefts: ReadonlyArray<Operand>, operators: ReadonlyArray<Operator>, rights: ReadonlyArray<Operand>) =>
  lefts.flatMap((left) => rights.flatMap((right) => operators.map((operator) => ({ left, operator, right }))))

export const allProblems = () => {
  const proper = DENOMINATORS.flatMap((denominator) =>
    range(1, denominator - 1).map((numerator) => ({ numerator, denominator })),
  )
  return [
    ...pairs(range(1, GREATEST_TERM).map(whole), ["+", "-"], range(1, GREATEST_TERM).map(whole)),
    ...DENOMINATORS.flatMap((d) => {
      const f = proper.filter((p) => p.denominator === d)
      return pairs(f, ["+", "-"], f)
    }),
    ...pairs(range(1, GREATEST_FACTOR).map(whole), ["÷"], range(2, GREATEST_FACTOR).map(whole)),
    ...pairs(range(2, 9).map(whole), ["×"], proper),
  ].map(({ left, operator, right }) => {
    const f = (o: Operand) => Rational.make(BigInt(o.numerator), BigInt(o.denominator))!
    return { left, operator, right, answer: evaluate(f(left), operator, f(right)) }
  })
}

/**
 * The text of a problem: `3/4+1/2=`.
 *
 * @since 0.1.0
 * @category conversions
 */
const fmt = (o: Operand) => (o.denominator === 1 ? `${o.numerator}` : `${o.numerator}/${o.denominator}`)
export const question = ({ left, operator, right }: ArithmeticProblem): string =>
  `${fmt(left)}${operator}${fmt(right)}=`

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
  source: "arithmetic",
})
