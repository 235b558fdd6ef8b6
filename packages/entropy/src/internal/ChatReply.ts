/**
 * The body of a chat completion, read strictly where an answer would be wrong, and leniently where only its trimmings
 * would: answers are paid for.
 */
import { problems } from "@seed-grpo/core/SchemaProblems"
import { Effect, Result, Schema } from "effect"
import type { ChatReply, Choice, Usage } from "../ChatModel.ts"
import { ChatModelError } from "../ChatModelError.ts"

const perhaps = <S extends Schema.Top>(schema: S) => Schema.optionalKey(Schema.NullOr(schema))

const Body = Schema.Struct({
  choices: Schema.Array(
    Schema.Struct({
      index: perhaps(Schema.Int),
      message: Schema.Struct({ content: perhaps(Schema.String) }),
      finish_reason: perhaps(Schema.String),
      logprobs: Schema.optionalKey(Schema.Unknown),
    }),
  ),
  usage: Schema.optionalKey(Schema.Unknown),
})
const decodeBody = Schema.decodeUnknownResult(Body)
const decodeLogprobs = Schema.decodeUnknownResult(
  Schema.Struct({ content: Schema.Array(Schema.Struct({ logprob: Schema.NullOr(Schema.Finite) })) }),
)
const decodeUsage = Schema.decodeUnknownResult(
  Schema.Struct({ prompt_tokens: Schema.Finite, completion_tokens: Schema.Finite }),
)

const FINISHES: ReadonlyMap<unknown, Choice["finish"]> = new Map([
  ["stop", "stop"],
  ["length", "length"],
  ["content_filter", "content-filter"],
  ["tool_calls", "tool-calls"],
  ["function_call", "tool-calls"],
])

/** Rounding in half precision leaves a certain token a little above probability 1. */
const ROUNDING = 1e-4

const logprobsOf = (given: unknown, text: string): Pick<Choice, "logprobs" | "noLogprobs"> => {
  const read = decodeLogprobs(given)
  if (Result.isFailure(read)) return { noLogprobs: "the server sent none" }
  const values = read.success.content.map(({ logprob }) => logprob)
  if (values.length === 0 && text !== "") return { noLogprobs: "the server sent them for no token" }
  const wrong = values.findIndex((value) => value === null || value > ROUNDING)
  if (wrong >= 0) return { noLogprobs: `that of token ${wrong + 1} of ${values.length} is ${values[wrong]}` }
  return { logprobs: values.map((value) => Math.min(0, value!)) }
}

const usageOf = (given: unknown): { readonly usage?: Usage } => {
  const read = decodeUsage(given)
  return Result.isFailure(read)
    ? {}
    : { usage: { promptTokens: read.success.prompt_tokens, completionTokens: read.success.completion_tokens } }
}

interface Asked {
  readonly at: string
  readonly n: number
  readonly logprobs: boolean
}

/** At most `n` choices, in the order of their numbers. */
export const readReply = (json: unknown, { at, logprobs, n }: Asked): Effect.Effect<ChatReply, ChatModelError> =>
  Effect.suspend(() => {
    const malformed = (expected: string, found: string, fix: string) =>
      Effect.fail(new ChatModelError({ reason: "malformed", at, expected, found, fix }))
    const body = decodeBody(json)
    if (Result.isFailure(body)) {
      const wrong = problems(body.failure).slice(0, 3).join("; ")
      return malformed("a chat completion", wrong, "Is this the address of a chat-completions server?")
    }
    const numbers = body.success.choices.flatMap(({ index }) => (typeof index === "number" ? [index] : []))
    if (new Set(numbers).size < numbers.length) {
      // One choice sent twice, or two with a careless number: to keep or to drop the second would both bias the sample.
      return malformed("choices with different numbers", numbers.join(", "), "Set choicesPerCall to 1 for this server.")
    }
    const inOrder = body.success.choices.toSorted((a, b) => (a.index ?? 0) - (b.index ?? 0)).slice(0, n)
    const choices = inOrder.map((choice): Choice => {
      const text = choice.message.content ?? ""
      return {
        text,
        finish: FINISHES.get(choice.finish_reason) ?? "unknown",
        ...(logprobs ? logprobsOf(choice.logprobs, text) : {}),
      }
    })
    return Effect.succeed({ choices, ...usageOf(body.success.usage) })
  })
