/**
 * Do two answers mean the same?
 *
 * @since 0.1.0
 */
import { answerKey } from "./AnswerKey.ts"

/**
 * `undecided` is not `different`: it says that the two were not understood well enough. A grader counts it as not
 * right; a clustering keeps the two apart; both can report it.
 *
 * @since 0.1.0
 * @category models
 */
export interface Verdict {
  readonly outcome: "equivalent" | "different" | "undecided"
  /** What decided: the text as it stands, exact values, or nothing. */
  readonly stage: "identical" | "value" | "none"
  readonly reason: string
}

const hasMathematics = (key: string) => /[\d\\^_=<>+*/(){}-]/.test(key)

/**
 * Compares a reference answer with another one.
 *
 * @example
 * ```ts
 * import assert from "node:assert"
 * import { Compare } from "@seed-grpo/equivalence"
 *
 * assert.equal(Compare.compare("3/4", "75\\%").outcome, "equivalent")
 * assert.equal(Compare.compare("3/4", "0.7").outcome, "different")
 * assert.equal(Compare.compare("\\sqrt{8}", "2\\sqrt{2}").outcome, "undecided")
 * ```
 *
 * @since 0.1.0
 * @category comparison
 */
export const compare = (gold: string, answer: string): Verdict => {
  if (gold.trim() === "" || answer.trim() === "") {
    return { outcome: "undecided", stage: "none", reason: "an empty answer equals nothing" }
  }
  if (gold === answer) return { outcome: "equivalent", stage: "identical", reason: "the same text" }
  const [a, b] = [answerKey(gold), answerKey(answer)]
  if (a.key === b.key) return { outcome: "equivalent", stage: "value", reason: `both are ${a.key}` }
  if (a.kind !== "text" && b.kind !== "text") {
    return { outcome: "different", stage: "value", reason: `${a.key} is not ${b.key}` }
  }
  return hasMathematics(a.key.slice(5)) || hasMathematics(b.key.slice(5))
    ? { outcome: "undecided", stage: "none", reason: "at least one is an expression that this stage cannot read" }
    : { outcome: "different", stage: "value", reason: "different words" }
}
