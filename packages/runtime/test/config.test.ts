/** `config.json` in both dialects, and what architectures differ in, against Transformers 5.18. */
import { readFileSync } from "node:fs"
import { fileURLToPath } from "node:url"
import { Backend, Decoder, Generation, ModelConfig, Parameters, Rope, Safetensors, Tidy } from "@seed-grpo/runtime"
import * as tf from "@tensorflow/tfjs-core"
import { assert, describe, it, layer } from "@effect/vitest"
import { Effect } from "effect"

type Json = { readonly [key: string]: unknown }

const fixture = (name: string): string => fileURLToPath(new URL(`./fixtures/${name}`, import.meta.url))

const read = (name: string): Json => JSON.parse(readFileSync(fixture(name), "utf8")) as Json

const variants = read("variants.json") as unknown as {
  readonly frequencies: ReadonlyArray<{
    readonly rope_theta: number
    readonly head_dim: number
    readonly rope_scaling: Json | null
    readonly length: number
    readonly inv_freq: ReadonlyArray<number>
    readonly attention_factor: number
  }>
  readonly logits: ReadonlyArray<{
    readonly name: string
    readonly folder: string
    readonly config: Json
    readonly tokens: ReadonlyArray<number>
    readonly positions: ReadonlyArray<number>
    readonly logits: ReadonlyArray<ReadonlyArray<number>>
    readonly greedy: ReadonlyArray<number>
  }>
}

describe("ModelConfig", () => {
  const qwen2 = read("tiny-qwen2/config.json")
  const llama = read("tiny-llama/config.json")

  it.each(["tiny-qwen2", "tiny-qwen3", "tiny-llama", "tiny-mistral"])("reads both dialects of %s alike", (name) => {
    const older = read(`${name}/config.json`)
    const newer = { ...read(`${name}/config.v5.json`), eos_token_id: older["eos_token_id"] }
    assert.deepStrictEqual(ModelConfig.parse(newer), ModelConfig.parse(older))
  })

  it("takes a scaled rope from either dialect", () => {
    const scaling = { rope_type: "yarn", factor: 4, original_max_position_embeddings: 64 }
    const older = ModelConfig.parse({ ...llama, rope_scaling: scaling })
    const { rope_theta, rope_scaling: _, ...rest } = llama
    assert.deepStrictEqual(ModelConfig.parse({ ...rest, rope_parameters: { ...scaling, rope_theta } }), older)
    assert.strictEqual(older.maxPositions, 512)
  })

  it.each([
    ["linear", { type: "linear", factor: 2 }, 1024],
    ["yarn", { type: "yarn", factor: 4, original_max_position_embeddings: 512 }, 2048],
  ])("%s reaches further than the model was trained", (_, rope_scaling, positions) => {
    assert.strictEqual(ModelConfig.parse({ ...llama, rope_scaling }).maxPositions, positions)
  })

  it("uses Transformers' defaults where checkpoints leave keys out", () => {
    const { rope_theta: _, num_key_value_heads: __, rope_scaling: ___, ...first } = llama
    const { keyHeads, rope } = ModelConfig.parse(first)
    assert.deepStrictEqual([keyHeads, rope], [4, { type: "default", theta: 10_000 }])
    const { head_dim: ____, ...qwen3 } = read("tiny-qwen3/config.json")
    assert.strictEqual(ModelConfig.parse(qwen3).headDim, 128)
    const { sliding_window: _____, ...mistral } = read("tiny-mistral/config.json")
    assert.deepStrictEqual(ModelConfig.parse(mistral).windows, [4096, 4096])
    assert.deepStrictEqual(ModelConfig.parse({ ...mistral, sliding_window: null }).windows, [undefined, undefined])
  })

  it.each([
    ["nothing", null, "not-an-object"],
    ["a list", [], "not-an-object"],
    ["another architecture", { ...qwen2, model_type: "gemma3" }, "unknown-architecture"],
    ["a name of Object's prototype", { ...qwen2, model_type: "constructor" }, "unknown-architecture"],
    ["another activation", { ...qwen2, hidden_act: "gelu" }, "unknown-activation"],
    ["an unknown rope", { ...qwen2, rope_scaling: { rope_type: "longrope", factor: 4 } }, "unknown-rope"],
    ["an unknown rope in the old spelling", { ...qwen2, rope_scaling: { type: "mrope" } }, "unknown-rope"],
    [
      "an unknown rope in the other dialect",
      { ...qwen2, rope_parameters: { rope_type: "proportional", rope_theta: 1e4 } },
      "unknown-rope",
    ],
    ["a rope for each kind of layer", { ...qwen2, rope_parameters: { full_attention: {} } }, "unknown-rope"],
    ["heads turned in part", { ...qwen2, partial_rotary_factor: 0.5 }, "unknown-rope"],
    ["a rope without its factor", { ...llama, rope_scaling: { rope_type: "linear" } }, "bad-value"],
    ["no base", { ...qwen2, rope_theta: undefined }, "bad-value"],
    ["another kind of layer", { ...qwen2, layer_types: ["full_attention", "linear_attention"] }, "unsupported-option"],
    ["a layer too few", { ...qwen2, layer_types: ["full_attention"] }, "bad-value"],
    ["quantized weights", { ...qwen2, quantization_config: { quant_method: "awq" } }, "unsupported-option"],
    ["no layers", { ...qwen2, num_hidden_layers: 0 }, "bad-value"],
    ["half a head", { ...qwen2, num_attention_heads: 2.5 }, "bad-value"],
    ["heads that do not divide", { ...qwen2, num_key_value_heads: 3 }, "bad-value"],
    ["a width that does not divide", { ...qwen2, num_attention_heads: 5 }, "bad-value"],
    ["an end token that is a text", { ...qwen2, eos_token_id: "</s>" }, "bad-value"],
    ["no normalisation constant", { ...qwen2, rms_norm_eps: undefined }, "bad-value"],
    ["a flag that is a text", { ...qwen2, tie_word_embeddings: "yes" }, "bad-value"],
  ] as const)("refuses %s", (_, json, reason) => {
    try {
      ModelConfig.parse(json)
    } catch (error) {
      assert.instanceOf(error, ModelConfig.ModelConfigError)
      assert.strictEqual(error.reason, reason)
      return
    }
    assert.fail("accepted")
  })
})

