/** A server that samples from the same weights passes; each check fails where what it looks for is broken. */
import { Rng } from "@seed-grpo/core"
import { Backend, Policy } from "@seed-grpo/runtime"
import { tinyModel } from "@seed-grpo/testing"
import { ServerDoctor } from "@seed-grpo/trainer"
import { assert, layer } from "@effect/vitest"
import { Effect, Layer, Redacted } from "effect"
import { HttpClient, HttpClientError, type HttpClientRequest, HttpClientResponse } from "effect/http"

const policy = Layer.effect(
  Policy.Policy,
  Effect.suspend(() => Policy.make(tinyModel())),
).pipe(Layer.provide(Backend.layerCpu))

interface Asked {
  readonly prompt: ReadonlyArray<number>
  readonly n: number
  readonly max_tokens: number
  readonly temperature: number
  readonly model: string
  readonly top_p: number
  readonly top_k: number
}

interface Choice {
  readonly token_ids?: ReadonlyArray<number>
  readonly prompt_token_ids?: ReadonlyArray<number>
  readonly logprobs?: { readonly tokens: ReadonlyArray<string>; readonly token_logprobs: ReadonlyArray<number | null> }
}

const bodyOf = (request: HttpClientRequest.HttpClientRequest): Asked => {
  assert.strictEqual(request.body._tag, "Uint8Array")
  return JSON.parse(new TextDecoder().decode((request.body as { readonly body: Uint8Array }).body)) as Asked
}

/** Samples from the policy itself. */
const honest = Effect.fnUntraced(function* (request: HttpClientRequest.HttpClientRequest) {
  const { config, generate } = yield* Policy.Policy
  const { max_tokens, n, prompt, temperature } = bodyOf(request)
  const key = Rng.key(3, "server")
  const rows = yield* Effect.orDie(
    generate({
      prompts: [Int32Array.from(prompt)],
      samples: n,
      maxTokens: max_tokens,
      temperature,
      endTokens: config.endTokens,
      uniform: (row, token) => Rng.uniform(key, [prompt.length, row, token]),
    }),
  )
  return rows.map(({ logprobs, tokens }): Choice => ({
    token_ids: [...tokens],
    prompt_token_ids: prompt,
    logprobs: { tokens: Array.from(tokens, (id) => `token_id:${id}`), token_logprobs: [...logprobs] },
  }))
})

const options: ServerDoctor.ServerOptions = {
  baseUrl: "http://127.0.0.1:8000/v1/",
  model: "tiny",
  prompts: ["1+1=", "23-4="],
  samples: 3,
  maxTokens: 6,
  temperature: 1,
  tolerance: 1e-3,
}

const examine = Effect.fnUntraced(function* (
  answer: (choices: ReadonlyArray<Choice>, request: HttpClientRequest.HttpClientRequest) => Response,
  change: Partial<ServerDoctor.ServerOptions> = {},
) {
  const context = yield* Effect.context<Policy.Policy>()
  const client = HttpClient.make((request) =>
    honest(request).pipe(
      Effect.provide(context),
      Effect.map((choices) => HttpClientResponse.fromWeb(request, answer(choices, request))),
    ),
  )
  return yield* ServerDoctor.examine({ ...options, ...change }).pipe(
    Effect.provideService(HttpClient.HttpClient, client),
  )
})

const json = (choices: ReadonlyArray<Choice>) => Response.json({ object: "text_completion", choices })
const passed = (checks: ReadonlyArray<{ readonly passed: boolean }>) => checks.map((check) => check.passed)

