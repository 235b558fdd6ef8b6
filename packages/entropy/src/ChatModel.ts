/**
 * A chat model behind an endpoint that speaks the chat-completions protocol: vLLM, SGLang, llama.cpp, Ollama, and the
 * hosted ones. No client library: one POST over the `HttpClient` of the context, such as `FetchHttpClient.layer`.
 *
 * @since 0.1.0
 */
import { Context, type Duration, Effect, Layer, type Redacted, Result, Semaphore } from "effect"
import { HttpClient } from "effect/http"
import { ChatModelError } from "./ChatModelError.ts"
import { readReply } from "./internal/ChatReply.ts"
import { destinationOf } from "./internal/Destination.ts"
import { exchange } from "./internal/Exchange.ts"

/**
 * @since 0.1.0
 * @category models
 */
export interface Message {
  readonly role: "system" | "user" | "assistant"
  readonly content: string
}

/**
 * @since 0.1.0
 * @category models
 */
export interface ChatRequest {
  readonly messages: ReadonlyArray<Message>
  /** Choices wanted. A server that gives fewer is asked again. */
  readonly n: number
  readonly temperature: number
  /** Most tokens of one choice. */
  readonly maxTokens: number
  readonly topP?: number
  /** Ask for the log-probability of every token. */
  readonly logprobs?: boolean
  /** Of the first choice. A further call for the same request sends this plus the choices asked for before it. */
  readonly seed?: number
  /** Sent as `response_format`, which not every server knows. */
  readonly responseFormat?: Readonly<Record<string, unknown>>
}

/**
 * @since 0.1.0
 * @category models
 */
export interface Choice {
  /** Empty when the server sent null, as it does for a refusal or when all tokens went into hidden reasoning. */
  readonly text: string
  readonly finish: "stop" | "length" | "content-filter" | "tool-calls" | "unknown"
  /**
   * Log-probability of each token, in nats, when it was asked for and every one of them is a number that is not above 0.
   *
   * Beware: many servers give them before temperature and penalties (vLLM: `--logprobs-mode`), and for a model whose
   * reasoning is taken out of the text they cover the reasoning too.
   */
  readonly logprobs?: ReadonlyArray<number>
  /** Why there are no `logprobs` although they were asked for. */
  readonly noLogprobs?: string
}

/**
 * Tokens, summed over all calls of a request, as the server counts them.
 *
 * @since 0.1.0
 * @category models
 */
export interface Usage {
  readonly promptTokens: number
  readonly completionTokens: number
}

/**
 * @since 0.1.0
 * @category models
 */
export interface ChatReply {
  /** As many as asked for. */
  readonly choices: ReadonlyArray<Choice>
  /** Nothing when the server does not count. */
  readonly usage?: Usage
}

/**
 * @since 0.1.0
 * @category services
 */
export class ChatModel extends Context.Service<
  ChatModel,
  {
    /** The name of the model, as the server knows it. */
    readonly model: string
    readonly complete: (request: ChatRequest) => Effect.Effect<ChatReply, ChatModelError>
  }
>()("@seed-grpo/entropy/ChatModel") {}

/**
 * @since 0.1.0
 * @category models
 */
