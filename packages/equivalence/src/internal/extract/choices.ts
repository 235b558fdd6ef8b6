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
    .filter((one) => !isDenied(text, one))
}

const DENIED_BEFORE =
  /(?:\b(?:can)?not|n['’]t|\b(?:nor|neither|non|than)|\b(?:eliminat|exclud|reject|discard)(?:e|es|ed|ing)|\brul(?:e|es|ed|ing) out)(?: (?:be|choose|pick|select))?(?: (?:options?|choices?|answers?))?(?: \(?[A-Z]\)?,? (?:or|nor|and)){0,8}[ "'(*_$[\\{]*$/i
const DENIED_AFTER =
  /^[)"'*_$\]}]*(?:(?:,| ?\/| and| or|, and) \(?[A-Z][)"'*_$\]}]*){0,8} (?:(?:is|are|was|were) (?:also |clearly |thus |therefore |both |all )?(?:not|false|wrong|incorrect|out\b|impossible|eliminated|excluded|rejected|ruled out)|isn['’]t|aren['’]t|can(?:not|['’]t) be|fails?\b)/i
const TRIED = /\b(?:at first|first|initially|originally)\b[^.\n]{0,60}$/i
const BUT = /^[^.\n]{0,60}\bbut\b/i

/** Does the text say that an option is not the answer? */
const isDenied = (text: string, { end, start }: Span): boolean => {
  const before = text.slice(Math.max(0, start - 80), start)
  const after = text.slice(end, end + 100)
  return DENIED_BEFORE.test(before) || DENIED_AFTER.test(after) || (TRIED.test(before) && BUT.test(after))
}

const LETTER = /[A-Za-z0-9À-ÿ]/
const ARTICLE = /^(?:A|I)$/

/** Where one of the given answers stands as a word of its own and is not denied, in order. */
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
      const place = { start: start + at, end: start + stop }
      if (!isDenied(text, place)) out.push({ ...place, answer: visible.slice(at, stop) })
    }
  }
  return out.toSorted((a, b) => a.start - b.start)
}

/** "A/B/C", "(A) (B) (C)", but not "(A) B is a point". */
const BARE_LINK = /^(?:\)? ?\/ ?\(?|\) ?\(| )$/

const isLink = (between: string, goesOn: boolean) => {
  if (BARE_LINK.test(between)) return between !== " " || !goesOn
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
  while (count < all.length) {
    const [{ end }, { end: next, start }] = [all[count - 1]!, all[count]!]
    if (!isLink(text.slice(end, Math.min(start, end + 40)), / [a-z]/.test(text.slice(next, next + 2)))) break
    count++
  }
  return joined(text, all.slice(0, count))
}
