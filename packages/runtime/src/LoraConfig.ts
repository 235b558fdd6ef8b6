/**
 * Which projections a low-rank adapter changes (Hu et al., 2021), as `adapter_config.json` of Hugging Face's peft says.
 *
 * @since 0.1.0
 */
import { ExplainedError } from "@seed-grpo/core/ExplainedError"
import { isObject, type Json } from "./internal/configJson.ts"

/**
 * A low-rank adapter: a targeted projection becomes `x W + s (x A) B` with `A [I, r]`, `B [r, O]` and `s = α / r`, or
 * `α / √r` when rank-stabilised (Kalajdzievski, 2023).
 *
 * @since 0.1.0
 * @category models
 */
export interface LoraConfig {
  /** `r` */
  readonly rank: number
  /** `α` */
  readonly alpha: number
  readonly rankStabilised: boolean
  /** Names of modules, or their endings: `q_proj`, `mlp.up_proj`. */
  readonly targets: ReadonlyArray<string>
  /** The layers that are changed; all when absent. */
  readonly layers?: ReadonlyArray<number>
  /** Ranks and alphas of modules that differ, by name or ending. */
  readonly ranks: Readonly<Record<string, number>>
  readonly alphas: Readonly<Record<string, number>>
  /** Where the base came from; for people. */
  readonly baseModel: string
}

/**
 * Why an adapter was refused.
 *
 * @since 0.1.0
 * @category errors
 */
export class LoraError extends ExplainedError<
  "not-an-object" | "not-lora" | "unsupported-option" | "bad-value" | "no-target" | "another-base" | "has-adapter"
> {
  readonly _tag = "LoraError"

  /** A second adapter on top of one: neither the decoder nor peft's files have a place for it. */
  static hasAdapter(at: string, rank: number): LoraError {
    return new LoraError({
      reason: "has-adapter",
      at,
      expected: "a model without an adapter, to put one on",
      found: `one with an adapter of rank ${rank}`,
      fix: "Ask for no adapter, to train that one further, or take the model that it was trained on.",
    })
  }
}

/**
 * The seven projections of a decoder layer: what peft calls `all-linear`.
 *
 * @since 0.1.0
 * @category constants
 */
export const ALL_LINEAR: ReadonlyArray<string> = [
  "q_proj",
  "k_proj",
  "v_proj",
  "o_proj",
  "gate_proj",
  "up_proj",
  "down_proj",
]

const refuse = (
  reason: LoraError["reason"],
  key: string,
  expected: string,
  found: unknown,
  fix = "Correct adapter_config.json.",
): never => {
  throw new LoraError({
    reason,
    at: `adapter_config.json: ${key}`,
    expected,
    found: JSON.stringify(found) ?? "nothing",
    fix,
  })
}

/** Options that change the forward pass and are not done here: what each must be. */
const OFF: Readonly<Record<string, ReadonlyArray<unknown>>> = {
  bias: ["none"],
  fan_in_fan_out: [false],
  lora_bias: [false],
  lora_dropout: [0],
  use_dora: [false],
  use_qalora: [false],
  use_bdlora: [false],
  init_lora_weights: [true, false, "gaussian"],
}

const EMPTY = [
  "modules_to_save",
  "exclude_modules",
  "layer_replication",
  "layers_pattern",
  "target_parameters",
  "trainable_token_indices",
  "alora_invocation_tokens",
  "arrow_config",
  "corda_config",
  "eva_config",
  "kasa_config",
  "loftq_config",
  "lora_ga_config",
  "megatron_config",
  "monteclora_config",
  "velora_config",
]

const isEmpty = (value: unknown): boolean =>
  value === null || value === undefined || (typeof value === "object" && Object.keys(value).length === 0)

const isPositive = (value: unknown): value is number => typeof value === "number" && Number.isFinite(value) && value > 0

const isRank = (value: unknown): value is number => isPositive(value) && Number.isSafeInteger(value)

const isName = (value: unknown): value is string => typeof value === "string" && /^[\w.]+$/.test(value)

const pattern = (
  json: Json,
  key: string,
  is: (value: unknown) => value is number,
): Readonly<Record<string, number>> => {
  const value = json[key] ?? {}
  return isObject(value) && Object.entries(value).every(([name, number]) => isName(name) && is(number))
    ? (value as Readonly<Record<string, number>>)
    : refuse("unsupported-option", key, "positive numbers by module name", value)
}

const layersOf = (value: unknown): { readonly layers?: ReadonlyArray<number> } => {
  if (value === null || value === undefined) return {}
  const layers = Array.isArray(value) ? value : [value]
  return layers.every((layer) => Number.isSafeInteger(layer) && layer >= 0)
    ? { layers }
    : refuse("bad-value", "layers_to_transform", "layer numbers", value)
}

