/**
 * Answers for rows that have none, from a chat endpoint; and a chat endpoint as the judge of what they mean.
 */
import { isatty } from "node:tty"
import type { Judge } from "@seed-grpo/entropy/Judge"
import * as ChatModel from "@seed-grpo/entropy/ChatModel"
import type { ChatModelError } from "@seed-grpo/entropy/ChatModelError"
import * as LlmJudge from "@seed-grpo/entropy/LlmJudge"
import * as SampleAnswers from "@seed-grpo/entropy/SampleAnswers"
import { Console, Effect, Layer, Option, Redacted } from "effect"
import { Flag } from "effect/cli"
import { FetchHttpClient } from "effect/http"
import { progress } from "./Progress.ts"
import { UsageError } from "./UsageError.ts"

const DEFAULT_KEY = "OPENAI_API_KEY"

const atLeastOne = (name: string) =>
  Flag.Int(name).pipe(
    Flag.filter(
      (value) => value >= 1,
      () => "a whole number from 1",
    ),
  )

export const endpointFlags = {
  endpoint: Flag.String("endpoint").pipe(
    Flag.withDescription("Sample the answers of rows without responses here: the URL of an OpenAI-compatible server"),
    Flag.optional,
  ),
  model: Flag.String("model").pipe(Flag.withDescription("Name of the model at the endpoint"), Flag.optional),
  question: Flag.String("question").pipe(
    Flag.withDescription("Sample answers to this one question instead of reading rows"),
    Flag.optional,
  ),
  samples: atLeastOne("samples").pipe(Flag.withDescription("Answers to a question"), Flag.withDefault(10)),
  temperature: Flag.Finite("temperature").pipe(
    Flag.withDescription("Of the sampled answers; 1 samples from the model itself"),
    Flag.withDefault(1),
  ),
  maxTokens: atLeastOne("max-tokens").pipe(Flag.withDescription("Longest answer"), Flag.withDefault(512)),
  seed: Flag.Int("seed").pipe(
    Flag.withDescription("Of the first answer to each question, for servers that know it"),
    Flag.optional,
  ),
  fewer: Flag.Literals("fewer", ["fail", "keep"]).pipe(
    Flag.withDescription("When fewer answers come than asked for: leave the row out, or score those that came"),
    Flag.withDefault("fail" as const),
  ),
  concurrency: atLeastOne("concurrency").pipe(Flag.withDescription("Requests at once"), Flag.withDefault(8)),
  apiKeyEnv: Flag.String("api-key-env").pipe(
    Flag.withDescription(`Environment variable with the endpoint's API key; ${DEFAULT_KEY}, if set, when not given`),
    Flag.optional,
  ),
}

export const judgeFlags = {
  judgeEndpoint: Flag.String("judge-endpoint").pipe(
    Flag.withDescription("Where the judge is asked; --endpoint when not given"),
    Flag.optional,
  ),
  judgeModel: Flag.String("judge-model").pipe(
    Flag.withDescription("Name of the judge; --model when not given"),
    Flag.optional,
  ),
  judgeApiKeyEnv: Flag.String("judge-api-key-env").pipe(
    Flag.withDescription(
      `Environment variable with the judge's API key; when not given, that of --endpoint if the judge is there too, else ${DEFAULT_KEY}`,
    ),
    Flag.optional,
  ),
  judgeBudget: Flag.Int("judge-budget").pipe(
    Flag.withDescription("Most calls of the judge in all; pairs beyond it are undecided"),
    Flag.optional,
  ),
  judgeMaxTokens: atLeastOne("judge-max-tokens").pipe(
    Flag.withDescription("Of one verdict; a judge that reasons first needs more"),
    Flag.withDefault(64),
  ),
  judgeFormat: Flag.Literals("judge-format", ["none", "json-object", "json-schema"]).pipe(
    Flag.withDescription("How to hold the judge to its form, where its server knows how"),
    Flag.withDefault("none" as const),
  ),
}

export interface EndpointOptions {
  readonly endpoint: Option.Option<string>
  readonly model: Option.Option<string>
  readonly apiKeyEnv: Option.Option<string>
  readonly concurrency: number
}

export interface JudgeOptions extends EndpointOptions {
  readonly judgeEndpoint: Option.Option<string>
  readonly judgeModel: Option.Option<string>
  readonly judgeApiKeyEnv: Option.Option<string>
  readonly judgeBudget: Option.Option<number>
  readonly judgeMaxTokens: number
  readonly judgeFormat: "none" | "json-object" | "json-schema"
}

const missing = (flag: string, expected: string) =>
  new UsageError({
    reason: "missing-option",
    at: flag,
    expected,
    found: "nothing",
    fix: "See `seed-grpo entropy --help`.",
  })

/** The API key in an environment variable. One that was named must be there; the usual one need not. */
export const keyFrom = (name: Option.Option<string>): Effect.Effect<Redacted.Redacted | undefined, UsageError> => {
  const key = process.env[Option.getOrElse(name, () => DEFAULT_KEY)]
  if (key !== undefined && key.trim() !== "") return Effect.succeed(Redacted.make(key))
  return Option.match(name, {
    onNone: () => Effect.undefined,
    onSome: (given) => Effect.fail(missing(`environment variable ${given}`, "an API key")),
  })
}

