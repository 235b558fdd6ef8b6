/**
 * One question with its responses, as it is read, scored and written.
 */
import { Extract } from "@seed-grpo/equivalence"
import { EntropyError, EntropyScorer, Judge, type JudgeError, SideBySide } from "@seed-grpo/entropy"
import type { EntropyPage } from "@seed-grpo/report"
import { Effect, Schema } from "effect"

/**
 * `texts` is what this command writes of responses that it sampled itself, beside their number, so that its output can be
 * scored again.
 */
export const EntropyRow = Schema.Struct({
  id: Schema.optionalKey(Schema.Union([Schema.String, Schema.Finite])),
  prompt: Schema.optionalKey(Schema.String),
  responses: Schema.optionalKey(Schema.Union([Schema.Array(Schema.String), Schema.Finite])),
  texts: Schema.optionalKey(Schema.Array(Schema.String)),
  truncated: Schema.optionalKey(Schema.Array(Schema.Boolean)),
  meanLogprobs: Schema.optionalKey(Schema.Array(Schema.Finite)),
})

export type EntropyRow = typeof EntropyRow.Type

/** The responses of a row, unless they are still to be sampled. */
export const responsesOf = ({ responses, texts }: EntropyRow): ReadonlyArray<string> | undefined =>
  typeof responses === "object" ? responses : texts

export interface ScoreRowOptions {
  /** What is compared: the answer found in a response, or the whole response. */
  readonly compare: "answer" | "response"
  readonly deadline: number
  readonly everyMeasure: boolean
}

/** Answers, clusters and entropy of a row. */
export const scoreRow = Effect.fnUntraced(function* (
  row: EntropyRow,
  responses: ReadonlyArray<string>,
  options: ScoreRowOptions,
) {
  if (row.truncated !== undefined && row.truncated.length !== responses.length) {
    return yield* Effect.fail(
      EntropyError.EntropyError.badValue(
        "truncated",
        `${responses.length} flags, one a response`,
        row.truncated.length,
      ),
    )
  }
  const { name } = yield* Judge.Judge
  const { score } = yield* EntropyScorer.EntropyScorer
  const answers = responses.map((response, index) =>
    row.truncated?.[index] === true
      ? undefined
      : options.compare === "answer"
        ? Extract.extract(response)?.answer
        : response,
  )
  const clusters = yield* Judge.cluster(answers, {
    deadline: `${options.deadline} seconds`,
    ...(row.prompt === undefined ? {} : { question: row.prompt }),
  })
  const { clusterIds, ...measured } = yield* score({
    ...clusters,
    ...(row.meanLogprobs === undefined ? {} : { meanLogprobs: row.meanLogprobs }),
  })
  const measures = options.everyMeasure
    ? { measures: SideBySide.sideBySide({ clusterIds: clusters.clusterIds, texts: responses, ...row }) }
    : {}
  return {
    ...(row.id === undefined ? {} : { id: `${row.id}` }),
    ...(row.prompt === undefined ? {} : { prompt: row.prompt }),
    ...measured,
    equivalence: name,
    ...measures,
    responses: responses.length,
    ...(typeof row.responses === "object" ? {} : { texts: responses }),
    clusterIds: clusterIds.map((id) => id ?? null),
    answersFound: answers.map((answer) => answer ?? null),
    undecidedPairs: clusters.undecided,
    contradictingPairs: clusters.contradictions,
  }
})

export type ScoredRow = Effect.Success<ReturnType<typeof scoreRow>>
export type ScoreRowError = EntropyError.EntropyError | JudgeError.JudgeError

/** A row as the page shows it. */
export const pageRow = (row: ScoredRow, responses: ReadonlyArray<string>): EntropyPage.EntropyRow => ({
  ...row,
  inconsistent: row.contradictions,
  members: responses.map((text, index) => ({
    text,
    answer: row.answersFound[index]!,
    cluster: row.clusterIds[index]!,
  })),
})
