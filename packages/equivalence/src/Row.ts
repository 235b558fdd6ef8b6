/**
 * A row of a file of answers to verify: what it says, and how it is decided.
 *
 * @since 0.1.0
 */
import { compare, type CompareOptions, type Verdict } from "./Compare.ts"
import { extractFor, type ExtractionOptions, type ExtractionTarget } from "./Extract.ts"
import { gradeExtracted } from "./Grade.ts"

/**
 * A reference and an answer. With `extract`, `answer` is a solution in which the answer must first be found.
 *
 * Of the options, `floatRounding`, `absTol` and `allowSetRelationComp` are Math-Verify's and OlympiadBench's names for
 * `decimalPlaces`, `tolerance` and `inequalityForInterval`.
 *
 * @since 0.1.0
 * @category models
 */
export interface Row {
  readonly id?: string | number
  readonly gold: string
  readonly answer: string
  readonly extract?: ExtractionTarget | null
  readonly options?:
    | (CompareOptions &
        ExtractionOptions & {
          readonly floatRounding?: number
          readonly absTol?: number
          readonly allowSetRelationComp?: boolean
        })
    | null
}

/**
 * What came of a row: the two answers that were compared, and the verdict.
 *
 * @since 0.1.0
 * @category models
 */
export interface Decided {
  readonly gold: string
  /** Nothing when none was found. */
  readonly answer: string | undefined
  readonly verdict: Verdict
}

const compareOptions = ({ options }: Row): CompareOptions => {
  const { absTol, allowSetRelationComp, floatRounding, ...own } = options ?? {}
  return {
    ...own,
    ...(floatRounding === undefined ? {} : { decimalPlaces: floatRounding }),
    ...(absTol === undefined ? {} : { tolerance: absTol }),
    ...(allowSetRelationComp === undefined ? {} : { inequalityForInterval: allowSetRelationComp }),
  }
}

/** An unescaped dollar sign, a box or a display: a text with mathematics in it. */
const MARKED = /(?<!\\)\$|\\boxed|\\\(|\\\[/

/** A reference is taken as it is, unless it marks its answer, or is a text in which one of a few strings stands. */
const reference = ({ extract, gold, options }: Row): string => {
  if (extract === undefined || extract === null) return gold
  const plain = extract === "string" ? options?.strings?.includes(gold) === true : !MARKED.test(gold)
  return plain ? gold : (extractFor(gold, extract, options ?? {})?.answer ?? (extract === "string" ? gold : ""))
}

/**
 * Finds the answer where it must be found, and compares it with the reference.
 *
 * @example
 * ```ts
 * import assert from "node:assert"
 * import { Row } from "@seed-grpo/equivalence"
 *
 * const { answer, verdict } = Row.decide({ gold: "1/2", answer: "Hence $x = 0.5$.", extract: "latex" })
 * assert.equal(answer, "x = 0.5")
 * assert.equal(verdict.outcome, "equivalent")
 * ```
 *
 * @since 0.1.0
 * @category decisions
 */
export const decide = (row: Row): Decided => {
  const options = compareOptions(row)
  const same = (gold: string, answer: string) => compare(gold, answer, options)
  const gold = reference(row)
  if (row.extract === undefined || row.extract === null) {
    return { gold, answer: row.answer, verdict: same(gold, row.answer) }
  }
  const extracted = extractFor(row.answer, row.extract, row.options ?? {})
  return { gold, answer: extracted?.answer, verdict: gradeExtracted([gold], extracted, same).verdict }
}
