/**
 * Answers in words, and the letters of multiple choice.
 */
import { NUMBER_WORDS, WORDS } from "../parse/vocabulary.ts"
import { type Decision, different, equivalent } from "./decision.ts"

const WRAPPERS = /\\(?:text|(?:text|math)(?:bf|it|rm|sf|tt)|[mh]box|boxed|fbox|operatorname|emph)\s*\{/g

/** `Answer:`, or `The area is` before a value. */
const LABEL =
  /^(?:\\text(?:bf)?\s*\{\s*)?(?!option|choice)(?:(?:final )?answer(?:\*\*)?:|[A-Za-z][A-Za-z ]{2,40}(?::| is\b)(?=[\s}*]*(?:[-+\d$\\(.]|[A-Z]\W*$)))(?:\s*\})?[\s*]*/i

/** An answer without Markdown around it and words before it that only announce it. */
export const bare = (source: string): string => {
  const plain = source
    .trim()
    .replaceAll(/^(?:\*+|`+)|(?:(?<!\^)\*+|`+)(?=\.?$)/g, "")
    .trim()
  return plain.replace(LABEL, "") || plain
}

/** A text without mathematical delimiters, and without spaces but between letters and digits: `1 1/2` is not `11/2`. */
export const undressed = (source: string): string =>
  source
    .replaceAll(/\\(?:left|right|displaystyle)(?![A-Za-z])|\\[ ,;:!()[\]]|(?<!\\)\$|\.$/g, " ")
    .replaceAll(/(?<![\dA-Za-z])\s+|\s+(?![\dA-Za-z])/g, "")

/** A text without its wrappings, in lower case, words one space apart. */
export const plainText = (source: string): string =>
  source
    .replaceAll(WRAPPERS, " ")
    .replaceAll(/\\(?:left|right|displaystyle)(?![A-Za-z])|\\[ ,;:!()[\]]/g, " ")
    .replaceAll(/[{}$*"“”`~]/g, " ")
    .replaceAll(/[–—]/g, "-")
    .replaceAll(/[.,;:!?]+(?=\s|$)/g, " ")
    .trim()
    .replaceAll(/\s+/g, " ")
    .toLowerCase()

/** Is it words and nothing else, at least one of them long enough to be no product of letters? */
export const isLanguage = (source: string): boolean => {
  const text = plainText(source)
  if (!/^[\p{L}\s'’,./&-]+$/u.test(text) || text.length > 2000) return false
  const words = text.split(/[^\p{L}]+/u).filter((word) => word !== "")
  return words.some((word) => isWord(word)) && !words.every((word) => isName(word))
}

const isWord = (word: string): boolean =>
  /[^ -~]{2}/.test(word) || (word.length >= 3 && /[aeiouy]/.test(word) && !isName(word)) || word === "no"

const isName = (word: string): boolean => WORDS.has(word) || NUMBER_WORDS.has(word) || word.length === 1

/** What different words say alike. */
const SYNONYMS: ReadonlyArray<readonly [RegExp, string]> = [
  [/^(?:there (?:is|are) |it has |has )?no (?:real )?solutions?(?: exists?)?$/, "no solution"],
  [/^(?:dne|(?:the )?(?:limit )?does not exist)$/, "does not exist"],
  [/^(?:the )?(?:set of )?(?:all )?(?:the )?real(?:s| numbers?)$/, "real numbers"],
  [/^(?:the )?(?:set of )?(?:all )?(?:the )?integers$/, "integers"],
  [/^(?:the )?(?:set of )?(?:all )?(?:the )?natural numbers$/, "natural numbers"],
  [/^(?:the |an? )/, ""],
]

/** Words in one of several spellings that mean the same. */
export const meaning = (source: string): string =>
  SYNONYMS.reduce((text, [words, canonical]) => text.replace(words, canonical), plainText(source))

/** Names in any order: `Alice and Bob`. */
const listed = (source: string): string =>
  meaning(source)
    .split(/,\s*(?:and )?|\s+and\s+/)
    .toSorted()
    .join()

export const compareTexts = (gold: string, answer: string): Decision =>
  listed(gold) === listed(answer) ? equivalent("text", "the same words") : different("text", "other words")

const CHOICE = /^(?:(?:option|choice|answer)\s+)?(?:\(([a-z])\)|\[([a-z])\]|([a-z])(?=$|[.):]|\s*[.):]))[.):]?(?=\s|$)/

/** The letter that a choice names: `(B)`, `B.`, `\text{(B) 12 apples}`. */
const choiceOf = (source: string): string | undefined => {
  const bare = source
    .replaceAll(WRAPPERS, " ")
    .replaceAll(/\\(?:left|right)(?![A-Za-z])|\\[ ,;:!]|[{}$*]/g, " ")
    .trim()
    .replaceAll(/\s+/g, " ")
    .toLowerCase()
  const match = CHOICE.exec(bare)
  // `(A) and (B)` chooses twice.
  return match === null || /\([a-z]\)|\b(?:and|or)\s+[a-z]\b/.test(bare.slice(match[0].length))
    ? undefined
    : (match[1] ?? match[2] ?? match[3])
}

/** Several letters of multiple choice, in order: `A, C`, `\text{A and C}`, `AC`. */
const choicesOf = (source: string): string | undefined => {
  const letters = plainText(source).replaceAll(/\band\b|[^a-z]/g, "")
  return /^[A-H(][\sA-H(),;&]*$/.test(
    plainText(source)
      .toUpperCase()
      .replaceAll(/\bAND\b/g, ""),
  )
    ? [...letters].toSorted().join("")
    : undefined
}

/** Is it nothing but a letter of multiple choice? */
const isChoice = (source: string): boolean => /^\(?[a-z]\)?$/.test(plainText(source))

/** Decides where the reference is a letter of multiple choice, and the answer begins with one. */
export const compareChoices = (gold: string, answer: string): Decision | undefined => {
  const capitals = (text: string): boolean => /^[^a-z]*[A-H][^a-z]*$/.test(text.replaceAll(/\\[a-z]+|and/g, ""))
  if (/[,&]|and/.test(gold + answer) && capitals(gold) && capitals(answer)) {
    const [all, chosen] = [choicesOf(gold), choicesOf(answer)]
    if (all !== undefined && all.length > 1 && all === chosen) return equivalent("text", "the same choices")
  }
  // `\text{(B) } 12` as the reference
  const titled =
    !isChoice(gold) && isChoice(answer) && CHOICE.exec(plainText(gold))?.[1] !== undefined ? choiceOf(gold) : undefined
  if (titled !== undefined && titled === choiceOf(answer)) return equivalent("text", "the same choice")
  if (!isChoice(gold) || (isChoice(answer) && !/[()A-Z]/.test(gold + answer))) return undefined
  const [expected, found] = [choiceOf(gold), choiceOf(answer)]
  if (expected === undefined || found === undefined) return undefined
  // A lower-case letter that stands alone is a variable, or e.
  if (/^[^()]*\be\b[^()]*$/.test(answer)) return undefined
  if (!/[()]|\btext\b|[A-Z]/.test(gold)) return undefined
  return expected === found ? equivalent("text", "the same choice") : different("text", "another choice")
}

const TIME = /^(\d{1,2})(?:\s*:\s*(\d\d))?\s*(?:([ap])\.?\s?m\b\.?)?$/

/** Minutes after midnight, or after noon or midnight where the half of the day is not said. */
const timeOf = (source: string): { minutes: number; half: string | undefined } | undefined => {
  const match = TIME.exec(plainText(source.replaceAll("{:}", ":")).replaceAll(/\\(?:colon)?/g, ""))
  const [hours, minutes] = [Number(match?.[1]), Number(match?.[2] ?? 0)]
  if (match === null || (match[2] ?? match[3]) === undefined || hours > 24 || minutes > 59) return undefined
  return { minutes: (hours % 12) * 60 + minutes, half: hours > 12 ? "p" : match[3] }
}

/** Decides between two times of day, where at least one says which half of the day it means. */
export const compareTimes = (gold: string, answer: string): Decision | undefined => {
  const [expected, found] = [timeOf(gold), timeOf(answer)]
  if (expected === undefined || found === undefined || (expected.half ?? found.half) === undefined) return undefined
  const same = expected.minutes === found.minutes && (expected.half ?? found.half) === (found.half ?? expected.half)
  return same ? equivalent("structure", "the same time of day") : different("structure", "another time of day")
}
