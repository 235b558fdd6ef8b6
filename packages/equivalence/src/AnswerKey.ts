/**
 * A canonical text for an answer: answers with equal keys mean the same, and answers that mean the same mostly have equal
 * keys.
 *
 * @since 0.1.0
 */
import { Budget, BudgetExhausted } from "./internal/Budget.ts"
import { DEFAULT_OPTIONS } from "./internal/compare/decision.ts"
import { minus } from "./internal/parse/build.ts"
import { realSet } from "./internal/compare/realSet.ts"
import { infinite, isCondition, isFormula, isUnordered } from "./internal/compare/kinds.ts"
import { assignment } from "./internal/compare/naming.ts"
import { total } from "./internal/compare/quantity.ts"
import { shape } from "./internal/compare/shape.ts"
import { compareTimes, plainText, textOf, undressed } from "./internal/compare/text.ts"
import { readUnit } from "./internal/compare/units.ts"
import { primitive } from "./internal/exact/Cleared.ts"
import * as Exact from "./internal/exact/NormalForm.ts"
import type { Expression } from "./Expression.ts"
import { fingerprint } from "./internal/numeric/Fingerprint.ts"
import { MAX_SOURCE } from "./internal/parse/lexer.ts"
import { parse } from "./Parse.ts"
import { plainNumber } from "./internal/plainNumber.ts"
import * as Rational from "./Rational.ts"
import { contains, mapChildren, symbols, written } from "./internal/tree.ts"

/**
 * What an answer was read as, and its key.
 *
 * @since 0.1.0
 * @category models
 */
export interface AnswerKey {
  /** A number; a formula; a list, point, set, matrix or relation; words, or what could not be read. */
  readonly kind: "number" | "formula" | "structure" | "text"
  readonly key: string
}

const KEY_BUDGET = 100_000

/** Degrees and units come off, as where only one side of a comparison has them. */
const unlabelled = (expression: Expression): Expression =>
  expression.type === "quantity"
    ? unlabelled(expression.value)
    : expression.type === "apply" && expression.function === "degrees"
      ? unlabelled(expression.arguments[0]!)
      : expression.type === "negate"
        ? { type: "negate", operand: unlabelled(expression.operand) }
        : contains(expression, ({ type }) => type === "quantity")
          ? mapChildren(expression, unlabelled)
          : expression

/** Generators whose powers are written in one way only. */
const PLAIN = new Set(["symbol", "prime", "unity", "constant"])

const isPlain = ({ denominator, numerator }: Exact.NormalForm): boolean =>
  denominator.length === 1 &&
  numerator.every(({ monomial }) => monomial.powers.every(({ generator }) => PLAIN.has(generator.kind)))

const scalarKey = (expression: Expression, budget: Budget): AnswerKey => {
  const sign = infinite(expression)
  if (sign !== undefined) return { kind: "number", key: sign === 1 ? "∞" : "-∞" }
  const form = Exact.normalForm(expression, budget)
  const rational = form === undefined ? undefined : Exact.asRational(form)
  if (rational !== undefined) return { kind: "number", key: Rational.format(rational) }
  const print = form === undefined ? undefined : Exact.print(form)
  if (form !== undefined && isPlain(form)) return { kind: "formula", key: print! }
  const key = fingerprint(expression, { budget, seed: "" }) ?? print
  if (key === undefined) throw new NoValue()
  return { kind: "formula", key }
}

/** Thrown where a part of an answer has no value: its text is all that there is to it. */
class NoValue extends Error {}

/** A measure in base units, where the unit is a known one. */
const measureKey = (expression: Expression, budget: Budget): AnswerKey | undefined => {
  const unit = expression.type === "quantity" ? readUnit(expression.unit) : undefined
  if (expression.type !== "quantity" || unit === undefined) return undefined
  const value: Expression = { type: "multiply", factors: [expression.value, { type: "number", value: unit.scale }] }
  return { kind: "structure", key: `${scalarKey(unlabelled(value), budget).key} ${unit.dimension}` }
}

/** A set of real numbers by its ends. */
const endsKey = (expression: Expression, budget: Budget): string | undefined => {
  const set = realSet(expression, { budget, options: DEFAULT_OPTIONS, seed: "" })
  if (set === undefined) return undefined
  return set
    .map(({ after, value }, index) => {
      const end = scalarKey(value, budget).key
      return index % 2 === 0 ? `${after ? "(" : "["}${end},` : `${end}${after ? "]" : ")"}`
    })
    .join("")
}

/** What a condition is about: its variables, or the function whose value it bounds. */
const subjects = ({ operands }: Extract<Expression, { type: "relation" }>): string =>
  [
    ...new Set(operands.flatMap((operand) => (operand.type === "apply" ? [written(operand)] : [...symbols(operand)]))),
  ].join()

