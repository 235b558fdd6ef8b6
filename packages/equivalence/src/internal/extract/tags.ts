/**
 * `<answer>…</answer>`, also `<ans>` and `<final_answer>`, and `#### …`.
 */
import { boxed } from "./boxes.ts"
import { environments } from "./environments.ts"
import { narrow } from "./phrases.ts"
import { isPlaceholder } from "./placeholder.ts"
import { clean, found, type Found, type Span } from "./span.ts"

/** A box inside, else the whole when it is short, else the answer of its last line. */
const inside = (text: string, span: Span): Found => {
  const box = boxed(text, span).at(-1)
  if (box !== undefined) return box
  const whole = clean(text, span)
  const line = text.slice(whole.start, whole.end).lastIndexOf("\n")
  const last = { start: line === -1 ? whole.start : whole.start + line + 1, end: whole.end }
  const prose = /[A-Za-z]{3} [a-z]{2,} /.test(text.slice(last.start, last.end))
  const answer = prose || line !== -1 ? narrow(text, last, environments(text, last)) : undefined
  return answer ?? found(text, whole)
}

/** Contents of answer tags; the last may lack its closing tag when the text ends inside. */
export const tagged = (text: string, scope: Span): ReadonlyArray<Found> => {
  const spans: Array<Span & { truncated?: boolean }> = []
  let start: number | undefined
  for (const match of text.slice(scope.start, scope.end).matchAll(/<(\/?)(?:final[ _-]?)?ans(?:wer)?>/gi)) {
    const at = scope.start + match.index
    if (match[1] === "") start = at + match[0].length
    else if (start !== undefined) {
      spans.push({ start, end: at })
      start = undefined
    }
  }
  if (start !== undefined) spans.push({ start, end: scope.end, truncated: true })
  return spans
    .slice(-MAX_FOUND)
    .map((span) => ({ ...inside(text, span), ...(span.truncated === true && { truncated: true }) }))
    .filter(({ answer }) => answer !== "" && !isPlaceholder(answer))
}

const MAX_FOUND = 64
const HEADING = /^(?:\d+[.)]\s|[A-Za-z]{2,}.*\s[A-Za-z]{2,}|(?:step|part|case|solution|answer|conclusion)\b)/i

/** What follows `####` on its line, headings aside. */
export const hashes = (text: string, scope: Span): ReadonlyArray<Found> => {
  const out: Array<Found> = []
  let end = scope.end
  for (let tries = 0; tries < 4 * MAX_FOUND && end > scope.start; tries++) {
    const at = text.lastIndexOf("####", end - 4)
    if (at < scope.start) break
    const line = text.slice(at, end).indexOf("\n")
    const span = clean(text, { start: at + 4, end: line === -1 ? end : at + line })
    if (span.end > span.start && !HEADING.test(text.slice(span.start, Math.min(span.end, span.start + 100)))) {
      out.push(found(text, span))
    }
    end = at
  }
  return out.toReversed()
}
