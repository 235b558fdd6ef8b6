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

  it.prop(
    "top-p keeps what adding up in order keeps, lower ids first",
    { whole: Schema.Array(Schema.Int.check(Schema.isBetween({ minimum: -3, maximum: 3 }))), share },
    ({ share, whole }) => {
      // Few values, so that many are equal; some of the flat rows fall into one bucket, others into many.
      for (const width of [1e-4, 0.5, 9]) {
        const row = [...whole, 0].map((value) => value * width)
        const plain = distribution(row, { temperature: 1 })
        const order = [...row.keys()].toSorted((a, b) => row[b]! - row[a]! || a - b)
        let above = 0
        const expected = order.filter((token) => {
          const kept = above < share - 1e-12
          above += Math.exp(plain[token]!)
          return kept
        })
        assert.deepStrictEqual(
          keptOf(distribution(row, { temperature: 1, topP: share })),
          expected.toSorted((a, b) => a - b),
        )
      }
    },
  )

  it.prop("a token of each kind is drawn where it lies, and never one that was cut", { logits, share }, (given) => {
    const options = { temperature: 0.9, topK: 5, topP: given.share, minP: 0.02, repetitionPenalty: 1.2 }
    const row = Float32Array.from(given.logits)
    const expected = distribution([...row], options, [0])
    let below = 0
    for (const [token, logprob] of expected.entries()) {
      if (logprob === -Infinity) continue
      const drawn = DrawToken.make(options)(row, new Set([0]), () => below + Math.exp(logprob) / 2)
      assert.strictEqual(drawn.token, token)
      assert.closeTo(drawn.logprob, logprob, 1e-9)
      assert.closeTo(drawn.temperedLogprob, distribution([...row], { temperature: 0.9 })[token]!, 1e-9)
      below += Math.exp(logprob)
    }
    assert.closeTo(below, 1, 1e-9)
  })

  const every = { topK: 3, topP: 0.9, minP: 0.1, repetitionPenalty: 1.1 }
  const never = () => assert.fail("nothing is random")

  it.each([
    [NaN, 1, 2],
    [1, NaN, 2],
    [Infinity, 0, 0],
    [-Infinity, -Infinity, -Infinity],
  ])("%f, %f, %f give no finite log-prob", (...row) => {
    for (const options of [
      { temperature: 0 },
      { temperature: 1 },
      { temperature: 0.5, topP: 0.5 },
      { temperature: 1, topK: 1 },
      { temperature: 1, minP: 0.5 },
      { temperature: 0.5, ...every },
    ]) {
      const drawn = DrawToken.make(options)(Float32Array.from(row), new Set([1]), () => 0.5)
      assert.isFalse(Number.isFinite(drawn.logprob))
    }
  })

  it.each([{}, { topP: 0.999 }, every])("the smallest temperature is greedy, the greatest even, with %j", (cuts) => {
    const row = Float32Array.of(1, 3, 3.5, -80)
    const cold = DrawToken.make({ temperature: Number.MIN_VALUE, ...cuts })(row, new Set(), () => 0.999)
    assert.deepInclude(cold, { token: 2, logprob: 0, temperedLogprob: 0 })
    const hot = DrawToken.make({ temperature: Number.MAX_VALUE, ...cuts })(row, new Set(), () => 0)
    assert.closeTo(hot.temperedLogprob, -Math.log(4), 1e-12)
  })

  it("of equals, the greedy token has the lowest id", () => {
    assert.strictEqual(DrawToken.make({ temperature: 0 })(Float32Array.of(0, 2, 2, 1), new Set(), never).token, 1)
  })

  it("a top-k beyond the vocabulary and a top-p of nearly nothing", () => {
    assert.deepStrictEqual(keptOf(distribution([1, 2, 3], { temperature: 1, topK: 4 })), [0, 1, 2])
    assert.deepStrictEqual(keptOf(distribution([1, 3, 3], { temperature: 1, topP: Number.MIN_VALUE })), [1])
    assert.deepStrictEqual(keptOf(distribution([1, 3, 3], { temperature: 1, minP: 1 })), [1, 2])
  })

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
    assert.strictEqual(draw(row, new Set([0]), never).token, 1)
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
    const greedy = { temperature: 0.7, top_p: null, top_k: 20, repetition_penalty: 1.1, num_beams: 1, typical_p: null }
    assert.deepStrictEqual(GenerationConfig.parse(greedy), { temperature: 0, repetitionPenalty: 1.1, endTokens: [] })
  })

  it.each([
    [[], "not-an-object"],
    [{ num_beams: 4 }, "unsupported-option"],
    [{ no_repeat_ngram_size: 3 }, "unsupported-option"],
    [{ guidance_scale: 1.5 }, "unsupported-option"],
    [{ stop_strings: ["\n"] }, "unsupported-option"],
    [{ an_option_of_tomorrow: true }, "unsupported-option"],
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
