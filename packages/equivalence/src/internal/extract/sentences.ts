/**
 * Where sentences end. Formulas are never cut.
 */
import type { Environment } from "./environments.ts"
import type { Span } from "./span.ts"

const ABBREVIATION = /(?:\b(?:e\.g|i\.e|vs|approx|resp|Dr|Mr|No|cf|ca|z\.B|p\.ej)|^\s*\(?[A-Za-z]|(?:^|\n)\s*\d{1,3})$/

/** The end of the sentence that goes through `from`: its closing mark is not included. */
export const sentenceEnd = (
  text: string,
  from: number,
  limit: number,
  formulas: ReadonlyArray<Environment>,
  lines = true,
): number => {
  let next = firstAfter(formulas, from)
  let at = from
  while (at < limit) {
    const formula = formulas[next]
    if (formula !== undefined && formula.start <= at) {
      at = Math.max(at, formula.end)
      next++
      continue
    }
    const character = text[at]!
    if (character === "\n" && (lines || text[at + 1] === "\n")) return at
    if ("。！？।".includes(character)) return at
    const stops = character === "." || character === "?" || character === "!"
    if (stops && (at + 1 >= limit || /[\s*)\]"”<]/.test(text[at + 1]!)) && text[at - 1] !== "\\") {
      if (character === "?" || !ABBREVIATION.test(text.slice(Math.max(from, at - 12), at))) {
        if (character !== "!" || !/\d/.test(text[at - 1] ?? "")) return at
      }
    }
    at++
  }
  return limit
}

/** Index of the first formula that ends after a place. */
export const firstAfter = (formulas: ReadonlyArray<Environment>, place: number): number => {
  let [low, high] = [0, formulas.length]
  while (low < high) {
    const middle = (low + high) >> 1
    if (formulas[middle]!.end <= place) low = middle + 1
    else high = middle
  }
  return low
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
