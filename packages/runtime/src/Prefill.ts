/**
 * Reading prompts: each once, whatever number of samples goes on from it.
 *
 * @since 0.1.0
 */
import * as tf from "@tensorflow/tfjs-core"
import { hiddenStates, type KeyValueCache, logits } from "./Decoder.ts"
import type { ModelConfig } from "./ModelConfig.ts"
import * as Padding from "./Padding.ts"
import type { Parameters } from "./Parameters.ts"
import { tidy } from "./Tidy.ts"

/**
 * Prompts that were read: `B = P G` rows, prompt-major.
 *
 * @since 0.1.0
 * @category models
 */
export interface Prefilled {
  /** Scores of the first token of each row, `[B, V]`. */
  readonly logits: tf.Tensor2D
  readonly cache: KeyValueCache
}

/** Numbers in the attention weights of one layer, at most: 64 MB, however many and long the prompts are. */
const MOST_WEIGHTS = 2 ** 24

/**
 * Copies each row `copies` times, side by side: `[P, …]` to `[P · copies, …]`. A product with ones, which is exact, and on
 * WebAssembly ten times faster than `tile`.
 */
export const repeatRows = <T extends tf.Tensor>(x: T, copies: number): T => {
  if (copies === 1) return x
  const [rows, ...rest] = x.shape as [number, ...Array<number>]
  const flat = tf.reshape(x, [rows, 1, x.size / rows])
  return tf.reshape(tf.mul(flat, tf.ones([1, copies, 1])), [rows * copies, ...rest]) as T
}

const readSome = (parameters: Parameters, config: ModelConfig, part: Padding.Padded, samples: number): Prefilled =>
  tidy(() => {
    const { hidden, cache } = hiddenStates(parameters, config, part)
    const perRow = tf.reshape(hidden, [part.batch, part.columns, config.hiddenSize])
    const last = tf.slice(perRow, [0, part.columns - 1, 0], [part.batch, 1, config.hiddenSize])
    const scores = logits(parameters, config, tf.reshape(last, [part.batch, config.hiddenSize]))
    return {
      logits: tf.clone(repeatRows(scores, samples)),
      cache: cache.map(({ keys, values }) => ({
        keys: tf.clone(repeatRows(keys, samples)),
        values: tf.clone(repeatRows(values, samples)),
      })),
    }
  })

/**
 * Reads left-padded prompts, a few at a time where they are long, and shares each among `samples` rows. Free what is
 * returned.
 *
 * @since 0.1.0
 * @category forward
 */
export const prefill = (
  parameters: Parameters,
  config: ModelConfig,
  prompts: Padding.Padded,
  samples: number,
): Prefilled => {
  const atOnce = Math.max(1, Math.floor(MOST_WEIGHTS / (config.heads * prompts.columns ** 2)))
  return tidy(() => {
    const parts: Array<Prefilled> = []
    for (let from = 0; from < prompts.batch; from += atOnce) {
      parts.push(
        readSome(parameters, config, Padding.rows(prompts, from, Math.min(prompts.batch, from + atOnce)), samples),
      )
    }
    if (parts.length === 1) return parts[0]!
    return {
      logits: tf.concat(parts.map((part) => part.logits)),
      cache: parts[0]!.cache.map((_, layer) => ({
        keys: tf.concat(parts.map((part) => part.cache[layer]!.keys)),
        values: tf.concat(parts.map((part) => part.cache[layer]!.values)),
      })),
    }
  })
}

/**
 * Frees a cache.
 *
 * @since 0.1.0
 * @category destructors
 */
export const disposeCache = (cache: KeyValueCache): void => {
  for (const { keys, values } of cache) tf.dispose([keys, values])
}
