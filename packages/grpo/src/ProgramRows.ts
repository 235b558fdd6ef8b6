/**
 * Completions in sizes that programs exist for: few numbers of rows, and lengths filled up to their buckets.
 *
 * @since 0.1.0
 */
import { Buckets } from "@seed-grpo/compile"
import { CompletionScores, DecoderBatch, type ModelConfig, Padding } from "@seed-grpo/runtime"
import * as tf from "@tensorflow/tfjs-core"

/**
 * @since 0.1.0
 * @category models
 */
export interface Row {
  readonly prompt: Int32Array
  readonly completion: Int32Array
}

const LEAST_ROWS = 4

const LEAST_COLUMNS = 8

/** The number of rows that so many are filled up to. */
const filledUp = (rows: number): number => Math.max(LEAST_ROWS, 2 ** Math.ceil(Math.log2(rows)))

/**
 * Deals so many rows, in order, to parts of a power of two each, the last of them filled up with at most a third more. One program
 * for each power of two is enough for batches of every size.
 *
 * @example
 * ```ts
 * import assert from "node:assert"
 * import { ProgramRows } from "@seed-grpo/grpo"
 *
 * assert.deepEqual([3, 100, 72, 90].map(ProgramRows.parts), [[3], [100], [64, 8], [64, 26]])
 * ```
 *
 * @since 0.1.0
 * @category partitions
 */
export const parts = (rows: number): ReadonlyArray<number> => {
  const full = filledUp(rows)
  if (rows <= LEAST_ROWS || rows >= 0.75 * full) return [rows]
  return [full / 2, ...parts(rows - full / 2)]
}

/**
 * What programs read: tokens and masks of prompts padded left and completions padded right. The caller owns the tensors.
 *
 * @since 0.1.0
 * @category models
 */
export interface ProgramRows {
  /** With those that were added. */
  readonly rows: number
  /** Columns of prompts. */
  readonly prompt: number
  /** Columns of completions, `C`. */
  readonly columns: number
  readonly decoder: DecoderBatch.DecoderBatch
  /** What is predicted, `int32 [B C]`. */
  readonly targets: tf.Tensor1D
}

const filled = (
  to: (rows: ReadonlyArray<Int32Array>) => Padding.Padded,
  sequences: ReadonlyArray<Int32Array>,
): Padding.Padded => {
  const rows = filledUp(sequences.length)
  const columns = Buckets.above(Math.max(...sequences.map(({ length }) => length)), LEAST_COLUMNS)
  const more = Array.from({ length: rows - sequences.length }, () => Int32Array.of())
  // One that is as long as the bucket, and taken off again.
  const { mask, tokens } = to([...sequences, ...more, new Int32Array(columns)])
  const size = rows * columns
  return { batch: rows, columns, tokens: tokens.subarray(0, size), mask: mask.subarray(0, size) }
}

/**
 * Call it inside `tf.tidy`, or free what it returns.
 *
 * @throws ScoreError
 *
 * @since 0.1.0
 * @category constructors
 */
export const make = (config: ModelConfig.ModelConfig, rows: ReadonlyArray<Row>, temperature: number): ProgramRows => {
  const [prompts, completions] = [rows.map(({ prompt }) => prompt), rows.map(({ completion }) => completion)]
  CompletionScores.check(config, { prompts, completions, temperature })
  const before = filled(Padding.left, prompts)
  const after = filled(Padding.right, completions)
  const { batch, mask, tokens } = Padding.join(before, after)
  // The last column is read by nobody.
  const width = before.columns + after.columns - 1
  const cut = <A extends Int32Array | Uint8Array>(all: A): A => all.filter((_, i) => i % (width + 1) !== width) as A
  return {
    rows: batch,
    prompt: before.columns,
    columns: after.columns,
    decoder: DecoderBatch.forProgram(config, { batch, tokens: cut(tokens), mask: cut(mask) }),
    targets: tf.tensor1d(after.tokens, "int32"),
  }
}
