import type { Problem } from "@seed-grpo/core"
import { PolicySampler, RecordedSampler, Sampler } from "@seed-grpo/sampling"
import { Backend, Policy, Tokenizer } from "@seed-grpo/runtime"
import { characterTokenizer, tinyModel } from "@seed-grpo/testing"
import { assert, describe, it, layer } from "@effect/vitest"
import { Effect, Layer } from "effect"

const problem = (question: string): Problem => ({ id: question, question, golds: ["1"] })
const problems = ["1+1=", "22-3=", "1/2+1/2="].map((question) => ({ problem: problem(question), prompt: question }))

const request: Sampler.SampleRequest = {
  problems,
  groupSize: 4,
  maxTokens: 10,
  temperature: 1,
  stop: [],
  seed: 0,
  stream: "sampling",
  step: 0,
}

const policyWith = (options: PolicySampler.PolicySamplerOptions) =>
  PolicySampler.layer(options).pipe(
    Layer.provide(
      Layer.effect(
        Policy.Policy,
        Effect.suspend(() => Policy.make(tinyModel())),
      ),
    ),
    Layer.provide(Backend.layerCpu),
  )

const texts = (groups: ReadonlyArray<{ readonly completions: ReadonlyArray<{ readonly text: string }> }>) =>
  groups.map(({ completions }) => completions.map(({ text }) => text))

const policy = policyWith({})

layer(policy)("PolicySampler", (it) => {
  it.effect("gives one group per problem with a log-probability for every token", () =>
    Effect.gen(function* () {
      const { sample } = yield* Sampler.Sampler
      const groups = yield* sample(request)
      assert.deepStrictEqual(
        groups.map((group) => group.problem.id),
        problems.map((one) => one.problem.id),
      )
      for (const { completions, promptTokens } of groups) {
        assert.strictEqual(completions.length, 4)
        assert.isAbove(promptTokens.length, 0)
        for (const { finish, logprobs, tokens } of completions) {
          assert.strictEqual(logprobs.length, tokens.length)
          assert.isTrue(logprobs.every((logprob) => logprob <= 0))
          assert.strictEqual(finish, tokens.at(-1) === 0 ? "stop" : "length")
        }
      }
    }),
  )

  it.effect("the same keys give the same texts whatever the order and company of problems", () =>
    Effect.gen(function* () {
      const { sample } = yield* Sampler.Sampler
      const together = texts(yield* sample(request))
      assert.deepStrictEqual(
        texts(yield* sample({ ...request, problems: problems.toReversed() })).toReversed(),
        together,
      )
      for (const [index, one] of problems.entries()) {
        assert.deepStrictEqual(texts(yield* sample({ ...request, problems: [one] })), [together[index]!])
      }
    }),
  )

  it.effect("small batches give the same texts", () =>
    Effect.gen(function* () {
      const { sample } = yield* Sampler.Sampler
      const together = texts(yield* sample(request))
      for (const batchTokens of [1, 100, 130]) {
        const apart = yield* Effect.gen(function* () {
          return yield* (yield* Sampler.Sampler).sample(request)
        }).pipe(Effect.provide(policyWith({ batchTokens }), { local: true }))
        assert.deepStrictEqual(texts(apart), together)
      }
    }),
  )

  it.effect("another seed, stream or step gives other texts", () =>
    Effect.gen(function* () {
      const { sample } = yield* Sampler.Sampler
      const base = texts(yield* sample(request))
      for (const change of [{ seed: 1 }, { stream: "evaluation" }, { step: 1 }]) {
        assert.notDeepEqual(texts(yield* sample({ ...request, ...change })), base)
      }
    }),
  )

  it.effect("stops at a stop text and keeps it", () =>
    Effect.gen(function* () {
      const { sample } = yield* Sampler.Sampler
      const stop = ["7"]
      const groups = yield* sample({ ...request, groupSize: 16, maxTokens: 30, stop })
      const completions = groups.flatMap((group) => group.completions)
      const stopped = completions.filter(({ text }) => text.includes("7"))
      assert.isAbove(stopped.length, 0)
      for (const { finish, text } of stopped) {
        assert.strictEqual(finish, "stop")
        assert.strictEqual(text.indexOf("7"), text.length - 1)
      }
    }),
  )

  it.effect("what cannot be asked for is a typed error", () =>
    Effect.gen(function* () {
      const { sample } = yield* Sampler.Sampler
      for (const change of [{ stop: [""] }, { topP: 0 }, { maxTokens: 0 }, { temperature: NaN }]) {
        const error = yield* Effect.flip(sample({ ...request, ...change }))
        assert.strictEqual(error.reason, "bad-request")
      }
      assert.deepStrictEqual(yield* sample({ ...request, problems: [] }), [])
    }),
  )

  it.effect("an empty prompt is a typed error", () =>
    Effect.gen(function* () {
      const { sample } = yield* Sampler.Sampler
      const error = yield* Effect.flip(sample({ ...request, problems: [{ problem: problem("x"), prompt: "" }] }))
      assert.strictEqual(error._tag, "SamplingError")
      assert.strictEqual(error.reason, "bad-prompt")
    }),
  )
})

describe("a vocabulary larger than the tokenizer's", () => {
  const { size, tokenizerConfig, tokenizerJson } = characterTokenizer("0123456789+=/")
  const tokenizer = Tokenizer.fromJson(tokenizerJson, tokenizerConfig)
  const padded = PolicySampler.layer().pipe(
    Layer.provide(
      Layer.effect(
        Policy.Policy,
        Effect.suspend(() => Policy.make({ ...tinyModel(), tokenizer })),
      ),
    ),
    Layer.provide(Backend.layerCpu),
  )

  it.effect("ids that stand for nothing say nothing", () =>
    Effect.gen(function* () {
      const { sample } = yield* Sampler.Sampler
      const groups = yield* sample({ ...request, stop: ["7"] })
      const completions = groups.flatMap((group) => group.completions)
      assert.isTrue(completions.some(({ tokens }) => tokens.some((token) => token >= size)))
      for (const { text, tokens } of completions) {
        assert.strictEqual(text, tokenizer.decode(tokens.filter((token) => token < size)))
      }
    }).pipe(Effect.provide(padded)),
  )
})

describe("RecordedSampler", () => {
  const completion = (text: string) => ({
    text,
    tokens: new Int32Array(),
    logprobs: new Float64Array(),
    finish: "stop" as const,
  })
  const recorded = RecordedSampler.layer(new Map([["1+1=", ["2", "2.0", "3"].map(completion)]]))

  it.effect("replays", () =>
    Effect.gen(function* () {
      const { sample } = yield* Sampler.Sampler
      const groups = yield* sample({ ...request, groupSize: 2, problems: problems.slice(0, 1) })
      assert.deepStrictEqual(texts(groups), [["2", "2.0"]])
    }).pipe(Effect.provide(recorded)),
  )

  it.effect("fails where too little was recorded", () =>
    Effect.gen(function* () {
      const { sample } = yield* Sampler.Sampler
      const error = yield* Effect.flip(sample({ ...request, problems: problems.slice(0, 1) }))
      assert.match(error.message, /problem 1\+1=: expected 4 recorded completions, found 3/)
    }).pipe(Effect.provide(recorded)),
  )
})
