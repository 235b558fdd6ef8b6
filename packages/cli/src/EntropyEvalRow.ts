/**
 * One row of data to evaluate uncertainty scores on, as it is read, and what it says.
 */
import { Clustering, Clusters, Equivalent } from "@seed-grpo/core"
import { type Evaluation, SemanticEntropy, Unreadable } from "@seed-grpo/entropy"
import { Equivalence, Extract, Grade } from "@seed-grpo/equivalence"
import { Effect, Schema } from "effect"

const Share = Schema.Finite.check(Schema.isBetween({ minimum: 0, maximum: 1 }))

/** A number that was measured elsewhere, or responses to measure. */
export const EvalRow = Schema.Struct({
  id: Schema.optionalKey(Schema.Union([Schema.String, Schema.Finite])),
  uncertainty: Schema.optionalKey(Schema.Finite),
  confidence: Schema.optionalKey(Share),
  responses: Schema.optionalKey(Schema.NonEmptyArray(Schema.String)),
  answer: Schema.optionalKey(Schema.String),
  golds: Schema.optionalKey(Schema.NonEmptyArray(Schema.String)),
  correct: Schema.optionalKey(Schema.Union([Schema.Boolean, Share, Schema.Array(Schema.Boolean)])),
})

/** Which answer to a question has to be right. */
export const CORRECT = ["majority", "first", "mean"] as const
export type Correct = (typeof CORRECT)[number]

/** The uncertainty of a row by the name of the score, and whether its answer is right. */
export interface ScoredRow {
  readonly correct: boolean | number
  readonly scores: Readonly<Record<string, Pick<Evaluation.EvaluationRow, "uncertainty" | "confidence">>>
}

/** A score under this name is what the others are compared with. */
export const SEMANTIC_ENTROPY = "semantic entropy"

/** The first of the largest clusters; nothing when no answer was read. */
const largest = (ids: ReadonlyArray<number | undefined>): number | undefined => {
  const counts = Clustering.sizes(ids.filter((id) => id !== undefined))
  return counts.length === 0 ? undefined : counts.indexOf(counts.reduce((most, count) => Math.max(most, count)))
}

const isRight = (which: Correct, verdicts: ReadonlyArray<boolean>, ids: ReadonlyArray<number | undefined>) => {
  if (which === "first") return verdicts[0]!
  if (which === "mean") return verdicts.filter(Boolean).length / verdicts.length
  const winner = largest(ids)
  return winner !== undefined && verdicts[ids.indexOf(winner)]!
}

/** Responses without an answer are a cluster each, as they are in `seed-grpo entropy`. */
const entropyOf = (ids: ReadonlyArray<number | undefined>) => {
  const complete = Unreadable.apply(ids, "own-cluster") as ReadonlyArray<number>
  const entropy = SemanticEntropy.discrete(complete)
  return { uncertainty: entropy, confidence: 1 - SemanticEntropy.normalized(entropy, ids.length) }
}

/** What a row says, or in words why it says nothing. */
export const scoreRow = Effect.fnUntraced(function* (row: typeof EvalRow.Type, which: Correct) {
  if (row.uncertainty !== undefined) {
    if (row.correct === undefined || typeof row.correct === "object") {
      return '"uncertainty" needs "correct": true, false or a share'
    }
    const given = { uncertainty: row.uncertainty, ...(row.confidence !== undefined && { confidence: row.confidence }) }
    return { correct: row.correct, scores: { uncertainty: given } } satisfies ScoredRow
  }
  if (row.responses === undefined) return 'neither "responses" nor "uncertainty"'
  const { correct, responses } = row
  if (typeof correct === "object" && correct.length !== responses.length) {
    return `"correct" has ${correct.length} verdicts on ${responses.length} responses`
  }
  const golds = row.golds ?? (row.answer === undefined ? undefined : [row.answer])
  if (correct === undefined && golds === undefined) return 'no "answer", "golds" or "correct" to say what is right'
  const { cluster } = yield* Equivalence.Equivalence
  const extracted = responses.map((response) => Extract.extract(response))
  const answers = extracted.map((found) => found?.answer)
  const ids = yield* cluster(answers)
  const complete = Unreadable.apply(ids, "own-cluster") as ReadonlyArray<number>
  const sizes = Clustering.sizes(complete)
  const share = sizes.reduce((most, size) => Math.max(most, size)) / complete.length
  return {
    correct:
      correct !== undefined && typeof correct !== "object"
        ? correct
        : isRight(which, correct ?? extracted.map((found) => Grade.gradeExtracted(golds!, found).correct), ids),
    scores: {
      [SEMANTIC_ENTROPY]: entropyOf(ids),
      "semantic sets": { uncertainty: sizes.length },
      "1 − largest cluster": { uncertainty: 1 - share, confidence: share },
      "entropy of exact text": entropyOf(Clusters.cluster(answers, Equivalent.exact).clusterIds),
      "length of responses": {
        uncertainty: responses.reduce((total, response) => total + response.length, 0) / responses.length,
      },
    },
  } satisfies ScoredRow
})
