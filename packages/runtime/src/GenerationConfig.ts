/**
 * The sampling that the author of a checkpoint suggests, in its `generation_config.json`.
 *
 * Nothing reads it unless it is asked to: a repetition penalty or a top-k that comes with a checkpoint would change the
 * policy that is trained without anybody having said so.
 *
 * @since 0.1.0
 */
import { ExplainedError } from "@seed-grpo/core/ExplainedError"
import { isObject } from "./internal/configJson.ts"
import type { SamplingOptions } from "./TokenDistribution.ts"

/**
 * @since 0.1.0
 * @category models
 */
export interface SuggestedSampling extends SamplingOptions {
  readonly endTokens: ReadonlyArray<number>
}

/**
 * Why a `generation_config.json` was refused.
 *
 * @since 0.1.0
 * @category errors
 */
export class GenerationConfigError extends ExplainedError<"not-an-object" | "unsupported-option" | "bad-value"> {
  readonly _tag = "GenerationConfigError"
}

const refuse = (reason: GenerationConfigError["reason"], key: string, expected: string, found: unknown): never => {
  throw new GenerationConfigError({
    reason,
    at: `generation_config.json: ${key}`,
    expected,
    found: JSON.stringify(found) ?? "nothing",
    fix: "Give the options of sampling yourself.",
  })
}

/** What is read. */
const READ = ["do_sample", "temperature", "top_k", "top_p", "min_p", "repetition_penalty", "eos_token_id"]

/** What changes no draw: special tokens, limits of length, caching, forms of output, and tuning of beams. */
const HARMLESS = [
  "transformers_version",
  "_from_model_config",
  "bos_token_id",
  "pad_token_id",
  "max_length",
  "max_new_tokens",
  "use_cache",
  "cache_implementation",
  "cache_config",
  "return_dict_in_generate",
  "output_attentions",
  "output_hidden_states",
  "output_logits",
  "output_scores",
  "early_stopping",
  "length_penalty",
  "renormalize_logits",
]

/** Options that change what is generated and are not offered, with the value that turns each off. */
const OFF: Readonly<Record<string, number | boolean>> = {
  num_beams: 1,
  num_beam_groups: 1,
  num_return_sequences: 1,
  typical_p: 1,
  epsilon_cutoff: 0,
  eta_cutoff: 0,
  no_repeat_ngram_size: 0,
  encoder_no_repeat_ngram_size: 0,
  encoder_repetition_penalty: 1,
  diversity_penalty: 0,
  min_length: 0,
  remove_invalid_values: false,
}

const KNOWN = new Set([...READ, ...HARMLESS])

/**
 * Reads a parsed `generation_config.json`. What it leaves out is left out: Transformers' own default of `top_k` 50 is not
 * filled in. Without `do_sample` it asks for greedy decoding, whatever else it holds. Limits of length are left to the
 * caller. Any other option that is not off is refused by its name.
 *
 * @throws GenerationConfigError
 *
 * @example
 * ```ts
 * import assert from "node:assert"
 * import { GenerationConfig } from "@seed-grpo/runtime"
 *
 * const suggested = GenerationConfig.parse({ do_sample: true, temperature: 0.7, top_k: 20, eos_token_id: [2, 3] })
 * assert.deepEqual(suggested, { temperature: 0.7, topK: 20, endTokens: [2, 3] })
 * ```
 *
 * @since 0.1.0
 * @category constructors
 */
export const parse = (json: unknown): SuggestedSampling => {
  if (!isObject(json)) return refuse("not-an-object", "top level", "a JSON object", json)
  for (const [key, value] of Object.entries(json)) {
    if (value === null || KNOWN.has(key) || (Object.hasOwn(OFF, key) && value === OFF[key])) continue
    refuse("unsupported-option", key, Object.hasOwn(OFF, key) ? `${OFF[key]}` : "no such option", value)
  }
  const number = <Name extends keyof SamplingOptions>(key: string, name: Name): { readonly [_ in Name]?: number } => {
    const value = json[key] ?? undefined
    if (value === undefined) return {}
    return typeof value === "number" && value >= 0
      ? ({ [name]: value } as { readonly [_ in Name]: number })
      : refuse("bad-value", key, "a number of at least 0", value)
  }
  const ends = json["eos_token_id"] ?? []
  const endTokens: ReadonlyArray<unknown> = Array.isArray(ends) ? ends : [ends]
  if (!endTokens.every((id): id is number => Number.isSafeInteger(id))) {
    return refuse("bad-value", "eos_token_id", "a token id or a list of them", ends)
  }
  const penalty = number("repetition_penalty", "repetitionPenalty")
  if (json["do_sample"] !== true) return { temperature: 0, ...penalty, endTokens }
  return {
    temperature: 1,
    ...number("temperature", "temperature"),
    ...number("top_k", "topK"),
    ...number("top_p", "topP"),
    ...number("min_p", "minP"),
    ...penalty,
    endTokens,
  }
}
