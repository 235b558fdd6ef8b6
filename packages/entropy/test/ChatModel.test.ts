import { inspect } from "node:util"
import { assert, describe, it } from "@effect/vitest"
import { ChatModel, type ChatModelOptions, type ChatRequest, layer } from "@seed-grpo/entropy/ChatModel"
import { Effect, Fiber, Layer, Redacted } from "effect"
import { FetchHttpClient, HttpClient, HttpClientResponse } from "effect/http"
import { TestClock } from "effect/testing"
import { chatServer, completion, send } from "./chatServer.ts"

const asked: ChatRequest = { messages: [{ role: "user", content: "2 + 2" }], n: 1, temperature: 1, maxTokens: 16 }

const complete = (
  baseUrl: string,
  request: Partial<ChatRequest> = {},
  options: Omit<Partial<ChatModelOptions>, "baseUrl"> = {},
) =>
  ChatModel.use((model) => model.complete({ ...asked, ...request })).pipe(
    Effect.provide(
      layer({ model: "qwen", backoff: "5 millis", timeout: "5 seconds", ...options, baseUrl }).pipe(
        Layer.provide(FetchHttpClient.layer),
      ),
    ),
  )

const texts = (choices: ReadonlyArray<{ readonly text: string }>) => choices.map(({ text }) => text)

describe("a chat model", () => {
  it.live("sends what it was given and reads what comes", () =>
    Effect.gen(function* () {
      const { calls, url } = yield* chatServer(({ body }, _, response) =>
        send(response, 200, completion(Array.from({ length: body.n ?? 1 }, (__, i) => `${i}`))),
      )
      const { choices, usage } = yield* complete(
        url,
        { n: 3, topP: 0.9, seed: 7, responseFormat: { type: "json_object" } },
        { body: { top_k: 0, model: "not this" }, headers: { "X-Team": "red" }, apiKey: Redacted.make("sk-1\n") },
      )
      assert.deepStrictEqual(choices, [
        { text: "0", finish: "stop" },
        { text: "1", finish: "stop" },
        { text: "2", finish: "stop" },
      ])
      assert.deepStrictEqual(usage, { promptTokens: 5, completionTokens: 6 })
      assert.strictEqual(calls.length, 1)
      assert.strictEqual(calls[0]!.path, "/v1/chat/completions")
      assert.strictEqual(calls[0]!.headers["authorization"], "Bearer sk-1")
      assert.strictEqual(calls[0]!.headers["x-team"], "red")
      assert.notProperty(calls[0]!.headers, "traceparent")
      assert.deepStrictEqual(calls[0]!.body, {
        model: "qwen",
        messages: [{ role: "user", content: "2 + 2" }],
        n: 3,
        temperature: 1,
        max_tokens: 16,
        top_p: 0.9,
        seed: 7,
        top_k: 0,
        response_format: { type: "json_object" },
        stream: false,
      })
    }),
  )

  it.live.each([
    ["", "/v1/chat/completions"],
    ["/", "/v1/chat/completions"],
    ["/v1", "/v1/chat/completions"],
    ["/v1/", "/v1/chat/completions"],
    ["/v1beta/openai//", "/v1beta/openai/chat/completions"],
    ["/v1/chat/completions", "/v1/chat/completions"],
    ["/openai/x?api-version=2", "/openai/x/chat/completions?api-version=2"],
  ])("base URL ending in %j", ([end, path]) =>
    Effect.gen(function* () {
      const { calls, url } = yield* chatServer((_, __, response) => send(response, 200, completion(["4"])))
      yield* complete(`${url}${end}`)
      assert.strictEqual(calls[0]!.path, path)
    }),
  )

  it.live.each([
    [{ n: 0 }, {}, /n: expected a whole number from 1, found 0/],
    [{ maxTokens: 1.5 }, {}, /maxTokens/],
    [{ temperature: Number.NaN }, {}, /temperature/],
    [{ messages: [] }, {}, /messages/],
    [{}, { apiKey: Redacted.make("sk-secret\u2028x") }, /authorization/],
    [{}, { headers: { "a b": "c" } }, /"a b"/],
    [{}, { concurrency: 0 }, /concurrency/],
    [{}, { choicesPerCall: 0 }, /choicesPerCall/],
  ] as ReadonlyArray<[Partial<ChatRequest>, object, RegExp]>)(
    "%j %j is refused unsent",
    ([request, options, message]) =>
      Effect.gen(function* () {
        const { calls, url } = yield* chatServer(() => undefined)
        const error = yield* Effect.flip(complete(url, request, options))
        assert.strictEqual(error.reason, "bad-setting")
        assert.match(error.message, message)
        assert.notInclude(inspect(error, { depth: 9 }), "sk-secret")
        assert.strictEqual(calls.length, 0)
      }),
  )

  it.live.each(["ftp://x", "localhost:80", "", "http://me:sk-secret@127.0.0.1"])("%j is no endpoint", (url) =>
    Effect.gen(function* () {
      const error = yield* Effect.flip(complete(url))
      assert.strictEqual(error.reason, "bad-setting")
      assert.notInclude(inspect(error, { depth: 9 }), "sk-secret")
    }),
  )
})

