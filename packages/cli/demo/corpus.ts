/**
 * What the warm start imitates: a class of students who know the answer and do not agree on how to write it, and who make
 * the mistakes that students make.
 */
import { Rng } from "@seed-grpo/core"
import type { Arithmetic } from "@seed-grpo/data"
import { Rational } from "@seed-grpo/equivalence"

const whole = (value: number) => Rational.make(BigInt(value))!

const isWhole = ({ denominator }: Rational.Rational) => denominator === 1n

/** `6/8` for 3/4: a right answer that is not in lowest terms. */
const unreduced = ({ denominator, numerator }: Rational.Rational) => `${numerator * 2n}/${denominator * 2n}`

const latex = ({ denominator, numerator }: Rational.Rational) =>
  `${numerator < 0n ? "-" : ""}\\frac{${numerator < 0n ? -numerator : numerator}}{${denominator}}`

const percent = (value: Rational.Rational) => {
  const hundredfold = Rational.toDecimal(Rational.multiply(value, whole(100)), 1)
  return hundredfold === undefined ? undefined : `${hundredfold}\\%`
}

/** Every spelling of a value that a student may use. */
export const spellings = (value: Rational.Rational): ReadonlyArray<string> => {
  const decimal = Rational.toDecimal(value, 3)
  return [
    Rational.format(value),
    latex(value),
    unreduced(value),
    ...(decimal === undefined ? [] : [isWhole(value) ? `${decimal}.0` : decimal]),
    ...(percent(value) === undefined ? [] : [percent(value)!]),
  ]
}

const raw = (numerator: bigint, denominator: bigint) => `${numerator}/${denominator}`

/** Wrong answers to a problem, each by a rule that a student could have in mind. */
export const mistakes = ({ answer, left, operator, right }: Arithmetic.ArithmeticProblem): ReadonlyArray<string> => {
  const [a, b, c, d] = [left.numerator, left.denominator, right.numerator, right.denominator]
  switch (operator) {
    case "+":
      return b === 1 ? [`${a + c - 1}`] : [`${a + c}/${b + d}`]
    case "-":
      return b === 1 ? [`${c - a}`] : [`${a + c}/${b}`]
    case "×":
      return [`${a * c}/${a * d}`]
    case "÷":
      return [`${c}/${a}`]
  }
}

/** How often the class is right. */
const shareRight = ({ left, operator, right }: Arithmetic.ArithmeticProblem) =>
  left.denominator === 1 && right.denominator === 1 ? 0.45 : 0.4

const pick = <A>(items: ReadonlyArray<A>, uniform: number): A => items[Math.floor(uniform * items.length)]!

/** The answer of student `index`. */
export const studentAnswer = (
  problem: Arithmetic.ArithmeticProblem,
  stream: Rng.Key,
  index: number,
): { readonly text: string; readonly right: boolean } => {
  const draw = (what: number) => Rng.uniform(stream, [index, what])
  const wrong = mistakes(problem).filter((text) => !spellings(problem.answer).includes(text))
  return draw(1) < shareRight(problem) || wrong.length === 0
    ? { text: pick(spellings(problem.answer), draw(2)), right: true }
    : { text: pick(wrong, draw(2)), right: false }
}
