/**
 * "The answer is …" in its many wordings and languages.
 */
import type { Environment } from "./environments.ts"
import { choose, type Group, groups } from "./groups.ts"
import { itemEnd, leads } from "./items.ts"
import { firstAfter } from "./places.ts"
import { sentenceEnd, sentences } from "./sentences.ts"
import { clean, found, type Found, type Span } from "./span.ts"

/** Where a phrase says that the answer stands. */
export interface Announced extends Span {
  /** 0 for the final or correct answer, 1 for an answer, 2 for a result, a solution, a choice. */
  readonly tier: 0 | 1 | 2
}

const FINAL =
  "final (?:answers?|results?)|(?:correct|right) (?:answers?|choice|option)|réponse finale|(?:respuesta|resposta) final|最[终終]答案|正确答案"
const ANSWER =
  "answers?|ans\\.?|réponses?|respuestas?|antwort(?:en)?|respostas?|risposta|ответ|答案|答え|答|정답|답|उत्तर"
const RESULT =
  "results?|solutions?|(?:correct )?choice|option|résultat|solución|solução|lösung|ergebnis|resultado|[结結]果|选|選"
const MARKER = new RegExp(
  `(?<![A-Za-zÀ-ÿ\\\\](?=[A-Za-zÀ-ÿ]))(?:(${FINAL})|(${ANSWER})|(?:${RESULT}))(?!(?<=[A-Za-zÀ-ÿ])[A-Za-zÀ-ÿ])`,
  "giu",
)

const COPULA =
  "is|are|was|be|equals?|est|sont|es|son|ist|sind|lautet|é|são|è|равен|равна|равно|है|应该是|应为|[是为為は=:：]"
