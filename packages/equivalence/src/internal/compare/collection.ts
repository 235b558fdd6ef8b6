/**
 * Lists, sets and tuples.
 */
import type { Expression } from "../../Expression.ts"
import { type Context, type Decision, different, pairwise } from "./decision.ts"
import { equal } from "./equal.ts"
import type { Collection } from "./kinds.ts"

/** Item by item. */
export const inOrder = (
  gold: ReadonlyArray<Expression>,
  answer: ReadonlyArray<Expression>,
  context: Context,
): Decision => pairwise(gold, answer, (one, other) => equal(one, other, context), "the same items in order")

/** Items that are equal to an earlier one say nothing new. */
const distinct = (items: ReadonlyArray<Expression>, context: Context): ReadonlyArray<Expression> => {
  const kept: Array<Expression> = []
  for (const item of items)
    if (!kept.some((other) => equal(other, item, context).outcome === "equivalent")) kept.push(item)
  return kept
}

/** Items in any order: a perfect matching must exist. */
export const inAnyOrder = (gold: Collection, answer: Collection, context: Context): Decision => {
  const straight = inOrder(gold.items, answer.items, context)
  const fixed = context.options.orderMatters || [...gold.items, ...answer.items].some(({ type }) => type === "ellipsis")
  if (fixed || straight.outcome === "equivalent") return straight
  const direct = match(gold.items, answer.items, context)
  return direct.outcome === "equivalent"
    ? direct
    : match(distinct(gold.items, context), distinct(answer.items, context), context)
}

/** Each row with a column of its own that fits it, as the row of each column: Kuhn's augmenting paths. */
const matching = (size: number, fits: (row: number, column: number) => boolean): ReadonlyArray<number> | undefined => {
  const rows = Array.from<number | undefined>({ length: size })
  const augment = (row: number, seen: Set<number>): boolean => {
    // In the order that the row would have first, so that equal lists cost one comparison a row.
    for (let step = 0; step < size; step++) {
      const column = (row + step) % size
      if (seen.has(column) || !fits(row, column)) continue
      seen.add(column)
      const rival = rows[column]
      if (rival !== undefined && !augment(rival, seen)) continue
      rows[column] = row
      return true
    }
    return false
  }
  return [...rows.keys()].every((row) => augment(row, new Set())) ? (rows as Array<number>) : undefined
}

const match = (gold: ReadonlyArray<Expression>, answer: ReadonlyArray<Expression>, context: Context): Decision => {
  const decided = new Map<number, Decision>()
  const decide = (row: number, column: number): Decision => {
    const place = row * answer.length + column
    const decision = decided.get(place) ?? equal(gold[row]!, answer[column]!, context)
    decided.set(place, decision)
    return decision
  }
  const matched =
    gold.length === answer.length
      ? matching(gold.length, (row, column) => decide(row, column).outcome === "equivalent")
      : [...gold.keys()]
  if (matched !== undefined) return pairwise(matched, [...answer.keys()], decide, "the same items")
  // Pairs that could not be decided leave it open, unless there is no way to match even so.
  return matching(gold.length, (row, column) => decide(row, column).outcome !== "different") === undefined
    ? different("structure", "an item has no equal on the other side")
    : [...decided.values()].find(({ outcome }) => outcome === "undecided")!
}
