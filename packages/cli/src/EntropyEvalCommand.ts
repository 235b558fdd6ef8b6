/**
 * `seed-grpo entropy eval`
 */
import { SchemaProblems } from "@seed-grpo/core"
import { Evaluation } from "@seed-grpo/entropy"
import { Equivalence } from "@seed-grpo/equivalence"
import { Console, Effect, Option, Result, Schema } from "effect"
import { Argument, Command, Flag } from "effect/cli"
import { CORRECT, type Correct, EvalRow, scoreRow, type ScoredRow } from "./EntropyEvalRow.ts"
import { table } from "./EntropyEvalTable.ts"
import { palette, progress } from "./Progress.ts"
import { readInput } from "./ReadInput.ts"
import { UsageError } from "./UsageError.ts"

const decodeRow = Schema.decodeUnknownResult(Schema.fromJsonString(EvalRow))

/** The rows that can be used; every other one is named on standard error. */
const scoredRows = Effect.fnUntraced(function* (text: string, which: Correct) {
  const lines = text.split("\n")
  const report = yield* progress("scored")
  const used: Array<ScoredRow> = []
  let kind: string | undefined
  for (const [index, line] of lines.entries()) {
    if (line.trim() === "") continue
    const row = decodeRow(line)
    const scored = Result.isFailure(row)
      ? SchemaProblems.problems(row.failure).join("; ")
      : yield* scoreRow(row.success, which)
    // The first usable row decides: one table cannot hold scores that were given and scores that were measured.
    const names = typeof scored === "string" ? undefined : Object.keys(scored.scores).join()
    if (typeof scored === "object" && (kind ??= names) === names) used.push(scored)
    else {
      process.exitCode = 1
      const why = typeof scored === "string" ? scored : "a mixture of rows with and without given uncertainties"
      yield* Console.error(`warning: line ${index + 1} left out: ${why}`)
    }
    if (index % 20 === 0) yield* report(index + 1, lines.length)
  }
  yield* report(lines.length, lines.length)
  return used
})

const FEW_ROWS = 200
const FEW_OF_A_CLASS = 10

const warn = Effect.fnUntraced(function* (rows: number, wrong: number) {
  if (rows < FEW_ROWS) {
    yield* Console.error(
      `warning: ${rows} rows are few: the intervals are wide, and those of AURAC, PRR and Brier too narrow. Use ${FEW_ROWS} or more.`,
    )
  }
  const [least, what] = wrong <= rows - wrong ? [wrong, "wrong"] : [rows - wrong, "right"]
  if (least < FEW_OF_A_CLASS) {
    yield* Console.error(
      `warning: only ${Number(least.toFixed(2))} of ${rows} answers are ${what}: one more or less would change AUROC and PRR much.`,
    )
  }
})

const run = Effect.fnUntraced(function* (options: {
  readonly file: Option.Option<string>
  readonly correct: Correct
  readonly format: "table" | "jsonl"
  readonly resamples: number
}) {
  const used = yield* scoredRows(yield* readInput(options.file), options.correct)
  if (used.length === 0) {
    return yield* Effect.fail(
      new UsageError({
        reason: "unreadable-input",
        at: Option.getOrElse(options.file, () => "standard input"),
        expected: 'rows with "responses" and "answer", or "uncertainty" and "correct"',
        found: "none",
        fix: "See seed-grpo entropy eval --help.",
      }),
    )
  }
  const settings = { resamples: options.resamples }
  const [first, ...others] = Object.keys(used[0]!.scores).map((name) => {
    const rows = used.map(({ correct, scores }) => ({ correct, ...scores[name]! }))
    return { name, rows, evaluation: Evaluation.evaluate(rows, settings) }
  })
  const comparisons = others.map(({ name, rows }) => ({
    name,
    against: first!.name,
    comparison: Evaluation.compare(first!.rows, rows, settings),
  }))
  if (options.format === "table") yield* Console.log(table([first!, ...others], comparisons, palette()))
  else {
    for (const { evaluation, name } of [first!, ...others]) {
      yield* Console.log(JSON.stringify({ score: name, ...evaluation }))
    }
    for (const { against, comparison, name } of comparisons) {
      yield* Console.log(JSON.stringify({ difference: against, less: name, ...comparison }))
    }
  }
  yield* warn(used.length, first!.evaluation.wrong)
}, Effect.provide(Equivalence.layerMath))

export const entropyEval = Command.make(
  "eval",
  {
    // Not `Argument.File`, which makes a path of -.
    file: Argument.String("file").pipe(
      Argument.withDescription(
        'JSON lines with "responses" and "answer" (or "golds", several of which any will do, or "correct", a verdict on the ' +
          'row or one on each response); or with "uncertainty" and "correct"; - or nothing for standard input',
      ),
      Argument.optional,
    ),
    correct: Flag.Literals("correct", CORRECT).pipe(
      Flag.withDescription(
        "What has to be right: the answer of the largest cluster (the first one of several), the first response, or all of " +
          "them, each for its share",
      ),
      Flag.withDefault("majority" as const),
    ),
    format: Flag.Literals("format", ["table", "jsonl"]).pipe(
      Flag.withDescription("A table for people, JSON lines for programs"),
      Flag.withDefault("table" as const),
    ),
    resamples: Flag.Int("resamples").pipe(
      Flag.withDescription("How often to draw the rows again for the intervals of AURAC, PRR and Brier"),
      Flag.withDefault(1000),
    ),
  },
  run,
).pipe(
  Command.withDescription(
    "Is an uncertainty score worth anything? Tells how well it ranks wrong answers above right ones (AUROC), what is gained " +
      "by answering only the certain questions (AURAC, PRR), and whether it can be read as a probability (Brier, ECE), each " +
      "with a 95 % interval. From responses it measures semantic entropy and, beside it, the number of semantic sets, the " +
      "share outside the largest cluster, the entropy with clusters of the same text, and the length of the responses, which " +
      "costs nothing and which a score should beat.",
  ),
  Command.withShortDescription("Is this uncertainty worth anything?"),
  Command.withExamples([
    { command: "seed-grpo entropy eval groups.jsonl", description: "Groups of responses with their reference answers" },
    {
      command: "seed-grpo entropy eval scores.jsonl --format jsonl",
      description: 'Any score: rows of {"uncertainty": 0.7, "correct": false}',
    },
    { command: "seed-grpo entropy eval groups.jsonl --correct first", description: "Grade one response a question" },
  ]),
)
