/**
 * One row of a file of answers to verify, as it is read and written.
 */
import { AnswerKey, type Compare, Row } from "@seed-grpo/equivalence"
import { Schema } from "effect"

const Target = Schema.Literals(["latex", "expr", "string"])

const Options = Schema.Struct({
  targets: Schema.optionalKey(Schema.Array(Target)),
  strings: Schema.optionalKey(Schema.Array(Schema.String)),
  boxedPriority: Schema.optionalKey(Schema.Finite),
  language: Schema.optionalKey(Schema.String),
  floatRounding: Schema.optionalKey(Schema.Finite),
  absTol: Schema.optionalKey(Schema.Finite),
  allowSetRelationComp: Schema.optionalKey(Schema.Boolean),
  decimalPlaces: Schema.optionalKey(Schema.Finite),
  tolerance: Schema.optionalKey(Schema.Finite),
  inequalityForInterval: Schema.optionalKey(Schema.Boolean),
  unitsRequired: Schema.optionalKey(Schema.Boolean),
  orderMatters: Schema.optionalKey(Schema.Boolean),
  simplestForm: Schema.optionalKey(Schema.Boolean),
  strictEquations: Schema.optionalKey(Schema.Boolean),
})

/** `extract` says that `answer` is a solution, and what to look for in it; without it, both texts are bare answers. */
export const VerifyRow = Schema.Struct({
  id: Schema.optionalKey(Schema.Union([Schema.String, Schema.Finite])),
  gold: Schema.String,
  answer: Schema.String,
  extract: Schema.optionalKey(Schema.NullOr(Target)),
  options: Schema.optionalKey(Schema.NullOr(Options)),
})

export interface Verified {
  readonly id?: string | number
  readonly verdict: Compare.Verdict["outcome"]
  readonly stage: Compare.Verdict["stage"]
  readonly reason: string
  readonly goldKey: string
  /** Null when no answer was found. */
  readonly answerKey: string | null
  readonly ms: number
}

export const verifyRow = (row: typeof VerifyRow.Type): Verified => {
  const started = performance.now()
  const { answer, gold, verdict } = Row.decide(row)
  const ms = Math.round((performance.now() - started) * 1000) / 1000
  return {
    ...(row.id === undefined ? {} : { id: row.id }),
    verdict: verdict.outcome,
    stage: verdict.stage,
    reason: verdict.reason,
    goldKey: AnswerKey.answerKey(gold).key,
    answerKey: answer === undefined ? null : AnswerKey.answerKey(answer).key,
    ms,
  }
}
