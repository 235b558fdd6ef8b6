/**
 * Numbers and formulas: exact forms first, then numbers at points.
 */
import * as Exact from "../exact/NormalForm.ts"
import type { Expression } from "../Expression.ts"
import { identity } from "../numeric/Identity.ts"
import * as Rational from "../Rational.ts"
import { type Context, type Decision, different, equivalent, undecided } from "./decision.ts"
import { roundsTo, within } from "./decimal.ts"
import { contains } from "./shape.ts"

/** ±1 for an infinity of this sign. */
export const infinite = (expression: Expression): 1 | -1 | undefined => {
  if (expression.type === "constant" && expression.name === "infinity") return 1
  if (expression.type !== "negate") return undefined
  const inner = infinite(expression.operand)
  return inner === undefined ? undefined : inner === 1 ? -1 : 1
}

/** A number written with a decimal point. */
const decimalOf = (expression: Expression): Extract<Expression, { type: "number" }> | undefined =>
  expression.type === "number" && expression.places !== undefined ? expression : undefined

/** Replaces every logarithm whose base is not said. */
const withBase = (expression: Expression, natural: boolean): Expression => {
  const walk = (node: unknown): unknown => {
    if (Array.isArray(node)) return node.map(walk)
    if (typeof node !== "object" || node === null || "numerator" in node && typeof node.numerator === "bigint") return node
    const copy = Object.fromEntries(Object.entries(node).map(([key, value]) => [key, walk(value)])) as unknown as Expression
    if (copy.type !== "apply" || copy.function !== "log" || copy.arguments.length !== 1) return copy
    return natural
      ? { ...copy, function: "ln" }
      : { ...copy, arguments: [copy.arguments[0], { type: "number", value: { numerator: 10n, denominator: 1n } }] }
  }
  return walk(expression) as Expression
}

const unsaidBase = (expression: Expression): boolean => {
  let found = false
  const walk = (node: unknown): void => {
    if (found || typeof node !== "object" || node === null) return
    if (Array.isArray(node)) return node.forEach(walk)
    const { arguments: args, function: name } = node as { arguments?: ReadonlyArray<unknown>; function?: string }
    if (name === "log" && args?.length === 1) found = true
    else Object.values(node).forEach(walk)
  }
  walk(expression)
  return found
}

const ENDLESS = new Set<Expression["type"]>(["limit", "sum", "product", "integral"])

export const compareScalars = (gold: Expression, answer: Expression, context: Context): Decision => {
  if (unsaidBase(gold) || unsaidBase(answer)) {
    const natural = compareFormulas(withBase(gold, true), withBase(answer, true), context)
    return natural.outcome === "equivalent" ? natural : compareFormulas(withBase(gold, false), withBase(answer, false), context)
  }
  return compareFormulas(gold, answer, context)
}

const compareFormulas = (gold: Expression, answer: Expression, context: Context): Decision => {
  const [goldSign, answerSign] = [infinite(gold), infinite(answer)]
  if (goldSign !== undefined || answerSign !== undefined) {
    const open = [gold, answer].some((side) => contains(side, ({ type }) => ENDLESS.has(type)))
    if (open && goldSign !== answerSign) return undecided("structure", "whether it is infinite is not worked out")
    return goldSign === answerSign ? equivalent("structure", "the same infinity") : different("structure", "not both the same infinity")
  }
  if (gold.type === "number" && answer.type === "number" && Rational.equals(gold.value, answer.value)) {
    return equivalent("exact", "the same number")
  }
  const close = nearby(gold, answer, context)
  if (close !== undefined) return close
  const [a, b] = [Exact.normalForm(gold, context.budget), Exact.normalForm(answer, context.budget)]
  if (a !== undefined && b !== undefined) {
    const verdict = Exact.compare(a, b, context.budget)
    if (verdict === "equal") return equivalent("exact", "the same canonical form")
    if (verdict === "different") return different("exact", `${shorten(Exact.print(a))} is not ${shorten(Exact.print(b))}`)
  }
  const tested = identity(gold, answer, { seed: context.seed, budget: context.budget })
  if (tested.outcome === "unknown") return undecided("numeric", tested.reason ?? "the values could not be compared")
  if (tested.outcome === "different") return different("numeric", tested.reason ?? "the values differ")
  return {
    ...equivalent("numeric", tested.points === 0 ? "the same value" : `the same value at ${tested.points} points`),
    errorProbability: tested.errorProbability,
  }
}

const shorten = (text: string): string => (text.length <= 60 ? text : `${text.slice(0, 57)}…`)

/** The rules for decimals: a rounded value counts when enough places were given. */
const nearby = (gold: Expression, answer: Expression, context: Context): Decision | undefined => {
  const { decimalPlaces, tolerance } = context.options
  if (tolerance > 0 && within(gold, answer, tolerance, context)) {
    return equivalent("numeric", `within ${tolerance}`)
  }
  for (const [one, other] of [
    [gold, answer],
    [answer, gold],
  ] as const) {
    const decimal = decimalOf(one)
    if (decimal === undefined || decimal.places! < decimalPlaces) continue
    if (decimalOf(other) !== undefined && decimalOf(other)!.places! < decimal.places!) continue
    if (roundsTo(other, decimal, context)) return equivalent("numeric", `the same to ${decimal.places} decimal places`)
  }
  return undefined
}
