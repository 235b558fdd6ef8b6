/**
 * `seed-grpo entropy`
 */
import { SchemaProblems } from "@seed-grpo/core"
import { EntropyPage } from "@seed-grpo/report"
import { Console, Effect, FileSystem, Option, Path, Result, Schema } from "effect"
import { Argument, Command, Flag } from "effect/cli"
import { endpointFlags, endpointLayer, sampleRows, type SamplingOptions } from "./EndpointSampling.ts"
import { entropyEval } from "./EntropyEvalCommand.ts"
import { entropyPreview } from "./EntropyPreviewCommand.ts"
import { EntropyRow, pageRow, responsesOf, type ScoredRow, scoreRow, type ScoreRowOptions } from "./EntropyRow.ts"
import { stageFlags, stages } from "./EntropyStages.ts"
import { summary, tableLines } from "./EntropyTable.ts"
import { progress } from "./Progress.ts"
import { readInput } from "./ReadInput.ts"
import { UsageError } from "./UsageError.ts"

const decodeRow = Schema.decodeUnknownResult(Schema.fromJsonString(EntropyRow))

const leftOut = (what: string, why: string) => {
  process.exitCode = 1
  return Console.error(`warning: ${what} left out: ${why}`)
}

/** Rows that say what they are about, with their lines. */
const readRows = Effect.fnUntraced(function* (text: string) {
  const rows: Array<EntropyRow & { readonly line: number }> = []
  for (const [index, line] of text.split("\n").entries()) {
    if (line.trim() === "") continue
    const row = decodeRow(line)
    if (Result.isFailure(row)) {
      yield* leftOut(`line ${index + 1}`, SchemaProblems.problems(row.failure).join("; "))
    } else if (responsesOf(row.success)?.length === 0) {
      yield* leftOut(`line ${index + 1}`, '"responses" is empty, and no answers have no entropy')
    } else if (responsesOf(row.success) === undefined && row.success.prompt === undefined) {
      yield* leftOut(`line ${index + 1}`, 'neither "responses" nor a "prompt" to sample them for')
    } else rows.push({ ...row.success, line: index + 1 })
  }
  return rows
})

interface Shown {
  readonly row: ScoredRow
  readonly responses: ReadonlyArray<string>
}

/** Writes rows as they come, or a page when all are there. */
const makeView = (format: "jsonl" | "table" | "html", out: Option.Option<string>, title: string) => {
  const shown: Array<Shown> = []
  const lines: Array<string> = []
  const print = (line: string) => (Option.isNone(out) ? Console.log(line) : Effect.sync(() => void lines.push(line)))
  return {
    add: (row: ScoredRow, responses: ReadonlyArray<string>) => {
      shown.push({ row, responses })
      if (format === "html") return Effect.void
      return print(format === "jsonl" ? JSON.stringify(row) : tableLines(row, shown.length).join("\n"))
    },
    finish: Effect.gen(function* () {
      if (format === "html") {
        yield* print(
          EntropyPage.render(
            shown.map(({ responses, row }) => pageRow(row, responses)),
            title,
          ),
        )
      } else if (format === "table" && shown.length > 0) yield* print(summary(shown.map(({ row }) => row)))
      if (Option.isNone(out)) return
      const fs = yield* FileSystem.FileSystem
      yield* fs.writeFileString(out.value, lines.map((line) => `${line.trimEnd()}\n`).join("")).pipe(
        Effect.mapError(
          (cause) =>
            new UsageError({
              reason: "command-failed",
              at: out.value,
              expected: "a file that can be written",
              found: cause.message,
              fix: "Give another path after --out.",
              cause,
            }),
        ),
      )
    }),
  }
}

interface RunOptions extends ScoreRowOptions, SamplingOptions {
  readonly endpoint: Option.Option<string>
  readonly model: Option.Option<string>
  readonly apiKeyEnv: Option.Option<string>
}