describe("servers and n", () => {
  const distinct = (most: number) => {
    let next = 0
    return chatServer(({ body }, _, response) =>
      send(response, 200, completion(Array.from({ length: Math.min(body.n ?? 1, most) }, () => `${next++}`))),
    )
  }

  it.live.each([
    { cap: 1, calls: 10 },
    { cap: 4, calls: 3 },
    { cap: 10, calls: 1 },
  ])("%j: no more calls than are needed, each with seeds of its own", ({ calls, cap }) =>
    Effect.gen(function* () {
      const server = yield* distinct(cap)
      const { choices } = yield* complete(server.url, { n: 10, seed: 100 })
      assert.deepStrictEqual(new Set(texts(choices)), new Set(Array.from({ length: 10 }, (_, i) => `${i}`)))
      assert.strictEqual(server.calls.length, calls)
      // The children of a call for n are seeded seed, seed + 1, ...
      const seeds = server.calls.flatMap(({ body }) =>
        Array.from({ length: Math.min(cap, body.n ?? 1) }, (_, child) => (body["seed"] as number) + child),
      )
      assert.strictEqual(new Set(seeds).size, seeds.length)
    }),
  )

  it.live("one that refuses n is asked for one at a time", () =>
    Effect.gen(function* () {
      const { calls, url } = yield* chatServer(({ body }, index, response) =>
        body.n === undefined
          ? send(response, 200, completion([`${index}`]))
          : send(response, 400, { error: { message: "n must be 1" } }),
      )
      const { choices } = yield* complete(url, { n: 4 })
      assert.strictEqual(choices.length, 4)
      assert.strictEqual(calls.length, 5)
    }),
  )

  it.live("a request that is refused for another reason is not sent n times", () =>
    Effect.gen(function* () {
      const { calls, url } = yield* chatServer((_, __, response) =>
        send(response, 400, { error: { message: "no such parameter" } }),
      )
      const error = yield* Effect.flip(complete(url, { n: 10 }))
      assert.strictEqual(error.reason, "refused")
      assert.strictEqual(calls.length, 2)
    }),
  )

  it.live("more than asked for are cut, and ordered by their numbers", () =>
    Effect.gen(function* () {
      const { url } = yield* chatServer((_, __, response) => {
        const { choices } = completion(["a", "b", "c"])
        send(response, 200, { choices: choices.toReversed() })
      })
      const { choices, usage } = yield* complete(url, { n: 2 })
      assert.deepStrictEqual(texts(choices), ["a", "b"])
      assert.isUndefined(usage)
    }),
  )

  it.live("too few: both numbers, and what came", () =>
    Effect.gen(function* () {
      const { calls, url } = yield* chatServer((_, index, response) =>
        send(response, 200, completion(index === 0 ? ["a", "b"] : [])),
      )
      const error = yield* Effect.flip(complete(url, { n: 5 }))
      assert.strictEqual(error.reason, "too-few")
      assert.match(error.message, /expected 5 choices, found 2 in \d+ calls/)
      assert.deepStrictEqual(texts(error.choices), ["a", "b"])
      assert.strictEqual(calls.length, 4)
    }),
  )

  it.live("a failure half-way keeps what came", () =>
    Effect.gen(function* () {
      const { url } = yield* chatServer((_, index, response) =>
        index < 3 ? send(response, 200, completion([`${index}`])) : send(response, 401, "no"),
      )
      const error = yield* Effect.flip(complete(url, { n: 5 }))
      assert.strictEqual(error.reason, "refused")
      assert.deepStrictEqual(texts(error.choices).toSorted(), ["0", "1", "2"])
    }),
  )

  it.live("choices with one number are neither kept nor dropped", () =>
    Effect.gen(function* () {
      const { url } = yield* chatServer(({ body }, _, response) => {
        const { choices } = completion(Array.from({ length: body.n ?? 1 }, () => "same"))
        send(response, 200, { choices: choices.map((choice) => ({ ...choice, index: 0 })) })
      })
      const error = yield* Effect.flip(complete(url, { n: 3 }))
      assert.strictEqual(error.reason, "malformed")
      assert.match(error.message, /choicesPerCall/)
      const { choices } = yield* complete(url, { n: 3 }, { choicesPerCall: 1 })
      assert.strictEqual(choices.length, 3)
    }),
  )

  it.live("no more requests at once than allowed", () =>
    Effect.gen(function* () {
      const { calls, mostAtOnce, url } = yield* chatServer((_, index, response) =>
        setTimeout(() => send(response, 200, completion([`${index}`])), 10),
      )
      yield* complete(url, { n: 12 }, { choicesPerCall: 1, concurrency: 3 })
      assert.strictEqual(calls.length, 12)
      assert.strictEqual(mostAtOnce(), 3)
    }),
  )
})

