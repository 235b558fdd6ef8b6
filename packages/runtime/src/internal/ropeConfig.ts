/**
 * The rotary embedding that a `config.json` asks for, in either dialect: `rope_theta` beside `rope_scaling`, or both
 * inside `rope_parameters`.
 *
 * @since 0.1.0
 */
import type { Rope, YarnRope } from "../Rope.ts"
import { flag, isObject, type Json, positive, positiveInteger, refuse } from "./configJson.ts"

const TYPES: ReadonlyArray<Rope["type"]> = ["default", "linear", "dynamic", "yarn", "llama3"]

const isType = (value: unknown): value is Rope["type"] => TYPES.some((type) => type === value)

const yarn = (parameters: Json, theta: number, originalPositions: number, maxPositions: number): YarnRope => {
  const factor = positive(parameters, "factor", maxPositions / originalPositions)
  const magnitude = (scale: number) => (factor <= 1 ? 1 : 0.1 * scale * Math.log(factor) + 1)
  const { mscale, mscale_all_dim: mscaleAll } = parameters
  const inferred =
    typeof mscale === "number" && mscale > 0 && typeof mscaleAll === "number" && mscaleAll > 0
      ? magnitude(mscale) / magnitude(mscaleAll)
      : magnitude(1)
  return {
    type: "yarn",
    theta,
    factor,
    originalPositions,
    betaFast: positive(parameters, "beta_fast", 32),
    betaSlow: positive(parameters, "beta_slow", 1),
    attentionFactor: positive(parameters, "attention_factor", inferred),
    truncate: flag(parameters, "truncate", true),
  }
}

/** `theta` is used where neither dialect names one. */
export const parseRope = (config: Json, theta: number | undefined, maxPositions: number): Rope => {
  const { rope_parameters: newer, rope_scaling: older } = config
  const parameters: Json = isObject(newer) ? newer : isObject(older) ? older : {}
  const type = parameters["rope_type"] ?? parameters["type"] ?? "default"
  const layered = Object.keys(parameters).find((key) => isObject(parameters[key]))
  if (layered !== undefined) refuse("unknown-rope", "rope_parameters", "one rotary embedding for all layers", layered)
  if (!isType(type)) {
    return refuse(
      "unknown-rope",
      "rope_type",
      `one of ${TYPES.join(", ")}`,
      type,
      "Use a checkpoint with one of these.",
    )
  }
  if ((config["partial_rotary_factor"] ?? parameters["partial_rotary_factor"] ?? 1) !== 1) {
    refuse("unknown-rope", "partial_rotary_factor", "1", config["partial_rotary_factor"], "Use another checkpoint.")
  }
  const base = positive("rope_theta" in parameters ? parameters : config, "rope_theta", theta)
  const original = () =>
    positiveInteger(
      parameters,
      "original_max_position_embeddings",
      positiveInteger(config, "original_max_position_embeddings", maxPositions),
    )
  switch (type) {
    case "linear":
      return { type, theta: base, factor: positive(parameters, "factor") }
    case "dynamic":
      return { type, theta: base, factor: positive(parameters, "factor"), originalPositions: maxPositions }
    case "yarn":
      return yarn(parameters, base, original(), maxPositions)
    case "llama3":
      return {
        type,
        theta: base,
        factor: positive(parameters, "factor"),
        originalPositions: original(),
        lowFrequencyFactor: positive(parameters, "low_freq_factor"),
        highFrequencyFactor: positive(parameters, "high_freq_factor"),
      }
    default:
      return { type: "default", theta: base }
  }
}

/** The longest context: stretched types reach further than they were trained. */
export const stretchedPositions = (rope: Rope, maxPositions: number): number => {
  switch (rope.type) {
    case "linear":
    case "dynamic":
      return Math.floor(maxPositions * rope.factor)
    case "yarn":
      return Math.max(maxPositions, Math.floor(rope.originalPositions * rope.factor))
    case "default":
    case "llama3":
      return maxPositions
  }
}
