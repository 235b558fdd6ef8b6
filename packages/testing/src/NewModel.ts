/**
 * A model made from nothing: a configuration, a character tokenizer, and fresh weights.
 */
import { LoraConfig, ModelConfig, ModelFolder, Parameters, Tokenizer, Weights } from "@seed-grpo/runtime"
import { characterTokenizer } from "./CharacterTokenizer.ts"

export interface NewModelOptions {
  readonly seed: number
  readonly characters: string
  readonly pieces?: ReadonlyArray<string>
  readonly hiddenSize: number
  readonly intermediateSize: number
  readonly layers: number
  readonly heads: number
  readonly keyHeads: number
  readonly maxPositions: number
}

/** The same options give the same bytes. */
export const newModel = (options: NewModelOptions): ModelFolder.Model => {
  const { size, tokenizerConfig, tokenizerJson } = characterTokenizer(options.characters, options.pieces)
  const configJson = {
    architectures: ["Qwen2ForCausalLM"],
    model_type: "qwen2",
    hidden_act: "silu",
    vocab_size: size,
    hidden_size: options.hiddenSize,
    intermediate_size: options.intermediateSize,
    num_hidden_layers: options.layers,
    num_attention_heads: options.heads,
    num_key_value_heads: options.keyHeads,
    max_position_embeddings: options.maxPositions,
    rms_norm_eps: 1e-6,
    rope_theta: 10000,
    tie_word_embeddings: true,
    eos_token_id: 0,
    torch_dtype: "float32",
  }
  const config = ModelConfig.parse(configJson)
  const text = (json: unknown) => new TextEncoder().encode(`${JSON.stringify(json, undefined, 2)}\n`)
  return {
    config,
    tokenizer: Tokenizer.fromJson(tokenizerJson, tokenizerConfig),
    weights: Weights.fromHost(Parameters.initialise(config, options.seed)),
    notices: [],
    companions: new Map([
      ["config.json", text(configJson)],
      ["tokenizer.json", text(tokenizerJson)],
      ["tokenizer_config.json", text(tokenizerConfig)],
    ]),
  }
}

/** About 3,000 numbers: for tests that need a policy and not what it says. */
export const tinyModel = (seed = 0): ModelFolder.Model =>
  newModel({
    seed,
    characters: "0123456789+-×÷/=.%\\{}",
    pieces: ["\\frac{", "}{", "\\%"],
    hiddenSize: 16,
    intermediateSize: 24,
    layers: 1,
    heads: 2,
    keyHeads: 1,
    maxPositions: 64,
  })

/** The same with a fresh adapter on every projection. */
export const tinyAdaptedModel = (): ModelFolder.Model =>
  ModelFolder.withFreshAdapter(
    tinyModel(),
    {
      rank: 2,
      alpha: 4,
      rankStabilised: false,
      targets: LoraConfig.ALL_LINEAR,
      ranks: {},
      alphas: {},
      baseModel: "tiny",
    },
    1,
  )
