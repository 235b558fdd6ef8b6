/**
 * The state of a run on disk, whole or not at all.
 *
 * A checkpoint is written to a temporary folder, every file flushed, the manifest with the files' hashes last, and only
 * then renamed into place. What is not a complete, intact checkpoint is never loaded.
 *
 * @since 0.1.0
 */
import { createHash } from "node:crypto"
import type { RunCursor } from "@seed-grpo/core"
import { ExplainedError } from "@seed-grpo/core/ExplainedError"
import type { GrpoOptimizer } from "@seed-grpo/grpo"
import { Safetensors } from "@seed-grpo/runtime"
import { Effect, FileSystem, Path, type PlatformError, Result, Schema } from "effect"
import { Best, RunProgress } from "./RunProgress.ts"

/**
 * Everything that training goes on from.
 *
 * @since 0.1.0
 * @category models
 */
export interface Checkpoint {
  readonly cursor: RunCursor
  /** Updates in a row without a finite loss. */
  readonly nonFinite: number
  /** Its `best` may be this very checkpoint. */
  readonly progress: RunProgress
  readonly optimizer: GrpoOptimizer.OptimizerState
  /** Of a reference policy that moves. */
  readonly reference?: Safetensors.HostTensors | undefined
  /** Files of a Hugging Face model folder. */
  readonly policy: ReadonlyMap<string, Uint8Array>
}

/**
 * A checkpoint found on disk. Its policy is loaded from `modelFolder`, by the code that loads any model.
 *
 * @since 0.1.0
 * @category models
 */
export interface Restored {
  readonly path: string
  readonly modelFolder: string
  readonly cursor: RunCursor
  readonly nonFinite: number
  readonly progress: RunProgress
  readonly optimizer: GrpoOptimizer.OptimizerState
  readonly reference: Safetensors.HostTensors | undefined
}

/**
 * Why a checkpoint could not be written or read.
 *
 * @since 0.1.0
 * @category errors
 */
export class CheckpointError extends ExplainedError<
  "not-saved" | "damaged" | "newer-format" | "none-intact" | "no-best"
> {
  readonly _tag = "CheckpointError"
}

const FORMAT = 1
const MANIFEST = "checkpoint.json"
const OPTIMIZER = "optimizer.safetensors"
const PROGRESS = "progress.json"
const BEST = "best.json"
const REFERENCE = "reference.safetensors"

const Manifest = Schema.fromJsonString(
  Schema.Struct({
    format: Schema.Int,
    cursor: Schema.Struct({ step: Schema.Int, records: Schema.Int, completions: Schema.Int }),
    nonFinite: Schema.Int,
    optimizerStep: Schema.Int,
    /** SHA-256 of each file, by path from the checkpoint's folder. */
    files: Schema.Record(Schema.String, Schema.String),
  }),
)
const decodeManifest = Schema.decodeUnknownResult(Manifest)
const encodeManifest = Schema.encodeSync(Manifest)

const Progress = Schema.fromJsonString(RunProgress)
const decodeProgress = Schema.decodeUnknownResult(Progress)
const encodeProgress = Schema.encodeSync(Progress)

/** Where the best checkpoint is, for people too; `checkpoint` starts at the folder of the run. */
const Pointer = Schema.fromJsonString(Schema.Struct({ checkpoint: Schema.String, ...Best.fields }))
const decodePointer = Schema.decodeUnknownResult(Pointer)
const encodePointer = Schema.encodeSync(Pointer)

const hash = (bytes: Uint8Array) => createHash("sha256").update(bytes).digest("hex")

const nameOf = (step: number) => `step-${String(step).padStart(8, "0")}`
const NAME = /^step-\d{8}$/
const TEMPORARY = /^\.step-\d{8}\.\d+$/

const notSaved = (path: string) => (cause: PlatformError.PlatformError) =>
  new CheckpointError({
    reason: "not-saved",
    at: path,
    expected: "room and permission to write it",
    found: cause.message,
    fix: "Free some space, or let the folder be written to; the checkpoints before this one are intact.",
    cause,
  })

/** Writes a file and waits until it is on the disk. */
const writeFlushed = Effect.fnUntraced(function* (path: string, bytes: Uint8Array) {
  const fs = yield* FileSystem.FileSystem
  const file = yield* fs.open(path, { flag: "w" })
  yield* file.writeAll(bytes)
  yield* file.sync
}, Effect.scoped)

