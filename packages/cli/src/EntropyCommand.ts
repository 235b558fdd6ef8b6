/**
 * `seed-grpo entropy`
 */
import { Clustering, SchemaProblems } from "@seed-grpo/core"
import { EntropyScorer, Unreadable } from "@seed-grpo/entropy"
import { Equivalence, Extract } from "@seed-grpo/equivalence"
import { Escape } from "@seed-grpo/report"
import { Console, Effect, FileSystem, Layer, Option, Result, Schema, Stdio, Stream } from "effect"
import { Argument, Command, Flag } from "effect/cli"
import { entropyEval } from "./EntropyEvalCommand.ts"
import { entropyPreview } from "./EntropyPreviewCommand.ts"
import { palette } from "./Progress.ts"
import { UsageError } from "./UsageError.ts"

const Row = Schema.Struct({
  id: Schema.optionalKey(Schema.String),
  prompt: Schema.optionalKey(Schema.String),
  responses: Schema.NonEmptyArray(Schema.String),
})
const decodeRow = Schema.decodeUnknownResult(Schema.fromJsonString(Row))

const readInput = Effect.fnUntraced(function* (file: Option.Option<string>) {
  if (Option.isNone(file) || file.value === "-") {
    const { stdin } = yield* Stdio.Stdio
    return yield* stdin.pipe(Stream.decodeText(), Stream.mkString, Effect.orDie)
  }
  const fs = yield* FileSystem.FileSystem
  return yield* fs.readFileString(file.value).pipe(
    Effect.mapError(
      (cause) =>
        new UsageError({
          reason: "unreadable-input",
          at: file.value,
          expected: "a file of JSON lines",
          found: cause.message,
          fix: "Check the path, or give - to read from standard input.",
          cause,
        }),
    ),
  )
})

/** Answers, clusters and entropy of one row. */
const scoreRow = Effect.fnUntraced(function* (row: typeof Row.Type) {
  const { cluster } = yield* Equivalence.Equivalence
  const { score } = yield* EntropyScorer.EntropyScorer
  const answers = row.responses.map((response) => Extract.extract(response)?.answer)
  const { bounds, clusterIds, ...measured } = yield* score({ clusterIds: yield* cluster(answers) })
  return {
    ...(row.id === undefined ? {} : { id: row.id }),
    ...(row.prompt === undefined ? {} : { prompt: row.prompt }),
    ...measured,
    bounds,
    responses: row.responses.length,
    clusterIds: clusterIds.map((id) => id ?? null),
    answersFound: answers.map((answer) => answer ?? null),
  }
})

type ScoredRow = Effect.Success<ReturnType<typeof scoreRow>>

const LONGEST = 40

/** One line a row: the entropy, the sizes of its clusters as blocks, and what each says. */
const tableLine = (row: ScoredRow, number: number): string => {
  const { accent, dim } = palette()
  const members = Map.groupBy(
    row.clusterIds.map((id, index) => ({ id, answer: row.answersFound[index] })),
    ({ id }) => id,
  )
  const shown = [...members.values()]
    .toSorted((a, b) => b.length - a.length)
    .map((cluster) => {
      const answer = Escape.forTerminal(cluster[0]!.answer ?? "?")
      return `${"█".repeat(cluster.length)} ${answer.length > LONGEST ? `${answer.slice(0, LONGEST - 1)}…` : answer}`
    })
  const name = Escape.forTerminal(row.id ?? `row ${number}`)
  return `${accent(row.entropy.toFixed(3))} ${dim(name.padEnd(16))} ${shown.join(dim("  "))}`
}

export const entropy = Command.make(
  "entropy",
  {
    file: Argument.File("file").pipe(
      Argument.withDescription(
        'JSON lines with "responses" and optionally "prompt" and "id"; - or nothing for standard input',
      ),
      Argument.optional,
    ),
    equivalence: Flag.Literals("equivalence", ["math", "exact"]).pipe(
      Flag.withDescription("When two answers mean the same: by value, or only as the same text"),
      Flag.withDefault("math" as const),
    ),
    unreadable: Flag.Literals("unreadable", [...Unreadable.POLICIES]).pipe(
      Flag.withDescription("What responses without an answer count as"),
      Flag.withDefault("own-cluster" as const),
    ),
    format: Flag.Literals("format", ["jsonl", "table"]).pipe(
      Flag.withDescription("JSON lines for programs, a table for people"),
      Flag.withDefault("jsonl" as const),
    ),
  },
  Effect.fn(function* (options) {
    const text = yield* readInput(options.file)
    const scored: Array<ScoredRow> = []
    const layer = Layer.merge(
      options.equivalence === "math" ? Equivalence.layerMath : Equivalence.layerExact,
      EntropyScorer.layerDiscrete(options),
    )
    for (const [index, line] of text.split("\n").entries()) {
      if (line.trim() === "") continue
      const row = decodeRow(line)
      if (Result.isFailure(row)) {
        process.exitCode = 1
        yield* Console.error(`warning: line ${index + 1} left out: ${SchemaProblems.problems(row.failure).join("; ")}`)
        continue
      }
      const one = yield* scoreRow(row.success).pipe(Effect.provide(layer))
      scored.push(one)
      yield* Console.log(options.format === "table" ? tableLine(one, scored.length) : JSON.stringify(one))
    }
    if (options.format === "table" && scored.length > 0) {
      const mean = scored.reduce((sum, row) => sum + row.entropy, 0) / scored.length
      const agreed = scored.filter((row) => Clustering.sizes(row.clusterIds.filter((id) => id !== null)).length === 1)
      yield* Console.log(
        `${scored.length} rows, mean semantic entropy ${mean.toFixed(3)} nats, ${agreed.length} with one meaning`,
      )
    }
  }),
).pipe(
  Command.withDescription(
    "Semantic entropy of answers to the same question: how much do their meanings disagree? Reads rows of responses, " +
      "finds the answer in each, clusters the answers by meaning, and gives the entropy over the clusters in nats.",
  ),
  Command.withShortDescription("How uncertain are these answers?"),
  Command.withSubcommands([entropyEval, entropyPreview]),
  Command.withExamples([
    { command: "seed-grpo entropy answers.jsonl --format table", description: "Look at a file" },
    {
      command: `echo '{"responses":["1/2","0.5","2"]}' | seed-grpo entropy`,
      description: "Score answers in a pipeline",
    },
  ]),
)
