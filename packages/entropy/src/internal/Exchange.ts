/**
 * One request and its answer as JSON: bounded in time and bytes, tried again where that may help.
 */
import { Clock, Duration, Effect, Result, Schedule, Stream } from "effect"
import { Headers, HttpClient, type HttpClientError, HttpClientRequest, type HttpClientResponse } from "effect/http"
import type { ChatModelOptions } from "../ChatModel.ts"
import { ChatModelError } from "../ChatModelError.ts"
import type { Destination } from "./Destination.ts"
import { parseLenient } from "./LenientJson.ts"

/** An attempt that failed, and whether another one may help. */
interface Failed {
  readonly error: ChatModelError
  readonly again: boolean
  /** The server's wish. */
  readonly wait?: Duration.Duration | undefined
}

const TRY_AGAIN = new Set([408, 429, 500, 502, 503, 504])

const LONGEST_BACKOFF = Duration.seconds(20)

/** Of a refusal, no more is read than its message needs. */
const REFUSAL_BYTES = 65_536
const LONGEST_MESSAGE = 300

const record = (value: unknown): Readonly<Record<string, unknown>> | undefined =>
  typeof value === "object" && value !== null ? (value as Readonly<Record<string, unknown>>) : undefined

/** What a server says went wrong, wherever it says so: in one of the usual fields, or as plain text. */
const messageOf = (text: string): string => {
  const json = record(Result.getOrUndefined(Result.try(() => parseLenient(text))))
  const error = record(json?.["error"])
  const said = [error?.["message"], json?.["error"], json?.["message"], json?.["detail"]]
  return said.find((one) => typeof one === "string") ?? text
}

/** On one line, harmless in a terminal, and short. */
const shown = (text: string, { withoutSecrets }: Destination): string => {
  const line = withoutSecrets(text)
    .replaceAll(/[\p{Cc}\p{Cf}\s]+/gu, " ")
    .trim()
  return line.length > LONGEST_MESSAGE ? `${line.slice(0, LONGEST_MESSAGE)}…` : line
}

/** The innermost message: `fetch failed` alone says nothing. */
const wordsOf = (error: unknown): string => {
  if (!(error instanceof Error)) return String(error)
  const code = "code" in error ? String(error.code) : ""
  return error.cause instanceof Error ? wordsOf(error.cause) : error.message || code || error.name
}

/** Up to `limit` bytes of a body, and whether that was all of it. */
const readBody = (
  { stream }: HttpClientResponse.HttpClientResponse,
  limit: number,
): Effect.Effect<{ readonly text: string; readonly isWhole: boolean }, HttpClientError.HttpClientError> =>
  Effect.suspend(() => {
    const decoder = new TextDecoder()
    const parts: Array<string> = []
    let bytes = 0
    return stream.pipe(
      Stream.takeWhile((chunk) => (bytes += chunk.length) <= limit),
      Stream.runForEach((chunk) => Effect.sync(() => parts.push(decoder.decode(chunk, { stream: true })))),
      Effect.map(() => ({ text: parts.join("") + decoder.decode(), isWhole: bytes <= limit })),
    )
  })

