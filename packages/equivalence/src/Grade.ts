/**
 * Is a response right?
 *
 * @since 0.1.0
 */
import { answerKey } from "./AnswerKey.ts"
import { compare, type Verdict } from "./Compare.ts"
import { ALL_RULES, extract, type Extracted, type ExtractionRule } from "./Extract.ts"

/**
 * A graded response.
 *
 * @since 0.1.0
 * @category models
 */
export interface Grade {
  readonly correct: boolean
  /** Nothing when the response holds no answer, or several that disagree. */
  readonly extracted: Extracted | undefined
  /** Why: of the gold that matched, else of the first one. */
  readonly verdict: Verdict
}

/** Boxes that disagree are no answer: listing every option must not be a way to be right. */
const disagree = ({ candidates, rule }: Extracted) =>
  (rule === "boxed" || rule === "answer-tag") && new Set(candidates.map((one) => answerKey(one).key)).size > 1

const noAnswer = (reason: string): Grade => ({
  correct: false,
  extracted: undefined,
  verdict: { outcome: "undecided", stage: "none", reason },
})

/**
 * Grades a response against reference answers, any of which will do. An empty response, and one with several different
 * boxed answers, is never right. With `rules`, only answers found in these ways count.
 *
 * @example
 * ```ts
 * import assert from "node:assert"
 * import { Grade } from "@seed-grpo/equivalence"
 *
 * assert.equal(Grade.grade(["3/4"], "so \\boxed{0.75}").correct, true)
 * assert.equal(Grade.grade(["3"], "\\boxed{1} or \\boxed{2} or \\boxed{3}").correct, false)
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
): Grade => {
  const extracted = extract(response, rules)
  if (extracted === undefined) return noAnswer("no answer was found in the response")
  if (disagree(extracted)) return noAnswer("several answers are boxed and they disagree")
  const verdicts = golds.map((gold) => compare(gold, extracted.answer))
  const match = verdicts.find(({ outcome }) => outcome === "equivalent")
  return {
    correct: match !== undefined,
    extracted,
    verdict: match ?? verdicts[0] ?? { outcome: "undecided", stage: "none", reason: "there is no reference answer" },
  }
}