export interface ChatModelOptions {
  /**
   * `http://127.0.0.1:8000` and `https://api.example.com/v1/` both work: a URL without a path gets `/v1`, and
   * `/chat/completions` is added to what does not end with it. A query stays.
   */
  readonly baseUrl: string
  readonly model: string
  /** Sent as a bearer token. In no error, log or span. */
  readonly apiKey?: Redacted.Redacted
  /** More headers; secret ones as `Redacted`. */
  readonly headers?: Readonly<Record<string, string | Redacted.Redacted>>
  /** More fields of the body, such as `top_k` or `chat_template_kwargs`. Those of the request win. */
  readonly body?: Readonly<Record<string, unknown>>
  /** Some hosted models only know `max_completion_tokens`. Default `max_tokens`. */
  readonly maxTokensField?: "max_tokens" | "max_completion_tokens"
  /** Most choices asked of one call; 1 for a server that does not number its choices. Default: all at once. */
  readonly choicesPerCall?: number
  /** For one attempt, from connecting to the last byte. Default 5 minutes. */
  readonly timeout?: Duration.Input
  /** Attempts after the first. Default 4. */
  readonly retries?: number
  /** Before the first retry; doubled up to 20 seconds for each further one, with jitter of a fifth. Default 500 ms. */
  readonly backoff?: Duration.Input
  /** A server that says `Retry-After` longer than this is given up at once. Default 2 minutes. */
  readonly longestWait?: Duration.Input
  /** Requests under way at once; one that waits for its retry counts. Default 8. */
  readonly concurrency?: number
  /** Largest body of an answer, in bytes, unpacked. Default 32 MiB. */
  readonly maxBytes?: number
}

/** Rounds of calls for one request: all choices at once, one alone, the rest, and twice again for what is missing. */
const ROUNDS = 5

/** What servers say to an `n` that they do not support. */
const isRefusalOfN = (error: ChatModelError): boolean => error.status === 400 || error.status === 422

const badSetting = (at: string, expected: string, found: unknown): ChatModelError =>
  new ChatModelError({
    reason: "bad-setting",
    at: `chat request: ${at}`,
    expected,
    found: String(found),
    fix: "Nothing was sent.",
  })

const isCount = (value: number): boolean => Number.isSafeInteger(value) && value >= 1

const problemOf = ({ maxTokens, messages, n, seed, temperature }: ChatRequest): ChatModelError | undefined => {
  if (messages.length === 0) return badSetting("messages", "at least one", "none")
  if (!isCount(n)) return badSetting("n", "a whole number from 1", n)
  if (!isCount(maxTokens)) return badSetting("maxTokens", "a whole number from 1", maxTokens)
  if (!(temperature >= 0 && temperature < Infinity)) return badSetting("temperature", "a number from 0", temperature)
  if (seed !== undefined && !Number.isSafeInteger(seed)) return badSetting("seed", "a whole number", seed)
  return undefined
}

/**
 * A chat model at an endpoint.
 *
 * HTTP 408, 429, 500, 502, 503, 504, connections that fail or break off, timeouts, and bodies that are no JSON are tried
 * again, `Retry-After` respected. A bare `NaN` in the JSON, which some servers send, counts as null. A server that
 * ignores `n`, caps it or refuses it is asked again for what is missing, a bounded number of times; when there are too
 * few in the end, or the server fails half-way, the error holds what came.
 *
 * @example
 * ```ts
 * import assert from "node:assert"
 * import { ChatModel, layer } from "@seed-grpo/entropy/ChatModel"
 * import { Effect, Layer } from "effect"
 * import { HttpClient, HttpClientResponse } from "effect/http"
 *
 * // In earnest: FetchHttpClient.layer
 * const offline = HttpClient.make((request) =>
 *   Effect.succeed(
 *     HttpClientResponse.fromWeb(request, Response.json({ choices: [{ message: { content: "4" }, finish_reason: "stop" }] }))
 *   )
 * )
 * const model = layer({ baseUrl: "http://127.0.0.1:8000", model: "qwen" }).pipe(
 *   Layer.provide(Layer.succeed(HttpClient.HttpClient)(offline))
 * )
 * const asked = Effect.gen(function* () {
 *   const { complete } = yield* ChatModel
 *   return yield* complete({ messages: [{ role: "user", content: "2 + 2" }], n: 1, temperature: 1, maxTokens: 8 })
 * })
 * const { choices } = await Effect.runPromise(Effect.provide(asked, model))
 * assert.deepEqual(choices, [{ text: "4", finish: "stop" }])
 * ```
 *
 * @since 0.1.0
 * @category layers
 */
