/**
 * Is the model that a server samples from the model that is trained? Its token ids and log-probabilities, beside those of the
 * training pass.
 *
 * A server that samples for training must serve the same weights, read prompts as the trainer does and say exactly what it
 * drew; where it does not, every importance ratio is off before anything was learned.
 *
 * @since 0.1.0
 */
import { ExplainedError } from "@seed-grpo/core/ExplainedError"
import { type PolicyGradient, PolicyScores } from "@seed-grpo/grpo"
import { Policy } from "@seed-grpo/runtime"
import { Effect, Redacted, Schema } from "effect"
import { HttpClient, HttpClientRequest, HttpClientResponse } from "effect/http"
import { greatest, small } from "./internal/measured.ts"
import type { TrainingCheck } from "./TrainingDoctor.ts"

/**
 * `unreachable`: no answer. `refused`: a status that is no success, with what the server said. `malformed`: an answer, but
 * no completions. `no-tokens`: completions without token ids or log-probabilities.
 *
 * @since 0.1.0
 * @category errors
 */
export class ServerError extends ExplainedError<"unreachable" | "refused" | "malformed" | "no-tokens"> {
  readonly _tag = "ServerError"
}

/**
 * @since 0.1.0
 * @category models
 */
export interface ServerOptions {
  /** Up to `/v1`: `http://127.0.0.1:8000/v1`. */
  readonly baseUrl: string
  /** The model's name, as the server knows it. */
  readonly model: string
  /** Sent as a bearer token; in no error. */
  readonly apiKey?: Redacted.Redacted
  readonly prompts: ReadonlyArray<string>
  /** Completions of each. */
  readonly samples: number
  readonly maxTokens: number
  readonly temperature: number
  /** Greatest difference of log-probabilities, in nats. Servers that compute in 16 bits are some hundredths apart. */
  readonly tolerance: number
}

const Reply = Schema.Struct({
  choices: Schema.Array(
    Schema.Struct({
      token_ids: Schema.optionalKey(Schema.NullOr(Schema.Array(Schema.Int))),
      prompt_token_ids: Schema.optionalKey(Schema.NullOr(Schema.Array(Schema.Int))),
      logprobs: Schema.optionalKey(
        Schema.NullOr(
          Schema.Struct({
            tokens: Schema.Array(Schema.String),
            token_logprobs: Schema.Array(Schema.NullOr(Schema.Finite)),
          }),
        ),
      ),
    }),
  ),
})

type Choice = (typeof Reply.Type)["choices"][number]

/** As vLLM writes them with `return_tokens_as_token_ids`. */
const idsOf = ({ logprobs, token_ids }: Choice): ReadonlyArray<number> =>
  token_ids ?? logprobs?.tokens.map((token) => Number(/^token_id:(\d+)$/.exec(token)?.[1] ?? Number.NaN)) ?? []

const urlOf = ({ baseUrl }: ServerOptions): string => `${baseUrl.replace(/\/+$/, "")}/completions`

const request = (options: ServerOptions, prompt: ReadonlyArray<number>): HttpClientRequest.HttpClientRequest => {
  const { apiKey, maxTokens, model, samples, temperature } = options
  const post = HttpClientRequest.post(urlOf(options)).pipe(
    HttpClientRequest.bodyJsonUnsafe({
      model,
      prompt,
      n: samples,
      max_tokens: maxTokens,
      temperature,
      // Else servers apply what the model's generation_config.json says.
      top_p: 1,
      top_k: -1,
      min_p: 0,
      repetition_penalty: 1,
      logprobs: 0,
      return_token_ids: true,
      return_tokens_as_token_ids: true,
      stream: false,
    }),
  )
  return apiKey === undefined ? post : HttpClientRequest.bearerToken(post, apiKey)
}

/** The completions of one prompt. */
const asked = Effect.fnUntraced(function* (
  options: ServerOptions,
  prompt: ReadonlyArray<number>,
): Effect.fn.Return<ReadonlyArray<Choice>, ServerError, HttpClient.HttpClient> {
  const client = yield* HttpClient.HttpClient
  const at = urlOf(options)
  const failed = (reason: ServerError["reason"], expected: string, found: string, fix: string) =>
    new ServerError({ reason, at, expected, found, fix })
  const response = yield* client.execute(request(options, prompt)).pipe(
    Effect.timeout("5 minutes"),
    Effect.mapError((error) =>
      failed("unreachable", "an answer", error.message, "Look whether the server runs, and at this address."),
    ),
  )
  if (response.status < 200 || response.status > 299) {
    const text = yield* Effect.orElseSucceed(response.text, () => "")
    return yield* Effect.fail(
      failed(
        "refused",
        "HTTP 200",
        `HTTP ${response.status}: ${text.slice(0, 300)}`,
        "Give the model's name as the server knows it (GET /v1/models), and its key if it wants one.",
      ),
    )
  }
  const { choices } = yield* HttpClientResponse.schemaBodyJson(Reply)(response).pipe(
    Effect.mapError((error) =>
      failed(
        "malformed",
        "completions",
        String(error).slice(0, 300),
        "Give the address of an OpenAI-compatible server, up to /v1.",
      ),
    ),
  )
  const speaks = (choice: Choice) => {
    const ids = idsOf(choice)
    return (
      ids.length > 0 &&
      ids.every((id) => Number.isSafeInteger(id)) &&
      choice.logprobs?.token_logprobs.length === ids.length
    )
  }
  if (choices.length > 0 && choices.every(speaks)) return choices
  return yield* Effect.fail(
    failed(
      "no-tokens",
      "token ids, and a log-probability for each",
      choices.length === 0 ? "no completion" : Object.keys(choices.find((one) => !speaks(one))!).join(", "),
      "Use a server that returns them: vLLM from 0.10 does (return_token_ids, logprobs).",
    ),
  )
})