describe("Rope", () => {
  it.each(variants.frequencies)("$rope_scaling at width $head_dim, base $rope_theta, length $length", (golden) => {
    const { rope } = ModelConfig.parse({ ...read("tiny-llama/config.json"), ...golden })
    const ours = Rope.frequencies(rope, golden.head_dim, golden.length)
    assert.strictEqual(ours.length, golden.inv_freq.length)
    // PyTorch computes them in float32.
    golden.inv_freq.forEach((frequency, pair) => assert.closeTo(ours[pair]!, frequency, 1e-6 * frequency))
    assert.closeTo(Rope.magnitude(rope), golden.attention_factor, 1e-12)
  })
})

/** The checkpoint's weights; biases that it does not have are `0.1 sin(i + 1)`. */
const weightsOf = (folder: string, config: ModelConfig.ModelConfig) => {
  const files =
    folder === "tiny-llama"
      ? [1, 2, 3].map((shard) => `model-0000${shard}-of-00003.safetensors`)
      : ["model.safetensors"]
  const stored = new Map(files.flatMap((file) => [...Safetensors.parse(readFileSync(fixture(`${folder}/${file}`)))]))
  return Parameters.fromHost(
    config,
    new Map(
      Parameters.specs(config).map(({ name, shape }) => [
        name,
        stored.get(name) ?? {
          shape,
          data: Float32Array.from({ length: shape[0]! }, (_, i) => 0.1 * Math.sin(i + 1)),
        },
      ]),
    ),
  )
}

layer(Backend.layerCpu)("variants of architectures", (it) => {
  it.effect.each(variants.logits)("$name: logits and greedy tokens equal Transformers'", (golden) =>
    Effect.gen(function* () {
      const config = ModelConfig.parse({ ...read(`${golden.folder}/config.json`), ...golden.config })
      const parameters = weightsOf(golden.folder, config)
      const tokens = Int32Array.from(golden.tokens)
      const logits = Tidy.tidy(() => {
        const { hidden } = Decoder.hiddenStates(parameters, config, {
          batch: 1,
          tokens,
          mask: new Uint8Array(tokens.length).fill(1),
        })
        return Decoder.logits(parameters, config, hidden).dataSync()
      })
      for (const [index, position] of golden.positions.entries()) {
        golden.logits[index]!.forEach((value, v) =>
          assert.closeTo(logits[position * config.vocabularySize + v]!, value, 1e-4),
        )
      }
      const [row] = yield* Effect.promise(() =>
        Generation.generate(parameters, config, {
          prompts: [tokens],
          samples: 1,
          maxTokens: golden.greedy.length,
          temperature: 0,
          endTokens: [],
          uniform: () => 0,
        }),
      )
      assert.deepStrictEqual([...row!.tokens], golden.greedy)
      Parameters.dispose(parameters)
      assert.strictEqual(tf.memory().numTensors, 0)
    }),
  )
})
