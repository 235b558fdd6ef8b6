/**
 * Lists, sets and tuples.
 */
import type { Expression } from "../../Expression.ts"
import { type Context, type Decision, different, equivalent, pairwise, undecided } from "./decision.ts"
import { equal } from "./equal.ts"
import type { Collection } from "./kinds.ts"

/** More items than this are matched only in their own order. */
const MAX_MATCHED = 64

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
  const [g, a] = [gold.items, answer.items]
  if (g.length === 0 && a.length === 0) return equivalent("structure", "both are empty")
  const endless = [...g, ...a].some(({ type }) => type === "ellipsis")
  if (endless || context.options.orderMatters) return inOrder(g, a, context)
  if (g.length > MAX_MATCHED || a.length > MAX_MATCHED) {
    const straight = inOrder(g, a, context)
    return straight.outcome === "different"
      ? undecided("structure", `more than ${MAX_MATCHED} items in another order`)
      : straight
  }
  return match(distinct(g, context), distinct(a, context), context)
}

/** Each row with a column of its own that fits it, as the row of each column: Kuhn's augmenting paths. */
const matching = (size: number, fits: (row: number, column: number) => boolean): ReadonlyArray<number> | undefined => {
  const rows = new Array<number | undefined>(size).fill(undefined)
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
