/**
 * Mathematics set off from prose: `$..$`, `$$..$$`, `\(..\)`, `\[..\]`, `\begin{align}..\end{align}`.
 */
import type { Span } from "./span.ts"

/** An environment with its delimiters, and what it says: of several rows the last one. */
export interface Environment extends Span {
  readonly inner: Span
}

const NAMED = /\\begin\{((?:equation|align|gather|multline|eqnarray|displaymath|math|flalign|alignat)\*?)\}/y
const ROWS = /\\begin\{(?:align|aligned|gather|gathered|split|multline|eqnarray|flalign|alignat)\*?\}/g
const PLAIN_WORD = /(?<![\\A-Za-z])[A-Za-z]{2,}/g
const TEXT = /\\(?:text|mbox|textbf|textit|mathrm|operatorname)\s?\{[^{}]*\}/g
const BLANK_LINE = /\n\s*\n/

/** Next place of a delimiter; asking twice for one that is far away, or missing, costs nothing. */
const finder = (text: string, delimiter: string, limit: number) => {
  let cached = -1
  return (from: number): number => {
    if (cached < from) {
      cached = text.indexOf(delimiter, from)
      if (cached === -1 || cached > limit - delimiter.length) cached = Number.POSITIVE_INFINITY
    }
    return cached
  }
}

/** Would `$..$` be two amounts of money with prose between them, or prose between two formulas? */
const isProse = (text: string, open: number, close: number): boolean => {
  const content = text.slice(open + 1, close)
  if (content.trim() === "" || BLANK_LINE.test(content)) return true
  const words = (content.replaceAll(TEXT, " ").match(PLAIN_WORD) ?? []).length
  const [first, last, next] = [content[0]!, content.at(-1)!, text[close + 1] ?? ""]
  const amount = /\d/.test(first)
  if (amount && (/\d/.test(next) || words > 1 || (words > 0 && /\s/.test(last)))) return true
  if (words > 0 && /\d\s?$/.test(text.slice(Math.max(0, open - 2), open)) && /[\s.,;]/.test(first)) return true
  return words > 3 && (/\s/.test(first) || /\s/.test(last))
}

const BREAK = /\\begin\b|\\end\b|\\\\|&&|\\(?:Rightarrow|Longrightarrow|implies|iff|Leftrightarrow)(?![A-Za-z])|[⇒⟹]/g
const RELATION = /[=<>≤≥]|\\(?:leq?|geq?|lt|gt|in|approx)(?![A-Za-z])/

/** The last row of an array of equations, without a remark behind `&&`; what an equation implies is a row of its own. */
const lastRow = (text: string, { end, start }: Span, array: boolean): Span => {
  const content = text.slice(start, end)
  const last = content.trimEnd().length
  let row = 0
  let stop = content.length
  let depth = 0
  let from = 0
  let related = false
  for (const { 0: mark, index } of content.matchAll(BREAK)) {
    related ||= RELATION.test(content.slice(from, index))
    from = index + mark.length
    if (mark === "\\begin") depth++
    else if (mark === "\\end") depth--
    else if (depth !== 0) continue
    else if (mark === "&&") stop = array && stop === content.length ? index : stop
    else if ((mark === "\\\\" ? array : related) && from < last) {
      row = from
      stop = content.length
      related = false
    }
  }
  return { start: start + row, end: start + stop }
}

const content = (text: string, inner: Span): Span => {
  ROWS.lastIndex = 0
  const trimmed = text.slice(inner.start, inner.end)
  const lead = trimmed.length - trimmed.trimStart().length
  const match = ROWS.exec(trimmed)
  if (match === null || match.index !== lead) return lastRow(text, inner, false)
  const close = trimmed.lastIndexOf("\\end{")
  if (close <= lead) return inner
  return lastRow(text, { start: inner.start + lead + match[0].length, end: inner.start + close }, true)
}

/** Every environment in a range, in order. One pass. */
export const environments = (text: string, { end, start }: Span): ReadonlyArray<Environment> => {
  const found: Array<Environment> = []
  const next = new Map<string, (from: number) => number>()
  const closing = (delimiter: string, from: number): number => {
    if (!next.has(delimiter)) next.set(delimiter, finder(text, delimiter, end))
    return next.get(delimiter)!(from)
  }
  let at = start
  const take = (open: number, close: string, rows: boolean): void => {
    const inner = { start: at + open, end: closing(close, at + open) }
    if (inner.end === Number.POSITIVE_INFINITY || (close === "\\)" && inner.end - at > 4000)) {
      at += open
      return
    }
    const stop = inner.end + close.length
    found.push({ start: at, end: stop, inner: rows ? lastRow(text, inner, true) : content(text, inner) })
    at = stop
  }
  while (at < end) {
    const character = text[at]
    if (character === "$" && text[at + 1] === "$") take(2, "$$", false)
    else if (character === "$") {
      let close = at + 1
      while (close < end && text[close] !== "$") close += text[close] === "\\" ? 2 : 1
      if (close < end && !isProse(text, at, close)) {
        found.push({ start: at, end: close + 1, inner: content(text, { start: at + 1, end: close }) })
        at = close
      }
      at++
    } else if (character !== "\\") at++
    else if (text[at + 1] === "(") take(2, "\\)", false)
    else if (text[at + 1] === "[") take(2, "\\]", false)
    else {
      NAMED.lastIndex = at
      const named = text[at + 1] === "b" ? NAMED.exec(text) : null
      if (named === null) at += 2
      else take(named[0].length, `\\end{${named[1]!}}`, true)
    }
  }
  return found
}
