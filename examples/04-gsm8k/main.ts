/**
 * SEED-GRPO on problem files, with the values of Dr.GRPO's recipe cut down to grade-school problems.
 *
 *     node main.ts --model FOLDER --data train.jsonl --held-out test.jsonl
 *
 * Without arguments it makes two steps with a random policy on a handful of problems: the pipeline is real, the policy
 * knows nothing.
 */
import { mkdtempSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { fileURLToPath } from "node:url"
import { parseArgs } from "node:util"
import * as NodeServices from "@effect/platform-node/NodeServices"
import { RunFiles, TerminalView } from "@seed-grpo/report"
import { Backend } from "@seed-grpo/runtime"
import { layerTensorFlow } from "@seed-grpo/runtime/TensorFlowBackend"
import { Pipeline, RunConfig, RunFolder, Trainer } from "@seed-grpo/trainer"
import { Console, Effect, Layer } from "effect"

const { values: flags } = parseArgs({
  options: {
    model: { type: "string" },
    data: { type: "string" },
    "held-out": { type: "string" },
    out: { type: "string" },
  },
})
const isReal = flags.model !== undefined && flags.data !== undefined
const folder = flags.out ?? mkdtempSync(join(tmpdir(), "seed-grpo-gsm8k-"))

/** Problems in the manner of GSM8K, so that this runs without its files. */
const handful = () => {
  const file = join(folder, "problems.jsonl")
  const problems = [
    ["A baker makes 4 trays of 12 rolls and sells 30 of them. How many are left?", "18"],
    ["Ada reads 15 pages a day. How many days does a book of 180 pages take?", "12"],
    ["Three friends share 27 marbles evenly. How many has each?", "9"],
    ["A ticket costs $7. What do 6 tickets cost?", "42"],
  ]
  writeFileSync(file, problems.map(([problem, answer]) => JSON.stringify({ problem, answer })).join("\n"))
  return file
}

const program = Effect.gen(function* () {
  const config = yield* RunConfig.parse(
    isReal
      ? {
          model: flags.model,
          steps: 400,
          problemsPerStep: 128,
          data: {
            kind: "files",
            train: flags.data,
            ...(flags["held-out"] === undefined ? {} : { heldOut: flags["held-out"] }),
          },
          template: "qwen_math",
          sampling: { groupSize: 8, temperature: 1, maxTokens: 512 },
          advantage: { method: "seed-grpo", modulation: "reciprocal", strength: 0.0417 },
          optimizer: { learningRate: 1e-6, updatesPerStep: 8 },
        }
      : {
          model: fileURLToPath(new URL("../../packages/runtime/test/fixtures/tiny-qwen2", import.meta.url)),
          steps: 2,
          problemsPerStep: 4,
          data: { kind: "files", train: handful(), heldOut: handful() },
          template: "qwen_math",
          sampling: { groupSize: 4, temperature: 1, maxTokens: 24 },
        },
  )
  yield* RunFolder.create(folder, config)
  const append = yield* RunFiles.open(folder, { step: 0, records: 0, completions: 0 })
  const { heldOut, train } = yield* Pipeline.problems(config)
  yield* Trainer.train({
    config,
    folder,
    train,
    heldOut,
    restored: undefined,
    onEvent: (event) =>
      Effect.gen(function* () {
        yield* append(event)
        if (event.type !== "step") return
        const run = { steps: config.steps, heldOut: undefined }
        yield* Console.log(TerminalView.stepLine(event.record, event.timing, run, TerminalView.noColours))
      }),
  }).pipe(
    Effect.provide(
      Pipeline.layer(config, config.model).pipe(
        Layer.provide(layerTensorFlow.pipe(Layer.catch(() => Backend.layerWasm))),
      ),
    ),
  )
  yield* Console.log(`Files of the run: ${folder}`)
})

await Effect.runPromise(program.pipe(Effect.scoped, Effect.provide(NodeServices.layer)))
