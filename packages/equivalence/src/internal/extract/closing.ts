/**
 * How a solution ends when it does not announce its answer.
 */
import type { Environment } from "./environments.ts"
import { choose, groups, type Group } from "./groups.ts"
import { isLabel } from "./items.ts"
import { sentences } from "./sentences.ts"
import { clean, found, type Found, type Span } from "./span.ts"

const LONGEST_WHOLE = 60
const LONGEST_LIST = 2000
const PROSE =
  /[?？。]|^(?:so|thus|hence|therefore)\b|[A-Za-z]{2,} [A-Za-z]{2,}|[\u3040-\u30FF\u3400-\u9FFF\uAC00-\uD7AF]{2}.*\d/i
const VERDICT =
  /^(?:no (?:real |integer )?solutions?|infinitely many(?: solutions)?|all real numbers|(?:the )?empty set|does not exist)$/i
/** "Total: 12" is prose around a number; "sin 30" is not. */
const LABELLED = /^(?!(?:sin|cos|tan|log|exp|sqrt|max|min|gcd|lcm)\b)\p{L}{3,}(?:['’]s)?\s?[\s:].*\d/u

/** The whole response, when it is an answer and nothing else. */
export const wholeResponse = (
  text: string,
  scope: Span,
  formulas: ReadonlyArray<Environment>,
): ReadonlyArray<Found> => {
  const span = clean(text, scope)
  if (span.start === span.end) return []
  const one = formulas.length === 1 ? formulas[0]! : undefined
  if (one !== undefined && one.start <= span.start && one.end >= span.end) return [found(text, one.inner)]
  if (formulas.length > 0) {
    if (span.end - span.start > LONGEST_LIST) return []
    const list = groups(text, span, formulas)
    return list.length === 1 && list[0]!.formula && list[0]!.start <= span.start && list[0]!.end >= span.end ? list : []
  }
  const content = text.slice(span.start, Math.min(span.end, span.start + LONGEST_WHOLE + 1))
  if (content.length > LONGEST_WHOLE || content.includes("\n")) return []
  return VERDICT.test(content) || (!PROSE.test(content) && !LABELLED.test(content)) ? [found(text, span)] : []
}

const CONCLUDING =
  /(?<!\\)\b(?:therefore|thus|hence|so|finally|altogether|in (?:total|conclusion)|we (?:get|find|obtain|conclude)|donc|ainsi|por (?:lo )?tanto|portanto|daher|somit|quindi|поэтому)\b|因此|所以|故|综上|इसलिए|따라서|よって|したがって/giu
/** "Since it is even, it is 52." */
const REASONED = /^[\s*_]*(?:since|because|as)\b/i
const REMARK = /^[\s*_(#>]*(?:note|this (?:makes|is|means|shows|can|confirms)|i hope|let me know|check|verif|remember)/i
/** "The time is:" before a formula on a line of its own. */
const STATING = /(?:\b(?:is|are|get|equals|obtain)|[是为為])\s?[:：]\s*$/
const MAX_BACK = 24

interface Ending {
  readonly group: Group
  readonly concluding: boolean
}

/** What a sentence concludes: what its last "therefore" is followed by, when that holds an answer. */
const concluded = (
  text: string,
  sentence: Span,
  formulas: ReadonlyArray<Environment>,
  prefer?: "latex" | "expr",
): Ending | undefined => {
  const words = [...text.slice(sentence.start, Math.min(sentence.end, sentence.start + 8000)).matchAll(CONCLUDING)]
  for (const word of words.slice(-4).toReversed()) {
    const group = choose(text, { start: sentence.start + word.index, end: sentence.end }, formulas, prefer)
    if (group !== undefined) return { group, concluding: true }
  }
  const group = choose(text, sentence, formulas, prefer)
  const start = text.slice(sentence.start, Math.min(sentence.end, sentence.start + 40))
  return group && { group, concluding: words.length > 0 || (REASONED.test(start) && !group.condition) }
}

/** The answer of the last sentence that holds one, remarks aside; a conclusion right before it comes first. */
const ending = (
  text: string,
  scope: Span,
  formulas: ReadonlyArray<Environment>,
  prefer?: "latex" | "expr",
): Ending | undefined => {
  const all = sentences(text, scope, formulas).slice(-MAX_BACK)
  let last: Ending | undefined
  for (let index = all.length - 1, held = 0; index >= 0 && held < 3; index--) {
    const sentence = all[index]!
    if (REMARK.test(text.slice(sentence.start, Math.min(sentence.end, sentence.start + 60)))) continue
    const found = concluded(text, sentence, formulas, prefer)
    if (found === undefined) continue
    const before = all[index - 1]
    const led = before === undefined ? "" : text.slice(Math.max(before.start, before.end - 400), before.end)
    if (found.concluding || (/[:：]\s*$/.test(led) && led.search(CONCLUDING) !== -1))
      return { ...found, concluding: true }
    if (last === undefined && STATING.test(led)) return found
    last ??= found
    held++
  }
  return last
}

/** "Therefore …" near the end. */
export const conclusion = (
  text: string,
  scope: Span,
  formulas: ReadonlyArray<Environment>,
  prefer?: "latex" | "expr",
): ReadonlyArray<Found> => {
  const found = ending(text, scope, formulas, prefer)
  return found?.concluding === true ? [found.group] : []
}

/** The formula of the last sentence that has a formula or a number; nothing when a number is all it has. */
export const lastFormula = (text: string, scope: Span, formulas: ReadonlyArray<Environment>): ReadonlyArray<Found> => {
  if (formulas.length === 0) return []
  const found = ending(text, scope, formulas)
  return found !== undefined && found.group.formula ? [found.group] : []
}

/** Numbers in prose, the last ones where there are many; instead of the very last one, what the last sentence says. */
export const numbers = (text: string, scope: Span, formulas: ReadonlyArray<Environment>): ReadonlyArray<Found> => {
  const said = ending(text, scope, formulas)?.group
  const all = [...text.slice(scope.start, scope.end).matchAll(/-?\d[\d,]*(?:\.\d+)?(?:\/\d+)?%?/g)]
    .slice(-64)
    .map((match) => ({ start: scope.start + match.index, end: scope.start + match.index + match[0].length }))
    .filter((span) => !isLabel(text, span))
    .map((span) => found(text, span))
  return said === undefined || said.formula ? all : [...all.filter(({ start }) => start < said.start), said]
}
