import { createServer } from "node:http"
import type { AddressInfo } from "node:net"
import { assert, describe, it } from "@effect/vitest"
import { Judge } from "@seed-grpo/entropy"
import { Deferred, Effect, Fiber, Option } from "effect"
import { Command } from "effect/cli"
import * as NodeServices from "@effect/platform-node/NodeServices"
import { endpointFlags, endpointLayer, judgeFlags, judgeLayer, sampleRows } from "../src/EndpointSampling.ts"

interface Asked {
  readonly prompt: string
  readonly n: number
  readonly key: string | undefined
  readonly body: Readonly<Record<string, unknown>>
}

/** Answers each call with texts, a status, or nothing ever. */
const endpoint = (answer: (asked: Asked) => ReadonlyArray<string> | number | undefined) =>
  Effect.acquireRelease(
    Effect.callback<{ readonly url: string; readonly asked: Array<Asked>; readonly close: () => void }>((resume) => {
      const asked: Array<Asked> = []
      const server = createServer((request, response) => {
        let text = ""
        request.on("data", (chunk: Buffer) => (text += chunk.toString()))
        request.on("end", () => {
          const body = JSON.parse(text) as {
            readonly messages: ReadonlyArray<{ content: string }>
            readonly n?: number
          }
          const one = {
            prompt: body.messages[0]!.content,
            n: body.n ?? 1,
            key: request.headers.authorization,
            body: { ...body },
          }
          asked.push(one)
          const said = answer(one)
          if (said === undefined) return
          response.statusCode = typeof said === "number" ? said : 200
          response.end(
            JSON.stringify(
              typeof said === "number"
                ? { error: { message: `status ${said}` } }
                : {
                    choices: said.map((content, index) => ({
                      index,
                      message: { content },
                      finish_reason: content === "cut" ? "length" : "stop",
                      logprobs: { content: [{ token: content, logprob: -1 }] },
                    })),
                  },
            ),
          )
        })
      })
      server.listen(0, "127.0.0.1", () =>
        resume(
          Effect.succeed({
            url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
            asked,
            close: () => {
              server.closeAllConnections()
              server.close()
            },
          }),
        ),
      )
    }),
    ({ close }) => Effect.sync(close),
  )

const options = {
  samples: 2,
  temperature: 1,
  maxTokens: 8,
  seed: Option.none<number>(),
  fewer: "fail",
  concurrency: 1,
  logprobs: false,
} as const

const at = (url: string) => ({
  endpoint: Option.some(url),
  model: Option.some("qwen"),
  apiKeyEnv: Option.none<string>(),
  concurrency: 4,
})

const rows = ["a", "b", "c", "d"].map((prompt, index) => ({ id: `${index}`, prompt }))

/** The exit code is the process's: what a test does to it is undone. */
const exitCode = <A, E, R>(effect: Effect.Effect<A, E, R>) =>
  Effect.gen(function* () {
    const before = process.exitCode
    const value = yield* effect
    const code = process.exitCode
    process.exitCode = before
    return { value, code }
  })

describe("sampling rows", () => {
  it.live("each row keeps what it had and gets its answers", () =>
    Effect.gen(function* () {
      const { asked, url } = yield* endpoint(({ prompt }) => [prompt, "cut"])
      const printed: Array<object> = []
      yield* sampleRows(rows.slice(0, 1), { ...options, logprobs: true, seed: Option.some(5) }, (row) =>
        Effect.sync(() => void printed.push(row)),
      ).pipe(Effect.provide(endpointLayer(at(url))))
      assert.deepStrictEqual(printed, [
        { id: "0", prompt: "a", responses: ["a", "cut"], truncated: [false, true], meanLogprobs: [-1, -1] },
      ])
      assert.deepInclude(asked[0]!.body, {
        model: "qwen",
        n: 2,
        temperature: 1,
        max_tokens: 8,
        seed: 5,
        logprobs: true,
      })
    }),
  )

  it.live("a row that is refused is left out, and the others come", () =>
    Effect.gen(function* () {
      const { url } = yield* endpoint(({ prompt }) => (prompt === "b" ? 413 : [prompt, prompt]))
      const printed: Array<string> = []
      const { code } = yield* exitCode(
        sampleRows(rows, options, ({ id }) => Effect.sync(() => void printed.push(id))).pipe(
          Effect.provide(endpointLayer(at(url))),
        ),
      )
      assert.deepStrictEqual(printed, ["0", "2", "3"])
      assert.strictEqual(code, 1)
    }),
  )

  it.live("too few answers leave a row out, or are kept", () =>
    Effect.gen(function* () {
      let calls = 0
      const { url } = yield* endpoint(() => (calls++ === 0 ? ["only"] : []))
      const printed: Array<ReadonlyArray<string>> = []
      const ask = (fewer: "fail" | "keep") => {
        calls = 0
        return exitCode(
          sampleRows(rows.slice(0, 1), { ...options, samples: 3, fewer }, ({ responses }) =>
            Effect.sync(() => void printed.push(responses)),
          ).pipe(Effect.provide(endpointLayer(at(url)))),
        )
      }
      assert.strictEqual((yield* ask("fail")).code, 1)
      assert.deepStrictEqual(printed, [])
      yield* ask("keep")
      assert.deepStrictEqual(printed, [["only"]])
    }),
  )

  it.live("a refusal of the key ends it, and what was under way is handed over", () =>
    Effect.gen(function* () {
      const { asked, url } = yield* endpoint(({ prompt }) => (prompt === "b" ? 401 : [prompt, prompt]))
      const printed: Array<string> = []
      const { code, value: error } = yield* exitCode(
        Effect.flip(
          sampleRows(rows, { ...options, concurrency: 2 }, ({ id }) =>
            Effect.andThen(
              Effect.sleep("50 millis"),
              Effect.sync(() => void printed.push(id)),
            ),
          ).pipe(Effect.provide(endpointLayer(at(url)))),
        ),
      )
      assert.strictEqual(error._tag, "ChatModelError")
      assert.match(error.message, /HTTP 401: status 401/)
      assert.strictEqual(code, 1)
      assert.deepStrictEqual(printed, ["0"])
      assert.isBelow(asked.length, 4)
    }),
  )

  it.live("what was printed before Ctrl-C stays", () =>
    Effect.gen(function* () {
      const { url } = yield* endpoint(({ prompt }) => (prompt === "c" ? undefined : [prompt, prompt]))
      const printed: Array<string> = []
      const two = yield* Deferred.make<void>()
      const running = yield* sampleRows(rows, options, ({ id }) =>
        Effect.suspend(() => (printed.push(id) === 2 ? Deferred.succeed(two, undefined) : Effect.void)),
      ).pipe(Effect.provide(endpointLayer(at(url))), Effect.forkChild)
      yield* Deferred.await(two)
      yield* Fiber.interrupt(running)
      assert.deepStrictEqual(printed, ["0", "1"])
    }),
  )
})

