/**
 * A whole run from TypeScript: configuration, layers, training, checkpoints, files and the page of the run. This is what
 * `seed-grpo train` does.
 */
import { mkdtempSync } from "node:fs"
import { tmpdir } from "node:os"
import { dirname, join } from "node:path"
import { fileURLToPath } from "node:url"
import * as NodeServices from "@effect/platform-node/NodeServices"
import { HtmlReport, RunFiles, TerminalView } from "@seed-grpo/report"
import { Backend } from "@seed-grpo/runtime"
import { Pipeline, RunConfig, RunFolder, Trainer } from "@seed-grpo/trainer"
import { Console, Effect, Layer } from "effect"

const folder = mkdtempSync(join(tmpdir(), "seed-grpo-"))
const policyFolder = dirname(fileURLToPath(import.meta.resolve("@seed-grpo/cli/demo/policy/config.json")))

const program = Effect.gen(function* () {
  const config = yield* RunConfig.parse({
    model: policyFolder,
    steps: 40,
    problemsPerStep: 16,
    data: { kind: "arithmetic" },
    sampling: { groupSize: 8, maxTokens: 12 },
    advantage: { method: "seed-grpo", modulation: "reciprocal", strength: 1 },
    optimizer: { learningRate: 2e-4 },
  })
  yield* RunFolder.create(folder, config)
  yield* RunFolder.addSession(folder, { node: process.versions.node })
  const append = yield* RunFiles.open(folder, { step: 0, records: 0, completions: 0 })
  const { heldOut, train } = yield* Pipeline.problems(config)
  const accuracies: Array<number> = []
  yield* Trainer.train({
    config,
    folder,
    train,
    heldOut,
    restored: undefined,
    onEvent: (event) =>
      Effect.gen(function* () {
        yield* append(event)
        if (event.type !== "evaluation") return
        accuracies.push(event.record.accuracy)
        yield* Console.log(TerminalView.evaluationLine(event.record, TerminalView.noColours))
      }),
  }).pipe(Effect.provide(Pipeline.layer(config, config.model).pipe(Layer.provide(Backend.layerWasm))))
  yield* Console.log(`The run: ${yield* HtmlReport.write(folder, "Example run")}`)
  return accuracies
})

const accuracies = await Effect.runPromise(program.pipe(Effect.scoped, Effect.provide(NodeServices.layer)))
if (accuracies.at(-1)! < accuracies[0]! + 0.2) throw new Error("the policy did not learn")
