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
import { type DecoderBatch, type DecoderInput, prepare } from "./DecoderBatch.ts"
import { fusedName } from "./FusedProjections.ts"
import { attention } from "./layers/Attention.ts"
import { checkpointed } from "./layers/Checkpointed.ts"
import { embedding } from "./layers/Embedding.ts"
import { frozenLinear, linear } from "./layers/Linear.ts"
import { rmsNorm } from "./layers/RmsNorm.ts"
import { rotary, type RotaryAngles } from "./layers/Rotary.ts"
import { swiGlu } from "./layers/SwiGlu.ts"
import type { OutputHead } from "./layers/TokenScores.ts"
import { isTarget, scale } from "./LoraConfig.ts"
import type { ModelConfig } from "./ModelConfig.ts"
import { trainable, type Parameters } from "./Parameters.ts"

/**
 * Keys and values of the columns seen so far, per layer: `[B, KV, S, dh]` each.
 *
 * @since 0.1.0
 * @category models
 */
export type KeyValueCache = ReadonlyArray<{ readonly keys: tf.Tensor4D; readonly values: tf.Tensor4D }>

/** How keys and values of new columns `[B, KV, T, dh]` join those of earlier ones `[B, KV, S, dh]`. */
export type Join = (past: tf.Tensor4D, fresh: tf.Tensor4D) => tf.Tensor4D

const append: Join = (past, fresh) => tf.concat([past, fresh], 2)

interface Shape {
  readonly batch: number
  readonly columns: number
  readonly angles: RotaryAngles
}

/** The affine map of that name, with a bias where the architecture has one, and an adapter where it is on. */
const project = (parameters: Parameters, config: ModelConfig, name: string, x: tf.Tensor2D): tf.Tensor2D => {
  const weight = parameters[`${name}.weight`] as tf.Tensor2D
  const bias = parameters[`${name}.bias`] as tf.Tensor1D | undefined
  if (config.adapter === undefined) return linear(x, weight, bias)
  const frozen = frozenLinear(x, weight, bias)
  if (!isTarget(config.adapter, name)) return frozen
  const down = linear(x, parameters[`${name}.lora_A.weight`] as tf.Tensor2D)
  const narrow: tf.Tensor2D = tf.mul(down, scale(config.adapter, name))
  return tf.add(frozen, linear(narrow, parameters[`${name}.lora_B.weight`] as tf.Tensor2D))
}

/** Maps of the same `x`, one by one, or as the one product that `FusedProjections` made of them. */
const projectAll = (
  parameters: Parameters,
  config: ModelConfig,
  name: string,
  maps: ReadonlyArray<string>,
  x: tf.Tensor2D,
): ReadonlyArray<tf.Tensor2D> => {
  const fused = fusedName(name, maps)
  if (parameters[`${fused}.weight`] === undefined) {
    return maps.map((map) => project(parameters, config, `${name}.${map}`, x))
  }
  const widths = maps.map((map) => parameters[`${name}.${map}.weight`]!.shape[1]!)
  return tf.split(project(parameters, config, fused, x), widths, 1)
}

const norm = (parameters: Parameters, config: ModelConfig, name: string, x: tf.Tensor2D): tf.Tensor2D =>
  rmsNorm(x, parameters[`${name}.weight`] as tf.Tensor1D, config.normEpsilon)

const selfAttention = (
  parameters: Parameters,
  config: ModelConfig,
  name: string,
  x: tf.Tensor2D,
  mask: tf.Tensor4D,
  { angles, batch, columns }: Shape,
  past: KeyValueCache[number] | undefined,
  join: Join,
) => {
  const { headDim } = config
  const byHead = (rows: tf.Tensor): tf.Tensor4D =>
    tf.transpose(tf.reshape(rows, [batch, columns, -1, headDim]), [0, 2, 1, 3])
  const [query, key, value] = projectAll(parameters, config, name, ["q_proj", "k_proj", "v_proj"], x)
  const turned = (which: "q" | "k", projected: tf.Tensor2D): tf.Tensor4D => {
    const heads: tf.Tensor2D = tf.reshape(projected, [-1, headDim])
    const scaled = config.queryKeyNorm ? norm(parameters, config, `${name}.${which}_norm`, heads) : heads
    return byHead(rotary(tf.reshape(scaled, [batch * columns, -1, headDim]), angles))
  }
  const queries = turned("q", query!)
  const newKeys = turned("k", key!)
  const newValues = byHead(value!)
  const keys = past === undefined ? newKeys : join(past.keys, newKeys)
  const values = past === undefined ? newValues : join(past.values, newValues)
  const mixed = tf.transpose(attention(queries, keys, values, mask), [0, 2, 1, 3])
  const joined: tf.Tensor2D = tf.reshape(mixed, [batch * columns, config.heads * headDim])
  return { output: project(parameters, config, `${name}.o_proj`, joined), keys, values }
}

