/**
 * Sets of real numbers, by the places where they begin and end.
 */
import type { Expression } from "../../Expression.ts"
import { constant, minus, negate } from "../parse/build.ts"
import type { Context } from "./decision.ts"
import { infinite } from "./kinds.ts"
import { signOf } from "./order.ts"
import { compareScalars } from "./scalar.ts"

/** A place between numbers: just before a value, or just after it. */
export interface Cut {
  readonly value: Expression
  readonly after: boolean
}

/** Cuts in order: what lies between the first and the second belongs to the set, and so on by twos. */
export type RealSet = ReadonlyArray<Cut>

/** Thrown where two ends cannot be put in order: the set is then compared as it is written. */
export class NoOrder extends Error {}

const order = (a: Cut, b: Cut, context: Context): number => {
  const [x, y] = [infinite(a.value) ?? 0, infinite(b.value) ?? 0]
  const difference = x - y || (x === 0 ? signOf(minus(a.value, b.value), context) : 0)
  if (difference === undefined && compareScalars(a.value, b.value, context).outcome !== "equivalent")
    throw new NoOrder()
  return difference || Number(a.after) - Number(b.after)
}

export const before = (value: Expression): Cut => ({ value, after: false })
export const after = (value: Expression): Cut => ({ value, after: true })

export const START = after(negate(constant("infinity")))
export const END = before(constant("infinity"))
export const ALL: RealSet = [START, END]

export const point = (value: Expression): RealSet => [before(value), after(value)]

/** What lies between two cuts, if anything does. */
export const between = (low: Cut, high: Cut, context: Context): RealSet =>
  order(low, high, context) < 0 ? [low, high] : []

/** Does a number belong to the whole, by the sets that it belongs to? */
const BELONGS: Readonly<Record<"∪" | "∩" | "∖", (inside: ReadonlyArray<boolean>) => boolean>> = {
  "∪": (inside) => inside.includes(true),
  "∩": (inside) => !inside.includes(false),
  "∖": (inside) => inside.lastIndexOf(true) === 0,
}

/** The union of sets, what they have in common, or what only the first has. */
export const combine = (operator: keyof typeof BELONGS, sets: ReadonlyArray<RealSet>, context: Context): RealSet => {
  if (sets.length === 1) return sets[0]!
  const cuts = sets
    .flatMap((set, owner) => set.map((cut) => ({ cut, owner })))
    .toSorted((a, b) => order(a.cut, b.cut, context))
  const inside = sets.map(() => false)
  const result: Array<Cut> = []
  for (const [index, { cut, owner }] of cuts.entries()) {
    inside[owner] = !inside[owner]
    const next = cuts[index + 1]?.cut
    // Sets that change at one place change together.
    if (next !== undefined && order(cut, next, context) === 0) continue
    if (BELONGS[operator](inside) !== (result.length % 2 === 1)) result.push(cut)
  }
  return result
}
