/**
 * One line of a file of groups to preview: responses to a problem, a group that was measured before, or one completion of
 * a run.
 */
import type { ScalePreview } from "@seed-grpo/advantage"
import { Numeric, SchemaProblems } from "@seed-grpo/core"
import { EntropyScorer, SemanticEntropy } from "@seed-grpo/entropy"
import { Equivalence } from "@seed-grpo/equivalence"
import { Effect, Result, Schema } from "effect"

const share = Schema.Finite.check(Schema.isBetween({ minimum: 0, maximum: 1 }))
/** Gradient mass is known for right and wrong alone. */
const reward = Schema.Literals([0, 1])
const size = Schema.Int.check(Schema.isGreaterThan(0))

const Responses = Schema.Struct({
  responses: Schema.NonEmptyArray(Schema.String),
  answer: Schema.optionalKey(Schema.String),
  golds: Schema.optionalKey(Schema.NonEmptyArray(Schema.String)),
})

const Completion = Schema.Struct({
  step: Schema.Int,
  problem: Schema.String,
  reward,
  normalizedEntropy: share,
})

const Measured = Schema.Struct({
  meanReward: Schema.optionalKey(share),
  rewards: Schema.optionalKey(Schema.NonEmptyArray(reward)),
  normalized: Schema.optionalKey(share),
  normalizedEntropy: Schema.optionalKey(share),
  entropy: Schema.optionalKey(Schema.Finite.check(Schema.isGreaterThanOrEqualTo(0))),
  answers: Schema.optionalKey(size),
  size: Schema.optionalKey(size),
})

/** A line as it stands. Completions of a run become groups once all lines are read. */
export type PreviewRow =
  | { readonly kind: "responses"; readonly row: typeof Responses.Type }
  | { readonly kind: "completion"; readonly row: typeof Completion.Type }
  | { readonly kind: "measured"; readonly group: ScalePreview.PreviewGroup }

const decodeObject = Schema.decodeUnknownResult(Schema.fromJsonString(Schema.Record(Schema.String, Schema.Unknown)))
const decodeResponses = Schema.decodeUnknownResult(Responses)
const decodeCompletion = Schema.decodeUnknownResult(Completion)
const decodeMeasured = Schema.decodeUnknownResult(Measured)

/** What another program's rounding may leave above `ln n`. */
const ROUNDING = 1e-9

const measuredGroup = (row: typeof Measured.Type): Result.Result<PreviewRow, string> => {
  const count = row.size ?? row.rewards?.length ?? row.answers
  if (count === undefined) return Result.fail('"rewards", "size" or "answers" is missing: how large is the group?')
  const meanReward = row.rewards === undefined ? row.meanReward : Numeric.mean(row.rewards)
  if (meanReward === undefined) {
    return Result.fail('"responses", "meanReward" or "rewards" is missing: which responses are right?')
  }
  const given = row.normalized ?? row.normalizedEntropy
  if (given === undefined && row.entropy === undefined) {
    return Result.fail('"normalized", "normalizedEntropy" or "entropy" is missing')
  }
  const answers = row.answers ?? count
  const normalizedEntropy = given ?? SemanticEntropy.normalized(row.entropy!, answers)
  if (!(normalizedEntropy <= 1 + ROUNDING)) {
    return Result.fail(`an entropy of ${row.entropy} nats is more than ln ${answers}`)
  }
  return Result.succeed({
    kind: "measured",
    group: { meanReward, normalizedEntropy: Math.min(1, normalizedEntropy), size: count },
  })
}

/** Reads a line by the names in it, or says in words why it is none of the three. */
export const previewRow = (line: string): Result.Result<PreviewRow, string> => {
  const inWords = (error: Schema.SchemaError) => SchemaProblems.problems(error).join("; ")
  const object = decodeObject(line)
  if (Result.isFailure(object)) return Result.fail(inWords(object.failure))
  // A number there is how many there were: `seed-grpo entropy` writes it.
  if (typeof (object.success["responses"] ?? 0) !== "number") {
    return decodeResponses(object.success).pipe(
      Result.mapError(inWords),
      Result.flatMap((row) =>
        row.answer === undefined && row.golds === undefined
          ? Result.fail('"answer" or "golds" is missing: which responses are right?')
          : Result.succeed({ kind: "responses" as const, row }),
      ),
    )
  }
  if ("problem" in object.success && "reward" in object.success) {
    return decodeCompletion(object.success).pipe(
      Result.mapError(inWords),
      Result.map((row) => ({ kind: "completion" as const, row })),
    )
  }
  return decodeMeasured(object.success).pipe(Result.mapError(inWords), Result.flatMap(measuredGroup))
}

/** Grades, clusters and scores responses. */
const scored = Effect.fnUntraced(function* (row: typeof Responses.Type) {
  const { cluster, grade } = yield* Equivalence.Equivalence
  const { score } = yield* EntropyScorer.EntropyScorer
  const golds = row.golds ?? [row.answer!]
  const grades = yield* Effect.forEach(row.responses, (response) => grade(golds, response))
  const { normalized } = yield* score({ clusterIds: yield* cluster(grades.map(({ extracted }) => extracted?.answer)) })
  return {
    meanReward: Numeric.mean(grades.map(({ correct }) => (correct ? 1 : 0))),
    normalizedEntropy: normalized,
    size: row.responses.length,
  }
})

/** The groups that lines stand for; completions of one problem in one step are one group. */
export const previewGroups = Effect.fnUntraced(function* (rows: ReadonlyArray<PreviewRow>) {
  const groups: Array<ScalePreview.PreviewGroup> = []
  for (const row of rows) {
    if (row.kind === "measured") groups.push(row.group)
    else if (row.kind === "responses") groups.push(yield* scored(row.row))
  }
  const completions = rows.flatMap((row) => (row.kind === "completion" ? [row.row] : []))
  for (const same of Map.groupBy(completions, ({ problem, step }) => `${step} ${problem}`).values()) {
    groups.push({
      meanReward: Numeric.mean(same.map(({ reward }) => reward)),
      normalizedEntropy: same[0]!.normalizedEntropy,
      size: same.length,
    })
  }
  return groups
})
