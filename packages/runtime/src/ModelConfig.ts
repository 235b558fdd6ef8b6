/**
 * The architecture of a checkpoint, read from its `config.json`.
 *
 * Both dialects of Hugging Face are understood (`rope_theta` at the top, or inside `rope_parameters`). What is not
 * understood is refused by name: a guessed architecture gives fluent nonsense.
 *
 * @since 0.1.0
 */
import { flag, isObject, type Json, positive, positiveInteger, refuse } from "./internal/configJson.ts"
import { parseRope, stretchedPositions } from "./internal/ropeConfig.ts"
import type { LoraConfig } from "./LoraConfig.ts"
import type { Rope } from "./Rope.ts"

export {
  /**
   * @since 0.1.0
   * @category errors
   */
  ModelConfigError,
} from "./internal/configJson.ts"

/**
 * The families of checkpoints that are understood.
 *
 * @since 0.1.0
 * @category models
 */
export type Architecture = "qwen2" | "qwen3" | "llama" | "mistral"

/**
 * A decoder with grouped-query attention, rotary positions, RMS normalisation and a SwiGLU feed-forward block. What
 * architectures differ in is data here, so that there is one decoder and not one for each.
 *
 * @since 0.1.0
 * @category models
 */
export interface ModelConfig {
  readonly architecture: Architecture
  /** `V` */
  readonly vocabularySize: number
  /** `D` */
  readonly hiddenSize: number
  /** `F` */
  readonly intermediateSize: number
  readonly layers: number
  /** `H` query heads, in groups that share one of the `KV` key heads. */
  readonly heads: number
  readonly keyHeads: number
  /** `dh` */
  readonly headDim: number
  readonly normEpsilon: number
  readonly rope: Rope
  /** Biases of the query, key and value projections; of attention's output; of the feed-forward block. */
  readonly queryKeyValueBias: boolean
  readonly outputBias: boolean
  readonly feedForwardBias: boolean
  /** Whether each head's queries and keys are normalised before they are turned (Qwen3). */
  readonly queryKeyNorm: boolean
  /** For each layer, how many columns a token sees back, its own included; `undefined` for all. */
  readonly windows: ReadonlyArray<number | undefined>
  /** Whether the output head is the embedding table. */
  readonly tiedEmbeddings: boolean
  /** Tokens of prompt and completion together. */
  readonly maxPositions: number
  /** Tokens that end a completion; none when the checkpoint names none. */
  readonly endTokens: ReadonlyArray<number>
  /** A low-rank adapter that is on; the base is frozen under it. */
  readonly adapter?: LoraConfig
}

/** What an architecture has, beyond what its `config.json` says. */
interface Family {
  readonly bias: (config: Json) => Pick<ModelConfig, "queryKeyValueBias" | "outputBias" | "feedForwardBias">
  readonly queryKeyNorm: boolean
  /** Transformers' defaults, where checkpoints rely on them. */
  readonly theta?: number
  readonly headDim?: number
  readonly windowOf: (config: Json, layer: number) => number | undefined
}

/** `use_sliding_window`, from `max_window_layers` on, unless `layer_types` lists the layers. */
const qwenWindow = (config: Json, layer: number): number | undefined => {
  if (!flag(config, "use_sliding_window", false)) return undefined
  const types = config["layer_types"]
  const slides = Array.isArray(types)
    ? types[layer] === "sliding_attention"
    : layer >= positiveInteger(config, "max_window_layers", 28)
  return slides ? positiveInteger(config, "sliding_window", 4096) : undefined
}

/** `null` is no window; to leave the key out means Transformers' default. */
const mistralWindow = (config: Json): number | undefined =>
  config["sliding_window"] === null ? undefined : positiveInteger(config, "sliding_window", 4096)

const noBias = { queryKeyValueBias: false, outputBias: false, feedForwardBias: false }

const FAMILIES: Readonly<Record<Architecture, Family>> = {
  qwen2: {
    bias: () => ({ ...noBias, queryKeyValueBias: true }),
    queryKeyNorm: false,
    windowOf: qwenWindow,
  },
  qwen3: {
    bias: (config) => {
      const attention = flag(config, "attention_bias", false)
      return { ...noBias, queryKeyValueBias: attention, outputBias: attention }
    },
    queryKeyNorm: true,
    headDim: 128,
    windowOf: qwenWindow,
  },
  llama: {
    bias: (config) => {
      const attention = flag(config, "attention_bias", false)
      return {
        queryKeyValueBias: attention,
        outputBias: attention,
        feedForwardBias: flag(config, "mlp_bias", false),
      }
    },
    queryKeyNorm: false,
    // The first Llama checkpoints name no base.
    theta: 10_000,
    windowOf: () => undefined,
  },
  mistral: { bias: () => noBias, queryKeyNorm: false, windowOf: mistralWindow },
}

