/**
 * The text of a file, or of standard input.
 */
import { Effect, FileSystem, Option, Stdio, Stream } from "effect"
import { UsageError } from "./UsageError.ts"

export const readInput = Effect.fnUntraced(function* (file: Option.Option<string>) {
  if (Option.isNone(file) || file.value === "-") {
    const { stdin } = yield* Stdio.Stdio
    return yield* stdin.pipe(Stream.decodeText(), Stream.mkString, Effect.orDie)
  }
  const fs = yield* FileSystem.FileSystem
  return yield* fs.readFileString(file.value).pipe(
    Effect.mapError(
      (cause) =>
        new UsageError({
          reason: "unreadable-input",
          at: file.value,
          expected: "a file of JSON lines",
          found: cause.message,
          fix: "Check the path, or give - to read from standard input.",
          cause,
        }),
    ),
  )
})
