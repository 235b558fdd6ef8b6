/**
 * What the warm start imitates: a class of students who know the answer and do not agree on how to write it, and who make
 * the mistakes that students make.
 *
 * The right answers are spread over up to five spellings and the mistakes over one or two, so that the single most
 * probable text is often a mistake where the most probable meaning is not. That gap is what reinforcement learning closes.
 */
import { Rng } from "@seed-grpo/core"
import type { Arithmetic } from "@seed-grpo/data"
import { Rational } from "@seed-grpo/equivalence"

const hundred = Rational.make(100n)!

const latex = ({ denominator, numerator }: Rational.Rational) =>
  `${numerator < 0n ? "-" : ""}\\frac{${numerator < 0n ? -numerator : numerator}}{${denominator}}`

/** Every spelling of a value that a student may use: `3/4`, `\frac{3}{4}`, `6/8`, `0.75`, `75\%`. */
export const spellings = (value: Rational.Rational): ReadonlyArray<string> => {
  const { denominator, numerator } = value
  const decimal = Rational.toDecimal(value, 3)
  const percent = Rational.toDecimal(Rational.multiply(value, hundred), 1)
  return [
    Rational.format(value),
    latex(value),
    `${numerator * 2n}/${denominator * 2n}`,
    ...(decimal === undefined ? [] : [denominator === 1n ? `${decimal}.0` : decimal]),
    ...(percent === undefined ? [] : [`${percent}\\%`]),
  ]
}

/** Wrong answers to a problem, each by a rule that a student could have in mind. */
export const mistakes = ({ family, left, operator, right }: Arithmetic.ArithmeticProblem): ReadonlyArray<string> => {
  const [a, b, c, d] = [left.numerator, left.denominator, right.numerator, right.denominator]
  switch (family) {
    case "whole":
      return operator === "+" ? [`${a + c - 1}`] : [`${c - a}`]
    case "fraction":
      return operator === "+" ? [`${a + c}/${b + d}`] : [`${a + c}/${b}`]
    case "multiple":
      return [`${a * c}/${a * d}`]
    case "quotient":
      return [`${c}/${a}`]
  }
}

const SHARE_RIGHT = 0.42

const pick = <A>(items: ReadonlyArray<A>, uniform: number): A => items[Math.floor(uniform * items.length)]!

/** Answer number `index` of a class that is never wrong. */
export const rightAnswer = (problem: Arithmetic.ArithmeticProblem, stream: Rng.Key, index: number): string =>
  pick(spellings(problem.answer), Rng.uniform(stream, [index, 2]))

/** Answer number `index` of the class. */
export const studentAnswer = (problem: Arithmetic.ArithmeticProblem, stream: Rng.Key, index: number): string => {
  const wrong = mistakes(problem).filter((text) => !spellings(problem.answer).includes(text))
  return Rng.uniform(stream, [index, 1]) < SHARE_RIGHT || wrong.length === 0
    ? rightAnswer(problem, stream, index)
    : pick(wrong, Rng.uniform(stream, [index, 2]))
}