/** An equation by what must be zero, up to a factor. */
const equationKey = (
  { operands, operators }: Extract<Expression, { type: "relation" }>,
  budget: Budget,
): string | undefined => {
  const [left, right] = operands
  if (operators.join() !== "=" || !isFormula(left!) || !isFormula(right!)) return undefined
  // What holds of constants, or not, says nothing of what must be zero.
  if (symbols(left!).size + symbols(right!).size === 0) return undefined
  const form = Exact.normalForm(minus(left!, right!), budget)
  return form === undefined ? undefined : `0=${Exact.print(primitive(form, budget))}`
}

/** `x = x^2` gives no value for x. */
const mentionsName = ({ name, value }: { name: Expression; value: Expression }): boolean => {
  const inside = symbols(value)
  return [...symbols(name)].some((symbol) => inside.has(symbol))
}

const keyOf = (unshaped: Expression, budget: Budget): AnswerKey => {
  const shaped = total(shape(unshaped))
  const measure = measureKey(shaped, budget)
  if (measure !== undefined) return measure
  const expression = unlabelled(shaped)
  const named = assignment(expression)
  if (named !== undefined && !mentionsName(named)) {
    // `x = 5` and `y = 5` are both 5, and yet not the same.
    const { key } = keyOf(named.value, budget)
    return { kind: "structure", key: `${written(named.name)}=${key}` }
  }
  const keys = (items: ReadonlyArray<Expression>) => items.map((item) => keyOf(item, budget).key)
  const structure = (key: string): AnswerKey => ({ kind: "structure", key })
  if (isFormula(expression)) return scalarKey(expression, budget)
  if (isUnordered(expression)) {
    const { connective, items } = expression
    if (items.length === 1 && (expression.open === "" || isFormula(items[0]!))) return keyOf(items[0]!, budget)
    const joint = connective !== undefined && items.some(isCondition) ? connective : ""
    return structure(
      `${joint}{${items.some(({ type }) => type === "ellipsis") ? keys(items).join() : [...new Set(keys(items))].toSorted().join()}}`,
    )
  }
  switch (expression.type) {
    case "sequence":
      return structure(`${expression.open}${keys(expression.items).join()}${expression.close}`)
    case "matrix":
      return structure(`[${expression.rows.map((row) => `[${keys(row).join()}]`).join()}]`)
    case "text":
      return { kind: "text", key: `text:${plainText(expression.text)}` }
    case "setOperation":
    case "setBuilder":
    case "namedSet":
      return structure(endsKey(expression, budget) ?? written(expression))
    case "relation": {
      const ends = endsKey(expression, budget)
      // Not the key of the interval itself: a reference interval does not accept an inequality.
      if (ends !== undefined) return structure(`${subjects(expression)}∈${ends}`)
      const [left, right, more] = keys(expression.operands)
      // A calculation, or an identity, tells its result.
      if (left === right && more === undefined && expression.operators[0] === "=")
        return keyOf(expression.operands[1]!, budget)
      const equation = equationKey(expression, budget)
      if (equation !== undefined) return structure(equation)
      return structure(
        expression.operands
          .map((operand, index) => keyOf(operand, budget).key + (expression.operators[index] ?? ""))
          .join(""),
      )
    }
    case "ratio":
      return structure(keys(expression.terms).join(":"))
    default:
      return structure(written(expression))
  }
}

/**
 * Reads an answer and gives it a key: exact for numbers, a fingerprint of values for formulas, item by item for lists,
 * points, sets and intervals, the words themselves for words.
 *
 * @example
 * ```ts
 * import assert from "node:assert"
 * import { AnswerKey } from "@seed-grpo/equivalence"
 *
 * assert.deepEqual(AnswerKey.answerKey("\\frac{6}{8}"), { kind: "number", key: "3/4" })
 * assert.equal(AnswerKey.answerKey("\\{2, 1\\}").key, AnswerKey.answerKey("\\{1, 2.0\\}").key)
 * assert.equal(AnswerKey.answerKey("\\sqrt{x^2+2x+1}").key, AnswerKey.answerKey("|x+1|").key)
 * assert.notEqual(AnswerKey.answerKey("(2, 1)").key, AnswerKey.answerKey("(1, 2)").key)
 * ```
 *
 * @since 0.1.0
 * @category reading
 */
export const answerKey = (answer: string): AnswerKey => {
  const plain = plainNumber(answer)
  if (plain !== undefined) return { kind: "number", key: plain }
  if (answer.length > MAX_SOURCE) return { kind: "text", key: `as written:${answer}` }
  const text = textOf(answer)
  const words: AnswerKey = { kind: "text", key: `text:${text.plain}` }
  // A time of day says more than the numbers that it is made of.
  if (text.language || compareTimes(text, text) !== undefined) return words
  const parsed = parse(text.source)
  if (parsed.outcome === "unreadable") return words
  try {
    return keyOf(parsed.expression, new Budget(KEY_BUDGET))
  } catch (error) {
    if (error instanceof BudgetExhausted || error instanceof NoValue)
      return { kind: "text", key: `as written:${undressed(text.source)}` }
    throw error
  }
}
