/**
 * Lists, sets and tuples.
 */
import type { Expression } from "../../Expression.ts"
import { all, type Context, type Decision, different, equivalent, undecided } from "./decision.ts"
import { equal } from "./equal.ts"

export type Collection = Extract<Expression, { type: "sequence" }> & { readonly open: "" | "{" }

/** More items than this are matched only in their own order. */
const MAX_MATCHED = 64

export const isUnordered = (expression: Expression): expression is Collection =>
  expression.type === "sequence" && (expression.open === "" || expression.open === "{")

/** Item by item. */
export const inOrder = (
  gold: ReadonlyArray<Expression>,
  answer: ReadonlyArray<Expression>,
  context: Context,
): Decision => {
  if (gold.length !== answer.length) return different("structure", `${gold.length} items, not ${answer.length}`)
  return all(
    (function* () {
      for (const [index, item] of gold.entries()) yield equal(item, answer[index]!, context)
    })(),
    "the same items in order",
  )
}

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

/** Kuhn's augmenting paths over lazily decided pairs. */
const match = (gold: ReadonlyArray<Expression>, answer: ReadonlyArray<Expression>, context: Context): Decision => {
  if (gold.length !== answer.length) return different("structure", `${gold.length} items, not ${answer.length}`)
  const decided = new Map<number, Decision>()
  const decide = (row: number, column: number): Decision => {
    const place = row * answer.length + column
    const known = decided.get(place)
    if (known !== undefined) return known
    const decision = equal(gold[row]!, answer[column]!, context)
    decided.set(place, decision)
    return decision
  }
  const partner: Array<number | undefined> = answer.map(() => undefined)
  const augment = (row: number, seen: Set<number>): boolean => {
    // In the order that the row would have first, so that equal lists cost one comparison a row.
    for (let step = 0; step < answer.length; step++) {
      const column = (row + step) % answer.length
      if (seen.has(column) || decide(row, column).outcome !== "equivalent") continue
      seen.add(column)
      if (partner[column] === undefined || augment(partner[column], seen)) {
        partner[column] = row
        return true
      }
    }
    return false
  }
  for (const row of gold.keys()) {
    if (!augment(row, new Set())) return unmatched(gold, answer, decide)
  }
  return all(
    partner.map((row, column) => decide(row!, column)),
    "the same items",
  )
}

/** Why there is no matching: an item that nothing on the other side can equal, or pairs that could not be decided. */
const unmatched = (
  gold: ReadonlyArray<Expression>,
  answer: ReadonlyArray<Expression>,
  decide: (row: number, column: number) => Decision,
): Decision => {
  const open = (row: number, column: number) => decide(row, column).outcome !== "different"
  const alone =
    gold.some((_, row) => !answer.some((__, column) => open(row, column))) ||
    answer.some((_, column) => !gold.some((__, row) => open(row, column)))
  const doubt = gold
    .flatMap((_, row) => answer.map((__, column) => decide(row, column)))
    .find(({ outcome }) => outcome === "undecided")
  return alone || doubt === undefined ? different("structure", "an item has no equal on the other side") : doubt
}
