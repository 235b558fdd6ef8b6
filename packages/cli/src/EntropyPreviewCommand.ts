/**
 * `seed-grpo entropy preview`
 */
import { Modulation, ScalePreview } from "@seed-grpo/advantage"
import { EntropyScorer, Unreadable } from "@seed-grpo/entropy"
import { Equivalence } from "@seed-grpo/equivalence"
import { ScalePage } from "@seed-grpo/report"
import { Console, Effect, FileSystem, Layer, Option, Path, Result } from "effect"
import { Argument, Command, Flag } from "effect/cli"
import { previewGroups, type PreviewRow, previewRow } from "./PreviewRow.ts"
import { palette } from "./Progress.ts"
import { readInput } from "./ReadInput.ts"
import { UsageError } from "./UsageError.ts"

const RULES = { reciprocal: Modulation.reciprocal, linear: Modulation.linear, exponential: Modulation.exponential }

/** Every rule at every strength; what Dr.GRPO does is the first. */
const modulationsAt = (strengths: ReadonlyArray<number>): ReadonlyArray<ScalePreview.NamedModulation> => [
  { name: "none", modulation: Modulation.none },
  ...strengths.flatMap((strength) => [
    ...Object.entries(RULES).map(([name, rule]) => ({ name: `${name} α = ${strength}`, modulation: rule(strength) })),
    { name: `focal γ = ${strength}`, modulation: Modulation.focal(strength) },
  ]),
]

const parseStrengths = (text: string): Effect.Effect<ReadonlyArray<number>, UsageError> => {
  const parts = text.split(",").map((part) => part.trim())
  const strengths = parts.map(Number)
  return parts.includes("") || strengths.some((strength) => !(strength >= 0 && strength < Infinity))
    ? Effect.fail(
        new UsageError({
          reason: "missing-option",
          at: "--strength",
          expected: "numbers of at least 0 with commas between them",
          found: text,
          fix: "For instance --strength 0.0417,0.25,1.",
        }),
      )
    : Effect.succeed([...new Set(strengths)])
}

const readRows = Effect.fnUntraced(function* (text: string) {
  const rows: Array<PreviewRow> = []
  for (const [index, line] of text.split("\n").entries()) {
    if (line.trim() === "") continue
    const row = previewRow(line)
    if (Result.isSuccess(row)) rows.push(row.success)
    else {
      process.exitCode = 1
      yield* Console.error(`warning: line ${index + 1} left out: ${row.failure}`)
    }
  }
  return rows
})

const BINS = 24
const BLOCKS = "▁▂▃▄▅▆▇█"

const bar = (counts: ReadonlyArray<number>): string => {
  const most = Math.max(1, ...counts)
  return counts.map((count) => (count === 0 ? "·" : BLOCKS[Math.ceil((count / most) * BLOCKS.length) - 1]!)).join("")
}

const percent = (share: number): string => `${(100 * share).toFixed(1)} %`

/** A line a modulation, with the histogram of its factors on an axis from 0; then what the released rule means. */
const table = (previews: ReadonlyArray<ScalePreview.ScalePreview>): string => {
  const { accent, dim } = palette()
  const top = previews.reduce((most, { summary }) => Math.max(most, summary?.max ?? 1), 1)
  const width = Math.max(...previews.map(({ name }) => name.length))
  const axis = `0${"─".repeat(BINS - 2)}${top === 1 ? "1" : "┤"}`
  const head = ["modulation".padEnd(width), axis, "factor".padEnd(15), "spread", "removed", " moved"].join("  ")
  const lines = previews.map(({ name, scales, summary }) => {
    const numbers =
      summary === undefined
        ? ["–".padEnd(15), "     –", "      –", "     –"]
        : [
            `${summary.min.toFixed(4)} – ${summary.max.toFixed(4)}`,
            percent(summary.spread).padStart(6),
            percent(summary.massRemoved).padStart(7),
            percent(summary.massMoved).padStart(6),
          ]
    return [name.padEnd(width), accent(bar(ScalePreview.histogram(scales, top, BINS))), ...numbers].join("  ")
  })
  const { groups, mixed } = previews[0]!
  const words = mixed === 0 ? previews.slice(0, 1) : previews.filter(({ name }) => name.startsWith("reciprocal"))
  return [
    `${groups} groups, ${mixed} of them mixed`,
    "",
    dim(head),
    ...lines,
    "",
    dim(
      "Of mixed groups: spread, how much less the least weighted one learns than the most weighted one; removed, the",
    ),
    dim("gradient mass that is scaled away, which Adam gives back; moved, the mass that goes to other groups."),
    ...words.map(ScalePreview.inWords),
  ].join("\n")
}

