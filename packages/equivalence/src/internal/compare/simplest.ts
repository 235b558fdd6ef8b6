/**
 * Is an answer worked out to the end?
 */
import type { Expression } from "../../Expression.ts"
import * as Rational from "../../Rational.ts"
import { children, contains } from "../tree.ts"

const integerOf = (expression: Expression): bigint | undefined =>
  expression.type === "number" && expression.value.denominator === 1n ? expression.value.numerator : undefined

/** A fraction that can be reduced, or a sum, product or power of numbers that can be worked out. */
const unfinished = (expression: Expression): boolean => {
  switch (expression.type) {
    case "divide": {
      const [n, d] = [integerOf(expression.numerator), integerOf(expression.denominator)]
      return n !== undefined && d !== undefined && Rational.gcd(n, d) !== 1n
    }
    case "add":
    case "multiply":
      return children(expression).filter(({ type }) => type === "number").length > 1
    case "power":
      return expression.base.type === "number" && integerOf(expression.exponent) !== undefined
    case "root": {
      const [n, index] = [integerOf(expression.radicand), integerOf(expression.index)]
      if (n === undefined || index === undefined || index < 2n || index > 64n) return false
      const size = n < 0n ? -n : n
      for (let k = 2n; k <= 1000n && k ** index <= size; k++) if (n % k ** index === 0n) return true
      return n === 0n || n === 1n
    }
    default:
      return false
  }
}

/** No fraction is left to reduce, no root to draw, no numbers to add up. */
export const simplest = (expression: Expression): boolean => !contains(expression, unfinished)
