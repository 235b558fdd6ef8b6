/**
 * The one-file version and the composed pipeline, side by side on the demo's policy: the same rewards and the same
 * weights, bit for bit.
 */
import assert from "node:assert"
import { mkdtempSync } from "node:fs"
import { tmpdir } from "node:os"
import { dirname, join } from "node:path"
import { fileURLToPath } from "node:url"
import * as NodeServices from "@effect/platform-node/NodeServices"
import { Arithmetic, Batches } from "@seed-grpo/data"
import { Backend, ModelFolder, Parameters, Policy, Weights } from "@seed-grpo/runtime"
import { Pipeline, RunConfig, Trainer } from "@seed-grpo/trainer"
import { Console, Effect, Layer } from "effect"
import * as OneFile from "./seed-grpo.ts"

const STEPS = 6
const policyFolder = dirname(fileURLToPath(import.meta.resolve("@seed-grpo/cli/demo/policy/config.json")))

const composed = Effect.gen(function* () {
  const config = yield* RunConfig.parse({
    model: policyFolder,
    steps: STEPS,
    problemsPerStep: 8,
    data: { kind: "arithmetic" },
    sampling: { groupSize: 8, maxTokens: 12 },
    advantage: { method: "seed-grpo", modulation: "reciprocal", strength: 1 },
    optimizer: { learningRate: 2e-4 },
    evaluation: { every: 1000 },
  })
  const { train } = yield* Pipeline.problems(config)
  const rewards: Array<number> = []
  return yield* Effect.gen(function* () {
    yield* Trainer.train({
      config,
      folder: mkdtempSync(join(tmpdir(), "seed-grpo-")),
      train,
      heldOut: [],
      restored: undefined,
      onEvent: (event) =>
        Effect.sync(() => {
          if (event.type === "step") rewards.push(event.record.reward)
        }),
    })
    const { config: model, parameters } = yield* Policy.Policy
    return { weights: yield* Effect.promise(() => Parameters.toHost(model, parameters())), rewards }
  }).pipe(Effect.provide(Pipeline.layer(config, config.model)))
})

const oneFile = Effect.gen(function* () {
  const model = yield* ModelFolder.load(policyFolder)
  const start = yield* Weights.toHost(model.weights)
  const { train } = Arithmetic.split({ seed: 0, heldOut: 250 })
  return yield* Effect.promise(() =>
    OneFile.train(model, start, {
      questionsOfStep: (step) =>
        Batches.batchOf(train, { seed: 0, step: step - 1, size: 8 })
          .map(Arithmetic.toProblem)
          .map(({ golds, question }) => ({ text: question, answer: golds[0] })),
      steps: STEPS,
      seed: 0,
      groupSize: 8,
      maxTokens: 12,
      alpha: 1,
      clip: 0.2,
      learningRate: 2e-4,
    }),
  )
})

const program = Effect.gen(function* () {
  const [a, b] = [yield* oneFile, yield* composed]
  yield* Console.log(`one file: rewards ${a.rewards.map((reward) => reward.toFixed(2)).join(" ")}`)
  yield* Console.log(`composed: rewards ${b.rewards.map((reward) => reward.toFixed(2)).join(" ")}`)
  assert.deepStrictEqual(a.rewards, b.rewards)
  let differing = 0
  let count = 0
  for (const [name, { data }] of a.weights) {
    count += data.length
    differing += data.filter((value, index) => value !== b.weights.get(name)!.data[index]).length
  }
  yield* Console.log(`${count} weights after ${STEPS} steps, ${differing} of them different`)
  assert.strictEqual(differing, 0)
})

await Effect.runPromise(program.pipe(Effect.provide(Layer.merge(NodeServices.layer, Backend.layerWasm))))
