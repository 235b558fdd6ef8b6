/**
 * Reading prompts as a program that serves many batches: rows and columns are filled up to their buckets.
 */
import { Buckets } from "@seed-grpo/compile"
import * as tf from "@tensorflow/tfjs-core"
import { forward, type KeyValueCache, logits } from "../Decoder.ts"
import type { DecoderBatch } from "../DecoderBatch.ts"
import type { ModelConfig } from "../ModelConfig.ts"
import * as Padding from "../Padding.ts"
import type { Parameters } from "../Parameters.ts"
import { repeatRows } from "../Prefill.ts"

/** As many rows and columns as their buckets hold; the rows added see one token of padding. */
export const filled = (prompts: ReadonlyArray<Int32Array>): Padding.Padded => {
  const rows = Array.from({ length: Buckets.above(prompts.length, 1) }, (_, row) => prompts[row] ?? Int32Array.of(0))
  const columns = Buckets.above(Math.max(...prompts.map(({ length }) => length)))
  // One that is as long as the bucket, and taken off again.
  return Padding.rows(Padding.left([...rows, new Int32Array(columns)]), 0, rows.length)
}

/** Prompts that were read. */
export interface Read {
  /** Scores of the first token, `[P, V]`. */
  readonly scores: tf.Tensor2D
  /** Of every sample, in its full size. */
  readonly cache: KeyValueCache
}

/** The program: hidden states of the last column, scored, and the cache of every sample. */
export const readPrompts =
  (config: ModelConfig, rows: number, samples: number, size: number) =>
  (parameters: Parameters, batch: DecoderBatch): Read => {
    const { cache, hidden } = forward(parameters, config, rows, batch)
    const columns = batch.tokens.size / rows
    const perRow = tf.reshape(hidden, [rows, columns, config.hiddenSize])
    const last = tf.slice(perRow, [0, columns - 1, 0], [rows, 1, config.hiddenSize])
    const whole = (x: tf.Tensor4D): tf.Tensor4D =>
      repeatRows(
        tf.pad(x, [
          [0, 0],
          [0, 0],
          [0, size - columns],
          [0, 0],
        ]),
        samples,
      )
    return {
      scores: logits(parameters, config, tf.reshape(last, [rows, config.hiddenSize])),
      cache: cache.map(({ keys, values }) => ({ keys: whole(keys), values: whole(values) })),
    }
  }