layer(policy)("ServerDoctor", (it) => {
  it.effect("passes on a server of the same weights, whichever way it writes ids", () =>
    Effect.gen(function* () {
      assert.deepStrictEqual(passed(yield* examine(json)), [true, true, true])
      const inLogprobs = yield* examine((choices) => json(choices.map(({ logprobs }) => ({ logprobs: logprobs! }))))
      assert.deepStrictEqual(passed(inLogprobs), [true, true, true])
      assert.deepStrictEqual(passed(yield* examine(json, { temperature: 0.7 })), [true, true, true])
    }),
  )

  it.effect("asks for the plain policy by token ids, with the key as a bearer token", () =>
    Effect.gen(function* () {
      const { tokenizer } = yield* Policy.Policy
      const seen: Array<HttpClientRequest.HttpClientRequest> = []
      yield* examine(
        (choices, request) => {
          seen.push(request)
          return json(choices)
        },
        { apiKey: Redacted.make("secret") },
      )
      assert.strictEqual(seen.length, 2)
      assert.strictEqual(seen[0]!.url, "http://127.0.0.1:8000/v1/completions")
      assert.strictEqual(seen[0]!.headers["authorization"], "Bearer secret")
      assert.deepInclude(bodyOf(seen[1]!), {
        prompt: [...tokenizer.encode("23-4=")],
        n: 3,
        top_p: 1,
        top_k: -1,
        model: "tiny",
      })
    }),
  )

  it.effect("fails where log-probabilities are those of other weights or of another temperature", () =>
    Effect.gen(function* () {
      const scaled = (by: number) =>
        examine((choices) =>
          json(
            choices.map(({ logprobs, ...choice }) => ({
              ...choice,
              logprobs: { ...logprobs!, token_logprobs: logprobs!.token_logprobs.map((one) => by * one!) },
            })),
          ),
        )
      assert.deepStrictEqual(passed(yield* scaled(0.8)), [true, false, false])
      const missing = yield* examine((choices) =>
        json(
          choices.map(({ logprobs, ...choice }) => ({
            ...choice,
            logprobs: { ...logprobs!, token_logprobs: logprobs!.token_logprobs.map(() => null) },
          })),
        ),
      )
      assert.deepStrictEqual(passed(missing), [true, false, false])
    }),
  )

  it.effect("fails where prompts are read as other tokens, or ids are of another vocabulary", () =>
    Effect.gen(function* () {
      const [other] = yield* examine((choices) => json(choices.map((one) => ({ ...one, prompt_token_ids: [1, 2] }))))
      assert.isFalse(other!.passed)
      assert.match(other!.found, /6 of 6 prompts/)
      const [foreign] = yield* examine((choices) =>
        json(choices.map((one) => ({ ...one, token_ids: one.token_ids!.map(() => 151_643) }))),
      )
      assert.match(foreign!.found, /token 151643, of \d+/)
    }),
  )

  const errors: ReadonlyArray<readonly [string, ServerDoctor.ServerError["reason"], () => Response]> = [
    ["a wrong name", "refused", () => new Response('{"error":"The model `x` does not exist."}', { status: 404 })],
    ["a web page", "malformed", () => new Response("<html>")],
    ["a chat", "malformed", () => Response.json({ message: "hello" })],
    ["text alone", "no-tokens", () => Response.json({ choices: [{ text: "2", logprobs: null }] })],
    [
      "tokens as text",
      "no-tokens",
      () => Response.json({ choices: [{ logprobs: { tokens: ["2"], token_logprobs: [-0.1] } }] }),
    ],
    ["nothing", "no-tokens", () => Response.json({ choices: [] })],
  ]
  for (const [what, reason, answer] of errors) {
    it.effect(`says what to do about ${what}`, () =>
      Effect.gen(function* () {
        const error = yield* Effect.flip(examine(answer, { apiKey: Redacted.make("secret") }))
        assert.strictEqual(error.reason, reason)
        assert.notInclude(JSON.stringify(error) + error.message, "secret")
      }),
    )
  }

  it.effect("says that nobody answers", () =>
    Effect.gen(function* () {
      const broken = HttpClient.make((request) =>
        Effect.fail(
          new HttpClientError.HttpClientError({
            reason: new HttpClientError.TransportError({ request, description: "ECONNREFUSED" }),
          }),
        ),
      )
      const error = yield* ServerDoctor.examine(options).pipe(
        Effect.provideService(HttpClient.HttpClient, broken),
        Effect.flip,
      )
      assert.strictEqual(error.reason, "unreachable")
    }),
  )
})