/** Scores the rows that have responses, then samples and scores the others. */
const scoreAll = Effect.fnUntraced(function* (
  rows: ReadonlyArray<EntropyRow & { readonly line: number }>,
  options: RunOptions,
  add: (row: ScoredRow, responses: ReadonlyArray<string>) => Effect.Effect<void>,
) {
  const scoreOne = (row: EntropyRow, responses: ReadonlyArray<string>, what: string) =>
    scoreRow(row, responses, options).pipe(
      Effect.flatMap((scored) => add(scored, responses)),
      // Such a judge would fail on every row.
      Effect.catchIf(
        (error) => error.reason !== "unreachable" && error.reason !== "refused" && error.reason !== "bad-model",
        (error) => leftOut(what, error.message),
      ),
    )
  const report = yield* progress("scored")
  const given = rows.filter((row) => responsesOf(row) !== undefined)
  for (const [index, row] of given.entries()) {
    yield* scoreOne(row, responsesOf(row)!, `line ${row.line}`)
    if (index % 20 === 19) yield* report(index + 1, given.length)
  }
  yield* report(given.length, given.length)
  const prompts = rows.flatMap((row) => (responsesOf(row) === undefined ? [{ ...row, prompt: row.prompt! }] : []))
  if (prompts.length === 0) return
  yield* sampleRows(prompts, options, ({ responses, ...row }) => scoreOne(row, responses, `line ${row.line}`)).pipe(
    Effect.provide(endpointLayer(options)),
  )
})

export const entropy = Command.make(
  "entropy",
  {
    // Not `Argument.File`, which makes a path of -.
    file: Argument.String("file").pipe(
      Argument.withDescription(
        'JSON lines with "responses", or with a "prompt" for which --endpoint is asked, and optionally "id", ' +
          '"meanLogprobs" and "truncated"; - or nothing for standard input',
      ),
      Argument.optional,
    ),
    compare: Flag.Literals("compare", ["answer", "response"]).pipe(
      Flag.withDescription(
        "What is compared: the answer found in each response (for math and exact), or the whole response (for nli and llm)",
      ),
      Flag.optional,
    ),
    ...stageFlags,
    deadline: Flag.Finite("deadline").pipe(
      Flag.withDescription("Seconds that judging one question may take; what is not judged by then is undecided"),
      Flag.withDefault(300),
    ),
    everyMeasure: Flag.Boolean("all").pipe(
      Flag.withDescription("Also give every other measure of the same answers, by name"),
      Flag.withDefault(false),
    ),
    format: Flag.Literals("format", ["jsonl", "table", "html"]).pipe(
      Flag.withDescription("JSON lines for programs, a table for people, or a page with the clusters as strips"),
      Flag.withDefault("jsonl" as const),
    ),
    out: Flag.File("out").pipe(Flag.withDescription("Where to write, instead of standard output"), Flag.optional),
    ...endpointFlags,
  },
  Effect.fn(function* (options) {
    const path = yield* Path.Path
    const { compare, equivalence, file, question } = options
    const rows = Option.isSome(question)
      ? [{ prompt: question.value, line: 1 }]
      : yield* readRows(yield* readInput(file))
    const view = makeView(
      options.format,
      options.out,
      Option.match(file, { onNone: () => "Semantic entropy", onSome: (name) => path.basename(name) }),
    )
    const settings: RunOptions = {
      ...options,
      compare: Option.getOrElse(compare, () =>
        equivalence === "nli" || equivalence === "llm" ? ("response" as const) : ("answer" as const),
      ),
      logprobs: options.everyMeasure || options.estimator !== "discrete",
    }
    // What was scored is written, whatever happens to the rest.
    const scored = yield* scoreAll(rows, settings, view.add).pipe(
      Effect.provide(stages(options)),
      Effect.onInterrupt(() => Effect.catch(view.finish, ({ message }) => Console.error(message))),
      Effect.exit,
    )
    yield* view.finish
    yield* scored
  }),
).pipe(
  Command.withDescription(
    "Semantic entropy of answers to the same question: how much do their meanings disagree? Reads rows of responses, or " +
      "asks an endpoint for them, finds the answer in each, clusters the answers by meaning, and gives the entropy over the " +
      "clusters in nats, with the estimator, the interval, and what was doubtful.",
  ),
  Command.withShortDescription("How uncertain are these answers?"),
  Command.withExamples([
    { command: "seed-grpo entropy answers.jsonl --format table", description: "Look at a file" },
    {
      command: `echo '{"responses":["1/2","0.5","2"]}' | seed-grpo entropy`,
      description: "Score answers in a pipeline",
    },
    {
      command: "seed-grpo entropy answers.jsonl --format html --out entropy.html",
      description: "A page with the clusters of each question",
    },
    {
      command:
        'seed-grpo entropy --endpoint http://localhost:8000/v1 --model qwen --samples 10 --question "What is 7 · 8?" --format table',
      description: "Ask a model ten times",
    },
    {
      command: "seed-grpo entropy answers.jsonl --equivalence nli --nli-model ./mnli",
      description: "Answers in sentences, judged by a model of entailment",
    },
  ]),
  Command.withSubcommands([entropyEval, entropyPreview]),
)
