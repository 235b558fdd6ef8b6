/** A healthy pipeline passes every check, and each check fails where what it looks for is broken. */
import { Backend } from "@seed-grpo/runtime"
import { Sampler } from "@seed-grpo/sampling"
import { GrpoOptimizer } from "@seed-grpo/grpo"
import { Pipeline, TrainingDoctor } from "@seed-grpo/trainer"
import { assert, describe, it } from "@effect/vitest"
import { Effect, Layer } from "effect"
import { config, platform, temporaryRun } from "./support.ts"

type PipelineLayer = typeof Pipeline.layer

const problems = ["1+1=", "2+3=", "4-1=", "6/2="].map((question) => ({
  id: question,
  question,
  golds: ["2"] as [string],
}))

const examine = Effect.fnUntraced(function* (
  pipeline: PipelineLayer | undefined,
  backend: Layer.Layer<Backend.Backend, Backend.BackendError> = Backend.layerCpu,
) {
  const { folder, model } = yield* temporaryRun
  const told: Array<string> = []
  const checks = yield* TrainingDoctor.examine({
    config: { ...config(), model },
    problems,
    folder: `${folder}/doctor`,
    tolerance: 1e-3,
    ...(pipeline === undefined ? {} : { pipeline }),
    onCheck: ({ name }) => Effect.sync(() => void told.push(name)),
  }).pipe(Effect.provide(backend))
  assert.deepStrictEqual(
    told,
    checks.map(({ name }) => name),
  )
  return checks
})

const failed = (checks: ReadonlyArray<TrainingDoctor.TrainingCheck>) =>
  checks.filter(({ passed }) => !passed).map(({ name }) => name)

const LOGPROBS = "decoding and training give the same log-probabilities"
const RATIO = "the importance ratio is 1"
const KL = "the KL from the sampler is 0"
const STILL = "a learning rate of 0 moves nothing"
const FINITE = "loss and gradient are finite"
const RESUME = "a run that is saved and resumed is one that was not stopped"

const withSampler =
  (change: (sampler: Sampler.Sampler["Service"]) => Sampler.Sampler["Service"]): PipelineLayer =>
  (run, model) =>
    Layer.effect(Sampler.Sampler, Effect.map(Sampler.Sampler, change)).pipe(
      Layer.provideMerge(Pipeline.layer(run, model)),
    )

const sabotages: ReadonlyArray<readonly [string, PipelineLayer, ReadonlyArray<string>]> = [
  [
    "a sampler that forgot the temperature in its log-probabilities",
    withSampler((sampler) => ({
      ...sampler,
      sample: (request) =>
        Effect.map(sampler.sample(request), (groups) =>
          groups.map((group) => ({
            ...group,
            completions: group.completions.map((one) => ({
              ...one,
              logprobs: one.logprobs.map((value) => 0.9 * value),
            })),
          })),
        ),
    })),
    [RATIO, KL, LOGPROBS],
  ],
  [
    "a sampler whose errors cancel in the mean",
    withSampler((sampler) => ({
      ...sampler,
      sample: (request) =>
        Effect.map(sampler.sample(request), (groups) =>
          groups.map((group) => ({
            ...group,
            completions: group.completions.map((one) => ({
              ...one,
              // Ratios of 1.1 and 0.9 in turn.
              logprobs: one.logprobs.map((value, t) => value - Math.log(t % 2 === 0 ? 1.1 : 0.9)),
            })),
          })),
        ),
    })),
    [RATIO, KL, LOGPROBS],
  ],
  [
    "a learning rate that is not the one that was asked for",
    (run, model) => Pipeline.layer({ ...run, optimizer: { ...run.optimizer, learningRate: 1e-3 } }, model),
    [STILL],
  ],
  [
    "a loss that is not finite",
    (run, model) =>
      Layer.effect(
        GrpoOptimizer.GrpoOptimizer,
        Effect.map(GrpoOptimizer.GrpoOptimizer, (optimizer) =>
          GrpoOptimizer.GrpoOptimizer.of({
            ...optimizer,
            update: (rows) => optimizer.update(rows.map((row) => ({ ...row, advantage: NaN }))),
          }),
        ),
      ).pipe(Layer.provideMerge(Pipeline.layer(run, model))),
    [FINITE],
  ],
  [
    "a resumed run that loses its moments",
    (run, model) =>
      Layer.effect(
        GrpoOptimizer.GrpoOptimizer,
        Effect.map(GrpoOptimizer.GrpoOptimizer, (optimizer) =>
          GrpoOptimizer.GrpoOptimizer.of({ ...optimizer, restore: () => Effect.void }),
        ),
      ).pipe(Layer.provideMerge(Pipeline.layer(run, model))),
    [RESUME],
  ],
]

describe("TrainingDoctor", () => {
  it.live.each([
    ["cpu", Backend.layerCpu],
    ["wasm", Backend.layerWasm],
  ] as const)("a healthy pipeline passes on %s", ([, backend]) =>
    Effect.gen(function* () {
      const checks = yield* examine(undefined, backend)
      assert.deepStrictEqual(failed(checks), [])
      assert.lengthOf(checks, 7)
      assert.lengthOf(new Set(checks.map(({ name }) => name)), 7)
    }).pipe(Effect.scoped, Effect.provide(platform)),
  )

  it.live.each(sabotages)("%s fails where it should, and nowhere else", ([, pipeline, expected]) =>
    Effect.gen(function* () {
      assert.deepStrictEqual(failed(yield* examine(pipeline)).toSorted(), [...expected].toSorted())
    }).pipe(Effect.scoped, Effect.provide(platform)),
  )
})
