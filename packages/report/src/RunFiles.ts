/**
 * The files of a run: one JSON object a line, appended as things happen, and readable by anything.
 *
 * `metrics.jsonl` holds step and evaluation records, `completions.jsonl` every completion with what was decided about it;
 * both are the same bytes however often the run was stopped and resumed. `timings.jsonl` holds what depends on the
 * machine.
 *
 * @since 0.1.0
 */
import type { CompletionRecord, EvaluationRecord, RunCursor, RunEvent, StepRecord, StepTiming } from "@seed-grpo/core"
import { ExplainedError } from "@seed-grpo/core/ExplainedError"
import { Effect, FileSystem, Path, type PlatformError, type Scope } from "effect"

/**
 * Why a run's files could not be written or read.
 *
 * @since 0.1.0
 * @category errors
 */
export class RunFilesError extends ExplainedError<"not-written" | "not-read" | "cut-short"> {
  readonly _tag = "RunFilesError"
}

const METRICS = "metrics.jsonl"
const COMPLETIONS = "completions.jsonl"
const TIMINGS = "timings.jsonl"

/**
 * The error of a file that could not be written.
 *
 * @since 0.1.0
 * @category errors
 */
export const notWritten = (path: string) => (cause: PlatformError.PlatformError) =>
  new RunFilesError({
    reason: "not-written",
    at: path,
    expected: "room and permission to write it",
    found: cause.message,
    fix: "Free some space, then go on with `seed-grpo train --resume`.",
    cause,
  })

/** Where line number `count` ends, or nothing when there are fewer. */
const endOfLine = (bytes: Uint8Array, count: number): number | undefined => {
  let at = 0
  for (let line = 0; line < count; line++) {
    const next = bytes.indexOf(0x0a, at)
    if (next === -1) return undefined
    at = next + 1
  }
  return at
}

/** Keeps the first `lines` lines of a file. What a killed process wrote after its last checkpoint is told again. */
const rollBack = Effect.fnUntraced(function* (file: string, lines: number) {
  const fs = yield* FileSystem.FileSystem
  const exists = yield* fs.exists(file).pipe(Effect.mapError(notWritten(file)))
  const bytes = exists ? yield* fs.readFile(file).pipe(Effect.mapError(notWritten(file))) : new Uint8Array()
  const end = endOfLine(bytes, lines)
  if (end === undefined) {
    return yield* Effect.fail(
      new RunFilesError({
        reason: "cut-short",
        at: file,
        expected: `at least the ${lines} lines that the checkpoint stands at`,
        found: "fewer",
        fix: "Restore the file from a backup; the run cannot go on with a part of its record missing.",
      }),
    )
  }
  if (end < bytes.length) yield* fs.truncate(file, end).pipe(Effect.mapError(notWritten(file)))
})

/**
 * Opens the files of a run at a point, and gives the function that appends what happens from there on.
 *
 * @since 0.1.0
 * @category writing
 */
export const open = Effect.fn("RunFiles.open")(function* (
  folder: string,
  cursor: RunCursor,
): Effect.fn.Return<
  (event: RunEvent) => Effect.Effect<void, RunFilesError>,
  RunFilesError,
  FileSystem.FileSystem | Path.Path | Scope.Scope
> {
  const fs = yield* FileSystem.FileSystem
  const path = yield* Path.Path
  const openAt = Effect.fnUntraced(function* (name: string, lines: number) {
    const file = path.join(folder, name)
    yield* rollBack(file, lines)
    const handle = yield* fs.open(file, { flag: "a" }).pipe(Effect.mapError(notWritten(file)))
    return (rows: ReadonlyArray<unknown>) =>
      handle
        .writeAll(new TextEncoder().encode(rows.map((row) => `${JSON.stringify(row)}\n`).join("")))
        .pipe(Effect.andThen(handle.sync), Effect.mapError(notWritten(file)))
  })
  const metrics = yield* openAt(METRICS, cursor.records)
  const completions = yield* openAt(COMPLETIONS, cursor.completions)
  const timings = yield* openAt(TIMINGS, cursor.step)
  return (event) => {
    switch (event.type) {
      case "step":
        return Effect.all([completions(event.completions), timings([event.timing]), metrics([event.record])], {
          discard: true,
        })
      case "evaluation":
        return metrics([event.record])
      default:
        return Effect.void
    }
  }
})

/**
 * Everything that a run has recorded so far.
 *
 * @since 0.1.0
 * @category models
 */
export interface RunRecords {
  readonly config: unknown
  /** One entry for each process that worked on the run. */
  readonly environment: ReadonlyArray<unknown>
  readonly steps: ReadonlyArray<StepRecord>
  readonly evaluations: ReadonlyArray<EvaluationRecord>
  readonly timings: ReadonlyArray<StepTiming>
  readonly completions: ReadonlyArray<CompletionRecord>
}

const notRead = (file: string, found: string, cause: unknown) =>
  new RunFilesError({
    reason: "not-read",
    at: file,
    expected: "a file of a run",
    found,
    fix: "Give the folder of a run, as `seed-grpo train` printed it.",
    cause,
  })

const textOf = Effect.fnUntraced(function* (folder: string, name: string) {
  const fs = yield* FileSystem.FileSystem
  const path = yield* Path.Path
  const file = path.join(folder, name)
  return {
    file,
    text: yield* fs.readFileString(file).pipe(Effect.mapError((cause) => notRead(file, cause.message, cause))),
  }
})

const parse = (file: string, source: string) =>
  Effect.try({
    try: () => JSON.parse(source) as unknown,
    catch: (cause) => notRead(file, cause instanceof Error ? cause.message : "no JSON", cause),
  })

const jsonOf = (folder: string, name: string) =>
  Effect.flatMap(textOf(folder, name), ({ file, text }) => parse(file, text))

const linesOf = (folder: string, name: string) =>
  Effect.flatMap(textOf(folder, name), ({ file, text }) => {
    const whole = text.slice(0, text.lastIndexOf("\n") + 1)
    return parse(file, `[${whole.trimEnd().replaceAll("\n", ",")}]`)
  })

/**
 * The steps that a run has recorded so far.
 *
 * @since 0.1.0
 * @category reading
 */
export const readSteps = Effect.fn("RunFiles.readSteps")(function* (
  folder: string,
): Effect.fn.Return<ReadonlyArray<StepRecord>, RunFilesError, FileSystem.FileSystem | Path.Path> {
  const metrics = (yield* linesOf(folder, METRICS)) as ReadonlyArray<StepRecord | EvaluationRecord>
  return metrics.filter((record) => record.kind === "step")
})

/**
 * Reads a run, also while it is being written: a last line that is not complete yet is left out.
 *
 * @since 0.1.0
 * @category reading
 */
export const read = Effect.fn("RunFiles.read")(function* (
  folder: string,
): Effect.fn.Return<RunRecords, RunFilesError, FileSystem.FileSystem | Path.Path> {
  const lines = (name: string) => linesOf(folder, name)
  // The shapes are this package's own: whatever wrote the lines is `open`, above.
  const metrics = (yield* lines(METRICS)) as ReadonlyArray<StepRecord | EvaluationRecord>
  return {
    config: yield* jsonOf(folder, "config.json"),
    environment: (yield* lines("environment.jsonl")) as ReadonlyArray<unknown>,
    steps: metrics.filter((record) => record.kind === "step"),
    evaluations: metrics.filter((record) => record.kind === "evaluation"),
    timings: (yield* lines(TIMINGS)) as ReadonlyArray<StepTiming>,
    completions: (yield* lines(COMPLETIONS)) as ReadonlyArray<CompletionRecord>,
  }
})
