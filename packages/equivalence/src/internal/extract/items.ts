/**
 * Lines that are items of a list, and the numbers of steps and items, which are no answers.
 */
import type { Environment } from "./environments.ts"
import { firstAfter } from "./places.ts"
import type { Span } from "./span.ts"

const BULLET = /(?:[-*•–]|\(?\d{1,3}[.)]|\(?[a-z][.)])[ \t]+(?=\S)/y
const STEP =
  /\b(?:step|part|case|problem|question|equation|eq\.|figure|section|chapter|method|theorem|lemma)s?[\s#*(]*$/i

const endOf = (pattern: RegExp, text: string, at: number, end: number): number | undefined => {
  pattern.lastIndex = at
  return pattern.test(text) && pattern.lastIndex <= end ? pattern.lastIndex : undefined
}

/** Where the bullet or number ends that opens an item at this place. */
export const bulletEnd = (text: string, at: number, end: number): number | undefined => {
  let line = at
  while (line > 0 && at - line < 12 && (text[line - 1] === " " || text[line - 1] === "\t")) line--
  if (line > 0 && text[line - 1] !== "\n") return undefined
  const stop = endOf(BULLET, text, at, end)
  return stop !== undefined && stop < end ? stop : undefined
}

/** Is a number the one of a step, as in "Step 2"? */
export const isLabel = (text: string, { end, start }: Span): boolean =>
  /^\(?\d{1,3}\)?$/.test(text.slice(start, end)) && STEP.test(text.slice(Math.max(0, start - 24), start))

const LEAD = /(?:\bare|\beither|\banswers?|\b(?:solution|root|value)s|答案|[是为為])[\s*_]*[:：]?[\s*_]*$/i
const NEXT_LINE = /\n(?:[ \t]*\n)?[ \t]*/y
const END = /[\s*_.,;]*(?:and|or)?[ \t]*(?=\n|$)/y
const AMOUNT = /(?:\*\*)?(?:[A-Za-z]\s?=\s?)?[-−+±]?\$?\d[\d.,/]*%?/y

/** Does a line announce the list that begins on the next one? */
export const leads = (text: string, newline: number): boolean =>
  LEAD.test(text.slice(Math.max(0, newline - 40), newline))

/** Where the next line ends, when it is an item that holds one formula or number and no prose. */
export const itemEnd = (
  text: string,
  newline: number,
  limit: number,
  formulas: ReadonlyArray<Environment>,
): number | undefined => {
  const line = endOf(NEXT_LINE, text, newline, limit)
  const content = line === undefined ? undefined : bulletEnd(text, line, limit)
  if (content === undefined) return undefined
  const formula = formulas[firstAfter(formulas, content)]
  const answer = formula?.start === content ? formula.end : endOf(AMOUNT, text, content, limit)
  return answer === undefined ? undefined : endOf(END, text, answer, limit)
}