/** Says in `best.json` which checkpoint is the best: written aside, flushed, renamed. */
const point = Effect.fnUntraced(function* (folder: string, best: typeof Best.Type) {
  const fs = yield* FileSystem.FileSystem
  const path = yield* Path.Path
  const temporary = path.join(folder, `.${BEST}.${process.pid}`)
  const text = encodePointer({ checkpoint: `checkpoints/${nameOf(best.step)}`, ...best })
  yield* Effect.andThen(
    writeFlushed(temporary, new TextEncoder().encode(`${text}\n`)),
    fs.rename(temporary, path.join(folder, BEST)),
  ).pipe(Effect.onError(() => Effect.ignore(fs.remove(temporary, { force: true }))))
})

/**
 * Saves a checkpoint under `folder/checkpoints` and removes all but the newest `keep` and the best, to which `best.json` in the
 * folder then points. When it fails, what was there before is untouched.
 *
 * @since 0.1.0
 * @category writing
 */
export const save = Effect.fn("Checkpoint.save")(function* (
  folder: string,
  checkpoint: Checkpoint,
  keep: number,
): Effect.fn.Return<string, CheckpointError, FileSystem.FileSystem | Path.Path> {
  const fs = yield* FileSystem.FileSystem
  const path = yield* Path.Path
  const root = path.join(folder, "checkpoints")
  const target = path.join(root, nameOf(checkpoint.cursor.step))
  const temporary = path.join(root, `.${nameOf(checkpoint.cursor.step)}.${process.pid}`)
  const contents = new Map([
    ...[...checkpoint.policy].map(([name, bytes]) => [`policy/${name}`, bytes] as const),
    [OPTIMIZER, Safetensors.serialize(checkpoint.optimizer.moments)] as const,
    [PROGRESS, new TextEncoder().encode(encodeProgress(checkpoint.progress))] as const,
    ...(checkpoint.reference === undefined ? [] : [[REFERENCE, Safetensors.serialize(checkpoint.reference)] as const]),
  ])
  const manifest = encodeManifest({
    format: FORMAT,
    cursor: checkpoint.cursor,
    nonFinite: checkpoint.nonFinite,
    optimizerStep: checkpoint.optimizer.step,
    files: Object.fromEntries([...contents].map(([name, bytes]) => [name, hash(bytes)])),
  })
  const { best } = checkpoint.progress
  yield* Effect.gen(function* () {
    yield* fs.makeDirectory(path.join(temporary, "policy"), { recursive: true })
    for (const [name, bytes] of contents) yield* writeFlushed(path.join(temporary, name), bytes)
    yield* writeFlushed(path.join(temporary, MANIFEST), new TextEncoder().encode(manifest))
    if (yield* fs.exists(target)) yield* fs.remove(target, { recursive: true })
    yield* fs.rename(temporary, target)
    if (best !== undefined) yield* point(folder, best)
  }).pipe(
    Effect.mapError(notSaved(target)),
    Effect.onError(() => Effect.ignore(fs.remove(temporary, { recursive: true, force: true }))),
  )
  const older = (yield* list(folder)).slice(keep).filter((name) => best === undefined || name !== nameOf(best.step))
  // Halves of checkpoints that a killed process left behind; this process holds the run, so nobody is writing them.
  const abandoned = (yield* entries(folder)).filter((name) => TEMPORARY.test(name))
  yield* Effect.forEach([...older, ...abandoned], (name) => fs.remove(path.join(root, name), { recursive: true })).pipe(
    Effect.mapError(notSaved(target)),
  )
  return target
})

/** What lies in the folder of checkpoints; nothing before the first one, when there is no such folder. */
const entries = Effect.fnUntraced(function* (folder: string) {
  const fs = yield* FileSystem.FileSystem
  const path = yield* Path.Path
  return yield* fs.readDirectory(path.join(folder, "checkpoints")).pipe(Effect.orElseSucceed((): Array<string> => []))
})

/** Names of the checkpoints of a run, newest first. */
const list = (folder: string) =>
  Effect.map(entries(folder), (names) =>
    names
      .filter((name) => NAME.test(name))
      .toSorted()
      .toReversed(),
  )

const damaged = (path: string, expected: string, found: string, cause?: unknown) =>
  new CheckpointError({
    reason: "damaged",
    at: path,
    expected,
    found,
    fix: "It is left as it is; an older checkpoint is used.",
    cause,
  })

