/**
 * Where sentences end. Formulas are never cut.
 */
import type { Environment } from "./environments.ts"
import { itemEnd, leads } from "./items.ts"
import { firstAfter } from "./places.ts"
import type { Span } from "./span.ts"

const ABBREVIATION = /(?:\b(?:e\.g|i\.e|vs|approx|resp|Dr|Mr|No|cf|ca|z\.B|p\.ej)|^\s*\(?[A-Za-z]|(?:^|\n)\s*\d{1,3})$/

/** "At 4 p.m. on Monday": the sentence goes on. */
const isHalfDay = (text: string, at: number) => /\b[apAP]\.[mM]\.\s[a-z]$/.test(text.slice(at - 4, at + 3))

/** The end of the sentence that goes through `from`, its closing mark not included; a list that it leads to is in it. */
export const sentenceEnd = (
  text: string,
  from: number,
  limit: number,
  formulas: ReadonlyArray<Environment>,
): number => {
  let next = firstAfter(formulas, from)
  let at = from
  let listed = false
  while (at < limit) {
    const formula = formulas[next]
    if (formula !== undefined && formula.start <= at) {
      at = Math.max(at, formula.end)
      next++
      continue
    }
    const character = text[at]!
    if (character === "\n") {
      const item = listed || leads(text, at) ? itemEnd(text, at, limit, formulas) : undefined
      if (item === undefined) return at
      listed = true
      at = item
      next = firstAfter(formulas, at)
      continue
    }
    if ("。！？।".includes(character)) return at
    const stops = character === "." || character === "?" || character === "!"
    if (stops && (at + 1 >= limit || /[\s*)\]"”<]/.test(text[at + 1]!)) && text[at - 1] !== "\\") {
      if (character === "?") return at
      const abbreviated = ABBREVIATION.test(text.slice(Math.max(from, at - 12), at)) || isHalfDay(text, at)
      if (!abbreviated && (character !== "!" || !/\d/.test(text[at - 1] ?? ""))) return at
    }
    at++
  }
  return limit
}

/** Every sentence of a range that is not blank. */
export const sentences = (text: string, scope: Span, formulas: ReadonlyArray<Environment>): ReadonlyArray<Span> => {
  const out: Array<Span> = []
  let start = scope.start
  while (start < scope.end) {
    const end = sentenceEnd(text, start, scope.end, formulas)
    if (/\S/.test(text.slice(start, end))) out.push({ start, end })
    start = end + 1
  }
  return out
}
