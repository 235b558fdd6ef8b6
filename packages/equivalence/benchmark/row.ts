/**
 * One row of a corpus, and its verdict. No file access: the browser benchmark bundles this.
 */
import { compare, type CompareOptions, type Verdict } from "../src/Compare.ts"
import { extractFor, type ExtractionOptions, type ExtractionTarget } from "../src/Extract.ts"
import { gradeExtracted } from "../src/Grade.ts"

/** A labelled pair. */
export interface Row {
  readonly id: string
  readonly gold: string
  readonly answer: string
  /** Must the answer count as equal to the reference? */
  readonly expected: boolean
  readonly kind: string
  /** How to find the answer in `answer`; null where it is the answer. */
  readonly extract: ExtractionTarget | null
  readonly options?: ExtractionOptions & {
    readonly floatRounding?: number
    readonly absTol?: number
    readonly allowSetRelationComp?: boolean
    readonly strict?: boolean
  }
}

/** The comparison options that a row asks for. */
export const compareOptions = ({ options }: Row): CompareOptions => ({
  ...(options?.floatRounding === undefined ? {} : { decimalPlaces: options.floatRounding }),
  ...(options?.absTol === undefined ? {} : { tolerance: options.absTol }),
  ...(options?.allowSetRelationComp === true ? { inequalityForInterval: true } : {}),
})

/** Does a text mark where its answer stands? */
const MARKED = /(?<!\\)\$|\\boxed|\\\(|\\\[/

/** A reference is taken as it is, unless it marks its answer, or is a text in which one of a few strings stands. */
const reference = ({ extract, gold, options = {} }: Row): string => {
  if (extract === null) return gold
  if (extract === "string" && options.strings?.includes(gold) !== true) {
    return extractFor(gold, extract, options)?.answer ?? gold
  }
  return MARKED.test(gold) ? (extractFor(gold, extract, options)?.answer ?? "") : gold
}

/** Decides a row; its label says whether the outcome should be `equivalent`. */
export const gradeRow = (row: Row): Verdict => {
  const options = compareOptions(row)
  const same = (gold: string, answer: string) => compare(gold, answer, options)
  if (row.extract === null) return same(row.gold, row.answer)
  return gradeExtracted([reference(row)], extractFor(row.answer, row.extract, row.options), same).verdict
}

const INEQUALITY = /[<>≤≥]|\\(?:le|ge|lt|gt|leq|geq|leqslant|geqslant)(?![A-Za-z])/

/** The documented one-way rule: a reference inequality accepts the interval that solves it, not the other way round. */
export const isOneWay = (gold: string, answer: string): boolean => INEQUALITY.test(gold) !== INEQUALITY.test(answer)
