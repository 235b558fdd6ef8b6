/**
 * One row of a file of answers to verify.
 */
import { AnswerKey, Compare, Extract, Grade } from "@seed-grpo/equivalence"
import { Schema } from "effect"

const Target = Schema.Literals(["latex", "expr", "string"])

/** `extract` says that `answer` is a solution, and what to look for in it; without it, both texts are bare answers. */
export const Row = Schema.Struct({
  id: Schema.optionalKey(Schema.Union([Schema.String, Schema.Number])),
  gold: Schema.String,
  answer: Schema.String,
  extract: Schema.optionalKey(Schema.NullOr(Target)),
  options: Schema.optionalKey(
    Schema.NullOr(
      Schema.Struct({
        targets: Schema.optionalKey(Schema.Array(Target)),
        strings: Schema.optionalKey(Schema.Array(Schema.String)),
        boxedPriority: Schema.optionalKey(Schema.Finite),
        language: Schema.optionalKey(Schema.String),
        floatRounding: Schema.optionalKey(Schema.Finite),
        absTol: Schema.optionalKey(Schema.Finite),
        allowSetRelationComp: Schema.optionalKey(Schema.Boolean),
        unitsRequired: Schema.optionalKey(Schema.Boolean),
        orderMatters: Schema.optionalKey(Schema.Boolean),
        simplestForm: Schema.optionalKey(Schema.Boolean),
        strictEquations: Schema.optionalKey(Schema.Boolean),
      }),
    ),
  ),
})
export type Row = typeof Row.Type

type RowOptions = NonNullable<Row["options"]>

const compareOptions = (options: RowOptions): Compare.CompareOptions => ({
  ...(options.floatRounding === undefined ? {} : { decimalPlaces: options.floatRounding }),
  ...(options.absTol === undefined ? {} : { tolerance: options.absTol }),
  ...(options.allowSetRelationComp === undefined ? {} : { inequalityForInterval: options.allowSetRelationComp }),
  ...(options.unitsRequired === undefined ? {} : { unitsRequired: options.unitsRequired }),
  ...(options.orderMatters === undefined ? {} : { orderMatters: options.orderMatters }),
  ...(options.simplestForm === undefined ? {} : { simplestForm: options.simplestForm }),
  ...(options.strictEquations === undefined ? {} : { strictEquations: options.strictEquations }),
})

/** An unescaped dollar sign, a box or a display: the reference is text with mathematics in it. */
const WRAPPED = /(?<!\\)\$|\\boxed|\\\(|\\\[/

const isPlain = (gold: string, target: Extract.ExtractionTarget, options: RowOptions): boolean =>
  !WRAPPED.test(gold) && (target !== "string" || (options.strings ?? []).includes(gold) || gold.length <= 1)

const key = (answer: string | undefined): string | null => (answer === undefined ? null : AnswerKey.answerKey(answer).key)

export interface Verified {
  readonly id?: string | number
  readonly verdict: Compare.Verdict["outcome"]
  readonly stage: Compare.Verdict["stage"]
  readonly reason: string
  readonly goldKey: string | null
  readonly answerKey: string | null
  readonly ms: number
}

/** Finds the answer where it must be found, and compares it with the reference. */
export const verifyRow = (row: Row): Verified => {
  const started = performance.now()
  const options = row.options ?? {}
  const settings = compareOptions(options)
  const target = row.extract ?? undefined
  let { gold } = row
  let answer: string | undefined = row.answer
  let verdict: Compare.Verdict
  if (target === undefined) verdict = Compare.compare(gold, answer, settings)
  else {
    if (!isPlain(gold, target, options)) gold = Extract.extractFor(gold, target, options)?.answer ?? gold
    const extracted = Extract.extractFor(answer, target, options)
    answer = extracted?.answer
    verdict = Grade.gradeExtracted([gold], extracted, (one, other) => Compare.compare(one, other, settings)).verdict
  }
  const ms = Math.round((performance.now() - started) * 1000) / 1000
  return {
    ...(row.id === undefined ? {} : { id: row.id }),
    verdict: verdict.outcome,
    stage: verdict.stage,
    reason: verdict.reason,
    goldKey: key(gold),
    answerKey: key(answer),
    ms,
  }
}
