/**
 * Is a response right?
 *
 * @since 0.1.0
 */
import { cluster } from "./Cluster.ts"
import { compare, type CompareOptions, type Verdict } from "./Compare.ts"
import { ALL_RULES, extract, type Extracted, type ExtractionRule } from "./Extract.ts"

/**
 * A graded response.
 *
 * @since 0.1.0
 * @category models
 */
export interface Grade {
  readonly correct: boolean
  /** Nothing when the response holds no answer. */
  readonly extracted: Extracted | undefined
  /** Why: of the gold that matched, else of the first one. */
  readonly verdict: Verdict
}

/** More boxes than this say nothing but that the model does not know. */
const MAX_BOXES = 16

/** Boxes that disagree are no answer: listing every option must not be a way to be right. */
const disagree = ({ candidates, rule }: Extracted): boolean => {
  const distinct = [...new Set(candidates)]
  if ((rule !== "boxed" && rule !== "answer-tag") || distinct.length === 1) return false
  return distinct.length > MAX_BOXES || new Set(cluster(distinct)).size > 1
}

/** "3/4 or 0.75" is one answer; where the members differ it is a list. */
const meant = ({ alternatives, answer }: Extracted): string =>
  alternatives !== undefined && alternatives.length <= MAX_BOXES && new Set(cluster(alternatives)).size === 1
    ? alternatives[0]!
    : answer

const refused = (extracted: Extracted | undefined, reason: string): Grade => ({
  correct: false,
  extracted,
  verdict: { outcome: "undecided", stage: "none", reason },
})

/**
 * Grades an answer that was found already. An answer that was cut off is never right, nor are several different ones.
 *
 * @since 0.1.0
 * @category grading
 */
export const gradeExtracted = (
  golds: ReadonlyArray<string>,
  extracted: Extracted | undefined,
  same: (gold: string, answer: string) => Verdict = compare,
): Grade => {
  if (extracted === undefined) return refused(extracted, "no answer was found in the response")
  if (extracted.truncated) return refused(extracted, "the answer is cut off")
  if (disagree(extracted)) return refused(extracted, "several answers are boxed and they disagree")
  const answer = meant(extracted)
  const verdicts = golds.map((gold) => same(gold, answer))
  const match = verdicts.find(({ outcome }) => outcome === "equivalent")
  if (match === undefined && verdicts[0] === undefined) return refused(extracted, "there is no reference answer")
  return { correct: match !== undefined, extracted, verdict: match ?? verdicts[0]! }
}

/**
 * Grades a response against reference answers, any of which will do. An empty response, one that is cut off in its
 * answer, and one with several different boxed answers are never right. With `rules`, only answers found in these ways
 * count.
 *
 * @example
 * ```ts
 * import assert from "node:assert"
 * import { Grade } from "@seed-grpo/equivalence"
 *
 * assert.equal(Grade.grade(["3/4"], "so \\boxed{0.75}").correct, true)
 * assert.equal(Grade.grade(["3"], "\\boxed{1} or maybe \\boxed{2}").correct, false)
 * assert.equal(Grade.grade(["1.6", "1.61"], "The answer is 1.61.").correct, true)
 * ```
 *
 * @since 0.1.0
 * @category grading
 */
export const grade = (
  golds: ReadonlyArray<string>,
  response: string,
  rules: ReadonlyArray<ExtractionRule> = ALL_RULES,
  options: CompareOptions = {},
): Grade => gradeExtracted(golds, extract(response, rules), (gold, answer) => compare(gold, answer, options))
