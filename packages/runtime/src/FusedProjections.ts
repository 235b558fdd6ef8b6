/**
 * Projections of the same input side by side, so that one product does the work of several: for decoding, whose products are
 * small.
 *
 * @since 0.1.0
 */
import * as tf from "@tensorflow/tfjs-core"
import type { ModelConfig } from "./ModelConfig.ts"
import type { Parameters } from "./Parameters.ts"

const GROUPS = [
  ["self_attn", ["q_proj", "k_proj", "v_proj"]],
  ["mlp", ["gate_proj", "up_proj"]],
] as const

/**
 * What the maps of a block are called when they are one.
 *
 * @since 0.1.0
 * @category names
 */
export const fusedName = (block: string, maps: ReadonlyArray<string>): string => `${block}.${maps.join("+")}`

/**
 * The parameters, and beside them the weights `[I, Σ O]` and biases of maps that read the same input. A policy with an adapter
 * stays as it is. Meant for the inside of a compiled program, in front of its loop.
 *
 * @since 0.1.0
 * @category conversions
 */
export const fuse = (parameters: Parameters, config: ModelConfig): Parameters => {
  if (config.adapter !== undefined) return parameters
  const fused: { [name: string]: tf.Tensor } = { ...parameters }
  for (let index = 0; index < config.layers; index++) {
    for (const [block, maps] of GROUPS) {
      const name = `model.layers.${index}.${block}`
      for (const [kind, axis] of [
        ["weight", 1],
        ["bias", 0],
      ] as const) {
        const parts = maps.flatMap((map) => parameters[`${name}.${map}.${kind}`] ?? [])
        if (parts.length === maps.length) fused[`${fusedName(name, maps)}.${kind}`] = tf.concat(parts, axis)
      }
    }
  }
  return fused
}