describe("the API key", () => {
  const withEnvironment = <A, E, R>(variables: Record<string, string>, effect: Effect.Effect<A, E, R>) =>
    Effect.acquireUseRelease(
      Effect.sync(() => Object.assign(process.env, variables)),
      () => effect,
      () =>
        Effect.sync(() => {
          for (const name of Object.keys(variables)) delete process.env[name]
        }),
    )

  const keySent = (apiKeyEnv: Option.Option<string>) =>
    Effect.gen(function* () {
      const { asked, url } = yield* endpoint(() => ["x", "y"])
      yield* sampleRows(rows.slice(0, 1), options, () => Effect.void).pipe(
        Effect.provide(endpointLayer({ ...at(url), apiKeyEnv })),
      )
      return asked[0]!.key
    })

  it.live("comes from the variable that is named, or from the usual one", () =>
    withEnvironment(
      { SEED_GRPO_TEST_KEY: "k1", OPENAI_API_KEY: "k2" },
      Effect.gen(function* () {
        assert.strictEqual(yield* keySent(Option.some("SEED_GRPO_TEST_KEY")), "Bearer k1")
        assert.strictEqual(yield* keySent(Option.none()), "Bearer k2")
      }),
    ),
  )

  it.live("that is named must be there", () =>
    Effect.gen(function* () {
      const error = yield* Effect.flip(keySent(Option.some("SEED_GRPO_NO_SUCH_KEY")))
      assert.strictEqual(error._tag, "UsageError")
      assert.match(error.message, /SEED_GRPO_NO_SUCH_KEY/)
    }),
  )
})

describe("the flags", () => {
  const parsed = (args: ReadonlyArray<string>) =>
    Effect.gen(function* () {
      let seen: unknown
      const command = Command.make("sample", { ...endpointFlags, ...judgeFlags }, (options_) =>
        Effect.sync(() => {
          seen = options_
        }),
      )
      yield* Command.runWith(command, { version: "0" })(args).pipe(Effect.provide(NodeServices.layer))
      return seen
    })

  it.live("have the defaults that are documented", () =>
    Effect.gen(function* () {
      assert.deepInclude(yield* parsed(["--endpoint", "http://x", "--model", "m"]), {
        samples: 10,
        temperature: 1,
        maxTokens: 512,
        fewer: "fail",
        concurrency: 8,
        judgeMaxTokens: 64,
        judgeFormat: "none",
      })
    }),
  )

  it.live.each(["--samples", "--max-tokens", "--concurrency", "--judge-max-tokens"])("%s 0 is refused", (flag) =>
    Effect.flip(parsed([flag, "0"])),
  )
})

describe("the judge", () => {
  const judge = (url: string) => ({
    ...at("http://127.0.0.1:9"),
    judgeEndpoint: Option.some(url),
    judgeModel: Option.none<string>(),
    judgeApiKeyEnv: Option.none<string>(),
    judgeBudget: Option.some(2),
    judgeMaxTokens: 64,
    judgeFormat: "json-object" as const,
  })

  it.live("has an endpoint of its own, and a budget", () =>
    Effect.gen(function* () {
      const { asked, url } = yield* endpoint(() => ['{"verdict": "equivalent"}'])
      const { clusterIds, undecided } = yield* Judge.cluster(["x", "y", "z"]).pipe(
        Effect.provide(judgeLayer({ ...judge(url), apiKeyEnv: Option.some("SEED_GRPO_KEY_OF_ANOTHER") })),
      )
      assert.strictEqual(asked.length, 2)
      assert.deepInclude(asked[0]!.body, { model: "qwen", max_tokens: 64, response_format: { type: "json_object" } })
      assert.deepStrictEqual(clusterIds, [0, 0, 1])
      assert.strictEqual(undecided.length, 2)
    }),
  )

  it.live("without an endpoint is a question to the user", () =>
    Effect.gen(function* () {
      const nowhere = { ...judge("x"), endpoint: Option.none<string>(), judgeEndpoint: Option.none<string>() }
      const error = yield* Effect.flip(Judge.cluster(["x", "y"]).pipe(Effect.provide(judgeLayer(nowhere))))
      assert.match(error.message, /--judge-endpoint/)
    }),
  )
})
