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

/** Each row with a column of its own that fits it, as the row of each column: Kuhn's augmenting paths. */
const matching = (
  rows: ReadonlyArray<number>,
  columns: ReadonlyArray<number>,
  fits: (row: number, column: number) => boolean,
): ReadonlyArray<number> | undefined => {
  const partners = new Map<number, number>()
  const augment = (row: number, seen: Set<number>): boolean => {
    // In the order that the row would have first, so that equal lists cost one comparison a row.
    const start = rows.indexOf(row)
    return [...columns.slice(start), ...columns.slice(0, start)].some((column) => {
      if (seen.has(column) || !fits(row, column)) return false
      seen.add(column)
      const rival = partners.get(column)
      if (rival !== undefined && !augment(rival, seen)) return false
      partners.set(column, row)
      return true
    })
  }
  return rows.every((row) => augment(row, new Set())) ? columns.map((column) => partners.get(column)!) : undefined
}

/** Decides on the item in one place of a list and that in a place of the other. */
type Decide = (row: number, column: number) => Decision

const match = (rows: ReadonlyArray<number>, columns: ReadonlyArray<number>, decide: Decide): Decision => {
  if (rows.length !== columns.length) return pairwise(rows, columns, decide, "")
  const matched = matching(rows, columns, (row, column) => decide(row, column).outcome === "equivalent")
  if (matched !== undefined) return pairwise(matched, columns, decide, "the same items")
  // Pairs that could not be decided leave it open, unless there is no way to match even so.
  let doubt: Decision | undefined
  const possible = matching(rows, columns, (row, column) => {
    const decision = decide(row, column)
    if (decision.outcome === "undecided") doubt ??= decision
    return decision.outcome !== "different"
  })
  return possible && doubt ? doubt : different("structure", "another item")
}

/** The places of items that are equal to no earlier one: the others say nothing new. */
const distinct = (items: ReadonlyArray<Expression>, context: Context): ReadonlyArray<number> => {
  const kept: Array<number> = []
  for (const [index, item] of items.entries())
    if (!kept.some((other) => equal(items[other]!, item, context).outcome === "equivalent")) kept.push(index)
  return kept
}

/** Items in any order: a perfect matching must exist. */
export const inAnyOrder = (gold: Collection, answer: Collection, context: Context): Decision => {
  const [g, a] = [gold.items, answer.items]
  const decided = new Map<number, Decision>()
  const decide: Decide = (row, column) => {
    const place = row * a.length + column
    const decision = decided.get(place) ?? equal(g[row]!, a[column]!, context)
    decided.set(place, decision)
    return decision
  }
  const [rows, columns] = [[...g.keys()], [...a.keys()]]
  const straight = pairwise(rows, columns, decide, "the same items in order")
  const fixed = context.options.orderMatters || [...g, ...a].some(({ type }) => type === "ellipsis")
  if (fixed || straight.outcome === "equivalent") return straight
  const direct = match(rows, columns, decide)
  return direct.outcome === "equivalent" ? direct : match(distinct(g, context), distinct(a, context), decide)
}