/**
 * Reads a parsed `adapter_config.json`. Options that would change what the adapter computes are refused by name.
 *
 * @throws LoraError
 *
 * @example
 * ```ts
 * import assert from "node:assert"
 * import { LoraConfig } from "@seed-grpo/runtime"
 *
 * const lora = LoraConfig.parse({ peft_type: "LORA", r: 8, lora_alpha: 16, target_modules: ["q_proj", "v_proj"] })
 * assert.equal(LoraConfig.scale(lora, "model.layers.0.self_attn.q_proj"), 2)
 * ```
 *
 * @since 0.1.0
 * @category constructors
 */
export const parse = (json: unknown): LoraConfig => {
  if (!isObject(json)) return refuse("not-an-object", "top level", "a JSON object", json)
  if (json["peft_type"] !== "LORA") refuse("not-lora", "peft_type", '"LORA"', json["peft_type"], "Use a LoRA adapter.")
  for (const [key, allowed] of Object.entries(OFF)) {
    const value = json[key] ?? allowed[0]
    if (!allowed.includes(value)) {
      const expected = allowed.map((option) => JSON.stringify(option)).join(" or ")
      refuse("unsupported-option", key, expected, value, "Use an adapter that was trained without it.")
    }
  }
  const set = EMPTY.find((key) => !isEmpty(json[key]))
  if (set !== undefined) {
    refuse("unsupported-option", set, "nothing", json[set], "Use an adapter that was trained without it.")
  }
  const { lora_alpha: alpha, r: rank, target_modules: named, use_rslora: stabilised } = json
  const targets = named === "all-linear" ? ALL_LINEAR : named
  if (!Array.isArray(targets) || targets.length === 0 || !targets.every(isName)) {
    return refuse("unsupported-option", "target_modules", 'a list of module names, or "all-linear"', named)
  }
  return {
    rank: isRank(rank) ? rank : refuse("bad-value", "r", "a positive whole number", rank),
    alpha: isPositive(alpha) ? alpha : refuse("bad-value", "lora_alpha", "a positive number", alpha),
    rankStabilised: stabilised === true,
    targets: targets.toSorted(),
    ...layersOf(json["layers_to_transform"]),
    ranks: pattern(json, "rank_pattern", isRank),
    alphas: pattern(json, "alpha_pattern", isPositive),
    baseModel: typeof json["base_model_name_or_path"] === "string" ? json["base_model_name_or_path"] : "",
  }
}

/**
 * What peft reads. Targets are a set: in one order, the same adapter is the same bytes.
 *
 * @since 0.1.0
 * @category conversions
 */
export const toJson = (lora: LoraConfig): unknown => ({
  alpha_pattern: lora.alphas,
  base_model_name_or_path: lora.baseModel,
  bias: "none",
  fan_in_fan_out: false,
  inference_mode: true,
  init_lora_weights: true,
  layers_to_transform: lora.layers ?? null,
  lora_alpha: lora.alpha,
  lora_dropout: 0,
  modules_to_save: null,
  peft_type: "LORA",
  r: lora.rank,
  rank_pattern: lora.ranks,
  target_modules: lora.targets.toSorted(),
  task_type: "CAUSAL_LM",
  use_dora: false,
  use_rslora: lora.rankStabilised,
})

/**
 * Whether a name of a target means a projection: it is its full name, or an ending of that from a dot on.
 *
 * @since 0.1.0
 * @category predicates
 */
export const isNamed = (module: string, name: string): boolean => module === name || module.endsWith(`.${name}`)

const patterned = (patterns: Readonly<Record<string, number>>, module: string): number | undefined =>
  Object.entries(patterns).find(([name]) => isNamed(module, name))?.[1]

/**
 * Whether a projection is changed, by its full name: `model.layers.0.mlp.up_proj`.
 *
 * @since 0.1.0
 * @category predicates
 */
export const isTarget = ({ layers, targets }: LoraConfig, module: string): boolean =>
  targets.some((name) => isNamed(module, name)) &&
  (layers === undefined || layers.includes(Number(/\.layers\.(\d+)\./.exec(module)?.[1])))

/**
 * `r` of a module.
 *
 * @since 0.1.0
 * @category destructors
 */
export const rank = (lora: LoraConfig, module: string): number => patterned(lora.ranks, module) ?? lora.rank

/**
 * `s` of a module: `α / r`, or `α / √r` when rank-stabilised.
 *
 * @since 0.1.0
 * @category destructors
 */
export const scale = (lora: LoraConfig, module: string): number => {
  const r = rank(lora, module)
  return (patterned(lora.alphas, module) ?? lora.alpha) / (lora.rankStabilised ? Math.sqrt(r) : r)
}
