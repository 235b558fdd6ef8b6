/** A small run on the reference back-end, in memory but for its checkpoints. */
import * as NodeServices from "@effect/platform-node/NodeServices"
import type { RunEvent, StepRecord } from "@seed-grpo/core"
import type { Equivalence } from "@seed-grpo/equivalence"
import { Backend, ModelFolder, Policy, Weights } from "@seed-grpo/runtime"
import { tinyModel } from "@seed-grpo/testing"
import { Checkpoint, Pipeline, RunConfig, Trainer } from "@seed-grpo/trainer"
import { assert } from "@effect/vitest"
import { Effect, FileSystem, Layer, Path } from "effect"

export const config = (change: object = {}) =>
  Effect.runSync(
    RunConfig.parse({
      model: "unused",
      steps: 6,
      problemsPerStep: 2,
      data: { kind: "arithmetic" },
      sampling: { groupSize: 4, maxTokens: 5 },
      advantage: { method: "seed-grpo", strength: 1 },
      optimizer: { learningRate: 1e-2, updatesPerStep: 2 },
      evaluation: { every: 2, problems: 5 },
      checkpoint: { every: 2 },
      ...change,
    }),
  )

/** A temporary run folder with a tiny model in it. */
export const temporaryRun = Effect.gen(function* () {
  const fs = yield* FileSystem.FileSystem
  const path = yield* Path.Path
  const folder = yield* fs.makeTempDirectoryScoped()
  const model = path.join(folder, "model")
  yield* fs.makeDirectory(model)
  const { companions, config, weights } = tinyModel()
  for (const [name, bytes] of ModelFolder.files(config, companions, yield* Weights.toHost(weights))) {
    yield* fs.writeFile(path.join(model, name), bytes)
  }
  return { folder, model }
})

export interface Told {
  readonly records: Array<unknown>
  readonly completions: Array<unknown>
  readonly notices: Array<string>
  readonly checkpoints: Array<number>
}

export const nothingTold = (): Told => ({ records: [], completions: [], notices: [], checkpoints: [] })

/** Keeps what a run's files would keep. */
const tell = (told: Told) => (event: RunEvent) =>
  Effect.sync(() => {
    if (event.type === "step") {
      told.records.push(event.record)
      told.completions.push(...event.completions)
    }
    if (event.type === "evaluation") told.records.push(event.record)
    if (event.type === "notice") told.notices.push(event.text)
    if (event.type === "checkpoint") told.checkpoints.push(event.step)
  })

/** Rolls back what was told to where a checkpoint stands. */
const rollBack = (told: Told, restored: Checkpoint.Restored | undefined): void => {
  told.records.length = restored?.cursor.records ?? 0
  told.completions.length = restored?.cursor.completions ?? 0
}

export interface RunOptions {
  readonly config?: RunConfig.RunConfig
  readonly onEvent?: (event: RunEvent) => Effect.Effect<void>
  readonly backend?: Layer.Layer<Backend.Backend, Backend.BackendError>
  /** Stages that replace those of the pipeline. */
  readonly instead?: Layer.Layer<Equivalence.Equivalence>
  readonly past?: ReadonlyArray<StepRecord>
}

/** Starts or resumes a run and gives the policy's files at its end. */
export const runIn = Effect.fnUntraced(function* (
  place: { readonly folder: string; readonly model: string },
  told: Told,
  options: RunOptions = {},
) {
  const chosen = options.config ?? config()
  const { restored } = yield* Checkpoint.newest(place.folder)
  rollBack(told, restored)
  const { heldOut, train } = yield* Pipeline.problems(chosen)
  const onEvent = (event: RunEvent) => Effect.andThen(tell(told)(event), options.onEvent?.(event) ?? Effect.void)
  return yield* Effect.gen(function* () {
    yield* Trainer.train({
      config: chosen,
      folder: place.folder,
      train,
      heldOut,
      restored,
      past: options.past ?? [],
      onEvent,
    })
    return yield* (yield* Policy.Policy).files
  }).pipe(
    Effect.provide(
      Layer.merge(
        Pipeline.layer(
          chosen,
          restored?.modelFolder ?? place.model,
          restored === undefined ? undefined : place.model,
        ).pipe(Layer.provide(options.backend ?? Backend.layerCpu)),
        options.instead ?? Layer.empty,
      ),
      {
        local: true,
      },
    ),
  )
})

export const platform = NodeServices.layer

/** A run that is not stopped, and the same killed after its third step and resumed: their records, and the policy's files. */
export const killedAndResumed = Effect.fnUntraced(function* (options: RunOptions) {
  const expected = nothingTold()
  const straight = yield* runIn(yield* temporaryRun, expected, options)
  const place = yield* temporaryRun
  const told = nothingTold()
  yield* Effect.exit(
    runIn(place, told, {
      ...options,
      onEvent: (event) => (event.type === "step" && event.record.step === 3 ? Effect.die("killed") : Effect.void),
    }),
  )
  const resumed = yield* runIn(place, told, options)
  return { expected, place, resumed, straight, told }
})

/**
 * A run that is killed after its third step and resumed ends with the weights and records of one that was not.
 */
export const resumesExactlyOn = (backend: Layer.Layer<Backend.Backend, Backend.BackendError>) =>
  Effect.gen(function* () {
    const { expected, resumed, straight, told } = yield* killedAndResumed({ backend })
    assert.deepStrictEqual(told.checkpoints, [2, 4, 6])
    assert.deepStrictEqual(told.records, expected.records)
    assert.deepStrictEqual(told.completions, expected.completions)
    assert.deepStrictEqual(resumed.get("model.safetensors"), straight.get("model.safetensors"))
  }).pipe(Effect.scoped, Effect.provide(platform))
