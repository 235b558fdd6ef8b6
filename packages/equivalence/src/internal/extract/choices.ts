/**
 * Letters of multiple choice, and other answers out of a given few.
 */
import { CONNECTORS } from "./connectors.ts"
import { found, type Found, joined, type Span } from "./span.ts"

const NAMED = /\b(?:option|choice|select|choose|pick)s?\b[\s:*_$]*(?:\\text\{)?[([]?([A-Z])(?![A-Za-z])/gi
const LINE = /^[\s*_#>$]*(?:\\text(?:bf)?\{)?[([]?([A-Z])[)\].:}*_$\s]*$/

/** "Option D", or a last line that is a letter. */
export const letters = (text: string, scope: Span): ReadonlyArray<Found> => {
  const visible = text.slice(scope.start, scope.end)
  const line = visible.trimEnd().lastIndexOf("\n") + 1
  const alone = LINE.exec(visible.slice(line, line + 40).trimEnd())
  const all = alone === null ? [...visible.matchAll(NAMED)].slice(-64) : []
  const at = alone === null ? [] : [line + alone[0].lastIndexOf(alone[1]!)]
  for (const match of all) at.push(match.index + match[0].length - 1)
  return at
    .filter((place) => /[A-Z]/.test(visible[place]!))
    .map((place) => found(text, { start: scope.start + place, end: scope.start + place + 1 }))
}

const LETTER = /[A-Za-z0-9À-ÿ]/
const ARTICLE = /^(?:A|I)$/

/** Where one of the given answers stands as a word of its own, in order. */
export const mentions = (
  text: string,
  { end, start }: Span,
  strings: ReadonlyArray<string>,
  anyCase = false,
): ReadonlyArray<Found> => {
  const out: Array<Found> = []
  const visible = text.slice(start, end)
  const folded = visible.toLowerCase()
  for (const one of strings) {
    if (one === "") continue
    const fold = (anyCase || one.length > 1) && folded.length === visible.length
    const [source, needle] = fold ? [folded, one.toLowerCase()] : [visible, one]
    for (let at = source.indexOf(needle); at !== -1; at = source.indexOf(needle, at + needle.length)) {
      const stop = at + needle.length
      if (LETTER.test(visible[at - 1] ?? " ") || LETTER.test(visible[stop] ?? " ")) continue
      // "A number", "I think": words, not letters.
      if (!anyCase && ARTICLE.test(needle) && /^ (?!is\b|was\b|and\b|or\b)[a-z]/.test(visible.slice(stop, stop + 6)))
        continue
      out.push({ start: start + at, end: start + stop, answer: visible.slice(at, stop) })
    }
  }
  return out.toSorted((a, b) => a.start - b.start)
}

const isLink = (between: string) => {
  const words = between
    .replaceAll(/[()[\]*_$`{}"']|\\text/g, " ")
    .replaceAll(/[,;、，]/g, " , ")
    .trim()
  return words !== "" && words.split(/\s+/).every((word) => CONNECTORS.has(word.toLowerCase()))
}

/** The first mention, with those that a comma, "and" or "or" joins to it: a list of options is no choice. */
export const leading = (text: string, all: ReadonlyArray<Found>): Found | undefined => {
  if (all.length === 0) return undefined
  let count = 1
  while (
    count < all.length &&
    isLink(text.slice(all[count - 1]!.end, Math.min(all[count]!.start, all[count - 1]!.end + 40)))
  )
    count++
  return joined(all.slice(0, count))
}
