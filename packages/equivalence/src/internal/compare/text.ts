/**
 * Answers in words, and times of day.
 */
import { NUMBER_WORDS, WORDS } from "../parse/vocabulary.ts"
import { type Decision, different, equivalent } from "./decision.ts"

/** An answer as text rules see it. */
export interface Text {
  /** Without what only announces or frames it. */
  readonly source: string
  /** Without any dress: what one would read out. */
  readonly words: string
  /** The words in lower case, without punctuation. */
  readonly plain: string
  /** Is it words and nothing else, at least one of them long enough to be no product of letters? */
  readonly language: boolean
}

/** `Answer:`, or `The area is` before a value. */
const LABEL =
  /^(?:\\text(?:bf)?\s*\{\s*)?(?!option|choice)(?:(?:final )?answer(?:\*\*)?:|[A-Za-z][A-Za-z ]{2,40}(?::| is\b)(?=[\s}*]*(?:[-+\d$\\(.]|[A-Z]\W*$)))(?:\s*\})?[\s*]*/i

/** An answer without Markdown around it and words before it that only announce it. */
const bare = (source: string): string => {
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

const DRESS =
  /(?:\\(?:(?:text|(?:text|math)(?:bf|it|rm|sf|tt)|[mh]box|boxed|fbox|operatorname|emph)\s*\{|(?:left|right|displaystyle)(?![A-Za-z])|[ ,;:!()[\]])|[{}$*"“”`~\s])+/g

const wordsOf = (source: string): string => source.replaceAll(DRESS, " ").replaceAll(/[–—]/g, "-").trim()

/** A text without its wrappings, in lower case, words one space apart. */
export const plainText = (source: string, words = wordsOf(source)): string =>
  words
    .replaceAll(/\s?[.,;:!?]+(?=\s|$)/g, "")
    .trim()
    .toLowerCase()

const isWord = (word: string): boolean =>
  /[^ -~]{2}/.test(word) || (word.length >= 3 && /[aeiouy]/.test(word) && !isName(word)) || word === "no"

const isName = (word: string): boolean => WORDS.has(word) || NUMBER_WORDS.has(word) || word.length === 1

const isLanguage = (plain: string): boolean => {
  if (!/^[\p{L}\s'’,./&-]+$/u.test(plain) || plain.length > 2000) return false
  const words = plain.match(/\p{L}+/gu) ?? []
  return words.some(isWord) && !words.every(isName)
}

/** An answer as a text. */
export const textOf = (answer: string): Text => {
  const source = bare(answer)
  const words = wordsOf(source)
  const plain = plainText(source, words)
  return { source, words, plain, language: isLanguage(plain) }
}

/** What different words say alike. */
const SYNONYMS: ReadonlyArray<readonly [RegExp, string]> = [
  [/^(?:there (?:is|are) |it has |has )?no (?:real )?solutions?(?: exists?)?$/, "no solution"],
  [/^(?:dne|(?:the )?(?:limit )?does not exist)$/, "does not exist"],
  [/^(?:the )?(?:set of )?(?:all )?(?:the )?(real|integer|natural)(?:s| numbers?)$/, "$1s"],
  [/^(?:the |an? )/, ""],
]

/** Plain words in one of several spellings that mean the same. */
export const meaning = (plain: string): string =>
  SYNONYMS.reduce((text, [words, canonical]) => text.replace(words, canonical), plain)

/** Names in any order: `Alice and Bob`. */
const listed = (plain: string): string =>
  meaning(plain)
    .split(/,\s*(?:and )?|\s+and\s+/)
    .toSorted()
    .join()

/** Compares plain words. */
export const compareWords = (gold: string, answer: string): Decision =>
  listed(gold) === listed(answer) ? equivalent("text", "the same words") : different("text", "other words")

const TIME = /^(\d{1,2})(?:\s*:\s*(\d\d))?\s*(?:([ap])\.?\s?m\b\.?)?$/i

/** Minutes after midnight, or after noon or midnight where the half of the day is not said. */
const timeOf = ({ words }: Text): { minutes: number; half: string | undefined } | undefined => {
  const [, hour, minute, half] = TIME.exec(words) ?? []
  const [hours, minutes] = [Number(hour), Number(minute ?? 0)]
  if ((minute ?? half) === undefined || hours > 24 || minutes > 59) return undefined
  return { minutes: (hours % 12) * 60 + minutes, half: hours > 12 ? "p" : half?.toLowerCase() }
}

/** Decides between two times of day, where at least one says which half of the day it means. */
export const compareTimes = (gold: Text, answer: Text): Decision | undefined => {
  const [expected, found] = [timeOf(gold), timeOf(answer)]
  const half = expected?.half ?? found?.half
  if (expected === undefined || found === undefined || half === undefined) return undefined
  return expected.minutes === found.minutes && half === (found.half ?? half)
    ? equivalent("structure", "the same time of day")
    : different("structure", "another time of day")
}