const write = Effect.fnUntraced(function* (text: string, out: Option.Option<string>) {
  if (Option.isNone(out)) return yield* Console.log(text)
  const fs = yield* FileSystem.FileSystem
  yield* fs.writeFileString(out.value, `${text.trimEnd()}\n`).pipe(
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
})

export const entropyPreview = Command.make(
  "preview",
  {
    // Not `Argument.File`, which makes a path of -.
    file: Argument.String("file").pipe(
      Argument.withDescription(
        'JSON lines with "responses" and "answer" or "golds"; or with "rewards" or "meanReward" and "normalized" or ' +
          '"entropy"; or the completions.jsonl of a run; - or nothing for standard input',
      ),
      Argument.optional,
    ),
    strength: Flag.String("strength").pipe(
      Flag.withDescription(
        "Strengths α (γ for focal) to compare, with commas between them; 0.0417 is the released one",
      ),
      Flag.withDefault("0.0417,1"),
    ),
    equivalence: Flag.Literals("equivalence", ["math", "exact"]).pipe(
      Flag.withDescription("When two answers mean the same: by value, or only as the same text"),
      Flag.withDefault("math" as const),
    ),
    unreadable: Flag.Literals("unreadable", [...Unreadable.POLICIES]).pipe(
      Flag.withDescription("What responses without an answer count as"),
      Flag.withDefault("own-cluster" as const),
    ),
    format: Flag.Literals("format", ["table", "jsonl", "html"]).pipe(
      Flag.withDescription("A table for people, JSON lines for programs, or a page with a chart"),
      Flag.withDefault("table" as const),
    ),
    out: Flag.File("out").pipe(Flag.withDescription("Where to write, instead of standard output"), Flag.optional),
  },
  Effect.fn(function* (options) {
    const path = yield* Path.Path
    const modulations = modulationsAt(yield* parseStrengths(options.strength))
    const rows = yield* readRows(yield* readInput(options.file))
    const layer = Layer.merge(
      options.equivalence === "math" ? Equivalence.layerMath : Equivalence.layerExact,
      EntropyScorer.layerDiscrete(options),
    )
    const previews = ScalePreview.preview(yield* previewGroups(rows).pipe(Effect.provide(layer)), modulations)
    const name = Option.match(options.file, { onNone: () => "standard input", onSome: (file) => path.basename(file) })
    const views = {
      table: () => table(previews),
      jsonl: () => previews.map((preview) => JSON.stringify(preview)).join("\n"),
      html: () => ScalePage.render(previews, `What uncertainty would change: ${name}`),
    }
    yield* write(views[options.format](), options.out)
  }),
).pipe(
  Command.withDescription(
    "What would each modulation of SEED-GRPO do to groups that are already there? For every rule and strength: the " +
      "factors on the advantages of mixed groups, how far they differ, how much gradient they remove, and how much they " +
      "move from some groups to others.",
  ),
  Command.withShortDescription("What would scaling by uncertainty change?"),
  Command.withExamples([
    { command: "seed-grpo entropy preview answers.jsonl", description: "Compare rules on sampled answers" },
    {
      command:
        "seed-grpo entropy preview runs/one/completions.jsonl --strength 0.0417,0.25,1 --format html --out scales.html",
      description: "A page about the groups of a run",
    },
  ]),
)
