/**
 * Micro-batches of rows that are alike in length, so that little of them is padding.
 *
 * @since 0.1.0
 */

/**
 * @since 0.1.0
 * @category models
 */
export interface Sized {
  readonly prompt: { readonly length: number }
  readonly completion: { readonly length: number }
}

/** A row's place in its batch, and its lengths. */
type Placed = { readonly index: number } & Sized

/** Tokens of a part when it is padded to its longest prompt and its longest completion. */
const cellsOf = (part: ReadonlyArray<Sized>): number => {
  let [prompt, completion] = [0, 0]
  for (const row of part) {
    prompt = Math.max(prompt, row.prompt.length)
    completion = Math.max(completion, row.completion.length)
  }
  return part.length * (prompt + completion)
}

/** In order, as many rows to a part as fit. */
const split = <Row extends Sized>(rows: ReadonlyArray<Row>, mostTokens: number): Array<Array<Row>> => {
  const parts: Array<Array<Row>> = []
  let [prompt, completion] = [0, 0]
  for (const row of rows) {
    prompt = Math.max(prompt, row.prompt.length)
    completion = Math.max(completion, row.completion.length)
    const part = parts.at(-1)
    if (part !== undefined && (part.length + 1) * (prompt + completion) <= mostTokens) part.push(row)
    else {
      parts.push([row])
      prompt = row.prompt.length
      completion = row.completion.length
    }
  }
  return parts
}

const total = (parts: ReadonlyArray<ReadonlyArray<Sized>>): number =>
  parts.reduce((cells, part) => cells + cellsOf(part), 0)

const place = (rows: ReadonlyArray<Sized>): ReadonlyArray<Placed> =>
  rows.map(({ completion, prompt }, index) => ({ index, prompt, completion }))

const places = (of: ReadonlyArray<ReadonlyArray<Placed>>): ReadonlyArray<ReadonlyArray<number>> =>
  of.map((part) => part.map(({ index }) => index))

/**
 * The same as {@link parts} of rows that stay in their order.
 *
 * @since 0.1.0
 * @category partitions
 */
export const consecutive = (rows: ReadonlyArray<Sized>, mostTokens: number): ReadonlyArray<ReadonlyArray<number>> =>
  places(split(place(rows), mostTokens))

/**
 * Deals rows to parts so that each, padded to its longest, holds at most so many tokens, or is a single row: places in the batch,
 * part by part. Rows are taken longest first if that pads less than their own order does, or else in that order.
 *
 * @example
 * ```ts
 * import assert from "node:assert"
 * import { LengthBuckets } from "@seed-grpo/grpo"
 *
 * const rows = [9, 1, 9, 1].map((length) => ({ prompt: { length: 1 }, completion: { length } }))
 * const parts = LengthBuckets.parts(rows, 20)
 * assert.deepEqual(parts, [[0, 2], [1, 3]])
 * assert.deepEqual(LengthBuckets.padding(rows, parts), { tokens: 24, cells: 24 })
 * ```
 *
 * @since 0.1.0
 * @category partitions
 */
export const parts = (rows: ReadonlyArray<Sized>, mostTokens: number): ReadonlyArray<ReadonlyArray<number>> => {
  const placed = place(rows)
  const length = ({ completion, prompt }: Sized) => prompt.length + completion.length
  const inOrder = split(placed, mostTokens)
  const longestFirst = split(
    placed.toSorted((a, b) => length(b) - length(a) || b.completion.length - a.completion.length),
    mostTokens,
  )
  return places(total(longestFirst) < total(inOrder) ? longestFirst : inOrder)
}

/**
 * What was computed for each row, part by part, in the order of the batch again.
 *
 * @since 0.1.0
 * @category conversions
 */
export const restored = <A>(of: ReadonlyArray<ReadonlyArray<number>>, computed: ReadonlyArray<A>): ReadonlyArray<A> => {
  const all: Array<A> = []
  for (const [at, index] of of.flat().entries()) all[index] = computed[at]!
  return all
}

/**
 * How much of what is computed is padding.
 *
 * @since 0.1.0
 * @category models
 */
export interface Padding {
  /** Of the rows themselves. */
  readonly tokens: number
  /** Of the padded parts. */
  readonly cells: number
}

/**
 * Of these parts of a batch.
 *
 * @since 0.1.0
 * @category measurements
 */
export const padding = (rows: ReadonlyArray<Sized>, of: ReadonlyArray<ReadonlyArray<number>>): Padding => ({
  tokens: of.flat().reduce((sum, index) => sum + rows[index]!.prompt.length + rows[index]!.completion.length, 0),
  cells: total(of.map((part) => part.map((index) => rows[index]!))),
})
