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
import { checkpointed } from "./layers/Checkpointed.ts"
import { embedding } from "./layers/Embedding.ts"
import { frozenLinear, linear } from "./layers/Linear.ts"
import { rmsNorm } from "./layers/RmsNorm.ts"
import { rotary, type RotaryAngles, rotaryAngles } from "./layers/Rotary.ts"
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
  /**
   * Which columns are real, `[B, S]`: 0 for padding, 1 for a token. Sequences packed into one row are told apart by their
   * numbers, 1, 2, …; each has positions of its own and sees itself alone.
   */
  readonly mask: ArrayLike<number>
  /** Columns of an earlier call to go on from. */
  readonly past?: KeyValueCache
  /**
   * For training: each layer keeps its input alone and is computed again in the backward pass, see `Checkpointed`. No cache
   * is made then, and none is read.
   */
  readonly checkpoint?: boolean
}

/**
 * Where each column stands in its sequence, and how long that sequence is: `[B, S]` each, 0 on padding. A row may hold
 * several sequences side by side, each with a number of its own in `mask`.
 *
 * @since 0.1.0
 * @category constructors
 */
export const positions = (
  mask: ArrayLike<number>,
  batch: number,
): { readonly positions: Int32Array; readonly lengths: Int32Array } => {
  const columns = mask.length / batch
  const places = new Int32Array(mask.length)
  const lengths = new Int32Array(mask.length)
  for (let b = 0; b < batch; b++) {
    const end = (b + 1) * columns
    for (let from = b * columns, to = from; from < end; from = to) {
      while (to < end && mask[to] === mask[from]) to++
      if (mask[from] === 0) continue
      lengths.fill(to - from, from, to)
      for (let at = from; at < to; at++) places[at] = at - from
    }
  }
  return { positions: places, lengths }
}

interface Geometry {
  readonly batch: number
  readonly columns: number
  readonly angles: RotaryAngles
  /** Of each layer. */
  readonly masks: ReadonlyArray<tf.Tensor4D>
}

const geometry = (config: ModelConfig, { batch, mask, past, tokens }: DecoderInput): Geometry => {
  const columns = tokens.length / batch
  const before = past?.[0]?.keys.shape[2] ?? 0
  const visible = before + columns
  const newColumns = (all: Int32Array): Int32Array => {
    if (before === 0) return all
    const current = new Int32Array(batch * columns)
    for (let b = 0; b < batch; b++) current.set(all.subarray(b * visible + before, (b + 1) * visible), b * columns)
    return current
  }
  const all = positions(mask, batch)
  const byWindow = new Map(
    [...new Set(config.windows)].map((window) => [window, causalMask(mask, batch, columns, before, window)]),
  )
  return {
    batch,
    columns,
    angles: rotaryAngles(newColumns(all.positions), newColumns(all.lengths), config.headDim, config.rope),
    masks: config.windows.map((window) => byWindow.get(window)!),
  }
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

const norm = (parameters: Parameters, config: ModelConfig, name: string, x: tf.Tensor2D): tf.Tensor2D =>
  rmsNorm(x, parameters[`${name}.weight`] as tf.Tensor1D, config.normEpsilon)

const selfAttention = (
  parameters: Parameters,
  config: ModelConfig,
  name: string,
  x: tf.Tensor2D,
  mask: tf.Tensor4D,
  { angles, batch, columns }: Pick<Geometry, "angles" | "batch" | "columns">,
  past: KeyValueCache[number] | undefined,
) => {
  const { headDim } = config
  const byHead = (rows: tf.Tensor): tf.Tensor4D =>
    tf.transpose(tf.reshape(rows, [batch, columns, -1, headDim]), [0, 2, 1, 3])
  const turned = (which: "q" | "k"): tf.Tensor4D => {
    const projected = project(parameters, config, `${name}.${which}_proj`, x)
    const heads: tf.Tensor2D = tf.reshape(projected, [-1, headDim])
    const scaled = config.queryKeyNorm ? norm(parameters, config, `${name}.${which}_norm`, heads) : heads
    return byHead(rotary(tf.reshape(scaled, [batch * columns, -1, headDim]), angles))
  }
  const queries = turned("q")
  const newKeys = turned("k")
  const newValues = byHead(project(parameters, config, `${name}.v_proj`, x))
  const keys = past === undefined ? newKeys : tf.concat([past.keys, newKeys], 2)
  const values = past === undefined ? newValues : tf.concat([past.values, newValues], 2)
  const mixed = tf.transpose(attention(queries, keys, values, mask), [0, 2, 1, 3])
  const joined: tf.Tensor2D = tf.reshape(mixed, [batch * columns, config.heads * headDim])
  return { output: project(parameters, config, `${name}.o_proj`, joined), keys, values }
}

const feedForward = (parameters: Parameters, config: ModelConfig, name: string, x: tf.Tensor2D): tf.Tensor2D =>
  project(
    parameters,
    config,
    `${name}.down_proj`,
    swiGlu(project(parameters, config, `${name}.gate_proj`, x), project(parameters, config, `${name}.up_proj`, x)),
  )

const decoderLayer = (
  parameters: Parameters,
  config: ModelConfig,
  name: string,
  x: tf.Tensor2D,
  mask: tf.Tensor4D,
  shape: Pick<Geometry, "angles" | "batch" | "columns">,
  past?: KeyValueCache[number],
) => {
  const { output, keys, values } = selfAttention(
    parameters,
    config,
    `${name}.self_attn`,
    norm(parameters, config, `${name}.input_layernorm`, x),
    mask,
    shape,
    past,
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
  { angles, batch, columns }: Geometry,
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
  let x = embedding(parameters["model.embed_tokens.weight"] as tf.Tensor2D, input.tokens)
  const cache: Array<KeyValueCache[number]> = []
  for (const [index, mask] of shape.masks.entries()) {
    const name = `model.layers.${index}`
    if (input.checkpoint === true) {
      x = checkpointedLayer(parameters, config, name, x, mask, shape)
      continue
    }
    const layer = decoderLayer(parameters, config, name, x, mask, shape, input.past?.[index])
    cache.push({ keys: layer.keys, values: layer.values })
    x = layer.x
  }
  return { hidden: norm(parameters, config, "model.norm", x), cache }
}

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
