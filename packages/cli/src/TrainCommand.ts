/**
 * `seed-grpo train`
 */
import { RunConfig } from "@seed-grpo/trainer"
import { DateTime, Effect, FileSystem, Option, Path } from "effect"
import { Command, Flag } from "effect/cli"
import { backendFlag } from "./BackendChoice.ts"
import { verboseFlag } from "./CompileProgress.ts"
import { MODEL, modelPlace } from "./ModelPlace.ts"
import { dryRun } from "./RunPlan.ts"
import { resumeRun, startRun } from "./RunTraining.ts"
import { UsageError } from "./UsageError.ts"

const optional = <A>(flag: Flag.Flag<A>, description: string) =>
  flag.pipe(Flag.withDescription(description), Flag.optional)

/** Flags that `seed-grpo demo` has too. */
export const shared = {
  steps: optional(Flag.Int("steps"), "Training steps"),
  learningRate: optional(Flag.Finite("learning-rate"), "Of AdamW"),
  loraRank: optional(
    Flag.Int("lora-rank"),
    "Train a low-rank adapter (LoRA) of this rank, and leave the model's own weights as they are",
  ),
}

const flags = {
  ...shared,
  config: optional(Flag.File("config", { mustExist: true }), "A JSON file with the options of the run"),
  resume: optional(Flag.Directory("resume"), "Go on with the run in this folder"),
  out: optional(Flag.Directory("out"), "Folder of the run; runs/<time> by default"),
  backend: backendFlag,
  model: optional(Flag.String("model"), MODEL),
  data: optional(Flag.File("data"), 'Training problems: JSON lines with "problem" and "answer"'),
  heldOut: optional(Flag.File("held-out"), "Problems to evaluate on, never trained on"),
  template: optional(Flag.Literals("template", ["none", "qwen_math", "r1"]), "How a problem becomes a prompt"),
  method: optional(
    Flag.Literals("method", ["seed-grpo", "dr-grpo", "grpo", "rloo", "rloo-standardized", "gdpo"]),
    "How advantages are made",
  ),
  problemsPerStep: optional(Flag.Int("problems-per-step"), "Problems sampled in a step"),
  groupSize: optional(Flag.Int("group-size"), "Completions per problem"),
  maxTokens: optional(Flag.Int("max-tokens"), "Longest completion"),
  seed: optional(Flag.Int("seed"), "Of all randomness"),
  verbose: verboseFlag,
  dryRun: Flag.Boolean("dry-run").pipe(
    Flag.withDescription("Check configuration, problems and tokenizer, print what a step comes to, and end"),
    Flag.withDefault(false),
  ),
  show: Flag.Int("show").pipe(
    Flag.withDescription("Print a group as its meanings every so many steps; 0 for never"),
    Flag.withDefault(10),
  ),
}

type Json = { readonly [key: string]: unknown }

/** `{ a: Option.none(), b: Option.some(1) }` → `{ b: 1 }` */
const given = (options: { readonly [key: string]: Option.Option<unknown> }): Json =>
  Object.fromEntries(
    Object.entries(options).flatMap(([key, value]) => (Option.isSome(value) ? [[key, value.value]] : [])),
  )

/** A section of a configuration, where any of its flags was given. */
const section = (values: { readonly [key: string]: Option.Option<unknown> }, name: string): Json => {
  const set = given(values)
  return Object.keys(set).length === 0 ? {} : { [name]: set }
}

/** What the flags that `demo` and `train` share change in a configuration. */
export const sharedChanges = (options: {
  readonly steps: Option.Option<number>
  readonly learningRate: Option.Option<number>
  readonly loraRank: Option.Option<number>
}): Json => ({
  ...given({ steps: options.steps }),
  ...section({ learningRate: options.learningRate }, "optimizer"),
  ...section({ rank: options.loraRank }, "adapter"),
})

const asObject = (value: unknown): Json => (typeof value === "object" && value !== null ? (value as Json) : {})

/** Paths in a configuration file start at that file, so that a run can be started from anywhere. */
const resolvePaths = (json: Json, folder: string, path: Path.Path): Json => {
  const resolved = (value: unknown) => (typeof value === "string" ? path.resolve(folder, value) : value)
  const data = asObject(json["data"])
  const files = Object.fromEntries(
    ["train", "heldOut"].filter((key) => key in data).map((key) => [key, resolved(data[key])]),
  )
  const reward = asObject(json["reward"])
  const { functions } = reward
  const rewardFiles = Array.isArray(functions)
    ? functions.map((one: unknown) => {
        const options = asObject(one)
        return "file" in options ? { ...options, file: resolved(options["file"]) } : one
      })
    : functions
  return {
    ...json,
    ...("data" in json && typeof json["data"] === "object" ? { data: { ...data, ...files } } : {}),
    ...("functions" in reward ? { reward: { ...reward, functions: rewardFiles } } : {}),
  }
}

