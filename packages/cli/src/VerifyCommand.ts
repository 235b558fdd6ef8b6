/**
 * `seed-grpo verify`
 */
import { SchemaProblems } from "@seed-grpo/core"
import { AnswerKey, Grade, Parse, Print } from "@seed-grpo/equivalence"
import { Escape } from "@seed-grpo/report"
import { Console, Effect, FileSystem, Option, Result, Schema } from "effect"
import { Argument, Command, Flag } from "effect/cli"
import { progress } from "./Progress.ts"
import { UsageError } from "./UsageError.ts"
import { type Verified, VerifyRow, verifyRow } from "./VerifyRow.ts"

const decodeRow = Schema.decodeUnknownResult(Schema.fromJsonString(VerifyRow))

const verifyFile = Effect.fnUntraced(function* (file: string, out: Option.Option<string>) {
  const fs = yield* FileSystem.FileSystem
  const text = yield* fs.readFileString(file).pipe(
    Effect.mapError(
      (cause) =>
        new UsageError({
          reason: "unreadable-input",
          at: file,
          expected: "a file of JSON lines, or two arguments: the reference answer and the response",
          found: cause.message,
          fix: "Check the path, or give a response as the second argument.",
          cause,
        }),
    ),
  )
  const lines = text.split("\n")
  const report = yield* progress("verified")
  const written: Array<string> = []
  const counts = { equivalent: 0, different: 0, undecided: 0 } satisfies Record<Verified["verdict"], number>
  let leftOut = 0
  for (const [index, line] of lines.entries()) {
    if (line.trim() === "") continue
    const row = decodeRow(line)
    if (Result.isFailure(row)) {
      leftOut++
      yield* Console.error(`warning: line ${index + 1} left out: ${SchemaProblems.problems(row.failure).join("; ")}`)
      continue
    }
    const verified = verifyRow(row.success)
    counts[verified.verdict]++
    if (Option.isSome(out)) written.push(JSON.stringify(verified))
    else yield* Console.log(JSON.stringify(verified))
    if (index % 50 === 0) yield* report(index + 1, lines.length)
  }
  yield* report(lines.length, lines.length)
  if (Option.isSome(out)) {
    yield* fs.writeFileString(out.value, written.map((line) => `${line}\n`).join("")).pipe(
      Effect.mapError(
        (cause) =>
          new UsageError({
            reason: "command-failed",
            at: out.value,
            expected: "a file that can be written",
            found: cause.message,
            fix: "Give another path after --out.",
            cause,
          }),
      ),
    )
  }
  yield* Console.error(
    `${counts.equivalent} equivalent, ${counts.different} different, ${counts.undecided} undecided` +
      (leftOut === 0 ? "" : `, ${leftOut} lines left out`),
  )
  if (leftOut > 0) process.exitCode = 1
})

const verifyPair = Effect.fnUntraced(function* (gold: string, response: string) {
  const { correct, extracted, verdict } = Grade.grade([gold], response)
  const certainty =
    verdict.errorProbability === undefined || verdict.errorProbability === 0
      ? ""
      : `; wrong with a probability of about ${verdict.errorProbability.toExponential(0)}`
  const read = (what: string, answer: string, how: string) => {
    const parsed = Parse.parse(answer)
    const { key, kind } = AnswerKey.answerKey(answer)
    const meaning =
      parsed.outcome === "unreadable"
        ? `not read as mathematics: expected ${parsed.expected} at ${parsed.start}`
        : `read as ${kind} ${kind === "number" ? key : Print.print(parsed.expression)}`
    return `  ${what.padEnd(9)} ${Escape.forTerminal(answer)}${how}, ${Escape.forTerminal(meaning)}`
  }
  yield* Console.log(
    [
      `${verdict.outcome}: ${Escape.forTerminal(verdict.reason)}${verdict.stage === "none" ? "" : ` (stage ${verdict.stage}${certainty})`}`,
      read("reference", gold, ""),
      extracted === undefined
        ? "  answer    none was found"
        : read("answer", extracted.answer, ` (${extracted.rule}, characters ${extracted.start}–${extracted.end})`),
    ].join("\n"),
  )
  if (!correct) process.exitCode = 1
})

export const verify = Command.make(
  "verify",
  {
    gold: Argument.String("gold").pipe(
      Argument.withDescription(
        'The reference answer; or, when it is the only argument, a file of JSON lines with "gold" and "answer", and ' +
          'optionally "id", "extract" ("latex", "expr" or "string", where the answer is a whole solution) and "options"',
      ),
    ),
    response: Argument.String("response").pipe(
      Argument.withDescription("An answer, or a response that ends with one"),
      Argument.optional,
    ),
    out: Flag.File("out").pipe(
      Flag.withDescription("Where to write the verdicts on a file, instead of standard output"),
      Flag.optional,
    ),
  },
  ({ gold, out, response }) =>
    Option.match(response, { onNone: () => verifyFile(gold, out), onSome: (text) => verifyPair(gold, text) }),
).pipe(
  Command.withDescription(
    "Say whether a response is right, which answer was found in it, how both were read, and why. The exit code is 0 when " +
      "it is right and 1 when it is not. With a file, write one verdict a row: id, verdict, stage, reason, the keys of " +
      "both answers and the milliseconds taken.",
  ),
  Command.withShortDescription("Is this answer right?"),
  Command.withExamples([
    { command: String.raw`seed-grpo verify 3/4 'so it is \boxed{75\%}'`, description: "equivalent" },
    { command: "seed-grpo verify -- -35 'it is -35'", description: "Answers that begin with a minus sign" },
    { command: "seed-grpo verify pairs.jsonl --out verdicts.jsonl", description: "A whole file" },
  ]),
)
