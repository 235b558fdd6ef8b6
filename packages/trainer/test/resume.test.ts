import type { RunEvent } from "@seed-grpo/core"
import { Backend } from "@seed-grpo/runtime"
import { Checkpoint } from "@seed-grpo/trainer"
import { assert, describe, it } from "@effect/vitest"
import { Deferred, Effect, Fiber, FileSystem, Layer, Path, PlatformError } from "effect"
import { config, nothingTold, platform, resumesExactlyOn, runIn, temporaryRun, type Told } from "./support.ts"

const straight = Effect.gen(function* () {
  const told = nothingTold()
  const files = yield* runIn(yield* temporaryRun, told)
  return { told, weights: files.get("model.safetensors")! }
})

/** Interrupts a run when `when` says so, as Ctrl-C does. */
const interruptedAt = Effect.fnUntraced(function* (
  place: { readonly folder: string; readonly model: string },
  told: Told,
  when: (event: RunEvent) => boolean,
) {
  const reached = yield* Deferred.make<void>()
  const fiber = yield* Effect.forkChild(
    runIn(place, told, {
      onEvent: (event) => (when(event) ? Deferred.succeed(reached, undefined) : Effect.void),
    }),
  )
  yield* Deferred.await(reached)
  yield* Fiber.interrupt(fiber)
})

const sameRun = (a: Told, b: Told) => {
  assert.deepStrictEqual(a.records, b.records)
  assert.deepStrictEqual(a.completions, b.completions)
}

describe("resume", () => {
  it.live("two straight runs are the same, bit for bit", () =>
    Effect.gen(function* () {
      const [a, b] = [yield* straight, yield* straight]
      sameRun(a.told, b.told)
      assert.deepStrictEqual(a.weights, b.weights)
      assert.strictEqual(a.told.records.length, 6 + 4)
      assert.strictEqual(a.told.completions.length, 6 * 8)
    }).pipe(Effect.scoped, Effect.provide(platform)),
  )

  const stops: ReadonlyArray<readonly [string, (event: RunEvent) => boolean]> = [
    ["in an evaluation before the first step", (event) => event.type === "evaluation" && event.record.step === 0],
    ["after step 1, before any checkpoint was due", (event) => event.type === "step" && event.record.step === 1],
    ["after step 2, before its evaluation", (event) => event.type === "step" && event.record.step === 2],
    ["after the evaluation at step 2", (event) => event.type === "evaluation" && event.record.step === 2],
    ["at the checkpoint of step 4", (event) => event.type === "checkpoint" && event.step === 4],
    ["after the last step, before its evaluation", (event) => event.type === "step" && event.record.step === 6],
  ]

  it.live.each(stops)("interrupted %s: saved, resumed, and equal to a straight run", ([, when]) =>
    Effect.gen(function* () {
      const expected = yield* straight
      const place = yield* temporaryRun
      const told = nothingTold()
      yield* interruptedAt(place, told, when)
      const files = yield* runIn(place, told)
      sameRun(told, expected.told)
      assert.deepStrictEqual(files.get("model.safetensors"), expected.weights)
    }).pipe(Effect.scoped, Effect.provide(platform)),
  )

  it.live("interrupted again and again, after every event", () =>
    Effect.gen(function* () {
      const expected = yield* straight
      const place = yield* temporaryRun
      const told = nothingTold()
      for (let step = 1; step < 6; step++) {
        yield* interruptedAt(place, told, (event) => event.type === "step" && event.record.step === step)
      }
      const files = yield* runIn(place, told)
      sameRun(told, expected.told)
      assert.deepStrictEqual(files.get("model.safetensors"), expected.weights)
    }).pipe(Effect.scoped, Effect.provide(platform)),
  )

  it.live("killed between checkpoints: goes on from the last one", () =>
    Effect.gen(function* () {
      const expected = yield* straight
      const place = yield* temporaryRun
      const told = nothingTold()
      // A defect is as sudden as a kill for the run: nothing is saved on the way out.
      const died = yield* Effect.exit(
        runIn(place, told, {
          onEvent: (event) => (event.type === "step" && event.record.step === 5 ? Effect.die("killed") : Effect.void),
        }),
      )
      assert.strictEqual(died._tag, "Failure")
      assert.deepStrictEqual(told.checkpoints, [2, 4])
      const files = yield* runIn(place, told)
      sameRun(told, expected.told)
      assert.deepStrictEqual(files.get("model.safetensors"), expected.weights)
    }).pipe(Effect.scoped, Effect.provide(platform)),
  )

  it.live("on WebAssembly too", () => resumesExactlyOn(Backend.layerWasm))

  it.live.each(["adamw", "amsgrad", "sgd"])("of another optimizer's state is refused: %s", (kind) =>
    Effect.gen(function* () {
      const place = yield* temporaryRun
      const started = config({ steps: 2, optimizer: { kind, learningRate: 1e-2 } })
      yield* runIn(place, nothingTold(), { config: started })
      const other = config({ optimizer: kind === "sgd" ? { kind: "adamw" } : { kind: "sgd", momentum: 0.9 } })
      const error = yield* Effect.flip(runIn(place, nothingTold(), { config: other }))
      assert.strictEqual(error._tag, "OptimizerError")
    }).pipe(Effect.scoped, Effect.provide(platform)),
  )

  it.live("a finished run has nothing left to do", () =>
    Effect.gen(function* () {
      const place = yield* temporaryRun
      const told = nothingTold()
      const first = yield* runIn(place, told)
      const again = yield* runIn(place, told)
      assert.deepStrictEqual(again.get("model.safetensors"), first.get("model.safetensors"))
      assert.strictEqual(told.records.length, 10)
    }).pipe(Effect.scoped, Effect.provide(platform)),
  )
})

