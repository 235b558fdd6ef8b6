/**
 * Training with a stage of one's own: the standard pipeline, and one more layer. The last layer that provides a stage is
 * the one that is used.
 */
import { mkdtempSync } from "node:fs"
import { tmpdir } from "node:os"
import { dirname, join } from "node:path"
import { fileURLToPath } from "node:url"
import * as NodeServices from "@effect/platform-node/NodeServices"
import { Modulation } from "@seed-grpo/advantage"
import { Backend } from "@seed-grpo/runtime"
import { Pipeline, RunConfig, Trainer } from "@seed-grpo/trainer"
import { Console, Effect, Layer } from "effect"
import * as MassPreservingAdvantage from "./MassPreservingAdvantage.ts"

const policyFolder = dirname(fileURLToPath(import.meta.resolve("@seed-grpo/cli/demo/policy/config.json")))

const program = Effect.gen(function* () {
  const config = yield* RunConfig.parse({
    model: policyFolder,
    steps: 10,
    problemsPerStep: 16,
    data: { kind: "arithmetic" },
    sampling: { groupSize: 8, maxTokens: 12 },
    optimizer: { learningRate: 2e-4 },
    evaluation: { every: 10 },
  })
  const pipeline = Pipeline.layer(config, config.model).pipe(Layer.provide(Backend.layerWasm))
  const { heldOut, train } = yield* Pipeline.problems(config)
  yield* Trainer.train({
    config,
    folder: mkdtempSync(join(tmpdir(), "seed-grpo-")),
    train,
    heldOut,
    restored: undefined,
    onEvent: (event) => {
      if (event.type === "evaluation") {
        return Console.log(`after step ${event.record.step}: ${(100 * event.record.accuracy).toFixed(1)} % right`)
      }
      if (event.type === "step") {
        const before = event.completions.reduce((total, { advantageBefore }) => total + Math.abs(advantageBefore), 0)
        const after = event.completions.reduce((total, { advantage }) => total + Math.abs(advantage), 0)
        const { scaleMax, scaleMin, step } = event.record
        return Console.log(
          `step ${step}: groups × ${scaleMin.toFixed(2)} – ${scaleMax.toFixed(2)}, ` +
            `Σ |A| ${before.toFixed(2)} before and ${after.toFixed(2)} after`,
        )
      }
      return Effect.void
    },
  }).pipe(Effect.provide(Layer.merge(pipeline, MassPreservingAdvantage.layer(Modulation.reciprocal(1)))))
})

await Effect.runPromise(program.pipe(Effect.scoped, Effect.provide(NodeServices.layer)))
