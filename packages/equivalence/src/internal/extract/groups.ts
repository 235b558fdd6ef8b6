/**
 * Which of the formulas and numbers of a sentence is its answer.
 */
import type { Environment } from "./environments.ts"
import { found, type Found, joined, type Span } from "./span.ts"
import { type Word, words } from "./words.ts"

/** One answer, perhaps a list, and whether formulas or plain text make it up. */
export interface Group extends Found {
  readonly formula: boolean
}

interface Piece extends Span {
  readonly formula: boolean
  readonly inner: Span
  /** A connector stands before it, and nothing else. */
  readonly linked: boolean
}

const depthOf = (word: string): number => {
  let depth = 0
  for (const character of word) {
    if ("([{".includes(character)) depth++
    else if (")]}".includes(character)) depth--
  }
  return depth
}

const isThousands = (before: string, after: string) => /(?:^|\D)\d{1,3}$/.test(before) && /^\d{3}(?!\d)/.test(after)
const isMixed = (before: string, after: string) => /^\d+$/.test(before) && /^\d+\/\d+$/.test(after)

/** Runs of mathematical words, without signs and letters that belong to nothing. */
const pieces = (text: string, list: ReadonlyArray<Word>): ReadonlyArray<Piece> => {
  const out: Array<Piece> = []
  let run: Array<Word> = []
  let depth = 0
  let linked = false
  let fresh = false
  const flush = () => {
    while (run.length > 0 && run.at(-1)!.kind === "operator") run.pop()
    while (run.length > 1 && run[0]!.kind === "operator" && !/^[-+±−\\]/.test(text[run[0]!.start]!)) run.shift()
    if (run.some(({ kind }) => kind === "value")) {
      const place = { start: run[0]!.start, end: run.at(-1)!.end }
      out.push({ ...place, inner: place, formula: false, linked })
      fresh = true
      linked = false
    } else if (run.length > 0) fresh = linked = false
    run = []
    depth = 0
  }
  list.forEach((word, index) => {
    const { comma, end, start } = word
    const previous = run.at(-1)
    const beside = list[index + 1]?.kind === "operator" || previous?.kind === "operator"
    // "y", "o" and "e" join words in some languages and are unknowns next to a sign.
    const times =
      word.kind === "variable" &&
      text[start] === "x" &&
      previous?.kind === "value" &&
      text.startsWith("10^", list[index + 1]?.start ?? 0)
    const kind = times
      ? "operator"
      : word.kind === "link" && beside && /^[a-z]$/i.test(text.slice(start, end))
        ? "variable"
        : word.kind
    if (kind === "value" || kind === "operator" || (kind === "variable" && (beside || depth > 0))) {
      const [before, after] =
        previous === undefined ? ["", ""] : [text.slice(previous.start, previous.end), text.slice(start, end)]
      const plain = /^[-+$]*\d[\d.,]*(?:\/\d+)?$/.test(before) && /^\d/.test(after)
      if (depth <= 0 && plain && !isThousands(before, after) && !isMixed(before, after)) flush()
      run.push(word)
      depth += depthOf(text.slice(start, end))
      if (comma && depth <= 0) {
        flush()
        linked = fresh
      }
    } else if (kind === "link" && depth <= 0) {
      flush()
      linked = fresh
    } else if (kind === "formula") {
      flush()
      out.push({ start, end, inner: word.inner!, formula: true, linked })
      fresh = true
      linked = false
    } else if (kind !== "link") {
      flush()
      fresh = linked = false
    }
  })
  flush()
  return out
}

/** Every answer that a range could hold, in order. */
export const groups = (text: string, span: Span, formulas: ReadonlyArray<Environment>): ReadonlyArray<Group> => {
  const inside = formulas.filter(({ end, start }) => start >= span.start && end <= span.end)
  const out: Array<Array<Piece>> = []
  for (const piece of pieces(text, words(text, span, inside))) {
    if (piece.linked && out.length > 0) out.at(-1)!.push(piece)
    else out.push([piece])
  }
  return out
    .map((list) => {
      const parts = list.map((piece) => found(text, piece.inner))
      const one = parts.filter(({ answer }) => answer !== "")
      const formula = list.some((piece) => piece.formula)
      if (one.length < 2) return { ...(one[0] ?? parts[0]!), formula }
      return { ...joined(one), start: list[0]!.start, end: list.at(-1)!.end, formula }
    })
    .filter(({ answer }) => answer !== "")
}

const STATED =
  /(?:(?:^|[^A-Za-z])(?:is|are|was|be|equals?|equal to|give|gives|get|obtain|has|have|needs?|takes?|costs?|est|sont|es|son|ist|sind|é|são|exactly|approximately|about|only|just|indeed|then|thus)|[=:：≈是为為有])[\s*_$]*$/i
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
  const list = groups(text, near, formulas).slice(-MAX_GROUPS)
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
