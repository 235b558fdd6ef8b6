/**
 * Places in a text, and how an answer is trimmed to what a reader of mathematics wants to see.
 */

/** Half-open range of a text. */
export interface Span {
  readonly start: number
  readonly end: number
}

/**
 * An answer and its place. Where the answer is a list put together from several pieces, the place covers them all;
 * else it is `text.slice(start, end)`, without alignment marks.
 */
export interface Found extends Span {
  readonly answer: string
  /** The members of a list that "or" joins. */
  readonly alternatives?: ReadonlyArray<string>
  /** The text stopped before the answer did. */
  readonly truncated?: boolean
}

/** What no answer begins or ends with: space, sentence punctuation, arrows, row ends, emphasis whose other half is elsewhere. */
const LEADING = /^(?:[\s:=>：,，;；&`∴⇒⟹]|\*\*|__|\\(?:therefore|Rightarrow|Longrightarrow|implies)(?![A-Za-z]))+/
const TRAILING = /(?:[\s,;:。，；：、।&`]|(?<!\.)\.|\\[\\,;:. ]|\*\*|__|(?<=["'] ?)\})+$/
const NEAR = 200
const WRAPPERS: ReadonlyArray<readonly [string, string]> = [
  ["$$", "$$"],
  ["$", "$"],
  ["\\(", "\\)"],
  ["\\[", "\\]"],
  ["*", "*"],
  ["_", "_"],
  ['"', '"'],
  ["“", "”"],
]
const MAX_ROUNDS = 12

const trimEnds = (text: string, { end, start }: Span): Span => {
  const from = start + (LEADING.exec(text.slice(start, Math.min(end, start + NEAR)))?.[0].length ?? 0)
  return { start: from, end: end - (TRAILING.exec(text.slice(Math.max(from, end - NEAR), end))?.[0].length ?? 0) }
}

/** What is left when one pair of delimiters holds the whole. */
const unwrap = (text: string, { end, start }: Span): Span => {
  for (const [open, close] of WRAPPERS) {
    const from = start + open.length
    const to = end - close.length
    if (to <= from || !text.startsWith(open, start) || !text.startsWith(close, to)) continue
    if (text[to - 1] === "\\" || text.slice(from, to).replaceAll(`\\${open}`, "").includes(open)) continue
    return { start: from, end: to }
  }
  return { start, end }
}

/** An answer without space, closing punctuation, emphasis and delimiters around it. */
export const clean = (text: string, span: Span): Span => {
  let current = trimEnds(text, span)
  for (let round = 0; round < MAX_ROUNDS; round++) {
    const next = trimEnds(text, unwrap(text, current))
    if (next.start === current.start && next.end === current.end) break
    current = next
  }
  return current
}

/** An `&` at a relation says how rows are aligned; anywhere else it separates. */
const ALIGNMENT =
  /(?<!\\)&(?=\s?(?:[=<>≤≥≈]|\\(?:leq?|geq?|lt|gt|neq?|in|approx|equiv)(?![A-Za-z])))|(?<=[=<>≤≥≈]\s?)&/g

/** A bracket that says when or why the answer holds. */
const REMARK = /(?:\\text\w{0,4}\{\s?\(|\(\\text\w{0,4}\{)\s?(?:when|where|if|for|since|because)\b[^]*\)\}?$/

const withoutRemark = (text: string, span: Span): Span => {
  const remark = REMARK.exec(text.slice(Math.max(span.start, span.end - NEAR), span.end))
  return remark === null ? span : clean(text, { start: span.start, end: span.end - remark[0].length })
}

/** The answer that stands at a place, trimmed. */
export const found = (text: string, span: Span): Found => {
  const place = withoutRemark(text, clean(text, span))
  const answer = text.slice(place.start, place.end)
  return { ...place, answer: answer.includes("\\begin") ? answer : answer.replaceAll(ALIGNMENT, "") }
}

const OR = /(?:\b(?:or|oder|ou)\b|或)/i

/** Several answers as one list; equal ones that only repeat each other are one answer. */
export const joined = (text: string, parts: ReadonlyArray<Found>): Found => {
  const answers = parts.map(({ answer }) => answer)
  const [before, last] = [parts.at(-2), parts.at(-1)!]
  const place = { start: parts[0]!.start, end: last.end }
  if (before === undefined || new Set(answers).size === 1) return { ...place, answer: answers[0]! }
  const list = { ...place, answer: answers.join(", ") }
  return OR.test(text.slice(before.end, last.start)) ? { ...list, alternatives: answers } : list
}