const chatModel = (
  options: EndpointOptions,
  flags: { readonly endpoint: string; readonly model: string },
): Layer.Layer<ChatModel.ChatModel, ChatModelError | UsageError> =>
  Layer.unwrap(
    Effect.gen(function* () {
      const { apiKeyEnv, concurrency, endpoint, model } = options
      if (Option.isNone(endpoint)) return yield* Effect.fail(missing(flags.endpoint, "the URL of a chat endpoint"))
      if (Option.isNone(model)) return yield* Effect.fail(missing(flags.model, "the name of a model at the endpoint"))
      const apiKey = yield* keyFrom(apiKeyEnv)
      return ChatModel.layer({
        baseUrl: endpoint.value,
        model: model.value,
        concurrency,
        ...(apiKey === undefined ? {} : { apiKey }),
      })
    }),
  ).pipe(Layer.provide(FetchHttpClient.layer))

/** The model that answers. */
export const endpointLayer = (
  options: EndpointOptions,
): Layer.Layer<ChatModel.ChatModel, ChatModelError | UsageError> =>
  chatModel(options, { endpoint: "--endpoint", model: "--model" })

/** The model that judges, with a `ChatModel` of its own. */
export const judgeLayer = (options: JudgeOptions): Layer.Layer<Judge, ChatModelError | UsageError> =>
  LlmJudge.layer({
    ...(Option.isSome(options.judgeBudget) ? { budget: options.judgeBudget.value } : {}),
    maxTokens: options.judgeMaxTokens,
    responseFormat: options.judgeFormat,
    concurrency: options.concurrency,
  }).pipe(
    Layer.provide(
      chatModel(
        {
          concurrency: options.concurrency,
          endpoint: Option.orElse(options.judgeEndpoint, () => options.endpoint),
          model: Option.orElse(options.judgeModel, () => options.model),
          // The key of one provider is not shown to another.
          apiKeyEnv: Option.orElse(options.judgeApiKeyEnv, () =>
            Option.isSome(options.judgeEndpoint) ? Option.none<string>() : options.apiKeyEnv,
          ),
        },
        { endpoint: "--judge-endpoint", model: "--judge-model" },
      ),
    ),
  )

export interface SamplingOptions {
  readonly samples: number
  readonly temperature: number
  readonly maxTokens: number
  readonly seed: Option.Option<number>
  readonly fewer: "fail" | "keep"
  /** Rows under way at once; requests are bounded by the layer. */
  readonly concurrency: number
  /** Also ask for what the likelihood-weighted estimators need. */
  readonly logprobs: boolean
}

export interface PromptRow {
  readonly prompt: string
}

export interface Sampled {
  readonly responses: ReadonlyArray<string>
  /** Which answers were cut off by `maxTokens`. */
  readonly truncated: ReadonlyArray<boolean>
  /** Nothing when not asked for, or when the endpoint gives none. */
  readonly meanLogprobs?: ReadonlyArray<number>
}

/** A row with its answers. */
export const sampleRow = Effect.fnUntraced(function* <Row extends PromptRow>(
  row: Row,
  { fewer, logprobs, maxTokens, samples, seed, temperature }: SamplingOptions,
): Effect.fn.Return<Row & Sampled, ChatModelError, ChatModel.ChatModel> {
  const { meanLogprobs, texts, truncated } = yield* SampleAnswers.sample(row.prompt, {
    n: samples,
    temperature,
    maxTokens,
    fewer,
    logprobs,
    ...(Option.isSome(seed) ? { seed: seed.value } : {}),
  })
  return {
    ...row,
    responses: texts,
    truncated,
    ...(meanLogprobs === undefined ? {} : { meanLogprobs }),
  }
})

/** Whether no other row will fare better. */
const isForAll = ({ reason, status }: ChatModelError): boolean =>
  reason === "bad-setting" ||
  reason === "unreachable" ||
  reason === "overloaded" ||
  status === 401 ||
  status === 403 ||
  status === 404

/** Nothing of the progress line is left on the line where a row is printed. */
const clearLine = Effect.sync(() => {
  if (isatty(1) && isatty(2)) process.stderr.write("\r\u001b[2K")
})

/**
 * Samples answers for all rows, and hands each row over as soon as it is complete, so not in their order: what is printed
 * then is safe from Ctrl-C, and only requests under way are lost. Progress goes to standard error.
 *
 * A row that cannot be answered is left out with a warning, and the exit code is 1. When the endpoint fails in a way that
 * concerns every row, no further one is begun, those under way are finished and handed over, and the error is that of the
 * endpoint.
 */
export const sampleRows = Effect.fnUntraced(function* <Row extends PromptRow, E, R>(
  rows: ReadonlyArray<Row>,
  options: SamplingOptions,
  onRow: (row: Row & Sampled, index: number) => Effect.Effect<void, E, R>,
): Effect.fn.Return<void, E | ChatModelError, R | ChatModel.ChatModel> {
  const report = yield* progress(`${options.samples} answers each:`)
  let done = 0
  let stopped: ChatModelError | undefined
  yield* Effect.forEach(
    rows,
    (row, index) =>
      Effect.gen(function* () {
        if (stopped !== undefined) return
        yield* sampleRow(row, options).pipe(
          Effect.matchEffect({
            onSuccess: (sampled) => Effect.andThen(clearLine, onRow(sampled, index)),
            onFailure: (error) => {
              if (isForAll(error)) stopped ??= error
              process.exitCode = 1
              return Effect.andThen(clearLine, Console.error(`warning: row ${index + 1} left out: ${error.message}`))
            },
          }),
        )
        yield* report(++done, rows.length)
      }),
    { concurrency: options.concurrency, discard: true },
  )
  if (stopped !== undefined) return yield* Effect.fail(stopped)
})