/** Reads one checkpoint and checks every file against its hash. */
const read = Effect.fnUntraced(function* (checkpoint: string) {
  const fs = yield* FileSystem.FileSystem
  const path = yield* Path.Path
  const contents = (name: string) =>
    fs
      .readFile(path.join(checkpoint, name))
      .pipe(Effect.mapError((cause) => damaged(path.join(checkpoint, name), "a readable file", cause.message, cause)))
  const manifest = decodeManifest(new TextDecoder().decode(yield* contents(MANIFEST)))
  if (Result.isFailure(manifest)) {
    return yield* Effect.fail(damaged(path.join(checkpoint, MANIFEST), "a manifest", manifest.failure.message))
  }
  const { cursor, files, format, nonFinite, optimizerStep } = manifest.success
  if (format > FORMAT) {
    return yield* Effect.fail(
      new CheckpointError({
        reason: "newer-format",
        at: checkpoint,
        expected: `format ${FORMAT} or older`,
        found: `format ${format}`,
        fix: "Resume with the version of seed-grpo that wrote it, or a newer one.",
      }),
    )
  }
  for (const [name, expected] of Object.entries(files)) {
    const found = hash(yield* contents(name))
    if (found !== expected) {
      return yield* Effect.fail(damaged(path.join(checkpoint, name), `SHA-256 ${expected}`, found))
    }
  }
  const progress = decodeProgress(new TextDecoder().decode(yield* contents(PROGRESS)))
  if (Result.isFailure(progress)) {
    return yield* Effect.fail(damaged(path.join(checkpoint, PROGRESS), "where a run stands", progress.failure.message))
  }
  const { best, ...others } = progress.success
  // What was the best then may have been removed since, for a better one that is damaged now.
  const isThere = best !== undefined && (yield* entries(path.resolve(checkpoint, "../.."))).includes(nameOf(best.step))
  return {
    path: checkpoint,
    modelFolder: path.join(checkpoint, "policy"),
    cursor,
    nonFinite,
    progress: isThere ? { ...others, best } : others,
    optimizer: { step: optimizerStep, moments: Safetensors.parse(yield* contents(OPTIMIZER)) },
    reference: REFERENCE in files ? Safetensors.parse(yield* contents(REFERENCE)) : undefined,
  } satisfies Restored
})

/**
 * The newest intact checkpoint of a run, and the errors of newer ones that were passed over; nothing when none was
 * written yet. Fails when there are checkpoints and none is intact.
 *
 * @since 0.1.0
 * @category reading
 */
export const newest = Effect.fn("Checkpoint.newest")(function* (
  folder: string,
): Effect.fn.Return<
  { readonly restored: Restored | undefined; readonly passedOver: ReadonlyArray<CheckpointError> },
  CheckpointError,
  FileSystem.FileSystem | Path.Path
> {
  const path = yield* Path.Path
  const passedOver: Array<CheckpointError> = []
  for (const name of yield* list(folder)) {
    const attempt = yield* Effect.result(read(path.join(folder, "checkpoints", name)))
    if (Result.isSuccess(attempt)) return { restored: attempt.success, passedOver }
    if (attempt.failure.reason === "newer-format") return yield* Effect.fail(attempt.failure)
    passedOver.push(attempt.failure)
  }
  const first = passedOver[0]
  if (first === undefined) return { restored: undefined, passedOver }
  return yield* Effect.fail(
    new CheckpointError({
      reason: "none-intact",
      at: folder,
      expected: "an intact checkpoint",
      found: `${passedOver.length} damaged ones; the newest: ${first.message}`,
      fix: "Restore the folder from a backup, or start a new run.",
      cause: first,
    }),
  )
})

/**
 * The best checkpoint of a run, by the metric that its configuration chose, and what it was worth. Its policy is a model folder
 * like any other.
 *
 * @since 0.1.0
 * @category reading
 */
export const best = Effect.fn("Checkpoint.best")(function* (
  folder: string,
): Effect.fn.Return<
  { readonly restored: Restored; readonly best: typeof Best.Type },
  CheckpointError,
  FileSystem.FileSystem | Path.Path
> {
  const fs = yield* FileSystem.FileSystem
  const path = yield* Path.Path
  const file = path.join(folder, BEST)
  const text = yield* fs.readFileString(file).pipe(
    Effect.mapError(
      (cause) =>
        new CheckpointError({
          reason: "no-best",
          at: file,
          expected: "the name of the best checkpoint",
          found: cause.message,
          fix: "Train with checkpoint.best, or take the newest checkpoint.",
          cause,
        }),
    ),
  )
  const pointer = decodePointer(text)
  if (Result.isFailure(pointer)) {
    return yield* Effect.fail(damaged(file, "the name of the best checkpoint", pointer.failure.message))
  }
  const { metric, step, value } = pointer.success
  return { restored: yield* read(path.join(folder, "checkpoints", nameOf(step))), best: { metric, step, value } }
})