const isArchitecture = (value: unknown): value is Architecture =>
  typeof value === "string" && Object.hasOwn(FAMILIES, value)

const endTokens = (config: Json): ReadonlyArray<number> => {
  const value = config["eos_token_id"]
  const ids = value === null || value === undefined ? [] : Array.isArray(value) ? value : [value]
  return ids.every((id) => Number.isSafeInteger(id) && id >= 0)
    ? ids
    : refuse("bad-value", "eos_token_id", "a token id, a list of them, or null", value)
}

const checkOptions = (config: Json, layers: number): void => {
  if (config["hidden_act"] !== "silu") {
    refuse("unknown-activation", "hidden_act", '"silu"', config["hidden_act"], "Use a checkpoint with SwiGLU blocks.")
  }
  if (isObject(config["quantization_config"])) {
    refuse(
      "unsupported-option",
      "quantization_config",
      "weights in float32, float16 or bfloat16",
      config["quantization_config"]["quant_method"],
      "Use the checkpoint that was not quantized.",
    )
  }
  const types = config["layer_types"] ?? []
  const strange = Array.isArray(types)
    ? types.find((type) => type !== "full_attention" && type !== "sliding_attention")
    : types
  if (strange !== undefined) {
    refuse(
      "unsupported-option",
      "layer_types",
      "full_attention or sliding_attention",
      strange,
      "Use another checkpoint.",
    )
  }
  if (Array.isArray(types) && types.length > 0 && types.length !== layers) {
    refuse("bad-value", "layer_types", `${layers} layers`, types.length)
  }
}

/**
 * Reads a parsed `config.json`.
 *
 * @throws ModelConfigError
 *
 * @example
 * ```ts
 * import assert from "node:assert"
 * import { ModelConfig } from "@seed-grpo/runtime"
 *
 * assert.throws(() => ModelConfig.parse({ model_type: "mamba" }), /model_type: expected one of qwen2, .*, found "mamba"/)
 * ```
 *
 * @since 0.1.0
 * @category constructors
 */
export const parse = (json: unknown): ModelConfig => {
  if (!isObject(json)) {
    return refuse("not-an-object", "top level", "a JSON object", json, "Point at a Hugging Face model folder.")
  }
  const architecture = json["model_type"]
  if (!isArchitecture(architecture)) {
    const known = Object.keys(FAMILIES).join(", ")
    return refuse("unknown-architecture", "model_type", `one of ${known}`, architecture, "Use one of these.")
  }
  const family = FAMILIES[architecture]
  const layers = positiveInteger(json, "num_hidden_layers")
  checkOptions(json, layers)
  const hiddenSize = positiveInteger(json, "hidden_size")
  const heads = positiveInteger(json, "num_attention_heads")
  const keyHeads = positiveInteger(json, "num_key_value_heads", heads)
  const headDim = positiveInteger(json, "head_dim", family.headDim ?? hiddenSize / heads)
  if (heads % keyHeads !== 0) refuse("bad-value", "num_key_value_heads", `a divisor of ${heads} heads`, keyHeads)
  if (headDim % 2 !== 0) refuse("bad-value", "head_dim", "an even number", headDim)
  const trainedPositions = positiveInteger(json, "max_position_embeddings")
  const rope = parseRope(json, family.theta, trainedPositions)
  return {
    architecture,
    vocabularySize: positiveInteger(json, "vocab_size"),
    hiddenSize,
    intermediateSize: positiveInteger(json, "intermediate_size"),
    layers,
    heads,
    keyHeads,
    headDim,
    normEpsilon: positive(json, "rms_norm_eps"),
    rope,
    ...family.bias(json),
    queryKeyNorm: family.queryKeyNorm,
    windows: Array.from({ length: layers }, (_, layer) => family.windowOf(json, layer)),
    tiedEmbeddings: flag(json, "tie_word_embeddings", false),
    maxPositions: stretchedPositions(rope, trainedPositions),
    endTokens: endTokens(json),
  }
}
