import { assert, describe, it } from "@effect/vitest"
import { layer } from "@seed-grpo/entropy/ChatModel"
import { sample, type SampleOptions } from "@seed-grpo/entropy/SampleAnswers"
import { Effect, Layer } from "effect"
import { FetchHttpClient } from "effect/http"
import { chatServer, send } from "./chatServer.ts"

const ask = (baseUrl: string, options: Partial<SampleOptions> = {}) =>
  sample("2 + 2", { n: 2, temperature: 1, maxTokens: 16, ...options }).pipe(
    Effect.provide(
      layer({ baseUrl, model: "qwen", backoff: "1 millis", retries: 1 }).pipe(Layer.provide(FetchHttpClient.layer)),
    ),
  )

const choice = (index: number, content: string, finish_reason: string, ...logprobs: ReadonlyArray<number | null>) => ({
  index,
  message: { content },
  finish_reason,
  logprobs: { content: logprobs.map((logprob) => ({ token: "t", logprob })) },
})

const serving = (...choices: ReadonlyArray<object>) =>
  chatServer((_, index, response) =>
    send(response, 200, {
      choices: index === 0 ? choices : [],
      usage: { prompt_tokens: 3, completion_tokens: 9 },
    }),
  )

describe("sampled answers", () => {
  it.live("come with what scoring needs", () =>
    Effect.gen(function* () {
      const { calls, url } = yield* serving(choice(0, "4", "stop", -1, -2), choice(1, "well, fo", "length", -0.5))
      assert.deepStrictEqual(yield* ask(url, { logprobs: true, system: "Be brief." }), {
        texts: ["4", "well, fo"],
        finish: ["stop", "length"],
        truncated: [false, true],
        meanLogprobs: [-1.5, -0.5],
        usage: { promptTokens: 3, completionTokens: 9 },
      })
      assert.deepStrictEqual(calls[0]!.body.messages, [
        { role: "system", content: "Be brief." },
        { role: "user", content: "2 + 2" },
      ])
      assert.strictEqual(calls[0]!.body["logprobs"], true)
    }),
  )

  it.live("log-probabilities are for all answers or for none", () =>
    Effect.gen(function* () {
      const { url } = yield* serving(choice(0, "4", "stop", -1), choice(1, "5", "stop", null))
      const { meanLogprobs, noLogprobs } = yield* ask(url, { logprobs: true })
      assert.isUndefined(meanLogprobs)
      assert.strictEqual(noLogprobs, "answer 2: that of token 1 of 1 is null")
    }),
  )

  it.live("fewer than asked for fail with both numbers, or are kept", () =>
    Effect.gen(function* () {
      const { url } = yield* serving(choice(0, "4", "stop"))
      const error = yield* Effect.flip(ask(url, { n: 3 }))
      assert.strictEqual(error.reason, "too-few")
      assert.match(error.message, /expected 3 choices, found 1 /)
      const again = yield* serving(choice(0, "4", "stop"))
      assert.deepStrictEqual((yield* ask(again.url, { n: 3, fewer: "keep" })).texts, ["4"])
    }),
  )

  it.live("none at all is never kept", () =>
    Effect.gen(function* () {
      const { url } = yield* serving()
      assert.strictEqual((yield* Effect.flip(ask(url, { fewer: "keep" }))).reason, "too-few")
    }),
  )
})
