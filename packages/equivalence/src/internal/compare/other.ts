/**
 * Tuples and intervals, numerals to a base, ratios, and sets as they are written.
 */
import type { Expression } from "../../Expression.ts"
import { add, integer, list, multiply, symbol } from "../parse/build.ts"
import { children, contains, mapChildren, symbols } from "../tree.ts"
import { inAnyOrder, inOrder } from "./collection.ts"
import { type Context, type Decision, different, equivalent, pairwise } from "./decision.ts"
import { equal } from "./equal.ts"
import { isFormula, isImaginary, type Of } from "./kinds.ts"
import { compareAsSets } from "./realSet.ts"
import { compareScalars } from "./scalar.ts"

type Sequence = Of<"sequence">

const brackets = ({ close, open }: Sequence): string =>
  open === "⟨" ? "()" : open.replace("]", "(") + close.replace("[", ")")

export const compareTuples = (gold: Sequence, answer: Sequence, context: Context): Decision =>
  gold.items.length === 2 && answer.items.length === 2 && brackets(gold) !== brackets(answer)
    ? different("structure", "an end belongs to only one")
    : inOrder(gold.items, answer.items, context)

/** The letter i, which was read as a number, as a unit vector. */
const replaceUnit = (expression: Expression): Expression =>
  isImaginary(expression) ? symbol("i") : mapChildren(expression, replaceUnit)

type Based = Of<"based">

const valueOf = ({ base, digits }: Based): bigint | undefined => {
  let value = 0n
  for (const digit of digits) {
    const worth = Number.parseInt(digit, 36)
    if (worth >= base) return undefined
    value = value * BigInt(base) + BigInt(worth)
  }
  return value
}

const compareBased = (gold: Based, answer: Based): Decision => {
  const same = gold.base === answer.base && gold.digits === answer.digits
  const value = same ? undefined : valueOf(gold)
  return same || (value !== undefined && value === valueOf(answer))
    ? equivalent("exact", "the same number")
    : different("exact", "another number")
}

/** A numeral to base ten is a plain one. */
const plain = (side: Expression): Expression =>
  side.type === "based" && side.base === 10 ? integer(BigInt(side.digits)) : side

const KINDS = different("structure", "another kind")

/** Compares what is neither a formula nor a list on both sides. */
export const compareOthers = (gold: Expression, answer: Expression, context: Context): Decision => {
  if (gold.type === "based" && answer.type === "based") return compareBased(gold, answer)
  const [g, a] = [plain(gold), plain(answer)]
  if (g !== gold || a !== answer) return equal(g, a, context)
  if (gold.type === "ratio" || answer.type === "ratio") return compareRatios(gold, answer, context)
  const sets = compareAsSets(gold, answer, context)
  if (sets !== undefined) return sets
  if (gold.type === "namedSet" || answer.type === "namedSet") {
    return setName(gold) === setName(answer)
      ? equivalent("structure", "the same set")
      : different("structure", "another set")
  }
  // `3i - 4j` for `(3, -4)`
  const [vector, formula] = gold.type === "sequence" ? [gold, answer] : [answer, gold]
  if (
    vector.type === "sequence" &&
    [2, 3].includes(vector.items.length) &&
    /[(⟨]/.test(vector.open) &&
    isFormula(formula)
  ) {
    const combination = add(...vector.items.map((item, index) => multiply(item, symbol("ijk"[index]!))))
    if (contains(formula, isImaginary) || symbols(formula).has("j"))
      return compareScalars(combination, replaceUnit(formula), context)
  }
  const operator = (side: Expression) => ("operator" in side ? side.operator : undefined)
  if (gold.type !== answer.type || operator(gold) !== operator(answer)) return KINDS
  const [parts, others] = [children(gold), children(answer)]
  return /[∪∩]/.test(operator(gold) ?? "")
    ? inAnyOrder(list(parts), list(others), context)
    : inOrder(parts, others, context)
}

/** A set may be a plain letter: `\mathbf{R}`. */
const setName = (side: Expression): string | undefined =>
  side.type === "namedSet" ? side.name + (side.sign ?? "") : side.type === "symbol" ? side.name : undefined

const terms = (side: Expression): ReadonlyArray<Expression> =>
  side.type === "ratio"
    ? side.terms
    : side.type === "divide"
      ? [side.numerator, side.denominator]
      : isFormula(side)
        ? [side, integer(1)]
        : []

const compareRatios = (gold: Expression, answer: Expression, context: Context): Decision => {
  const [[first, ...g], [start, ...a]] = [terms(gold), terms(answer)]
  return first === undefined || start === undefined
    ? KINDS
    : pairwise(
        g,
        a,
        (term, other) => compareScalars(multiply(term, start), multiply(other, first), context),
        "the same ratio",
      )
}