/** From the marker to the answer: at most a few words, a verb or colon, and emphasis. */
const LINK = new RegExp(
  `["'*_)\\]]{0,4}[^.\\n。!?！？:：=]{0,60}?(?:(?<=[\\s*_])(?:${COPULA})(?=[\\s*_:$\\\\])|[:：=]|\\s[-–—](?=\\s)|应该是|应为|[是为為は])`,
  "uy",
)
const AFTER_LINK =
  /(?:[\s*_`"'>:：#]|(?:therefore|thus|then|simply|just|given by|as follows|as|equal to|we get|we have|(?:the |la |a )?(?:choice|option|opción|opção)|应该|所以|选项|選項)(?![A-Za-z]))*/iuy
const HEADING = /["'*_)\]]{0,4}[ \t:：]*\n[\s*_#>]*/y
const TO_LINE = /["'*_)\]]{0,4}[ \t:：*_]*(?=\n)/y
const DIRECT = /["'*_)\]]{0,4}[ \t]{0,4}(?=\$|\\[([]|\*\*[\d$(\\-]|-?\d|\([A-Z]\)|[A-Z](?![A-Za-z])|(?<=[答选選])\S)/uy
const DENIED =
  /^(?:not\b|n't|incorrect|wrong|correct\b|right\b|in (?:the|a)\b|clear\b|obvious|unique|provided|given\b|[?？])/i
const BEFORE = /(?:\bis|\bare|[是为])\s?(?:the|our|my|your|a)?\s?(?:only|desired|required)?\s?$/
const MAX_MARKERS = 64
/** "The result is" says how a step ends, unless the text ends soon after it. */
const NEAR = 400

/** The end of the text that a sticky pattern matches at a place. */
const endOf = (pattern: RegExp, text: string, at: number): number | undefined => {
  pattern.lastIndex = at
  return pattern.test(text) ? pattern.lastIndex : undefined
}

const isInside = (formulas: ReadonlyArray<Environment>, place: number): boolean => {
  const formula = formulas[firstAfter(formulas, place)]
  return formula !== undefined && formula.start < place
}

const follow = (text: string, at: number, limit: number, formulas: ReadonlyArray<Environment>): number | undefined => {
  const heading = endOf(HEADING, text, at)
  const from = heading ?? endOf(LINK, text, at)
  const line = from === undefined ? undefined : endOf(TO_LINE, text, heading === undefined ? from : at)
  if (line !== undefined && leads(text, line) && itemEnd(text, line, text.length, formulas) !== undefined) return line
  if (from === undefined || from > limit || isInside(formulas, from)) return endOf(DIRECT, text, at)
  return endOf(AFTER_LINK, text, from) ?? from
}

/** Every announced answer of a range, in order: the last ones where there are many. */
export const announced = (
  text: string,
  scope: Span,
  formulas: ReadonlyArray<Environment>,
): ReadonlyArray<Announced> => {
  const out: Array<Announced> = []
  const markers = [...text.slice(scope.start, scope.end).matchAll(MARKER)].slice(-MAX_MARKERS)
  for (const [index, match] of markers.entries()) {
    const at = scope.start + match.index
    const after = at + match[0].length
    const tier = match[1] !== undefined ? 0 : match[2] !== undefined ? 1 : 2
    if (tier === 2 && scope.end - after > NEAR && text.slice(after + NEAR, scope.end).trim() !== "") continue
    const limit = markers[index + 1] === undefined ? scope.end : scope.start + markers[index + 1]!.index
    const start = follow(text, after, Math.max(limit, after), formulas)
    if (
      start !== undefined &&
      start < scope.end &&
      !isInside(formulas, start) &&
      !DENIED.test(text.slice(start, start + 24))
    ) {
      const end = sentenceEnd(text, start, scope.end, formulas)
      const place = clean(text, { start, end })
      const passing = tier === 2 && /[\d$]|\\[([]/.test(text.slice(end, Math.min(scope.end, end + NEAR)))
      if (place.end > place.start && !passing) out.push({ start, end, tier })
    } else {
      // "Thus $x \le 2$ is our answer."
      const before = BEFORE.exec(text.slice(Math.max(scope.start, at - 30), at))
      if (before !== null) out.push({ start: sentenceStart(text, at, scope.start), end: at - before[0].length, tier })
    }
  }
  return out
}

/** Not further back than a short sentence. */
const sentenceStart = (text: string, at: number, limit: number): number => {
  const from = Math.max(limit, at - 200)
  const before = text.slice(from, at)
  return (
    from +
    Math.max(0, before.lastIndexOf("\n") + 1, before.lastIndexOf(". ") + 2 === 1 ? 0 : before.lastIndexOf(". ") + 2)
  )
}

const MAX_WORDS = 8
const LONGEST = 4000
const UNIT =
  /^(?!\s*(?:$|(?:of|for|in|if|at|on|with|as|when|since|because|out|and|or|by|is|are)\b))\s*(?:[A-Za-zµ°%]+[\d²³^/]*\s?){0,3}$/
const LETTER = /^\(?[A-Z](?:\)|[.:)]?(?=\s|$))/

/** Is it short and without numbers or formulas, such as "odd", or a choice such as "(B) 12 apples"? */
const readable = (text: string, span: Span, list: ReadonlyArray<Group>): Span | undefined => {
  const content = text.slice(span.start, span.end)
  const letter = LETTER.exec(content)
  if (letter !== null)
    return list.some(({ formula }) => formula) || /^\s[a-z]{2}/.test(content.slice(letter[0].length))
      ? { ...span, end: span.start + letter[0].length }
      : span
  if (list.length === 0) return content.split(/\s+/, MAX_WORDS + 1).length <= MAX_WORDS ? span : undefined
  const [first] = list
  return list.length === 1 &&
    first!.start === span.start &&
    !first!.formula &&
    UNIT.test(text.slice(first!.end, span.end))
    ? span
    : undefined
}

/** The answer in an announced place: a formula or number in it, a few words, a choice. */
export const narrow = (
  text: string,
  place: Span,
  formulas: ReadonlyArray<Environment>,
  prefer?: "latex" | "expr",
): Found | undefined => {
  const span = clean(text, { start: place.start, end: Math.min(place.end, place.start + LONGEST) })
  const whole = formulas.find(({ end, start }) => start <= span.start && end >= span.end)
  if (whole !== undefined) return found(text, whole.inner)
  const list = groups(text, span, formulas)
  const short = readable(text, span, list)
  return short === undefined ? choose(text, span, formulas, prefer, true) : found(text, short)
}

const EITHER = /^\W*either\b/i

/** "It is either 51 or 52. Since it is even, it is 52." */
const decided = (
  text: string,
  from: number,
  { end }: Span,
  formulas: ReadonlyArray<Environment>,
  open: Found,
): Found => {
  if (!EITHER.test(text.slice(from, from + 20)) || open.alternatives === undefined) return open
  const later = sentences(text, { start: Math.max(open.end, from), end }, formulas).slice(-MAX_WORDS)
  const settled = later.map((sentence) => choose(text, sentence, formulas)).findLast((one) => one !== undefined)
  return settled !== undefined && open.alternatives.includes(settled.answer) ? settled : open
}

/** Announced answers, the surest kind only. */
export const phrases = (
  text: string,
  scope: Span,
  formulas: ReadonlyArray<Environment>,
  prefer?: "latex" | "expr",
  worst: 0 | 1 | 2 = 2,
): ReadonlyArray<Found> => {
  const all = announced(text, scope, formulas)
  for (let tier = 0; tier <= worst; tier++) {
    const out = all
      .filter((one) => one.tier === tier)
      .flatMap((one) => {
        const answer = narrow(text, one, formulas, prefer)
        return answer === undefined || answer.answer === "" ? [] : [decided(text, one.start, scope, formulas, answer)]
      })
    if (out.length > 0) return out
  }
  return []
}
