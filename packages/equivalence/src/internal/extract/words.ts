/**
 * A sentence as formulas, mathematical words, connectors and plain words.
 */
import { SCALE_WORDS } from "../parse/vocabulary.ts"
import { CONDITION } from "./conditions.ts"
import { CONNECTORS } from "./connectors.ts"
import type { Environment } from "./environments.ts"
import { bulletEnd, isLabel } from "./items.ts"
import type { Span } from "./span.ts"

/**
 * `formula` is set off, `value` holds a number or an expression, `variable` is a single letter, `operator` a sign alone,
 * `scale` says how much a number before it is, `link` joins answers, `condition` begins a condition, `word` is prose.
 */
export interface Word extends Span {
  readonly kind: "formula" | "value" | "variable" | "operator" | "scale" | "link" | "condition" | "word"
  /** A comma or semicolon follows. */
  readonly comma: boolean
  /** Of a formula, what its delimiters hold. */
  readonly inner?: Span
}

const OPERATOR = /^(?:[-=+*/^<>≤≥≠≈±×÷·|∪∩∈→–−]|!=|<=|>=|->|=>|\\[a-z]+)+$/
const SYMBOL = /[\d()[\]{}^_=+*/<>≤≥≠√π∞°\\]/
const AMOUNT = /^[-+±−–]?[$€£¥₹]?\.?\d[\d,.]*(?:\/\d+)?%?/
const LONG_WORD = /[A-Za-z]{3,}/g
const FUNCTION = /^(?:sqrt|sin|cos|tan|cot|sec|csc|arc[a-z]{3}|log|exp|max|min|gcd|lcm|mod|abs|inf|pi)$/i
const ORDINAL = /^\d+(?:st|nd|rd|th)$/i
const LETTERS_BESIDE = /^[A-Za-z]+[/()-][A-Za-z()]+$/
/** Scripts that do not put spaces between words. */
const UNSPACED = /[\u3001-\uD7AF\uFF01-\uFF1F]/

/** Without it a time of day is another one. */
const HALF_DAY = /^[ap]\.?m$/i
/** "(i.e." has a bracket and is no mathematics. */
const ABBREVIATION = /^\(?(?:i\.?e|e\.?g|viz|cf)\b/i

const kindOf = (word: string): Word["kind"] => {
  if (CONNECTORS.has(word.toLowerCase())) return "link"
  if (CONDITION.test(word)) return "condition"
  if (SCALE_WORDS.has(word.toLowerCase()) || HALF_DAY.test(word)) return "scale"
  if (ABBREVIATION.test(word)) return "word"
  if (/^[A-Za-zα-ω]$/.test(word)) return "variable"
  if (OPERATOR.test(word)) return "operator"
  if (ORDINAL.test(word) || !SYMBOL.test(word) || LETTERS_BESIDE.test(word)) return "word"
  const letters = word.replaceAll(/\\[A-Za-z]+/g, " ").match(LONG_WORD) ?? []
  return letters.every((run) => FUNCTION.test(run)) || /\\text|\\mbox/.test(word) ? "value" : "word"
}

/** Brackets, quotes, emphasis and sentence punctuation that are not part of a word. */
const trimWord = (text: string, start: number, end: number): Span & { comma: boolean } => {
  let [from, to, comma] = [start, end, false]
  while (from < to && "*_`\"'“‘:：".includes(text[from]!)) from++
  for (; to > from; to--) {
    const last = text[to - 1]!
    if (",;，；、".includes(last)) comma = true
    else if (!"*_`\"'“”’.:?。：".includes(last)) break
  }
  const [first, last] = [text[from], text[to - 1]]
  if (first === "(" && !text.slice(from, to).includes(")") && /[A-Za-z]{3}/.test(text.slice(from, from + 4))) from++
  if (last === ")" && !text.slice(from, to).includes("(") && /[A-Za-z]{3}/.test(text.slice(to - 4, to))) to--
  return { start: from, end: to, comma }
}

/** Splits a range of a text; formulas are one word each. */
export const words = (
  text: string,
  { end, start }: Span,
  formulas: ReadonlyArray<Environment>,
): ReadonlyArray<Word> => {
  const found: Array<Word> = []
  let formula = formulas.findIndex((one) => one.start >= start)
  let at = start
  while (at < end) {
    const next = formula === -1 ? undefined : formulas[formula]
    if (next !== undefined && next.start === at && next.end <= end) {
      found.push({ start: at, end: next.end, kind: "formula", comma: false, inner: next.inner })
      at = next.end
      formula++
      continue
    }
    if (/\s/.test(text[at]!)) {
      at++
      continue
    }
    const bullet = bulletEnd(text, at, end)
    if (bullet !== undefined) {
      found.push({ start: at, end: bullet, kind: "link", comma: false })
      at = bullet
      continue
    }
    let stop = at + 1
    const limit = next === undefined ? end : Math.min(end, next.start)
    const unspaced = UNSPACED.test(text[at]!)
    const alone = unspaced && CONNECTORS.has(text[at]!)
    while (stop < limit && !/\s/.test(text[stop]!) && UNSPACED.test(text[stop]!) === unspaced) {
      if (alone || (unspaced && CONNECTORS.has(text[stop]!))) break
      stop++
    }
    const { comma, ...span } = trimWord(text, at, stop)
    const word = text.slice(span.start, span.end)
    const own = word === "" ? (comma || alone ? "link" : undefined) : kindOf(word)
    const kind = own === "value" && found.at(-1)?.kind === "word" && isLabel(text, span) ? "word" : own
    const amount = own === "word" ? AMOUNT.exec(word) : null
    if (amount !== null && !ORDINAL.test(word)) {
      // "5hours", "45-year-old": the number counts, the rest is prose.
      found.push({ start: span.start, end: span.start + amount[0].length, kind: "value", comma: false })
      const rest = { start: span.start + amount[0].length, end: span.end }
      const scale = kindOf(text.slice(rest.start, rest.end)) === "scale"
      found.push({ ...rest, kind: scale ? "scale" : "word", comma })
    } else if (kind !== undefined) found.push({ ...span, kind, comma })
    at = stop
  }
  return found
}