export const exchange = (
  client: HttpClient.HttpClient,
  destination: Destination,
  {
    backoff = "500 millis",
    longestWait = "2 minutes",
    maxBytes = 32 * 1024 * 1024,
    retries = 4,
    timeout = "5 minutes",
  }: ChatModelOptions,
): ((body: object) => Effect.Effect<unknown, ChatModelError>) => {
  const at = destination.name
  const scoped = HttpClient.withScope(client)

  const unreachable = (found: string, fix: string): Failed => ({
    error: new ChatModelError({ reason: "unreachable", at, expected: "an answer", found, fix }),
    again: true,
  })

  // The cause is left out: it holds the request, and with it the key.
  const notSent = ({ reason }: HttpClientError.HttpClientError): Failed =>
    reason._tag === "EncodeError" || reason._tag === "InvalidUrlError"
      ? {
          error: new ChatModelError({
            reason: "bad-setting",
            at,
            expected: "a request that can be sent",
            found: shown(wordsOf("cause" in reason ? reason.cause : reason), destination),
            fix: "Nothing was sent.",
          }),
          again: false,
        }
      : unreachable(
          shown(wordsOf("cause" in reason && reason.cause !== undefined ? reason.cause : reason), destination),
          "Is the server running, and is this its address?",
        )

  const saidNo = (status: number, text: string, wait: Duration.Duration | undefined): Failed => {
    const isBusy = TRY_AGAIN.has(status)
    const isTooLong = wait !== undefined && Duration.isGreaterThan(wait, Duration.fromInputUnsafe(longestWait))
    const later = wait === undefined ? "" : ` (come back in ${Math.ceil(Duration.toSeconds(wait))} s)`
    return {
      error: new ChatModelError({
        reason: isBusy ? "overloaded" : "refused",
        at,
        expected: "a chat completion",
        found: `HTTP ${status}${later}: ${shown(messageOf(text), destination)}`,
        fix:
          status === 401 || status === 403
            ? "Check the API key."
            : status === 404
              ? "Check the URL and the name of the model."
              : isBusy
                ? "Try again later, or with less at once."
                : "Change what the server complains of.",
        status,
      }),
      again: isBusy && !isTooLong,
      wait,
    }
  }

  const attempt = Effect.fnUntraced(
    function* (body: object): Effect.fn.Return<unknown, Failed> {
      const request = HttpClientRequest.post(destination.url, {
        headers: destination.headers,
        acceptJson: true,
      }).pipe(HttpClientRequest.bodyJsonUnsafe(body))
      const { headers, isOk, isWhole, status, text } = yield* Effect.gen(function* () {
        const response = yield* scoped.execute(request)
        const ok = response.status >= 200 && response.status < 300
        const read = yield* readBody(response, ok ? maxBytes : REFUSAL_BYTES)
        return { ...read, isOk: ok, status: response.status, headers: response.headers }
      }).pipe(Effect.scoped, Effect.mapError(notSent))

      const retryAfter = Headers.parseRetryAfter(headers["retry-after"] ?? "")
      const now = yield* Clock.currentTimeMillis
      const wait = Result.isSuccess(retryAfter) ? Headers.retryAfterDelay(retryAfter.success, now) : undefined
      if (!isOk) return yield* Effect.fail(saidNo(status, text, wait))
      if (!isWhole) {
        return yield* Effect.fail<Failed>({
          error: new ChatModelError({
            reason: "too-large",
            at,
            expected: `at most ${maxBytes} bytes`,
            found: "more",
            fix: "Ask for fewer or shorter choices, or raise maxBytes.",
          }),
          again: false,
        })
      }
      const json = yield* Effect.try({
        try: () => parseLenient(text),
        catch: (): Failed => ({
          error: new ChatModelError({
            reason: "malformed",
            at,
            expected: "JSON",
            found: text.trim() === "" ? "an empty body" : shown(text, destination),
            fix: "Is this the address of a chat-completions server?",
          }),
          again: true,
        }),
      })
      // Some proxies answer 200 and put the failure into the body.
      const error = record(json)?.["error"]
      if (error === undefined || error === null) return json
      const code = Number(record(error)?.["code"])
      return yield* Effect.fail(saidNo(code >= 400 && code <= 599 ? code : status, text, wait))
    },
    Effect.timeoutOrElse({
      duration: timeout,
      orElse: () =>
        Effect.fail(
          unreachable(
            `none within ${Duration.format(Duration.fromInputUnsafe(timeout))}`,
            "Is the server overloaded? Allow more time, or ask for less.",
          ),
        ),
    }),
    // The server is another's: it has no use for our spans, and a browser would have to ask whether it may send them.
    Effect.provideService(HttpClient.TracerPropagationEnabled, false),
  )

  const schedule = Schedule.min([Schedule.exponential(backoff), Schedule.spaced(LONGEST_BACKOFF)]).pipe(
    Schedule.jittered,
    Schedule.setInputType<Failed>(),
    Schedule.modifyDelay(({ duration, input }) =>
      Effect.succeed(input.wait === undefined ? duration : Duration.max(duration, input.wait)),
    ),
  )
  return (body) =>
    attempt(body).pipe(
      Effect.retry({ schedule, times: retries, while: ({ again }) => again }),
      Effect.mapError(({ error }) => error),
    )
}
