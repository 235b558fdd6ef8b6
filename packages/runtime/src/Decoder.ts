/**
 * A decoder, written once for every back-end and for training, prefilling and decoding alike.
 *
 * Shapes: `B` rows, `T` new columns, `S = past + T` visible columns, `N = B T` tokens, `D` hidden size, `H` query heads
 * and `KV` key heads of width `dh`.
 *
 * @since 0.1.0
 */
import * as tf from "@tensorflow/tfjs-core"
import "./Gradients.ts"
import { attention, causalMask } from "./layers/Attention.ts"
import { embedding } from "./layers/Embedding.ts"
import { linear } from "./layers/Linear.ts"
import { product } from "./layers/Product.ts"
import { rmsNorm } from "./layers/RmsNorm.ts"
import { rotary, type RotaryAngles, rotaryAngles } from "./layers/Rotary.ts"
import { swiGlu } from "./layers/SwiGlu.ts"
import type { ModelConfig } from "./ModelConfig.ts"
import type { Parameters } from "./Parameters.ts"

/**
 * Keys and values of the columns seen so far, per layer: `[B, KV, S, dh]` each.
 *
 * @since 0.1.0
 * @category models
 */
export type KeyValueCache = ReadonlyArray<{ readonly keys: tf.Tensor4D; readonly values: tf.Tensor4D }>

/**
 * What the decoder reads in one call.
 *
 * @since 0.1.0
 * @category models
 */
export interface DecoderInput {
  readonly batch: number
  /** New token ids `[B, T]`, row-major. Padding may hold any valid id. */
  readonly tokens: Int32Array
  /** Which columns are real, `[B, S]`: 1 for a token, 0 for padding. */
  readonly mask: ArrayLike<number>
  /** Columns of an earlier call to go on from. */
  readonly past?: KeyValueCache
}

/**
 * The position of each column: how many real columns lie before it. `[B, S]`, 0 on leading padding.
 *
 * @since 0.1.0
 * @category constructors
 */
export const positions = (mask: ArrayLike<number>, batch: number): Int32Array => {
  const columns = mask.length / batch
  const result = new Int32Array(mask.length)
  for (let b = 0; b < batch; b++) {
    for (let s = 0, seen = 0; s < columns; s++) {
      const at = b * columns + s
      result[at] = Math.max(0, seen + mask[at]! - 1)
      seen += mask[at]!
    }
  }
  return result
}

interface Geometry {
  readonly batch: number
  readonly columns: number
  readonly angles: RotaryAngles
  readonly mask: tf.Tensor4D
}

const geometry = (config: ModelConfig, { batch, mask, past, tokens }: DecoderInput): Geometry => {
  const columns = tokens.length / batch
  const before = past?.[0]?.keys.shape[2] ?? 0
  const all = positions(mask, batch)
  const visible = before + columns
  const current = new Int32Array(batch * columns)
  for (let b = 0; b < batch; b++) {
    current.set(all.subarray(b * visible + before, (b + 1) * visible), b * columns)
  }
  return {
    batch,
    columns,
    angles: rotaryAngles(current, config.headDim, config.ropeTheta),
    mask: causalMask(mask, batch, columns, before),
  }
}

const selfAttention = (
  parameters: Parameters,
  config: ModelConfig,
  layer: string,
  x: tf.Tensor2D,
  { batch, columns, angles, mask }: Geometry,
  past: KeyValueCache[number] | undefined,
) => {
  const { headDim } = config
  const project = (name: string, heads: number): tf.Tensor3D => {
    const at = `${layer}.self_attn.${name}`
    const projected = linear(x, parameters[`${at}.weight`] as tf.Tensor2D, parameters[`${at}.bias`] as tf.Tensor1D)
    return tf.reshape(projected, [batch * columns, heads, headDim])
  }
  const byHead = (projected: tf.Tensor3D): tf.Tensor4D =>
    tf.transpose(tf.reshape(projected, [batch, columns, projected.shape[1], headDim]), [0, 2, 1, 3])
  const queries = byHead(rotary(project("q_proj", config.heads), angles))
  const newKeys = byHead(rotary(project("k_proj", config.keyHeads), angles))
  const newValues = byHead(project("v_proj", config.keyHeads))
  const keys = past === undefined ? newKeys : tf.concat([past.keys, newKeys], 2)
  const values = past === undefined ? newValues : tf.concat([past.values, newValues], 2)
  const mixed = tf.transpose(attention(queries, keys, values, mask), [0, 2, 1, 3])
  const joined: tf.Tensor2D = tf.reshape(mixed, [batch * columns, config.heads * headDim])
  return { output: linear(joined, parameters[`${layer}.self_attn.o_proj.weight`] as tf.Tensor2D), keys, values }
}

const feedForward = (parameters: Parameters, layer: string, x: tf.Tensor2D): tf.Tensor2D => {
  const weight = (name: string) => parameters[`${layer}.mlp.${name}.weight`] as tf.Tensor2D
  return linear(swiGlu(linear(x, weight("gate_proj")), linear(x, weight("up_proj"))), weight("down_proj"))
}

/**
 * The last hidden states `[N, D]` of the new columns, and the keys and values of all columns. Call it inside
 * `tf.tidy`, keeping what is returned.
 *
 * @since 0.1.0
 * @category forward
 */
export const hiddenStates = (
  parameters: Parameters,
  config: ModelConfig,
  input: DecoderInput,
): { readonly hidden: tf.Tensor2D; readonly cache: KeyValueCache } => {
  const shape = geometry(config, input)
  const norm = (x: tf.Tensor2D, name: string) =>
    rmsNorm(x, parameters[`${name}.weight`] as tf.Tensor1D, config.normEpsilon)
  let x = embedding(parameters["model.embed_tokens.weight"] as tf.Tensor2D, input.tokens)
  const cache: Array<KeyValueCache[number]> = []
  for (let index = 0; index < config.layers; index++) {
    const layer = `model.layers.${index}`
    const { output, keys, values } = selfAttention(
      parameters,
      config,
      layer,
      norm(x, `${layer}.input_layernorm`),
      shape,
      input.past?.[index],
    )
    cache.push({ keys, values })
    x = tf.add(x, output)
    x = tf.add(x, feedForward(parameters, layer, norm(x, `${layer}.post_attention_layernorm`)))
  }
  return { hidden: norm(x, "model.norm"), cache }
}

/**
 * Scores of every next token, `[N, V]`, from hidden states `[N, D]`.
 *
 * @since 0.1.0
 * @category forward
 */
export const logits = (parameters: Parameters, config: ModelConfig, hidden: tf.Tensor2D): tf.Tensor2D =>
  config.tiedEmbeddings
    ? (product(hidden, parameters["model.embed_tokens.weight"]!, false, true) as tf.Tensor2D)
    : linear(hidden, parameters["lm_head.weight"] as tf.Tensor2D)
