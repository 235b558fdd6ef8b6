/** What tokens are drawn from, against Transformers' logits processors (5.18, float32). */
import { readFileSync } from "node:fs"
import { DrawToken, GenerationConfig, TokenDistribution } from "@seed-grpo/runtime"
import { assert, describe, it } from "@effect/vitest"
import { Schema } from "effect"

const read = (name: string): unknown => JSON.parse(readFileSync(new URL(`./fixtures/${name}`, import.meta.url), "utf8"))

interface Golden {
  readonly logits: ReadonlyArray<ReadonlyArray<number>>
  readonly input_ids: ReadonlyArray<ReadonlyArray<number>>
  readonly cases: ReadonlyArray<{
    readonly options: { readonly [name: string]: number }
    readonly kept: ReadonlyArray<ReadonlyArray<number>>
    readonly probs: ReadonlyArray<ReadonlyArray<number>>
    readonly raw_logprobs_of_kept: ReadonlyArray<ReadonlyArray<number>>
  }>
}

const golden = read("sampling_golden.json") as Golden

const optionsOf = (options: Golden["cases"][number]["options"]): TokenDistribution.SamplingOptions => {
  const { min_p, repetition_penalty, temperature, top_k, top_p } = options
  return {
    temperature: temperature ?? 1,
    ...(top_k === undefined ? {} : { topK: top_k }),
    ...(top_p === undefined ? {} : { topP: top_p }),
    ...(min_p === undefined ? {} : { minP: min_p }),
    ...(repetition_penalty === undefined ? {} : { repetitionPenalty: repetition_penalty }),
  }
}

const distribution = (
  logits: ReadonlyArray<number>,
  options: TokenDistribution.SamplingOptions,
  seen: ReadonlyArray<number> = [],
): Float64Array => {
  const scores = Float64Array.from(logits)
  for (const step of TokenDistribution.steps(options)) step(scores, new Set(seen))
  return TokenDistribution.logprobs(scores)
}

const keptOf = (logprobs: Float64Array): ReadonlyArray<number> =>
  [...logprobs.keys()].filter((token) => logprobs[token] !== -Infinity)

describe("TokenDistribution", () => {
  it.each(golden.cases)("equals Transformers with $options", ({ kept, options, probs, raw_logprobs_of_kept }) => {
    for (const [row, logits] of golden.logits.entries()) {
      const logprobs = distribution(logits, optionsOf(options), golden.input_ids[row])
      assert.deepStrictEqual(keptOf(logprobs), kept[row])
      for (const [index, token] of kept[row]!.entries()) {
        assert.closeTo(Math.exp(logprobs[token]!), probs[row]![token]!, 1e-6)
        const uniform = kept[row]!.slice(0, index).reduce(
          (sum, other) => sum + probs[row]![other]!,
          probs[row]![token]! / 2,
        )
        const draw = DrawToken.make(optionsOf(options))
        const drawn = draw(Float32Array.from(logits), new Set(golden.input_ids[row]), () => uniform)
        assert.strictEqual(drawn.token, token)
        assert.closeTo(drawn.logprob, Math.log(probs[row]![token]!), 1e-5)
        assert.closeTo(drawn.policyLogprob, raw_logprobs_of_kept[row]![index]!, 1e-6)
      }
    }
  })

  const logits = Schema.Array(Schema.Finite.check(Schema.isBetween({ minimum: -8, maximum: 8 }))).check(
    Schema.isMinLength(1),
    Schema.isMaxLength(40),
  )
  const share = Schema.Finite.check(Schema.isBetween({ minimum: 0.01, maximum: 0.99 }))

  it.prop("top-p keeps the fewest tokens that reach the share", { logits, share }, ({ logits, share }) => {
    const plain = distribution(logits, { temperature: 1 })
    const kept = keptOf(distribution(logits, { temperature: 1, topP: share }))
    const mass = kept.reduce((sum, token) => sum + Math.exp(plain[token]!), 0)
    const least = Math.min(...kept.map((token) => plain[token]!))
    assert.isAtLeast(mass, share - 1e-9)
    assert.isBelow(mass - Math.exp(least), share + 1e-9)
    for (const [token, logprob] of plain.entries()) if (!kept.includes(token)) assert.isAtMost(logprob, least)
  })

  it.prop(
    "top-k keeps the k greatest, and all that equal the last",
    { logits, k: Schema.Int.check(Schema.isBetween({ minimum: 1, maximum: 50 })) },
    ({ k, logits }) => {
      const kept = keptOf(distribution(logits, { temperature: 1, topK: k }))
      const least = logits.toSorted((a, b) => b - a)[Math.min(k, logits.length) - 1]!
      assert.deepStrictEqual(
        kept,
        [...logits.keys()].filter((token) => logits[token]! >= least),
      )
    },
  )

  it.prop("plain sampling is the same by either way", { logits, share }, ({ logits, share }) => {
    const row = Float32Array.from(logits)
    const quick = DrawToken.sample(row, 0.7, share)
    const long = DrawToken.make({ temperature: 0.7, minP: Number.MIN_VALUE })(row, new Set(), () => share)
    assert.closeTo(quick.logprob, long.logprob, quick.token === long.token ? 1e-12 : Infinity)
    assert.closeTo(quick.policyLogprob, distribution([...row], { temperature: 1 })[quick.token]!, 1e-12)
  })

  it("a greedy token may be penalised away", () => {
    const row = Float32Array.of(2, 1.9, -1)
    assert.strictEqual(DrawToken.greedy(row).token, 0)
    const draw = DrawToken.make({ temperature: 0, repetitionPenalty: 1.3 })
    assert.strictEqual(draw(row, new Set([0]), () => assert.fail("nothing is random")).token, 1)
  })
})

describe("GenerationConfig", () => {
  it("reads what a checkpoint suggests", () => {
    assert.deepStrictEqual(GenerationConfig.parse(read("tiny-qwen2/generation_config.json")), {
      temperature: 0.7,
      topK: 20,
      topP: 0.8,
      repetitionPenalty: 1.05,
      endTokens: [511, 509],
    })
    assert.deepStrictEqual(GenerationConfig.parse({ temperature: 0.7, top_p: null }), { temperature: 0, endTokens: [] })
  })

  it.each([
    [[], "not-an-object"],
    [{ num_beams: 4 }, "unsupported-option"],
    [{ no_repeat_ngram_size: 3 }, "unsupported-option"],
    [{ do_sample: true, temperature: "hot" }, "bad-value"],
    [{ eos_token_id: "</s>" }, "bad-value"],
  ] as const)("refuses %j", (json, reason) => {
    try {
      GenerationConfig.parse(json)
    } catch (error) {
      assert.instanceOf(error, GenerationConfig.GenerationConfigError)
      assert.strictEqual(error.reason, reason)
      return
    }
    assert.fail("accepted")
  })
})
