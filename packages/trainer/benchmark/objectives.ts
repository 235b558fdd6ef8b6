/**
 * Every objective on the demo's problems, with the same seeds: what does it come to, how long does it take, and does it diverge?
 *
 *     node benchmark/objectives.ts [--steps 160] [--seeds 3] [--backend wasm|tensorflow] [--only dapo,cispo]
 *
 * The demo's run (16 problems × 8 completions a step, SEED-GRPO's scaling), but with two updates a step, so that the policy of
 * the second is not the one that sampled: with one update all ratios are 1 and most objectives are the same.
 */
import { mkdtempSync, readFileSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { fileURLToPath } from "node:url"
import { parseArgs } from "node:util"
import * as NodeServices from "@effect/platform-node/NodeServices"
import type { EvaluationRecord, StepRecord } from "@seed-grpo/core"
import { Backend } from "@seed-grpo/runtime"
import { layerTensorFlow } from "@seed-grpo/runtime/TensorFlowBackend"
import { Pipeline, RunConfig, Trainer } from "@seed-grpo/trainer"
import { Console, Effect, Layer } from "effect"

const { values: flags } = parseArgs({
  options: {
    steps: { type: "string", default: "160" },
    seeds: { type: "string", default: "3" },
    backend: { type: "string", default: "wasm" },
    only: { type: "string" },
  },
})
const backend = { wasm: Backend.layerWasm, tensorflow: layerTensorFlow }[flags.backend]
if (backend === undefined) throw new Error("--backend is wasm or tensorflow")

const demo = fileURLToPath(new URL("../../cli/demo/", import.meta.url))
const demoConfig = JSON.parse(readFileSync(join(demo, "config.json"), "utf8")) as { readonly optimizer: object }

const objectives: { readonly [name: string]: object } = {
  dr_grpo: { kind: "dr_grpo" },
  grpo: { kind: "grpo" },
  "grpo, sequence (GSPO)": { kind: "grpo", level: "sequence" },
  bnpo: { kind: "bnpo" },
  dapo: { kind: "dapo" },
  cispo: { kind: "cispo" },
  sapo: { kind: "sapo" },
  vespo: { kind: "vespo" },
  luspo: { kind: "luspo" },
}
const only = flags.only?.split(",")
const chosen = Object.entries(objectives).filter(([name]) => only === undefined || only.includes(name))

interface Outcome {
  readonly evaluations: ReadonlyArray<EvaluationRecord>
  readonly steps: ReadonlyArray<StepRecord>
  readonly seconds: number
}

const run = Effect.fnUntraced(function* (objective: object, seed: number) {
  const folder = mkdtempSync(join(tmpdir(), "seed-grpo-objectives-"))
  const config = yield* RunConfig.parse({
    ...demoConfig,
    model: join(demo, "policy"),
    seed,
    steps: Number(flags.steps),
    objective,
    optimizer: { ...demoConfig.optimizer, updatesPerStep: 2 },
  })
  const { heldOut, train } = yield* Pipeline.problems(config)
  const [evaluations, steps]: [Array<EvaluationRecord>, Array<StepRecord>] = [[], []]
  const started = performance.now()
  yield* Trainer.train({
    config,
    folder,
    train,
    heldOut,
    restored: undefined,
    onEvent: (event) =>
      Effect.sync(() => {
        if (event.type === "step") steps.push(event.record)
        if (event.type === "evaluation") evaluations.push(event.record)
      }),
  }).pipe(
    Effect.provide(Pipeline.layer(config, config.model).pipe(Layer.provideMerge(backend))),
    Effect.ensuring(Effect.sync(() => rmSync(folder, { recursive: true, force: true }))),
  )
  return { evaluations, steps, seconds: (performance.now() - started) / 1000 } satisfies Outcome
})

const percent = (value: number) => (100 * value).toFixed(1)
const mean = (values: ReadonlyArray<number>) => values.reduce((a, b) => a + b, 0) / values.length

const program = Effect.gen(function* () {
  yield* Console.log(
    `${flags.steps} steps on ${flags.backend}, seeds 0 to ${Number(flags.seeds) - 1}: held-out accuracy in %, greedy\n\n` +
      "| objective | before | after, by seed | mean | furthest from 1: ratio | most clipped | gradient norm, median and most | not finite | seconds a run |\n" +
      "| --- | --- | --- | --- | --- | --- | --- | --- | --- |",
  )
  for (const [name, objective] of chosen) {
    const outcomes: Array<Outcome> = []
    for (let seed = 0; seed < Number(flags.seeds); seed++) outcomes.push(yield* run(objective, seed))
    const steps = outcomes.flatMap((outcome) => outcome.steps)
    const norms = steps.map(({ gradientNorm }) => gradientNorm).toSorted((a, b) => a - b)
    const ratios = steps.map(({ ratio }) => ratio).toSorted((a, b) => Math.abs(b - 1) - Math.abs(a - 1))
    const after = outcomes.map(({ evaluations }) => evaluations.at(-1)!.accuracy)
    yield* Console.log(
      `| ${[
        name,
        percent(mean(outcomes.map(({ evaluations }) => evaluations[0]!.accuracy))),
        after.map(percent).join(", "),
        percent(mean(after)),
        ratios[0]!.toFixed(3),
        `${percent(Math.max(...steps.map(({ clippedHigh, clippedLow }) => clippedHigh + clippedLow)))} %`,
        `${norms[Math.floor(norms.length / 2)]!.toPrecision(2)}, ${norms.at(-1)!.toPrecision(2)}`,
        steps.reduce((sum, { updatesNonFinite }) => sum + updatesNonFinite, 0),
        mean(outcomes.map(({ seconds }) => seconds)).toFixed(0),
      ].join(" | ")} |`,
    )
  }
})

await Effect.runPromise(program.pipe(Effect.provide(NodeServices.layer)))
