/**
 * `seed-grpo eval`
 */
import type { Problem } from "@seed-grpo/core"
import { Benchmark, ProblemFile, Template } from "@seed-grpo/data"
import { Equivalence } from "@seed-grpo/equivalence"
import { Backend, Policy, type TokenDistribution } from "@seed-grpo/runtime"
import { PolicySampler } from "@seed-grpo/sampling"
import { Evaluation, type Statistics } from "@seed-grpo/trainer"
import { Console, Effect, FileSystem, Layer, Option, Path } from "effect"
import { Command, Flag } from "effect/cli"
import { backendFlag, backendLayer } from "./BackendChoice.ts"
import { MODEL, modelPlace } from "./ModelPlace.ts"
import { progress } from "./Progress.ts"
import { UsageError } from "./UsageError.ts"

/** Problems between two words of progress. */
const PROBLEMS_AT_ONCE = 32

interface ProblemSet {
  readonly title: string
  readonly file: string
}

const missing = (expected: string, found: string) =>
  new UsageError({
    reason: "missing-option",
    at: "seed-grpo eval",
    expected,
    found,
    fix: "See `seed-grpo eval --help`.",
  })

const chosenSets = Effect.fnUntraced(function* (
  names: Option.Option<string>,
  folder: Option.Option<string>,
  file: Option.Option<string>,
): Effect.fn.Return<ReadonlyArray<ProblemSet>, UsageError, Path.Path> {
  const path = yield* Path.Path
  const own = Option.isSome(file) ? [{ title: path.basename(file.value), file: file.value }] : []
  if (Option.isNone(names)) {
    return own.length > 0
      ? own
      : yield* Effect.fail(missing("--benchmark NAMES --data-dir FOLDER, or --data FILE", "neither"))
  }
  if (Option.isNone(folder)) {
    return yield* Effect.fail(missing("--data-dir FOLDER with the benchmarks' files", "none"))
  }
  const sets: Array<ProblemSet> = own
  for (const name of names.value.split(",").map((part) => part.trim())) {
    const benchmark = Benchmark.benchmarks.find((one) => one.name === name)
    if (benchmark === undefined) {
      return yield* Effect.fail(
        new UsageError({
          reason: "unknown-name",
          at: "--benchmark",
          expected: Benchmark.benchmarks.map((one) => one.name).join(", "),
          found: name,
          fix: "Use --data FILE for a set of your own.",
        }),
      )
    }
    sets.push({ title: benchmark.title, file: path.join(folder.value, benchmark.file) })
  }
  return sets
})

const percent = ({ high, low, value }: Statistics.Estimate) =>
  `${(100 * value).toFixed(1)} % [${(100 * low).toFixed(1)}, ${(100 * high).toFixed(1)}]`

const flags = {
  model: Flag.String("model").pipe(Flag.withDescription(MODEL)),
  benchmark: Flag.String("benchmark").pipe(
    Flag.withDescription(`Comma-separated: ${Benchmark.benchmarks.map(({ name }) => name).join(", ")}`),
    Flag.optional,
  ),
  dataDir: Flag.Directory("data-dir").pipe(Flag.withDescription("Folder with the benchmarks' files"), Flag.optional),
  data: Flag.File("data").pipe(Flag.withDescription("A problem file of your own"), Flag.optional),
  template: Flag.Literals("template", ["none", "qwen_math", "r1"]).pipe(
    Flag.withDescription("How a problem becomes a prompt"),
    Flag.withDefault("qwen_math" as const),
  ),
  samples: Flag.Int("samples").pipe(
    Flag.withDescription("Sampled completions per problem for avg@k and pass@k, besides the greedy one; 0 for none"),
    Flag.withDefault(0),
  ),
  temperature: Flag.Finite("temperature").pipe(
    Flag.withDescription("Of the sampled completions"),
    Flag.withDefault(0.6),
  ),
  topK: Flag.Int("top-k").pipe(
    Flag.withDescription("Sampled completions take only so many of the most probable tokens; 0 for all"),
    Flag.withDefault(0),
  ),
  topP: Flag.Finite("top-p").pipe(
    Flag.withDescription("… only the most probable ones that together have this probability; 1 for all"),
    Flag.withDefault(1),
  ),
  minP: Flag.Finite("min-p").pipe(
    Flag.withDescription("… only those with this share of the greatest probability; 0 for all"),
    Flag.withDefault(0),
  ),
  maxTokens: Flag.Int("max-tokens").pipe(Flag.withDescription("Longest completion"), Flag.withDefault(3000)),
  limit: Flag.Int("limit").pipe(Flag.withDescription("Only the first so many problems of each set"), Flag.optional),
  batchTokens: Flag.Int("batch-tokens").pipe(
    Flag.withDescription("Tokens of prompts and completions decoded side by side, at most; memory grows with it"),
    Flag.withDefault(65_536),
  ),
  seed: Flag.Int("seed").pipe(Flag.withDescription("Of the sampled completions"), Flag.withDefault(0)),
  backend: backendFlag,
  out: Flag.File("out").pipe(
    Flag.withDescription("Write settings, rates and every graded completion here, as JSON"),
    Flag.optional,
  ),
}

