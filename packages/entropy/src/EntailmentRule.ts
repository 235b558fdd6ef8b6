/**
 * When do two answers mean the same, given what a model of entailment says of them both ways round?
 *
 * Four rules circulate under the name of bidirectional entailment. They differ on the same probabilities, so a number
 * should say which one made it.
 *
 * | one way       | other way     | strict | lenient | kuhn2023 | eitherWay |
 * | ------------- | ------------- | ------ | ------- | -------- | --------- |
 * | entailment    | entailment    | same   | same    | same     | same      |
 * | entailment    | neutral       |        | same    | same     | same      |
 * | entailment    | contradiction |        |         |          | same      |
 * | neutral       | neutral       |        |         | same     |           |
 * | neutral       | contradiction |        |         |          |           |
 * | contradiction | contradiction |        |         |          |           |
 *
 * @since 0.1.0
 */
import type { Outcome } from "@seed-grpo/core/Equivalent"

/**
 * What a hypothesis is to a premise.
 *
 * @since 0.1.0
 * @category models
 */
export type Label = "contradiction" | "neutral" | "entailment"

/**
 * How likely each label is; the three sum to 1.
 *
 * @since 0.1.0
 * @category models
 */
export type Probabilities = Readonly<Record<Label, number>>

/**
 * From what a model says of a pair in both directions to a verdict. No rule here depends on which direction is which.
 *
 * @since 0.1.0
 * @category models
 */
export interface EntailmentRule {
  /** Named in results, so that a number can be explained. */
  readonly name: string
  readonly outcome: (there: Probabilities, back: Probabilities) => Outcome
}

/**
 * The most likely label. Of labels that are equally likely, contradiction goes before neutral before entailment: a tie
 * never merges two answers that a plain reading keeps apart.
 *
 * @example
 * ```ts
 * import assert from "node:assert"
 * import { labelOf } from "@seed-grpo/entropy/EntailmentRule"
 *
 * assert.equal(labelOf({ entailment: 0.6, neutral: 0.3, contradiction: 0.1 }), "entailment")
 * assert.equal(labelOf({ entailment: 0.4, neutral: 0.4, contradiction: 0.2 }), "neutral")
 * ```
 *
 * @since 0.1.0
 * @category accessors
 */
export const labelOf = ({ contradiction, entailment, neutral }: Probabilities): Label =>
  contradiction >= neutral && contradiction >= entailment
    ? "contradiction"
    : neutral >= entailment
      ? "neutral"
      : "entailment"

const byLabels = (name: string, same: (there: Label, back: Label) => boolean): EntailmentRule => ({
  name,
  outcome: (there, back) => (same(labelOf(there), labelOf(back)) ? "equivalent" : "different"),
})

/**
 * Each entails the other: the rule that the papers state (Kuhn et al., 2023; Farquhar et al., 2024), and the default of
 * Farquhar's code (jlko/semantic_uncertainty, `get_semantic_ids` with `strict_entailment`). An answer and the same answer
 * with more detail stay apart.
 *
 * @since 0.1.0
 * @category rules
 */
export const strict: EntailmentRule = byLabels(
  "strict",
  (there, back) => there === "entailment" && back === "entailment",
)

/**
 * Neither contradicts the other, and at least one entails the other: jlko/semantic_uncertainty without
 * `strict_entailment`.
 *
 * @since 0.1.0
 * @category rules
 */
export const lenient: EntailmentRule = byLabels(
  "lenient",
  (there, back) =>
    there !== "contradiction" && back !== "contradiction" && (there === "entailment" || back === "entailment"),
)

/**
 * Neither contradicts the other: what the code of Kuhn et al. (2023) does (lorenzkuhn/semantic_uncertainty,
 * `get_semantic_similarities.py`), where their paper asks for entailment both ways. Two answers that have nothing to do
 * with each other are merged.
 *
 * @since 0.1.0
 * @category rules
 */
export const kuhn2023: EntailmentRule = byLabels(
  "kuhn2023",
  (there, back) => there !== "contradiction" && back !== "contradiction",
)

/**
 * At least one entails the other, even where the other way round is a contradiction: the rule of cvs-health/uqlm
 * (`_get_nli_results`).
 *
 * @since 0.1.0
 * @category rules
 */
export const eitherWay: EntailmentRule = byLabels(
  "eitherWay",
  (there, back) => there === "entailment" || back === "entailment",
)