/** A section that is chosen by name: another choice replaces it, because its other options mean nothing there. */
const isOtherChoice = (below: Json, above: Json) =>
  ["method", "kind"].some((key) => above[key] !== undefined && above[key] !== below[key])

const overlay = (below: unknown, above: unknown): unknown => {
  if (above === undefined) return below
  if (typeof below !== "object" || typeof above !== "object") return above
  const [base, change] = [asObject(below), asObject(above)]
  return isOtherChoice(base, change) ? change : { ...base, ...change }
}

/** A configuration file, and flags over it. */
export const configure = Effect.fn("configure")(function* (input: {
  readonly file: Option.Option<string>
  readonly changes: Json
}) {
  const fs = yield* FileSystem.FileSystem
  const path = yield* Path.Path
  if (Option.isNone(input.file)) return yield* RunConfig.parse(input.changes, "options")
  const text = yield* fs.readFileString(input.file.value).pipe(Effect.orDie)
  const json = yield* RunConfig.json(text, input.file.value)
  const folder = path.dirname(path.resolve(input.file.value))
  const base = resolvePaths(asObject(json), folder, path)
  const { model } = base
  const changes: Json =
    typeof model === "string" && !("model" in input.changes)
      ? { ...input.changes, model: yield* modelPlace(model, folder) }
      : input.changes
  const keys = [...new Set([...Object.keys(base), ...Object.keys(changes)])]
  const merged = Object.fromEntries(keys.map((key) => [key, overlay(base[key], changes[key])]))
  return yield* RunConfig.parse(merged, input.file.value)
})

/** `runs/2026-11-23T10-15-00`, below the current folder. */
const newFolder = Effect.map(DateTime.now, (now) => `runs/${DateTime.formatIso(now).slice(0, 19).replaceAll(":", "-")}`)

export const train = Command.make(
  "train",
  flags,
  Effect.fn(function* (options) {
    const path = yield* Path.Path
    if (Option.isSome(options.resume)) {
      return yield* resumeRun({
        folder: path.resolve(options.resume.value),
        backend: options.backend,
        show: options.show,
        verbose: options.verbose,
      })
    }
    if (Option.isNone(options.config) && (Option.isNone(options.model) || Option.isNone(options.data))) {
      return yield* Effect.fail(
        new UsageError({
          reason: "missing-option",
          at: "seed-grpo train",
          expected: "--config FILE, or --model MODEL with --data FILE, or --resume FOLDER",
          found: "none of them",
          fix: "To see training at once, run `seed-grpo demo`.",
        }),
      )
    }
    const absolute = Option.map((file: string) => path.resolve(file))
    const model = Option.isNone(options.model) ? Option.none() : Option.some(yield* modelPlace(options.model.value))
    const data = given({ train: absolute(options.data), heldOut: absolute(options.heldOut) })
    const config = yield* configure({
      file: options.config,
      changes: {
        ...sharedChanges(options),
        ...given({
          model,
          template: options.template,
          problemsPerStep: options.problemsPerStep,
          seed: options.seed,
        }),
        ...(Option.isNone(options.config) && Option.isNone(options.steps) ? { steps: 400 } : {}),
        ...(Object.keys(data).length === 0 ? {} : { data: { kind: "files", ...data } }),
        ...section({ groupSize: options.groupSize, maxTokens: options.maxTokens }, "sampling"),
        ...section({ method: options.method }, "advantage"),
      },
    })
    if (options.dryRun) return yield* dryRun(config)
    const folder = Option.isSome(options.out) ? options.out.value : yield* newFolder
    yield* startRun({
      config,
      folder: path.resolve(folder),
      backend: options.backend,
      show: options.show,
      verbose: options.verbose,
    })
  }),
).pipe(
  Command.withDescription(
    "Train a policy with SEED-GRPO, or with Dr.GRPO, GRPO or RLOO. Ctrl-C saves; --resume goes on, and gives what an " +
      "uninterrupted run would have given, bit for bit.",
  ),
  Command.withShortDescription("Train a policy, or go on with a run"),
  Command.withExamples([
    { command: "seed-grpo train --config run.json", description: "Start a run from a configuration" },
    { command: "seed-grpo train --config run.json --method grpo", description: "The same with plain GRPO" },
    {
      command: "seed-grpo train --model Qwen/Qwen2.5-0.5B --data math.jsonl --template qwen_math --steps 100",
      description: "Start a run without a configuration file, with the values of Dr.GRPO's recipe",
    },
    {
      command: "seed-grpo train --config run.json --lora-rank 8",
      description: "Train an adapter of the model, and none of its own weights",
    },
    {
      command: "seed-grpo train --config run.json --dry-run",
      description:
        "Rows, updates, micro-batches, tokens and memory of a step, and what does not divide; trains nothing",
    },
    { command: "seed-grpo train --resume runs/2026-11-23T10-15-00", description: "Go on with a run" },
  ]),
)
