/**
 * Problem sets as JSON lines: one object a line with `problem` and `answer` (or `answers`), and optionally `id`,
 * `subject`, `level` and `source`.
 *
 * A line that cannot be used is set aside with its number and the reason. A set of which too much is unusable is refused
 * as a whole: it is probably not what its reader takes it for.
 *
 * @since 0.1.0
 */
import type { Problem } from "@seed-grpo/core"
import { ExplainedError } from "@seed-grpo/core/ExplainedError"
import { problems } from "@seed-grpo/core/SchemaProblems"
import { Effect, FileSystem, Result, Schema } from "effect"

/**
 * A line that was set aside. Lines count from 1.
 *
 * @since 0.1.0
 * @category models
 */
export interface RejectedLine {
  readonly line: number
  readonly reason: string
}

/**
 * @since 0.1.0
 * @category models
 */
export interface ProblemSet {
  readonly problems: ReadonlyArray<Problem>
  readonly rejected: ReadonlyArray<RejectedLine>
}

/**
 * Why a problem set was refused.
 *
 * @since 0.1.0
 * @category errors
 */
export class ProblemFileError extends ExplainedError<"unreadable" | "empty" | "too-many-bad-lines"> {
  readonly _tag = "ProblemFileError"
}

const Row = Schema.Struct({
  id: Schema.optional(Schema.NonEmptyString),
  problem: Schema.NonEmptyString,
  answer: Schema.optional(Schema.String),
  answers: Schema.optional(Schema.Array(Schema.String)),
  subject: Schema.optional(Schema.String),
  level: Schema.optional(Schema.Union([Schema.String, Schema.Finite])),
  source: Schema.optional(Schema.String),
})

const decodeRow = Schema.decodeUnknownResult(Schema.fromJsonString(Row))

const readLine = (line: string, number: number, seen: ReadonlySet<string>): Result.Result<Problem, string> => {
  const decoded = decodeRow(line)
  if (Result.isFailure(decoded)) return Result.fail(problems(decoded.failure).join("; "))
  const { answer, answers, level, problem, ...row } = decoded.success
  const [first, ...rest] = (answers ?? [answer ?? ""]).filter((gold) => gold.trim() !== "")
  if (first === undefined) return Result.fail("the reference answer is empty, so an empty response would be right")
  const id = row.id ?? `line-${number}`
  if (seen.has(id)) return Result.fail(`the id ${JSON.stringify(id)} was used before`)
  return Result.succeed({
    id,
    question: problem,
    golds: [first, ...rest],
    ...(row.subject === undefined ? {} : { subject: row.subject }),
    ...(level === undefined ? {} : { level: String(level) }),
    ...(row.source === undefined ? {} : { source: row.source }),
  })
}

/**
 * Reads the text of a problem file. A byte-order mark, Windows line ends and blank lines are accepted.
 *
 * @example
 * ```ts
 * import assert from "node:assert"
 * import { ProblemFile } from "@seed-grpo/data"
 *
 * const { problems, rejected } = ProblemFile.parse('{"problem":"1+1?","answer":"2"}\n{"problem":"?","answer":""}\n')
 * assert.deepEqual(problems[0]?.golds, ["2"])
 * assert.equal(rejected[0]?.line, 2)
 * ```
 *
 * @since 0.1.0
 * @category reading
 */
export const parse = (text: string): ProblemSet => {
  const accepted: Array<Problem> = []
  const rejected: Array<RejectedLine> = []
  const seen = new Set<string>()
  for (const [index, line] of text
    .replace(/^\uFEFF/, "")
    .split("\n")
    .entries()) {
    if (line.trim() === "") continue
    const read = readLine(line, index + 1, seen)
    if (Result.isFailure(read)) rejected.push({ line: index + 1, reason: read.failure })
    else {
      seen.add(read.success.id)
      accepted.push(read.success)
    }
  }
  return { problems: accepted, rejected }
}

/**
 * Reads a problem file. Fails when more than `maxRejectedShare` of its lines (5 % by default) are unusable, or when none
 * is left.
 *
 * @since 0.1.0
 * @category reading
 */
export const load = Effect.fn("ProblemFile.load")(function* (
  path: string,
  options: { readonly maxRejectedShare?: number } = {},
): Effect.fn.Return<ProblemSet, ProblemFileError, FileSystem.FileSystem> {
  const fs = yield* FileSystem.FileSystem
  const text = yield* fs.readFileString(path).pipe(
    Effect.mapError(
      (cause) =>
        new ProblemFileError({
          reason: "unreadable",
          at: path,
          expected: "a file of JSON lines",
          found: cause.message,
          fix: "Check the path.",
          cause,
        }),
    ),
  )
  const set = parse(text)
  const lines = set.problems.length + set.rejected.length
  const worst = set.rejected[0]
  if (worst !== undefined && set.rejected.length > lines * (options.maxRejectedShare ?? 0.05)) {
    return yield* Effect.fail(
      new ProblemFileError({
        reason: "too-many-bad-lines",
        at: path,
        expected: `at most ${100 * (options.maxRejectedShare ?? 0.05)} % unusable lines`,
        found: `${set.rejected.length} of ${lines}, the first in line ${worst.line}: ${worst.reason}`,
        fix: 'Write one {"problem": …, "answer": …} a line.',
      }),
    )
  }
  if (set.problems.length === 0) {
    return yield* Effect.fail(
      new ProblemFileError({
        reason: "empty",
        at: path,
        expected: "at least one problem",
        found: "none",
        fix: 'Write one {"problem": …, "answer": …} a line.',
      }),
    )
  }
  return set
})