export const evaluation = Command.make(
  "eval",
  flags,
  Effect.fn(function* (options) {
    const fs = yield* FileSystem.FileSystem
    const model = yield* modelPlace(options.model)
    const sets = yield* chosenSets(options.benchmark, options.dataDir, options.data)
    const loaded = yield* Effect.forEach(sets, ({ file, title }) =>
      Effect.map(ProblemFile.load(file), (set) => ({ ...set, title, file })),
    )
    for (const { file, rejected } of loaded) {
      for (const { line, reason } of rejected) yield* Console.error(`warning: ${file} line ${line} left out: ${reason}`)
    }

    const measure = Effect.fnUntraced(function* (
      title: string,
      problems: ReadonlyArray<Problem>,
      samples: number,
      distribution: TokenDistribution.SamplingOptions,
    ) {
      const evaluated = yield* Evaluation.evaluate(problems, {
        template: Template.templates[options.template],
        samples,
        ...distribution,
        maxTokens: options.maxTokens,
        seed: options.seed,
        problemsAtOnce: PROBLEMS_AT_ONCE,
        onProgress: yield* progress(`${title}${samples > 1 ? ` × ${samples}` : ""}`),
      })
      return { evaluated, summary: Evaluation.summarise(evaluated, samples) }
    })

    const results = yield* Effect.gen(function* () {
      const { description } = yield* Backend.Backend
      for (const notice of (yield* Policy.Policy).notices) yield* Console.error(`notice: ${notice}`)
      const { minP, temperature, topK, topP } = options
      yield* Console.error(`${model} on ${description}, template ${options.template}`)
      const rows = []
      for (const { problems, title } of loaded) {
        const asked = Option.isSome(options.limit) ? problems.slice(0, options.limit.value) : problems
        const greedy = yield* measure(title, asked, 1, { temperature: 0 })
        const sampled =
          options.samples > 1
            ? yield* measure(title, asked, options.samples, { temperature, topK, topP, minP })
            : undefined
        const { problems: count, tooLong, truncated, unreadable } = greedy.summary
        yield* Console.log(
          [
            `${title}: ${count} problems`,
            `greedy pass@1 ${percent(greedy.summary.accuracy)}`,
            ...(sampled === undefined
              ? []
              : [
                  `avg@${options.samples} ${percent(sampled.summary.accuracy)}`,
                  ...sampled.summary.passAt.slice(1).map(({ k, rate }) => `pass@${k} ${percent(rate)}`),
                ]),
            `unreadable ${(100 * unreadable).toFixed(0)} %`,
            `cut off ${(100 * truncated).toFixed(0)} %`,
            ...(tooLong > 0 ? [`${tooLong} prompts too long, counted as wrong`] : []),
          ].join(" · "),
        )
        rows.push({ title, greedy, sampled })
      }
      return rows
    }).pipe(
      Effect.provide(
        Layer.merge(PolicySampler.layer(options), Equivalence.layerMath).pipe(
          Layer.provideMerge(Policy.layer(model)),
          Layer.provideMerge(backendLayer(options.backend)),
        ),
      ),
    )

    if (results.length > 1) {
      const mean = results.reduce((sum, { greedy }) => sum + greedy.summary.accuracy.value, 0) / results.length
      yield* Console.log(
        `Mean of ${results.length} sets, each counting the same: greedy pass@1 ${(100 * mean).toFixed(1)} %`,
      )
    }
    if (Option.isSome(options.out)) {
      const completions = (evaluated: ReadonlyArray<Evaluation.EvaluatedProblem>) =>
        evaluated.map(({ graded, problem }) => ({
          problem: problem.id,
          golds: problem.golds,
          completions:
            graded?.group.completions.map(({ finish, text }, sample) => ({
              text,
              finish,
              answer: graded.grades[sample]!.extracted?.answer ?? null,
              right: graded.grades[sample]!.correct,
            })) ?? null,
        }))
      const { maxTokens, minP, model, samples, seed, temperature, template, topK, topP } = options
      const json = {
        settings: { model, template, samples, temperature, topK, topP, minP, maxTokens, seed, equivalence: "math" },
        sets: results.map(({ greedy, sampled, title }) => ({
          title,
          greedy: { ...greedy.summary, problemsGraded: completions(greedy.evaluated) },
          ...(sampled === undefined
            ? {}
            : { sampled: { ...sampled.summary, problemsGraded: completions(sampled.evaluated) } }),
        })),
      }
      yield* fs.writeFileString(options.out.value, `${JSON.stringify(json, undefined, 1)}\n`)
    }
  }),
).pipe(
  Command.withDescription(
    "Measure a policy on benchmarks: greedy pass@1 with its 95 % interval, and avg@k and pass@k over sampled completions. " +
      "Prompts and limits are those of Dr.GRPO's recipe. A problem with several reference answers is right with any of them.",
  ),
  Command.withShortDescription("Measure a policy on benchmarks"),
  Command.withExamples([
    {
      command:
        "seed-grpo eval --model ./qwen --benchmark aime24,amc,math500,minerva,olympiadbench --data-dir ./benchmarks",
      description: "The five benchmarks of SEED-GRPO",
    },
    {
      command: "seed-grpo eval --model ./qwen --data mine.jsonl --samples 8",
      description: "A set of your own, with pass@8",
    },
  ]),
)