export const layer = (options: ChatModelOptions): Layer.Layer<ChatModel, ChatModelError, HttpClient.HttpClient> =>
  Layer.effect(
    ChatModel,
    Effect.gen(function* () {
      const { body, choicesPerCall = Infinity, concurrency = 8, maxTokensField = "max_tokens", model } = options
      if (!isCount(concurrency))
        return yield* Effect.fail(badSetting("concurrency", "a whole number from 1", concurrency))
      if (choicesPerCall !== Infinity && !isCount(choicesPerCall)) {
        return yield* Effect.fail(badSetting("choicesPerCall", "a whole number from 1", choicesPerCall))
      }
      const destination = yield* destinationOf(options)
      const send = exchange(yield* HttpClient.HttpClient, destination, options)
      const slots = yield* Semaphore.make(concurrency)

      const ask = Effect.fnUntraced(function* (request: ChatRequest, n: number, askedBefore: number) {
        const json = yield* send({
          ...body,
          model,
          messages: request.messages,
          // Not every server knows `n`.
          ...(n === 1 ? {} : { n }),
          temperature: request.temperature,
          [maxTokensField]: request.maxTokens,
          ...(request.topP === undefined ? {} : { top_p: request.topP }),
          ...(request.logprobs === true ? { logprobs: true } : {}),
          ...(request.seed === undefined ? {} : { seed: request.seed + askedBefore }),
          ...(request.responseFormat === undefined ? {} : { response_format: request.responseFormat }),
          stream: false,
        })
        return yield* readReply(json, { at: destination.name, n, logprobs: request.logprobs === true })
      }, slots.withPermits(1))

      const complete = Effect.fn("ChatModel.complete")(function* (request: ChatRequest) {
        const problem = problemOf(request)
        if (problem !== undefined) return yield* Effect.fail(problem)
        const choices: Array<Choice> = []
        let usage: Usage | undefined
        let atOnce = Math.min(request.n, choicesPerCall)
        let [asked, calls, barren] = [0, 0, 0]
        for (let round = 0; round < ROUNDS && barren < 2 && choices.length < request.n; round++) {
          const missing = request.n - choices.length
          // After a round that brought nothing, one call alone shows whether `n` was the reason.
          const sizes = Array.from({ length: barren > 0 ? 1 : Math.ceil(missing / atOnce) }, (_, call) =>
            Math.min(atOnce, missing - call * atOnce),
          )
          const replies = yield* Effect.forEach(
            sizes,
            (size) => {
              const before = asked
              asked += size
              return Effect.result(ask(request, size, before))
            },
            { concurrency: "unbounded" },
          )
          calls += sizes.length
          const came = replies.flatMap((reply) => (Result.isSuccess(reply) ? [reply.success] : []))
          choices.push(...came.flatMap((reply) => reply.choices))
          for (const { usage: more } of came) {
            if (more === undefined) continue
            usage = {
              promptTokens: (usage?.promptTokens ?? 0) + more.promptTokens,
              completionTokens: (usage?.completionTokens ?? 0) + more.completionTokens,
            }
          }
          const failure = replies.find(Result.isFailure)?.failure
          if (failure !== undefined && !(atOnce > 1 && isRefusalOfN(failure))) {
            return yield* Effect.fail(failure.after(choices))
          }
          const most = Math.max(0, ...came.map((reply) => reply.choices.length))
          barren = most === 0 ? barren + 1 : 0
          if (choices.length < request.n) atOnce = Math.max(1, most)
        }
        if (choices.length < request.n) {
          return yield* Effect.fail(
            new ChatModelError({
              reason: "too-few",
              at: destination.name,
              expected: `${request.n} choices`,
              found: `${choices.length} in ${calls} calls`,
              fix: "Ask for fewer, or use what came: it is in the error.",
              choices,
            }),
          )
        }
        return { choices, ...(usage === undefined ? {} : { usage }) }
      })

      return { model, complete }
    }),
  )