const feedForward = (parameters: Parameters, config: ModelConfig, name: string, x: tf.Tensor2D): tf.Tensor2D => {
  const [gate, up] = projectAll(parameters, config, name, ["gate_proj", "up_proj"], x)
  return project(parameters, config, `${name}.down_proj`, swiGlu(gate!, up!))
}

const decoderLayer = (
  parameters: Parameters,
  config: ModelConfig,
  name: string,
  x: tf.Tensor2D,
  mask: tf.Tensor4D,
  shape: Shape,
  past?: KeyValueCache[number],
  join: Join = append,
) => {
  const { output, keys, values } = selfAttention(
    parameters,
    config,
    `${name}.self_attn`,
    norm(parameters, config, `${name}.input_layernorm`, x),
    mask,
    shape,
    past,
    join,
  )
  const mixed: tf.Tensor2D = tf.add(x, output)
  const normal = norm(parameters, config, `${name}.post_attention_layernorm`, mixed)
  return { x: tf.add<tf.Tensor2D>(mixed, feedForward(parameters, config, `${name}.mlp`, normal)), keys, values }
}

/** The same, with nothing kept for the backward pass but what goes in. */
const checkpointedLayer = (
  parameters: Parameters,
  config: ModelConfig,
  name: string,
  x: tf.Tensor2D,
  mask: tf.Tensor4D,
  { angles, batch, columns }: Shape,
): tf.Tensor2D => {
  const learnt = new Set(trainable(config).map((spec) => spec.name))
  const own = Object.entries(parameters).filter(([key]) => key.startsWith(`${name}.`))
  const inputs = { ...Object.fromEntries(own.filter(([key]) => learnt.has(key))), x }
  const frozen = Object.fromEntries(own.filter(([key]) => !learnt.has(key)))
  return checkpointed(inputs, { ...frozen, ...angles, mask }, (again, constants) => {
    const shape = { batch, columns, angles: constants }
    return decoderLayer({ ...constants, ...again }, config, name, again.x, constants.mask, shape).x
  })
}

/**
 * What {@link forward} can do otherwise.
 *
 * @since 0.1.0
 * @category models
 */
export interface ForwardOptions {
  readonly past?: KeyValueCache | undefined
  /** Appends, unless it is given. */
  readonly join?: Join
  /** See `DecoderInput`. */
  readonly checkpoint?: boolean | undefined
}

/**
 * The last hidden states `[N, D]` of the columns of `batch` rows, and the keys and values of all columns.
 *
 * @since 0.1.0
 * @category forward
 */
export const forward = (
  parameters: Parameters,
  config: ModelConfig,
  batch: number,
  { angles, masks, tokens }: DecoderBatch,
  { checkpoint = false, join = append, past }: ForwardOptions = {},
): { readonly hidden: tf.Tensor2D; readonly cache: KeyValueCache } => {
  const shape = { batch, columns: tokens.size / batch, angles }
  let x = embedding(parameters["model.embed_tokens.weight"] as tf.Tensor2D, tokens)
  const cache: Array<KeyValueCache[number]> = []
  for (const [index, window] of config.windows.entries()) {
    const name = `model.layers.${index}`
    const mask = masks[`${window}`]!
    if (checkpoint) {
      x = checkpointedLayer(parameters, config, name, x, mask, shape)
      continue
    }
    const layer = decoderLayer(parameters, config, name, x, mask, shape, past?.[index], join)
    cache.push({ keys: layer.keys, values: layer.values })
    x = layer.x
  }
  return { hidden: norm(parameters, config, "model.norm", x), cache }
}

/**
 * The last hidden states `[N, D]` of the new columns, and the keys and values of all columns. Call it inside
 * `tf.tidy`, keeping what is returned.
 *
 * @throws DecoderInputError
 *
 * @since 0.1.0
 * @category forward
 */
export const hiddenStates = (parameters: Parameters, config: ModelConfig, input: DecoderInput) =>
  forward(parameters, config, input.batch, prepare(config, input), { past: input.past, checkpoint: input.checkpoint })

/**
 * Scores of every next token, `[N, V]`, from hidden states `[N, D]`.
 *
 * @since 0.1.0
 * @category forward
 */
export const logits = (parameters: Parameters, config: ModelConfig, hidden: tf.Tensor2D): tf.Tensor2D =>
  config.tiedEmbeddings
    ? tf.matMul<tf.Tensor2D>(hidden, parameters["model.embed_tokens.weight"]!, false, true)
    : linear(hidden, parameters["lm_head.weight"] as tf.Tensor2D)

/**
 * The weight that turns hidden states into scores; an adapter leaves it as it is.
 *
 * @since 0.1.0
 * @category forward
 */
export const outputHead = (parameters: Parameters, config: ModelConfig): OutputHead => ({
  weight: parameters[config.tiedEmbeddings ? "model.embed_tokens.weight" : "lm_head.weight"] as tf.Tensor2D,
  tied: config.tiedEmbeddings,
  trained: config.adapter === undefined,
})
