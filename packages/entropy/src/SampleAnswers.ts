/**
 * Several answers of one chat model to one question, ready to be clustered and scored.
 *
 * @since 0.1.0
 */
import { mean } from "@seed-grpo/core/Numeric"
import { Effect } from "effect"
import { ChatModel, type ChatReply, type ChatRequest, type Choice, type Usage } from "./ChatModel.ts"
import type { ChatModelError } from "./ChatModelError.ts"

/**
 * @since 0.1.0
 * @category models
 */
export interface SampleOptions extends Omit<ChatRequest, "messages" | "responseFormat"> {
  /** Before the question. Default: none. */
  readonly system?: string
  /**
   * What to do when fewer than `n` answers come, or the server fails half-way: `fail` with a `ChatModelError` that holds
   * them, or `keep` those that came, at least one. Default `fail`: an entropy over fewer answers is lower.
   */
  readonly fewer?: "fail" | "keep"
}

/**
 * Answers `[n]`, in no particular order.
 *
 * @since 0.1.0
 * @category models
 */
export interface SampledAnswers {
  readonly texts: ReadonlyArray<string>
  readonly finish: ReadonlyArray<Choice["finish"]>
  /** Whether each answer was cut off by `maxTokens`; the final answer is then often missing. */
  readonly truncated: ReadonlyArray<boolean>
  /**
   * Mean log-probability per token of each answer, in nats, for the likelihood-weighted estimators. Only when asked for,
   * and given for every answer. See the pitfalls of `Choice.logprobs`.
   */
  readonly meanLogprobs?: ReadonlyArray<number>
  /** Why there are no `meanLogprobs` although they were asked for. */
  readonly noLogprobs?: string
  readonly usage?: Usage
}

/** Mean log-probabilities of all choices, or the first reason why there are none. */
const meanLogprobsOf = (choices: ReadonlyArray<Choice>): Pick<SampledAnswers, "meanLogprobs" | "noLogprobs"> => {
  const means: Array<number> = []
  for (const [index, { logprobs = [], noLogprobs = "there is no token" }] of choices.entries()) {
    if (logprobs.length === 0) return { noLogprobs: `answer ${index + 1}: ${noLogprobs}` }
    means.push(mean(logprobs))
  }
  return { meanLogprobs: means }
}

/**
 * Asks one question `n` times.
 *
 * Entropy is a property of the temperature too: 1 samples from the model itself, and what is compared must be sampled
 * alike. Farquhar et al., Nature 630, 2024, use 10 answers at temperature 1.
 *
 * @example
 * ```ts
 * import assert from "node:assert"
 * import { ChatModel } from "@seed-grpo/entropy/ChatModel"
 * import { sample } from "@seed-grpo/entropy/SampleAnswers"
 * import { Effect, Layer } from "effect"
 *
 * const replies = ["4", "four"].map((text) => ({ text, finish: "stop" as const, logprobs: [-0.5, -0.1] }))
 * const recorded = Layer.succeed(ChatModel)({ model: "recorded", complete: () => Effect.succeed({ choices: replies }) })
 * const answers = await Effect.runPromise(
 *   sample("2 + 2", { n: 2, temperature: 1, maxTokens: 8, logprobs: true }).pipe(Effect.provide(recorded))
 * )
 * assert.deepEqual(answers.texts, ["4", "four"])
 * assert.deepEqual(answers.meanLogprobs, [-0.3, -0.3])
 * ```
 *
 * @since 0.1.0
 * @category sampling
 */
export const sample = Effect.fn("SampleAnswers.sample")(function* (
  question: string,
  { fewer = "fail", system, ...request }: SampleOptions,
): Effect.fn.Return<SampledAnswers, ChatModelError, ChatModel> {
  const { complete } = yield* ChatModel
  const asked = complete({
    ...request,
    messages: [
      ...(system === undefined ? [] : [{ role: "system" as const, content: system }]),
      { role: "user", content: question },
    ],
  })
  const { choices, usage }: ChatReply = yield* fewer === "fail"
    ? asked
    : Effect.catchIf(
        asked,
        (error) => error.choices.length > 0,
        (error) => Effect.succeed({ choices: error.choices }),
      )
  return {
    texts: choices.map(({ text }) => text),
    finish: choices.map(({ finish }) => finish),
    truncated: choices.map(({ finish }) => finish === "length"),
    ...(request.logprobs === true ? meanLogprobsOf(choices) : {}),
    ...(usage === undefined ? {} : { usage }),
  }
})
