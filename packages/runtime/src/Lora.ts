/**
 * Low-rank adapters in memory and in peft's files.
 *
 * A policy with an adapter is a {@link ModelConfig} that has one, and its tensors beside the base's: the same weights under
 * the configuration without the adapter are the base, so that a frozen reference costs no second copy.
 *
 * @since 0.1.0
 */
import * as Rng from "@seed-grpo/core/Rng"
import * as tf from "@tensorflow/tfjs-core"
import { LoraError, type LoraConfig, scale } from "./LoraConfig.ts"
import type { ModelConfig } from "./ModelConfig.ts"
import * as Parameters from "./Parameters.ts"
import type { HostTensors } from "./Safetensors.ts"
import { tidy } from "./Tidy.ts"

/** What peft puts before the names of a model's own tensors. */
const PREFIX = "base_model.model."

/**
 * The architecture with an adapter on.
 *
 * @throws LoraError when no projection is targeted, or an adapter is on already
 *
 * @since 0.1.0
 * @category combinators
 */
export const attach = (config: ModelConfig, adapter: LoraConfig): ModelConfig => {
  if (config.adapter !== undefined) throw LoraError.hasAdapter("adapter", config.adapter.rank)
  const attached = { ...config, adapter }
  if (Parameters.trainable(attached).length > 0) return attached
  throw new LoraError({
    reason: "no-target",
    at: "adapter_config.json: target_modules",
    expected: `projections of a ${config.architecture} layer`,
    found: adapter.targets.join(", "),
    fix: "Use an adapter for this architecture.",
  })
}

/**
 * The architecture with the adapter off: what the policy was before training, for reference log-probabilities.
 *
 * @since 0.1.0
 * @category combinators
 */
export const base = ({ adapter: _adapter, ...config }: ModelConfig): ModelConfig => config

/**
 * A fresh adapter, which changes nothing yet: `A` uniform in `±1 / √I` as peft draws it, `B` zero. The same seed gives the
 * same weights everywhere.
 *
 * @since 0.1.0
 * @category constructors
 */
export const initialise = (config: ModelConfig, seed: number): HostTensors => {
  const key = Rng.key(seed, "initial-adapter")
  return new Map(
    Parameters.trainable(config).map(({ name, shape }) => {
      const [rows, columns] = shape as [number, number]
      const position = Rng.hash(name)
      const bound = name.endsWith("lora_A.weight") ? 1 / Math.sqrt(columns) : 0
      const data = Float32Array.from({ length: rows * columns }, (_, i) =>
        bound === 0 ? 0 : bound * (2 * Rng.uniform(key, [position, i]) - 1),
      )
      return [name, { shape, data }]
    }),
  )
}

/**
 * Tensors of an `adapter_model.safetensors`, by the names they have in a policy, after checking that they are exactly
 * those that the adapter's configuration asks for in this base.
 *
 * @throws LoraError
 *
 * @since 0.1.0
 * @category conversions
 */
export const fromPeft = (config: ModelConfig, file: HostTensors): HostTensors => {
  const tensors = new Map(
    [...file].map(([name, tensor]) => [name.startsWith(PREFIX) ? name.slice(PREFIX.length) : name, tensor]),
  )
  const problems = Parameters.problems(Parameters.trainable(config), tensors)
  if (problems.length === 0) return tensors
  throw new LoraError({
    reason: "another-base",
    at: "adapter_model.safetensors",
    expected: `an adapter for this ${config.architecture} of ${config.layers} layers and width ${config.hiddenSize}`,
    found: problems.join("; "),
    fix: `Use it with the model it was trained on${config.adapter?.baseModel ? `: ${config.adapter.baseModel}` : ""}.`,
  })
}

/**
 * The adapter of a policy, as `adapter_model.safetensors` names it.
 *
 * @since 0.1.0
 * @category conversions
 */
export const toPeft = async (config: ModelConfig, parameters: Parameters.Parameters): Promise<HostTensors> => {
  const adapter = Object.fromEntries(Parameters.trainable(config).map(({ name }) => [name, parameters[name]!]))
  const tensors = await Parameters.toHost(config, adapter)
  return new Map([...tensors].map(([name, tensor]) => [`${PREFIX}${name}`, tensor]))
}

/**
 * The base's weights with the adapter worked in, `W + s A B`: new tensors where a projection is targeted, the given ones
 * elsewhere. They belong to {@link base} of the configuration.
 *
 * @since 0.1.0
 * @category combinators
 */
export const merge = (config: ModelConfig, parameters: Parameters.Parameters): Parameters.Parameters =>
  Object.fromEntries(
    Parameters.specs(base(config)).map(({ name }) => {
      const module = name.replace(/\.weight$/, "")
      const [a, b] = [parameters[`${module}.lora_A.weight`], parameters[`${module}.lora_B.weight`]]
      const weight = parameters[name]!
      if (config.adapter === undefined || a === undefined || b === undefined) return [name, weight]
      const scaled = scale(config.adapter, module)
      return [name, tidy(() => tf.add(weight, tf.mul(tf.matMul(a, b), scaled)))]
    }),
  )