/**
 * Asks the server for completions and scores them with the {@link Policy.Policy}.
 *
 * @example
 * ```ts
 * import { Backend, Policy } from "@seed-grpo/runtime"
 * import { ServerDoctor } from "@seed-grpo/trainer"
 * import { Effect, Layer } from "effect"
 * import { FetchHttpClient } from "effect/http"
 *
 * const policy = Layer.provide(Policy.layer("./policy"), Backend.layerWasm)
 * export const checks = ServerDoctor.examine({
 *   baseUrl: "http://127.0.0.1:8000/v1",
 *   model: "policy",
 *   prompts: ["1+1="],
 *   samples: 8,
 *   maxTokens: 64,
 *   temperature: 1,
 *   tolerance: 0.1
 * }).pipe(Effect.provide([policy, FetchHttpClient.layer]))
 * ```
 *
 * @since 0.1.0
 * @category checks
 */
export const examine = Effect.fn("ServerDoctor.examine")(function* (
  options: ServerOptions,
): Effect.fn.Return<ReadonlyArray<TrainingCheck>, ServerError, HttpClient.HttpClient | Policy.Policy> {
  const policy = yield* Policy.Policy
  const { temperature, tolerance } = options
  const groups = yield* Effect.forEach(options.prompts, (text) => {
    const prompt = policy.tokenizer.encode(text)
    return Effect.map(asked(options, [...prompt]), (choices) => ({ prompt, choices }))
  })
  const all = groups.flatMap(({ choices, prompt }) => choices.map((choice) => ({ choice, prompt, ids: idsOf(choice) })))
  const otherPrompts = all.filter(
    ({ choice, prompt }) => choice.prompt_token_ids != null && choice.prompt_token_ids.join() !== prompt.join(),
  ).length
  const unknown = all.flatMap(({ ids }) => ids).filter((id) => id >= policy.config.vocabularySize)
  const readable: TrainingCheck = {
    name: "the server reads and writes the tokens of this model",
    passed: otherPrompts === 0 && unknown.length === 0,
    found:
      otherPrompts > 0
        ? `${otherPrompts} of ${all.length} prompts came back as other tokens`
        : unknown.length > 0
          ? `token ${unknown[0]}, of ${policy.config.vocabularySize}`
          : `${all.length} completions`,
    meaning: "The trainer trains on the ids that the server says: in another vocabulary they are other words.",
    fix: "Serve the folder that is trained; add no special tokens to a prompt of token ids.",
  }
  if (!readable.passed) return [readable]
  const rows = all.map(({ choice, ids, prompt }): PolicyGradient.TrainingRow => ({
    prompt,
    completion: Int32Array.from(ids),
    oldLogprobs: Float64Array.from(choice.logprobs!.token_logprobs, (logprob) => logprob ?? Number.NaN),
    advantage: 0,
  }))
  const scores = yield* Effect.promise(() =>
    PolicyScores.policyScores(policy.parameters(), policy.config, rows, { temperature, microBatchTokens: 4096 }),
  )
  const logRatios = rows.flatMap(({ oldLogprobs }, row) =>
    Array.from(oldLogprobs, (logprob, t) => scores[row]!.logprobs[t]! - logprob),
  )
  const mean = (of: (logRatio: number) => number) =>
    logRatios.reduce((sum, logRatio) => sum + of(logRatio), 0) / logRatios.length
  const apart = greatest(logRatios.map(Math.abs))
  const ratio = Math.abs(mean(Math.exp) - 1)
  // k3, which is never negative.
  const kl = mean((logRatio) => Math.expm1(logRatio) - logRatio)
  return [
    readable,
    {
      name: "server and trainer give the same log-probabilities",
      passed: apart <= tolerance,
      found: `${small(apart)} nats apart at most, of ${logRatios.length} tokens, bound ${small(tolerance)}`,
      meaning: `The server's, at temperature ${temperature}, are what importance ratios are made of.`,
      fix:
        temperature === 1
          ? "Serve the weights that are trained, in 32 bits to compare; 16 bits are some hundredths apart."
          : "Let the server return log-probabilities after the temperature (vLLM: --logprobs-mode processed_logprobs).",
    },
    {
      name: "the importance ratio of the server's tokens is 1",
      passed: ratio <= tolerance && kl <= tolerance,
      found: `off by ${small(ratio)}, KL ${small(kl)} nats, bound ${small(tolerance)}`,
      meaning: "Before anything was learned; else every gradient is weighted wrongly.",
      fix: "As above; or correct for another sampler: `mismatch` of the objectives of @seed-grpo/grpo.",
    },
  ]
})
