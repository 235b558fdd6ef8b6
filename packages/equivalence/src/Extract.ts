/**
 * Where in a response the final answer stands.
 *
 * Every rule takes its last match, and the first rule that matches decides: a box, answer tags, `####`, a phrase such as
 * "the answer is", the response as a whole when it is short, the last number. Each is a single pass over the text.
 *
 * @since 0.1.0
 */

/**
 * How an answer was found.
 *
 * @since 0.1.0
 * @category models
 */
export type ExtractionRule = "boxed" | "answer-tag" | "hashes" | "phrase" | "whole-response" | "last-number"

/**
 * An answer and its place: `text.slice(start, end) === answer` up to surrounding space.
 *
 * @since 0.1.0
 * @category models
 */
export interface Extracted {
  readonly answer: string
  readonly start: number
  readonly end: number
  readonly rule: ExtractionRule
  /**
   * Every answer that the same rule found, the last one included. Where several boxes disagree, a grader must not pick
   * the one that happens to be right.
   */
  readonly candidates: ReadonlyArray<string>
}

interface Span {
  readonly start: number
  readonly end: number
}

const BOX = /\\(?:boxed|fbox)\s*\{/g

/** Contents of every box that is closed, outermost ones only. */
const boxes = (text: string): ReadonlyArray<Span> => {
  const found: Array<Span> = []
  let from = 0
  for (const match of text.matchAll(BOX)) {
    if (match.index < from) continue
    const start = match.index + match[0].length
    const end = closingBrace(text, start)
    if (end === undefined) break
    found.push({ start, end })
    from = end
  }
  return found
}

/** The brace that closes the one before `start`, escaped braces aside. */
const closingBrace = (text: string, start: number): number | undefined => {
  let depth = 1
  for (let at = start; at < text.length; at++) {
    const character = text[at]
    if (character === "\\") at++
    else if (character === "{") depth++
    else if (character === "}" && --depth === 0) return at
  }
  return undefined
}

/** Spans of the first group of every match of a linear-time pattern. */
const matches = (text: string, pattern: RegExp): ReadonlyArray<Span> =>
  [...text.matchAll(pattern)].map((match) => {
    const start = match.index + match[0].length - match[1]!.length
    return { start, end: start + match[1]!.length }
  })

const tags = (text: string): ReadonlyArray<Span> => {
  const found: Array<Span> = []
  let at = text.indexOf("<answer>")
  while (at !== -1) {
    const start = at + "<answer>".length
    const end = text.indexOf("</answer>", start)
    if (end === -1) break
    found.push({ start, end })
    at = text.indexOf("<answer>", end)
  }
  return found
}

const LONGEST_WHOLE = 60

const wholeResponse = (text: string): ReadonlyArray<Span> => {
  const trimmed = text.trim()
  return trimmed.length > 0 && trimmed.length <= LONGEST_WHOLE && !/[\n?]|[A-Za-z]{2,} [A-Za-z]{2,}/.test(trimmed)
    ? [{ start: 0, end: text.length }]
    : []
}

/** The contents of answer tags, narrowed to the last box inside where there is one. */
const tagged = (text: string): ReadonlyArray<Span> =>
  tags(text).map(({ end, start }) => {
    const box = boxes(text.slice(start, end)).at(-1)
    return box === undefined ? { start, end } : { start: start + box.start, end: start + box.end }
  })

const FINDERS: { readonly [Rule in ExtractionRule]: (text: string) => ReadonlyArray<Span> } = {
  boxed: boxes,
  "answer-tag": tagged,
  hashes: (text) => matches(text, /####[ \t]*([^\n]*)/g),
  phrase: (text) => matches(text, /\banswer(?: is|:)[: \t]*([^\n]*?)(?=\.?(?:\s|$)(?:\n|$)|\. [A-Z]|\n|$)/gi),
  "whole-response": wholeResponse,
  "last-number": (text) => matches(text, /(-?\d[\d,]*(?:\.\d+)?(?:\/\d+)?)/g),
}

/**
 * Every rule, in the order in which they are tried.
 *
 * @since 0.1.0
 * @category constants
 */
export const ALL_RULES: ReadonlyArray<ExtractionRule> = [
  "boxed",
  "answer-tag",
  "hashes",
  "phrase",
  "whole-response",
  "last-number",
]

/** A box or tag that was begun and not finished, or is empty, is a promise without an answer. */
const BEGUN = /\\(?:boxed|fbox)\s*\{|<answer>/

/**
 * The final answer of a response, or nothing when it has none. With `rules`, answers found in other ways do not count:
 * where a prompt asks for a box, a number at the end of half a solution is no answer.
 *
 * @example
 * ```ts
 * import assert from "node:assert"
 * import { Extract } from "@seed-grpo/equivalence"
 *
 * const found = Extract.extract("So we get \\boxed{\\frac{3}{4}}.")
 * assert.equal(found?.answer, "\\frac{3}{4}")
 * assert.equal(found?.rule, "boxed")
 * assert.equal(Extract.extract("I do not know"), undefined)
 * assert.equal(Extract.extract("so it is 7", ["boxed"]), undefined)
 * ```
 *
 * @since 0.1.0
 * @category extraction
 */
export const extract = (text: string, rules: ReadonlyArray<ExtractionRule> = ALL_RULES): Extracted | undefined => {
  for (const rule of rules) {
    const candidates = FINDERS[rule](text)
      .map(({ end, start }) => ({ start, end, answer: text.slice(start, end).trim() }))
      .filter(({ answer }) => answer.length > 0)
    const last = candidates.at(-1)
    if (last !== undefined) return { ...last, rule, candidates: candidates.map(({ answer }) => answer) }
    if (rule === "answer-tag" && BEGUN.test(text)) return undefined
  }
  return undefined
}
