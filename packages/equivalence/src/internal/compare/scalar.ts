/**
 * Numbers and formulas: exact forms first, then numbers at points.
 */
import { Budget, BudgetExhausted } from "../Budget.ts"
import * as Exact from "../exact/NormalForm.ts"
import type { Expression } from "../../Expression.ts"
import { identity } from "../numeric/Identity.ts"
import { constant, integer } from "../parse/build.ts"
import * as Rational from "../../Rational.ts"
import { contains, mapChildren } from "../tree.ts"
import { type Context, type Decision, different, equivalent, undecided } from "./decision.ts"
import { roundsTo, within } from "./decimal.ts"
import { infinite } from "./kinds.ts"

const isUnsaidBase = (node: Expression): boolean =>
  node.type === "apply" && node.function === "log" && node.arguments.length === 1

/** Replaces every logarithm whose base is not said. */
const withBase = (expression: Expression, base: Expression): Expression => {
  const node = mapChildren(expression, (child) => withBase(child, base))
  return node.type === "apply" && isUnsaidBase(node) ? { ...node, arguments: [node.arguments[0]!, base] } : node
}

const ENDLESS = /^(?:limit|sum|product|integral)$/

/** Compares two numbers or formulas by their values. */
export const compareScalars = (gold: Expression, answer: Expression, context: Context): Decision => {
  if (!contains(gold, isUnsaidBase) && !contains(answer, isUnsaidBase)) return compareValues(gold, answer, context)
  const toBase = (base: Expression) => compareValues(withBase(gold, base), withBase(answer, base), context)
  const natural = toBase(constant("e"))
  return natural.outcome === "equivalent" ? natural : toBase(integer(10))
}

const compareValues = (gold: Expression, answer: Expression, context: Context): Decision => {
  const [g, a] = [infinite(gold), infinite(answer)]
  if (g !== undefined || a !== undefined) {
    if (g === a) return equivalent("structure", "the same infinity")
    return [gold, answer].some((side) => contains(side, ({ type }) => ENDLESS.test(type)))
      ? undecided("structure", "it may be infinite")
      : different("structure", "only one is infinite")
  }
  if (gold.type === "number" && answer.type === "number" && Rational.equals(gold.value, answer.value)) {
    return equivalent("exact", "the same number")
  }
  const close = nearby(gold, answer, context)
  if (close !== undefined) return close
  const proven = exactly(gold, answer, context)
  if (proven !== undefined) return proven
  const tested = identity(gold, answer, context)
  return byNumbers(tested, tested.points === 0 ? "the same value" : `the same value at ${tested.points} points`)
}

/** What numbers at points showed. */
export const byNumbers = ({ errorProbability, outcome, reason }: ReturnType<typeof identity>, same: string): Decision =>
  outcome === "equal"
    ? { ...equivalent("numeric", same), errorProbability }
    : (outcome === "unknown" ? undecided : different)("numeric", reason!)

/** Most work that canonical forms may take, so that something is left for numbers. */
const EXACT_SHARE = 100_000

const exactly = (gold: Expression, answer: Expression, context: Context): Decision | undefined => {
  const share = new Budget(Math.min(EXACT_SHARE, context.budget.left / 2))
  const given = share.left
  try {
    const [a, b] = [Exact.normalForm(gold, share), Exact.normalForm(answer, share)]
    if (a === undefined || b === undefined) return undefined
    const verdict = Exact.compare(a, b, share)
    if (verdict === "equal") return equivalent("exact", "the same canonical form")
    if (verdict === "unknown") return undefined
    return different("exact", `${shorten(Exact.print(a))} is not ${shorten(Exact.print(b))}`)
  } catch (error) {
    if (error instanceof BudgetExhausted) return undefined
    throw error
  } finally {
    context.budget.spend(given - Math.max(0, share.left))
  }
}

const shorten = (text: string): string => (text.length <= 60 ? text : `${text.slice(0, 57)}…`)

/** The rules for decimals: a rounded value counts when enough places were given. */
const nearby = (gold: Expression, answer: Expression, context: Context): Decision | undefined => {
  const { decimalPlaces, tolerance } = context.options
  if (tolerance && within(gold, answer, Rational.fromDecimal(`${tolerance}`), context))
    return equivalent("numeric", `within ${tolerance}`)
  const places = (side: Expression) => (side.type === "number" ? side.places : undefined) ?? Infinity
  // The one with fewer places may be the other one, rounded.
  const [exact, decimal] = places(gold) < places(answer) ? [answer, gold] : [gold, answer]
  return decimal.type === "number" &&
    decimal.places !== undefined &&
    decimal.places >= decimalPlaces &&
    roundsTo(exact, decimal, context)
    ? equivalent("numeric", `the same to ${decimal.places} places`)
    : undefined
}
