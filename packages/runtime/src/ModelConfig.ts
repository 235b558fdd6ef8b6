/**
 * The architecture of a checkpoint, read from its `config.json`.
 *
 * Both dialects of Hugging Face are understood (`rope_theta` at the top, or inside `rope_parameters`). What is not
 * understood is refused by name: a guessed architecture gives fluent nonsense.
 *
 * @since 0.1.0
 */
import { ExplainedError } from "@seed-grpo/core/ExplainedError"

/**
 * A decoder with grouped-query attention, rotary positions, RMS normalisation and a SwiGLU feed-forward block.
 *
 * @since 0.1.0
 * @category models
 */
export interface ModelConfig {
  readonly architecture: "qwen2"
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
  readonly ropeTheta: number
  /** Whether the output head is the embedding table. */
  readonly tiedEmbeddings: boolean
  readonly maxPositions: number
  /** Tokens that end a completion; none when the checkpoint names none. */
  readonly endTokens: ReadonlyArray<number>
}

/**
 * Why a `config.json` was refused.
 *
 * @since 0.1.0
 * @category errors
 */
export class ModelConfigError extends ExplainedError<
  "not-an-object" | "unknown-architecture" | "unknown-rope" | "unknown-activation" | "unsupported-option" | "bad-value"
> {
  readonly _tag = "ModelConfigError"
}

type Json = { readonly [key: string]: unknown }

const isObject = (value: unknown): value is Json => typeof value === "object" && value !== null && !Array.isArray(value)

const refuse = (
  reason: ModelConfigError["reason"],
  key: string,
  expected: string,
  found: unknown,
  fix: string,
): never => {
  throw new ModelConfigError({
    reason,
    at: `config.json: ${key}`,
    expected,
    found: JSON.stringify(found) ?? "nothing",
    fix,
  })
}

const positiveInteger = (config: Json, key: string, fallback?: number): number => {
  const value = config[key] ?? fallback
  return typeof value === "number" && Number.isSafeInteger(value) && value > 0
    ? value
    : refuse("bad-value", key, "a positive whole number", config[key], "Correct the checkpoint's config.json.")
}

const positive = (config: Json, key: string): number => {
  const value = config[key]
  return typeof value === "number" && Number.isFinite(value) && value > 0
    ? value
    : refuse("bad-value", key, "a positive number", value, "Correct the checkpoint's config.json.")
}

const ropeTheta = (config: Json): number => {
  const parameters = isObject(config["rope_parameters"]) ? config["rope_parameters"] : undefined
  const scaling = isObject(config["rope_scaling"]) ? config["rope_scaling"] : undefined
  const type = parameters?.["rope_type"] ?? scaling?.["rope_type"] ?? scaling?.["type"] ?? "default"
  if (type !== "default") {
    refuse("unknown-rope", "rope_type", '"default"', type, "Use a checkpoint without rotary scaling.")
  }
  return parameters === undefined ? positive(config, "rope_theta") : positive(parameters, "rope_theta")
}

const endTokens = (config: Json): ReadonlyArray<number> => {
  const value = config["eos_token_id"]
  const ids = value === null || value === undefined ? [] : Array.isArray(value) ? value : [value]
  return ids.every((id) => Number.isSafeInteger(id) && id >= 0)
    ? ids
    : refuse("bad-value", "eos_token_id", "a token id, a list of them, or null", value, "Correct config.json.")
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
 * assert.throws(() => ModelConfig.parse({ model_type: "mamba" }), /model_type: expected "qwen2", found "mamba"/)
 * ```
 *
 * @since 0.1.0
 * @category constructors
 */
export const parse = (json: unknown): ModelConfig => {
  if (!isObject(json)) {
    return refuse("not-an-object", "top level", "a JSON object", json, "Point at a Hugging Face model folder.")
  }
  if (json["model_type"] !== "qwen2") {
    refuse("unknown-architecture", "model_type", '"qwen2"', json["model_type"], "Use a Qwen2 or Qwen2.5 checkpoint.")
  }
  if (json["hidden_act"] !== "silu") {
    refuse("unknown-activation", "hidden_act", '"silu"', json["hidden_act"], "Use a checkpoint with SwiGLU blocks.")
  }
  if (json["use_sliding_window"] === true) {
    refuse("unsupported-option", "use_sliding_window", "false", true, "Use a checkpoint with full attention.")
  }
  const hiddenSize = positiveInteger(json, "hidden_size")
  const heads = positiveInteger(json, "num_attention_heads")
  const keyHeads = positiveInteger(json, "num_key_value_heads", heads)
  const headDim = positiveInteger(json, "head_dim", hiddenSize / heads)
  if (heads % keyHeads !== 0) {
    refuse("bad-value", "num_key_value_heads", `a divisor of ${heads} heads`, keyHeads, "Correct config.json.")
  }
  if (headDim % 2 !== 0) refuse("bad-value", "head_dim", "an even number", headDim, "Correct config.json.")
  return {
    architecture: "qwen2",
    vocabularySize: positiveInteger(json, "vocab_size"),
    hiddenSize,
    intermediateSize: positiveInteger(json, "intermediate_size"),
    layers: positiveInteger(json, "num_hidden_layers"),
    heads,
    keyHeads,
    headDim,
    normEpsilon: positive(json, "rms_norm_eps"),
    ropeTheta: ropeTheta(json),
    tiedEmbeddings: json["tie_word_embeddings"] === true,
    maxPositions: positiveInteger(json, "max_position_embeddings"),
    endTokens: endTokens(json),
  }
}
