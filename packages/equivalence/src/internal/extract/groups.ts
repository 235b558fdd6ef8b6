/**
 * Which of the formulas and numbers of a sentence is its answer.
 */
import type { Environment } from "./environments.ts"
import { type Piece, pieces } from "./pieces.ts"
import { found, type Found, joined, type Span } from "./span.ts"
import { words } from "./words.ts"

/** One answer, perhaps a list, and whether formulas or plain text make it up. */
export interface Group extends Found {
  readonly formula: boolean
  /** It says when or why the answer holds. */
  readonly condition: boolean
}

const part = (text: string, { inner, scale }: Piece): Found => {
  const own = found(text, inner)
  return scale === undefined
    ? own
    : { ...own, end: scale.end, answer: `${own.answer} ${text.slice(scale.start, scale.end)}` }
}

/** Every answer that a range could hold, in order. */
export const groups = (text: string, span: Span, formulas: ReadonlyArray<Environment>): ReadonlyArray<Group> => {
  const inside = formulas.filter(({ end, start }) => start >= span.start && end <= span.end)
  const out: Array<Array<Piece>> = []
  for (const piece of pieces(text, span, words(text, span, inside))) {
    if (piece.linked && out.length > 0) out.at(-1)!.push(piece)
    else out.push([piece])
  }
  return out
    .map((list) => {
      const parts = list.map((piece) => part(text, piece))
      const one = parts.filter(({ answer }) => answer !== "")
      const kind = { formula: list.some(({ formula }) => formula), condition: list.every(({ condition }) => condition) }
      if (one.length < 2) return { ...(one[0] ?? parts[0]!), ...kind }
      return { ...joined(text, one), start: list[0]!.start, end: list.at(-1)!.end, ...kind }
    })
    .filter(({ answer }) => answer !== "")
}

const STATED =
  /(?:(?:^|[^A-Za-z])(?:is|are|was|be|equals?|equal to|give|gives|get|obtain|has|have|needs?|takes?|costs?|(?:it|that)['’]s|est|sont|es|son|ist|sind|é|são|exactly|approximately|about|only|just|indeed|then|thus)|[=:：≈是为為有])[\s*_$]*$/i
const NAMED_AFTER = /^[\s*_,$)\]\\]*(?:is|are)(?: [a-z]+)? (?:the|our|my|all)\b/
const RELATION = /[\d=<>]|\\(?:le|ge|in|ne|lt|gt|approx|equiv|infty|emptyset|text)/

/** How much like an answer a group looks where it stands; of equals the last one wins. */
const weight = (
  text: string,
  { end, start }: Span,
  group: Group,
  last: boolean,
  prefer: "latex" | "expr" | undefined,
  announced: boolean,
): number => {
  const before = text.slice(Math.max(start, group.start - 24), group.start).replace(/(?:\$\$?|\\[([])\s*$/, "")
  const after = text.slice(group.end, Math.min(end, group.end + 40))
  const value = RELATION.test(group.answer)
  return (
    (value ? 2 : 0) +
    ((announced && /^[\s*_]*$/.test(before)) || STATED.test(before) ? 3 : 0) +
    (value && NAMED_AFTER.test(after) ? 4 : 0) +
    (before.endsWith("**") ? 3 : 0) +
    (last ? 1 : 0) +
    (prefer !== undefined && group.formula === (prefer === "latex") ? 4 : 0)
  )
}

/** What comes after such a word explains the answer and is not part of it. */
const ASIDE =
  /[\s,(](?:because|since|where|when|whenever|which|as|so|if|for|with|rather|instead|not|but|car|puisque|porque|weil|因为)(?=[\s,$\\])/gi

const LONGEST = 8000
const MAX_GROUPS = 64

/** The answer of a sentence, or of what a phrase announced; nothing when it holds neither formula nor number. */
export const choose = (
  text: string,
  span: Span,
  formulas: ReadonlyArray<Environment>,
  prefer?: "latex" | "expr",
  announced = false,
): Group | undefined => {
  let best: Group | undefined
  let bestWeight = -1
  let limit = Number.POSITIVE_INFINITY
  const near = { start: Math.max(span.start, span.end - LONGEST), end: span.end }
  const all = groups(text, near, formulas).slice(-MAX_GROUPS)
  const main = all.filter(({ condition }) => !condition)
  const list = main.length === 0 ? all : main
  list.forEach((group, index) => {
    if (group.start >= limit) return
    const own = weight(text, span, group, index === list.length - 1, prefer, announced)
    if (own >= bestWeight) [best, bestWeight] = [group, own]
    // What a statement is followed by explains it.
    if (own < 5 || limit !== Number.POSITIVE_INFINITY) return
    ASIDE.lastIndex = group.end
    limit = ASIDE.exec(text.slice(0, span.end))?.index ?? span.end
  })
  return best
}
