/**
 * `seed-grpo verify`
 */
import { Grade } from "@seed-grpo/equivalence"
import { Console, Effect } from "effect"
import { Argument, Command } from "effect/cli"

export const verify = Command.make(
  "verify",
  {
    gold: Argument.String("gold").pipe(Argument.withDescription("The reference answer")),
    response: Argument.String("response").pipe(Argument.withDescription("An answer, or a response that ends with one")),
  },
  Effect.fn(function* ({ gold, response }) {
    const { correct, extracted, verdict } = Grade.grade([gold], response)
    const found = extracted === undefined ? "no answer found" : `answer ${extracted.answer} (${extracted.rule})`
    yield* Console.log(`${verdict.outcome}: ${found}; ${verdict.reason}`)
    if (!correct) process.exitCode = 1
  }),
).pipe(
  Command.withDescription(
    "Say whether a response is right, which answer was found in it, and why. The exit code is 0 when it is right and 1 " +
      "when it is not.",
  ),
  Command.withShortDescription("Is this answer right?"),
  Command.withExamples([
    { command: String.raw`seed-grpo verify 3/4 'so it is \boxed{75\%}'`, description: "equivalent" },
  ]),
)
