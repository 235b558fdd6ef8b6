/**
 * The folder of a run: who may write to it, and what it was started with.
 *
 * @since 0.1.0
 */
import { hostname } from "node:os"
import { ExplainedError } from "@seed-grpo/core/ExplainedError"
import { Effect, FileSystem, Option, Path, type PlatformError, Schema, type Scope } from "effect"

/**
 * Why a run folder cannot be used.
 *
 * @since 0.1.0
 * @category errors
 */
export class RunFolderError extends ExplainedError<"in-use" | "not-empty" | "not-a-run" | "unwritable"> {
  readonly _tag = "RunFolderError"
}

const LOCK = "run.lock"

/** Who holds a folder. `started` tells a process from a later one with the same number, where the system says it. */
const Holder = Schema.fromJsonString(
  Schema.Struct({ pid: Schema.Int, host: Schema.String, started: Schema.NullOr(Schema.String) }),
)
const decodeHolder = Schema.decodeUnknownOption(Holder)
const encodeHolder = Schema.encodeSync(Holder)

/** When a process started, as Linux counts it; nothing elsewhere, or when there is no such process. */
const startOf = Effect.fnUntraced(function* (pid: number) {
  const fs = yield* FileSystem.FileSystem
  const stat = yield* Effect.option(fs.readFileString(`/proc/${pid}/stat`))
  // The second field is a name in brackets that may hold spaces; the start time is the twentieth after it.
  return Option.map(stat, (text) => text.slice(text.lastIndexOf(")") + 2).split(" ")[19] ?? "")
})

const isAlive = Effect.fnUntraced(function* (holder: { pid: number; host: string; started: string | null }) {
  // A process of another machine on a shared disk cannot be asked.
  if (holder.host !== hostname()) return true
  const started = yield* startOf(holder.pid)
  if (Option.isSome(started)) return holder.started === null || holder.started === started.value
  return yield* Effect.sync(() => {
    try {
      return process.kill(holder.pid, 0)
    } catch (error) {
      // EPERM: it exists and belongs to someone else.
      return (error as NodeJS.ErrnoException).code === "EPERM"
    }
  })
})

const unwritable = (folder: string) => (cause: PlatformError.PlatformError) =>
  new RunFolderError({
    reason: "unwritable",
    at: folder,
    expected: "a folder that can be written to",
    found: cause.message,
    fix: "Choose another folder with --out.",
    cause,
  })

/**
 * Takes a run folder for this process until the scope closes. A second process is refused; a lock that a killed process
 * left behind is taken over.
 *
 * @since 0.1.0
 * @category locks
 */
export const lock = Effect.fn("RunFolder.lock")(function* (
  folder: string,
): Effect.fn.Return<void, RunFolderError, FileSystem.FileSystem | Path.Path | Scope.Scope> {
  const fs = yield* FileSystem.FileSystem
  const path = yield* Path.Path
  const file = path.join(folder, LOCK)
  const started = yield* startOf(process.pid)
  const me = encodeHolder({ pid: process.pid, host: hostname(), started: Option.getOrNull(started) })
  const take = fs.writeFileString(file, me, { flag: "wx" })
  yield* Effect.acquireRelease(
    take.pipe(
      Effect.catch((cause) =>
        Effect.gen(function* () {
          const text = yield* Effect.option(fs.readFileString(file))
          if (Option.isNone(text)) return yield* Effect.fail(unwritable(folder)(cause))
          const holder = decodeHolder(text.value)
          if (Option.isSome(holder) && (yield* isAlive(holder.value))) {
            return yield* Effect.fail(
              new RunFolderError({
                reason: "in-use",
                at: folder,
                expected: "a run folder that no other process is writing to",
                found: `process ${holder.value.pid} on ${holder.value.host} in it`,
                fix: `Wait for it to end, or stop it. If it is not a training run, delete ${file}.`,
              }),
            )
          }
          yield* fs.remove(file).pipe(Effect.andThen(take), Effect.mapError(unwritable(folder)))
        }),
      ),
    ),
    () => Effect.ignore(fs.remove(file)),
  )
})

/**
 * Makes a new run folder with its configuration. A folder that already holds a run is refused.
 *
 * @since 0.1.0
 * @category constructors
 */
export const create = Effect.fn("RunFolder.create")(function* (
  folder: string,
  config: unknown,
): Effect.fn.Return<void, RunFolderError, FileSystem.FileSystem | Path.Path | Scope.Scope> {
  const fs = yield* FileSystem.FileSystem
  const path = yield* Path.Path
  const file = path.join(folder, "config.json")
  yield* fs.makeDirectory(folder, { recursive: true }).pipe(Effect.mapError(unwritable(folder)))
  yield* lock(folder)
  if (yield* fs.exists(file).pipe(Effect.mapError(unwritable(folder)))) {
    return yield* Effect.fail(
      new RunFolderError({
        reason: "not-empty",
        at: folder,
        expected: "a folder without a run",
        found: "a run",
        fix: `Continue it with \`seed-grpo train --resume ${folder}\`, or choose another folder with --out.`,
      }),
    )
  }
  yield* fs.writeFileString(file, `${JSON.stringify(config, undefined, 2)}\n`).pipe(Effect.mapError(unwritable(folder)))
})

/**
 * Adds to `environment.jsonl` on what a run was started or resumed: one line for each process that worked on it.
 *
 * @since 0.1.0
 * @category writing
 */
export const addSession = Effect.fn("RunFolder.addSession")(function* (
  folder: string,
  session: unknown,
): Effect.fn.Return<void, RunFolderError, FileSystem.FileSystem | Path.Path> {
  const fs = yield* FileSystem.FileSystem
  const path = yield* Path.Path
  yield* fs
    .writeFileString(path.join(folder, "environment.jsonl"), `${JSON.stringify(session)}\n`, { flag: "a" })
    .pipe(Effect.mapError(unwritable(folder)))
})

/**
 * Opens the folder of an earlier run and gives the text of its configuration.
 *
 * @since 0.1.0
 * @category constructors
 */
export const open = Effect.fn("RunFolder.open")(function* (
  folder: string,
): Effect.fn.Return<string, RunFolderError, FileSystem.FileSystem | Path.Path | Scope.Scope> {
  const fs = yield* FileSystem.FileSystem
  const path = yield* Path.Path
  const config = yield* fs.readFileString(path.join(folder, "config.json")).pipe(
    Effect.mapError(
      (cause) =>
        new RunFolderError({
          reason: "not-a-run",
          at: folder,
          expected: "the folder of a run, with a config.json",
          found: cause.message,
          fix: "Start a new run with `seed-grpo train --config FILE`.",
          cause,
        }),
    ),
  )
  yield* lock(folder)
  return config
})