describe("checkpoints", () => {
  it.live("only the newest are kept", () =>
    Effect.gen(function* () {
      const fs = yield* FileSystem.FileSystem
      const place = yield* temporaryRun
      yield* runIn(place, nothingTold(), { config: config({ checkpoint: { every: 1, keep: 3 } }) })
      assert.deepStrictEqual((yield* fs.readDirectory(`${place.folder}/checkpoints`)).toSorted(), [
        "step-00000004",
        "step-00000005",
        "step-00000006",
      ])
    }).pipe(Effect.scoped, Effect.provide(platform)),
  )

  const damages: ReadonlyArray<readonly [string, (bytes: Uint8Array) => Uint8Array, string]> = [
    [
      "one bit flipped in the weights",
      (bytes) => bytes.map((b, i) => (i === 500 ? b ^ 1 : b)),
      "policy/model.safetensors",
    ],
    ["truncated moments", (bytes) => bytes.subarray(0, bytes.length / 2), "optimizer.safetensors"],
    ["a manifest of zeros", (bytes) => new Uint8Array(bytes.length), "checkpoint.json"],
  ]

  it.live.each(damages)("%s: the one before it is used, and the result is the same", ([, damage, name]) =>
    Effect.gen(function* () {
      const fs = yield* FileSystem.FileSystem
      const expected = yield* straight
      const place = yield* temporaryRun
      const told = nothingTold()
      yield* runIn(place, told)
      const file = `${place.folder}/checkpoints/step-00000006/${name}`
      yield* fs.writeFile(file, damage(yield* fs.readFile(file)))
      const { passedOver, restored } = yield* Checkpoint.newest(place.folder)
      assert.strictEqual(restored?.cursor.step, 4)
      assert.include(passedOver[0]?.message, name)
      const files = yield* runIn(place, told)
      sameRun(told, expected.told)
      assert.deepStrictEqual(files.get("model.safetensors"), expected.weights)
    }).pipe(Effect.scoped, Effect.provide(platform)),
  )

  it.live("all damaged is an error, not a new start", () =>
    Effect.gen(function* () {
      const fs = yield* FileSystem.FileSystem
      const place = yield* temporaryRun
      yield* runIn(place, nothingTold())
      for (const name of yield* fs.readDirectory(`${place.folder}/checkpoints`)) {
        yield* fs.remove(`${place.folder}/checkpoints/${name}/checkpoint.json`)
      }
      assert.strictEqual((yield* Effect.flip(Checkpoint.newest(place.folder))).reason, "none-intact")
    }).pipe(Effect.scoped, Effect.provide(platform)),
  )

  it.live("a newer format is refused", () =>
    Effect.gen(function* () {
      const fs = yield* FileSystem.FileSystem
      const place = yield* temporaryRun
      yield* runIn(place, nothingTold())
      const file = `${place.folder}/checkpoints/step-00000006/checkpoint.json`
      yield* fs.writeFileString(file, (yield* fs.readFileString(file)).replace('"format":1', '"format":2'))
      assert.strictEqual((yield* Effect.flip(Checkpoint.newest(place.folder))).reason, "newer-format")
    }).pipe(Effect.scoped, Effect.provide(platform)),
  )

  it.live(
    "a disk that fills up while saving: told, training goes on, the old checkpoint is intact; at the end an error",
    () =>
      Effect.gen(function* () {
        const expected = yield* straight
        const place = yield* temporaryRun
        const told = nothingTold()
        let room = true
        const fillable = Layer.effect(
          FileSystem.FileSystem,
          Effect.map(FileSystem.FileSystem, (fs) =>
            FileSystem.FileSystem.of({
              ...fs,
              open: (path, options) =>
                fs.open(path, options).pipe(
                  Effect.map((file) => {
                    const writeAll = (bytes: Uint8Array) =>
                      room
                        ? file.writeAll(bytes)
                        : Effect.andThen(file.writeAll(bytes.subarray(0, 10)), Effect.fail(diskFull(path)))
                    return new Proxy(file, {
                      get: (target, key) => (key === "writeAll" ? writeAll : Reflect.get(target, key, target)),
                    })
                  }),
                ),
            }),
          ),
        ).pipe(Layer.provide(platform), Layer.merge(Path.layer))
        const error = yield* runIn(place, told, {
          onEvent: (event) =>
            Effect.sync(() => {
              if (event.type === "step" && event.record.step === 3) room = false
            }),
        }).pipe(Effect.provide(fillable), Effect.flip)
        assert.strictEqual(error._tag === "CheckpointError" && error.reason, "not-saved")
        assert.match(error.message, /step-00000006.*Free some space, or let the folder be written to/s)
        assert.deepStrictEqual(told.checkpoints, [2])
        assert.match(told.notices[0]!, /step-00000004.*no space left.*checkpoints before this one are intact/is)
        assert.deepStrictEqual(told.records, expected.told.records)
        assert.strictEqual((yield* Checkpoint.newest(place.folder)).restored?.cursor.step, 2)
        const fs = yield* FileSystem.FileSystem
        assert.deepStrictEqual(yield* fs.readDirectory(`${place.folder}/checkpoints`), ["step-00000002"])
      }).pipe(Effect.scoped, Effect.provide(platform)),
  )
})

const diskFull = (path: string) =>
  PlatformError.systemError({
    _tag: "Unknown",
    module: "FileSystem",
    method: "writeAll",
    description: "no space left on device",
    pathOrDescriptor: path,
  })
