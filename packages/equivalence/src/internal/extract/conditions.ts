/**
 * Since, if, where: what says when or why an answer holds is no part of it.
 */
import type { Span } from "./span.ts"

/** What a reason or an assumption says goes on to the next comma. */
const REASON = /^\(?(?:since|because|if|unless|assuming|provided|car|puisque|porque|weil|因为)$/i
/** What a restriction restricts to follows it directly. */
const RESTRICTION = /^\(?(?:where|when|whenever|for)$/i
const LISTING = /^\(?(?:where|for)$/i

/** A word that begins a condition. */
export const CONDITION = new RegExp(`${REASON.source}|${RESTRICTION.source}`, "i")

/** "Only if" tells the answer. */
const NECESSARY = /^(?:only|exactly|precisely)$/i
const RELATION = /[=<>≤≥≠∈]|\\(?:leq?|geq?|lt|gt|neq?|in|approx|equiv)(?![A-Za-z])/
/** "for all integers $n > 2$", but not "for a total of $n = 2$" */
const MAX_GAP = 2
const LONGEST_BRACKET = 400

/** Where the bracket closes that a condition fills, else nothing. */
const closing = (text: string, start: number, end: number): number | undefined => {
  if (text[start] !== "(" && text[start - 1] !== "(") return undefined
  const limit = Math.min(end, start + LONGEST_BRACKET)
  let depth = 1
  for (let at = start + 1; at < limit; at++) {
    if (text[at] === "(") depth++
    else if (text[at] === ")" && --depth === 0) return at
  }
  return limit
}

interface Condition {
  readonly word: string
  /** Where its bracket closes. */
  readonly until: number | undefined
  /** Plain words since. */
  readonly words: number
}

/** Reads a sentence from left to right and says which of its pieces are conditions. */
export const conditions = (text: string, sentence: Span) => {
  let open: Condition | undefined
  let latest = ""
  let before = ""
  let answered = false

  /** A plain word, or one that begins a condition. */
  const word = ({ end, start }: Span, begins: boolean): void => {
    const own = text.slice(start, end)
    if (begins) {
      latest = own
      open = NECESSARY.test(before) ? undefined : { word: own, until: closing(text, start, sentence.end), words: 0 }
    } else if (open !== undefined) open = /^then$/i.test(own) ? undefined : { ...open, words: open.words + 1 }
    before = own
  }

  /** Is a formula or an expression a condition? */
  const piece = ({ end, start }: Span): boolean => {
    const content = text.slice(start, end)
    const related = RELATION.test(content)
    const current = open?.until !== undefined && open.until <= start ? undefined : open
    const reason = current !== undefined && REASON.test(current.word)
    const constrains = current !== undefined && current.words <= MAX_GAP && related && /[A-Za-z]/.test(content)
    const bracketed = current?.until !== undefined
    // "Since $n > 0$ we have …": the reason is complete.
    open = bracketed || (reason && !(related && current.words === 0)) ? current : undefined
    before = ""
    const holds = bracketed || reason || constrains
    answered ||= !holds && (related || /\d/.test(content))
    return holds
  }

  /** A comma ends a condition; says whether a list of conditions may go on behind it. */
  const comma = (): boolean => {
    if (open?.until === undefined) open = undefined
    return answered && LISTING.test(latest)
  }

  return { word, piece, comma }
}