describe("a server in trouble", () => {
  it.live.each(["500 500 500", "429 408 503", "502 504"])("%s, then an answer", (shown) =>
    Effect.gen(function* () {
      const statuses = shown.split(" ").map(Number)
      const { calls, url } = yield* chatServer((_, index, response) =>
        index < statuses.length ? send(response, statuses[index]!, "busy") : send(response, 200, completion(["4"])),
      )
      assert.deepStrictEqual(texts((yield* complete(url)).choices), ["4"])
      assert.strictEqual(calls.length, statuses.length + 1)
    }),
  )

  it.live("busy to the end", () =>
    Effect.gen(function* () {
      const { calls, url } = yield* chatServer((_, __, response) =>
        send(response, 503, { error: { message: "loading \u001b[31mthe\nmodel" } }),
      )
      const error = yield* Effect.flip(complete(url, {}, { retries: 2 }))
      assert.strictEqual(error.reason, "overloaded")
      assert.strictEqual(error.status, 503)
      assert.match(error.message, /HTTP 503: loading \[31mthe model/)
      assert.strictEqual(calls.length, 3)
    }),
  )

  it.effect("Retry-After is waited for", () =>
    Effect.gen(function* () {
      let calls = 0
      const client = HttpClient.make((request) =>
        Effect.sync(() =>
          HttpClientResponse.fromWeb(
            request,
            ++calls === 1
              ? new Response("slow down", { status: 429, headers: { "retry-after": "30" } })
              : Response.json(completion(["4"])),
          ),
        ),
      )
      const fiber = yield* ChatModel.use((model) => model.complete(asked)).pipe(
        Effect.provide(
          layer({ baseUrl: "http://x", model: "m" }).pipe(Layer.provide(Layer.succeed(HttpClient.HttpClient)(client))),
        ),
        Effect.forkChild,
      )
      yield* TestClock.adjust("29 seconds")
      assert.strictEqual(calls, 1)
      yield* TestClock.adjust("1 second")
      assert.deepStrictEqual(texts((yield* Fiber.join(fiber)).choices), ["4"])
      assert.strictEqual(calls, 2)
    }),
  )

  it.live("Retry-After of a day is not", () =>
    Effect.gen(function* () {
      const { calls, url } = yield* chatServer((_, __, response) =>
        send(response, 429, { error: { message: "quota used up" } }, { "retry-after": "86400" }),
      )
      const error = yield* Effect.flip(complete(url))
      assert.strictEqual(error.reason, "overloaded")
      assert.match(error.message, /86400 s\): quota used up/)
      assert.strictEqual(calls.length, 1)
    }),
  )

  it.live("one that hangs is given up, and its connection closed", () =>
    Effect.gen(function* () {
      let closed = 0
      const { calls, url } = yield* chatServer((_, index, response) => {
        response.on("close", () => closed++)
        // The second hangs after its head.
        if (index === 1) response.writeHead(200).write('{"choi')
      })
      const error = yield* Effect.flip(complete(url, {}, { retries: 1, timeout: "50 millis" }))
      assert.strictEqual(error.reason, "unreachable")
      assert.match(error.message, /none within 50ms/)
      yield* Effect.sleep("50 millis")
      assert.strictEqual(calls.length, 2)
      assert.strictEqual(closed, 2)
    }),
  )

  it.live("a connection that breaks off is tried again", () =>
    Effect.gen(function* () {
      const { calls, url } = yield* chatServer((_, index, response) => {
        if (index === 0) response.socket?.destroy()
        else if (index === 1) {
          response.writeHead(200, { "content-length": "1000" }).write('{"choices": [')
          setTimeout(() => response.socket?.destroy(), 5)
        } else send(response, 200, completion(["4"]))
      })
      assert.deepStrictEqual(texts((yield* complete(url)).choices), ["4"])
      assert.strictEqual(calls.length, 3)
    }),
  )

  it.live("nobody there", () =>
    Effect.gen(function* () {
      const error = yield* Effect.flip(complete("http://127.0.0.1:9", {}, { retries: 1 }))
      assert.strictEqual(error.reason, "unreachable")
    }),
  )

  it.live.each([
    ['{"choices": [{"message": {"content": "4', /found \{"choices"/],
    ["<!doctype html><title>Welcome</title>", /found <!doctype html>/],
    ["", /found an empty body/],
  ] as const)("%j is no JSON", ([body, message]) =>
    Effect.gen(function* () {
      const { calls, url } = yield* chatServer((_, __, response) => send(response, 200, body))
      const error = yield* Effect.flip(complete(url, {}, { retries: 2 }))
      assert.strictEqual(error.reason, "malformed")
      assert.match(error.message, message)
      assert.strictEqual(calls.length, 3)
    }),
  )

  it.live.each([
    [[], /Expected object/],
    [{}, /choices/],
    [{ choices: [{ message: { content: 4 } }] }, /choices\.0\.message\.content/],
    [{ choices: [{ text: "a completion" }] }, /choices\.0\.message/],
    [{ choices: [{ message: { content: "x" }, index: "0" }] }, /choices\.0\.index/],
  ] as const)("%j is no chat completion", ([body, message]) =>
    Effect.gen(function* () {
      const { calls, url } = yield* chatServer((_, __, response) => send(response, 200, body))
      const error = yield* Effect.flip(complete(url))
      assert.strictEqual(error.reason, "malformed")
      assert.match(error.message, message)
      assert.strictEqual(calls.length, 1)
    }),
  )

  it.live("an error in a body that claims success", () =>
    Effect.gen(function* () {
      const { calls, url } = yield* chatServer((_, index, response) =>
        index === 0
          ? send(response, 200, { error: { code: 502, message: "upstream" } })
          : send(response, 200, { error: { message: "no credit" } }),
      )
      const error = yield* Effect.flip(complete(url))
      assert.strictEqual(error.reason, "refused")
      assert.match(error.message, /no credit/)
      assert.strictEqual(calls.length, 2)
    }),
  )

  it.live("a body without end is not swallowed", () =>
    Effect.gen(function* () {
      let sent = 0
      const { url } = yield* chatServer((_, __, response) => {
        response.writeHead(200)
        const more = (): void => {
          while (!response.destroyed && response.write("x".repeat(65_536))) sent += 65_536
          if (!response.destroyed) response.once("drain", more)
        }
        more()
      })
      const error = yield* Effect.flip(complete(url, {}, { maxBytes: 1_000_000 }))
      assert.strictEqual(error.reason, "too-large")
      assert.isBelow(sent, 30_000_000)
    }),
  )

  it.live.each([
    [401, "Check the API key."],
    [403, "Check the API key."],
    [404, "Check the URL and the name of the model."],
  ] as const)("HTTP %i is final, in the server's words and without the key", ([status, fix]) =>
    Effect.gen(function* () {
      const key = "sk-very-secret"
      const { calls, url } = yield* chatServer(({ headers }, _, response) =>
        send(response, status, {
          error: { message: `Incorrect: ${headers.authorization} ${String(headers["api-key"])}` },
        }),
      )
      const error = yield* Effect.flip(
        complete(url, {}, { apiKey: Redacted.make(key), headers: { "api-key": Redacted.make("other-secret") } }),
      )
      assert.strictEqual(error.reason, "refused")
      assert.strictEqual(error.fix, fix)
      assert.match(error.message, /Incorrect: Bearer <redacted> <redacted>/)
      for (const shown of [inspect(error, { depth: 9, showHidden: true }), JSON.stringify(error), error.stack ?? ""]) {
        assert.notInclude(shown, key)
        assert.notInclude(shown, "other-secret")
      }
      assert.strictEqual(calls.length, 1)
    }),
  )

  it.live("the key is in no error of the transport", () =>
    Effect.gen(function* () {
      const error = yield* Effect.flip(
        complete("http://127.0.0.1:9", {}, { retries: 0, apiKey: Redacted.make("sk-very-secret") }),
      )
      assert.notInclude(inspect(error, { depth: 9, showHidden: true }), "sk-very-secret")
    }),
  )
})

describe("a choice", () => {
  const choiceFrom = (choice: object | string, request: Partial<ChatRequest> = {}) =>
    Effect.gen(function* () {
      const { url } = yield* chatServer((_, __, response) =>
        send(response, 200, typeof choice === "string" ? choice : { choices: [choice] }),
      )
      return (yield* complete(url, request)).choices[0]!
    })

  it.live.each([
    [
      { message: { content: null }, finish_reason: "content_filter" },
      { text: "", finish: "content-filter" },
    ],
    [{ message: {} }, { text: "", finish: "unknown" }],
    [
      { message: { content: "4" }, finish_reason: "length" },
      { text: "4", finish: "length" },
    ],
    [
      { message: { content: "4" }, finish_reason: "constructor" },
      { text: "4", finish: "unknown" },
    ],
    [
      { message: { content: "4" }, finish_reason: null, index: null },
      { text: "4", finish: "unknown" },
    ],
  ] as const)("%j", ([sent, choice]) =>
    Effect.gen(function* () {
      assert.deepStrictEqual(yield* choiceFrom(sent), choice)
    }),
  )

  const tokens = (...values: ReadonlyArray<unknown>) => ({
    content: values.map((logprob) => ({ token: "t", logprob })),
  })

  it.live.each([
    [tokens(-0.5, -1), { logprobs: [-0.5, -1] }],
    [tokens(-0.5, 1e-7), { logprobs: [-0.5, 0] }],
    [null, { noLogprobs: "the server sent none" }],
    [tokens(), { noLogprobs: "the server sent them for no token" }],
    [tokens(-0.5, null), { noLogprobs: "that of token 2 of 2 is null" }],
    [tokens(0.4, -1), { noLogprobs: "that of token 1 of 2 is 0.4" }],
    [tokens("-1"), { noLogprobs: "the server sent none" }],
  ] as const)("log-probabilities %j", ([logprobs, expected]) =>
    Effect.gen(function* () {
      const sent = { message: { content: "4" }, finish_reason: "stop", logprobs }
      const { finish: _, text: __, ...rest } = yield* choiceFrom(sent, { logprobs: true })
      assert.deepStrictEqual(rest, expected)
    }),
  )

  it.live("a bare NaN spoils the log-probabilities and nothing else", () =>
    Effect.gen(function* () {
      const text = 'a "NaN" \\ and -Infinity'
      const sent = `{"choices": [{"message": {"content": ${JSON.stringify(text)}}, "logprobs": {"content": [{"logprob": NaN}, {"logprob": -Infinity}]}}], "x": [Infinity, -1]}`
      assert.deepStrictEqual(yield* choiceFrom(sent, { logprobs: true }), {
        text,
        finish: "unknown",
        noLogprobs: "that of token 1 of 2 is null",
      })
    }),
  )
})
