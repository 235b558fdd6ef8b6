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

/** What a part costs beside its tokens, in tokens: a call, a sum of gradients, threads that wait more often. */
const PART = 256

/** The number of rows that so many are filled up to. */
const filledUp = (rows: number): number => Math.max(LEAST_ROWS, 2 ** Math.ceil(Math.log2(rows)))

/** The number of columns that these are filled up to. */
const columnsOf = (sequences: ReadonlyArray<{ readonly length: number }>): number =>
  Buckets.above(
    sequences.reduce((longest, { length }) => Math.max(longest, length), 0),
    LEAST_COLUMNS,
  )

interface Dealt {
  readonly parts: ReadonlyArray<ReadonlyArray<number>>
  /** In tokens. */
  readonly cost: number
}

const whole = (rows: ReadonlyArray<Row>, part: ReadonlyArray<number>): Dealt => {
  const columns = (of: (row: Row) => Int32Array) => columnsOf(part.map((index) => of(rows[index]!)))
  const cells = filledUp(part.length) * (columns(({ prompt }) => prompt) + columns(({ completion }) => completion))
  return { parts: [part], cost: PART + cells }
}

/** One part, or two at a power of two, which may be split further: what costs less. */
const cheapest = (rows: ReadonlyArray<Row>, places: ReadonlyArray<number>): Dealt => {
  const together = whole(rows, places)
  if (places.length <= LEAST_ROWS) return together
  const half = filledUp(places.length) / 2
  const [first, second] = [cheapest(rows, places.slice(0, half)), cheapest(rows, places.slice(half))]
  const apart = { parts: [...first.parts, ...second.parts], cost: first.cost + second.cost }
  return apart.cost < together.cost ? apart : together
}

/**
 * Deals rows to parts, longest completions first: places in the batch, part by part. A part is filled up to a power of two of rows, so
 * that few programs are enough for batches of every size. The fewer rows to a part the less padding, and the more parts: it is
 * split where that costs less.
 *
 * @example
 * ```ts
 * import assert from "node:assert"
 * import { ProgramRows } from "@seed-grpo/grpo"
 *
 * const rows = (...lengths: ReadonlyArray<number>) =>
 *   lengths.map((length) => ({ prompt: new Int32Array(1), completion: new Int32Array(length) }))
 * assert.deepEqual(ProgramRows.deal(rows(2, 9, 1, 5, 7)), [[1, 4, 3, 0, 2]])
 *
 * const counts = [3, 100, 72, 26].map((count) => ProgramRows.deal(rows(...new Array<number>(count).fill(1))))
 * assert.deepEqual(counts.map((parts) => parts.map(({ length }) => length)), [[3], [100], [64, 8], [26]])
 *
 * const mixed = ProgramRows.deal(rows(...Array.from({ length: 64 }, (_, i) => (i % 2 === 0 ? 100 : 10))))
 * assert.deepEqual(mixed.map((part) => part.map((i) => i % 2)), [new Array(32).fill(0), new Array(32).fill(1)])
 * ```
 *
 * @since 0.1.0
 * @category partitions
 */
export const deal = (rows: ReadonlyArray<Row>): ReadonlyArray<ReadonlyArray<number>> => {
  const longestFirst = rows
    .map(({ completion, prompt }, index) => ({ index, completion: completion.length, prompt: prompt.length }))
    .toSorted((a, b) => b.completion - a.completion || b.prompt - a.prompt)
    .map(({ index }) => index)
  return cheapest(rows, longestFirst).parts
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
  const columns = columnsOf(sequences)
  const more = Array.from({ length: rows - sequences.length }, () => Int32Array.of())
  // One that is as long as the bucket, and taken off again.
  return Padding.rows(to([...sequences, ...more, new Int32Array(columns)]), 0, rows)
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
