/**
 * Lists and sets, against one another and against what is none.
 */
import type { Expression } from "../../Expression.ts"
import { list, tuple } from "../parse/build.ts"
import { symbols } from "../tree.ts"
import { inAnyOrder } from "./collection.ts"
import { type Context, type Decision, different } from "./decision.ts"
import { equal } from "./equal.ts"
import { type Collection, isCondition, isFormula, isUnordered } from "./kinds.ts"
import { compareMatrices } from "./matrix.ts"
import { assignment } from "./naming.ts"
import { compareAsSets } from "./realSet.ts"

export const compareLists = (gold: Collection, answer: Collection, context: Context): Decision => {
  const items = [...gold.items, ...answer.items]
  const direct =
    items.some(isCondition) && gold.connective && answer.connective && gold.connective !== answer.connective
      ? different("structure", "“and” is not “or”")
      : inAnyOrder(gold, answer, context)
  return (
    (direct.outcome === "different" && items.some(isRelation) ? compareAsSets(gold, answer, context) : undefined) ??
    direct
  )
}

const isRelation = ({ type }: Expression): boolean => type === "relation"

const nameOf = (side: Expression): string => (side.type === "symbol" ? side.name : "")

/** Compares where one side is a list, and the other is none. */
export const compareWithList = (gold: Expression, answer: Expression, context: Context): Decision => {
  const [listed, other] = isUnordered(gold) ? [gold, answer] : [answer as Collection, gold]
  const against = (side: Expression) => (listed === gold ? equal(side, other, context) : equal(other, side, context))
  // `a = 1, b = 2` names the parts of a point.
  const parts = listed.items.flatMap((item) => assignment(item) ?? [])
  const isPoint = other.type === "matrix" || (other.type === "sequence" && other.open !== "[")
  if (isPoint && parts.length === listed.items.length) {
    const sorted = parts.toSorted((a, b) => (nameOf(a.name) < nameOf(b.name) ? -1 : 1))
    return against(tuple(sorted.map(({ value }) => value)))
  }
  // `x = y = 4` is 4 as well as a point.
  const [first] = parts
  const shared = first !== undefined && parts[1]?.value === first.value && symbols(first.value).size === 0
  const core = shared ? first.value : withoutConditions(listed, other)
  if (core !== undefined) return against(core)
  if (other.type === "sequence" && other.open === "[" && other.items.every(({ type }) => type === "sequence"))
    return inAnyOrder(listed, list(other.items), context)
  const matrices = compareMatrices(gold, answer, context)
  if (matrices?.outcome === "equivalent") return matrices
  // A list of conditions solves nothing that the reference gives as a set.
  const echo = listed === answer && listed.items.some(isRelation)
  return (echo ? undefined : compareAsSets(gold, answer, context)) ?? different("structure", "only one is a list")
}

/** `2n + 1, n \ge 1` without what it says of `n`, where the other side has `n` as well and says nothing of it. */
const withoutConditions = ({ items, open }: Collection, other: Expression): Expression | undefined => {
  const [value, ...conditions] = items
  if (open !== "" || value === undefined) return undefined
  if (value.type === "relation" ? value.operators[0] !== "=" : !isFormula(value)) return undefined
  const [own, theirs] = [symbols(value), symbols(other)]
  // The parameter of `f(x) = x, x \in \mathbb{R}` has any name.
  const defines = value.type === "relation" && value.operands[0]!.type === "apply"
  const drops = conditions.every(
    (condition) =>
      condition.type === "relation" &&
      !condition.operators.includes("=") &&
      [...symbols(condition)].every((name) => own.has(name) && (defines || theirs.has(name))),
  )
  return drops ? value : undefined
}
