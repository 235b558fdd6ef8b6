/**
 * Rows of unequal length side by side.
 *
 * @since 0.1.0
 */

/**
 * `B` rows in `columns` columns: values `[B, columns]`, and a mask with 1 where a row has a token.
 *
 * @since 0.1.0
 * @category models
 */
export interface Padded {
  readonly batch: number
  readonly columns: number
  readonly tokens: Int32Array
  readonly mask: Uint8Array
}

const pad = (rows: ReadonlyArray<Int32Array>, startOf: (row: Int32Array, columns: number) => number): Padded => {
  const columns = rows.reduce((longest, row) => Math.max(longest, row.length), 0)
  const tokens = new Int32Array(rows.length * columns)
  const mask = new Uint8Array(rows.length * columns)
  for (const [index, row] of rows.entries()) {
    const at = index * columns + startOf(row, columns)
    tokens.set(row, at)
    mask.fill(1, at, at + row.length)
  }
  return { batch: rows.length, columns, tokens, mask }
}

/**
 * Padding before each row, as prompts need it: all end in the last column.
 *
 * @example
 * ```ts
 * import assert from "node:assert"
 * import { Padding } from "@seed-grpo/runtime"
 *
 * const { tokens, mask } = Padding.left([Int32Array.of(5), Int32Array.of(6, 7)])
 * assert.deepEqual([...tokens], [0, 5, 6, 7])
 * assert.deepEqual([...mask], [0, 1, 1, 1])
 * ```
 *
 * @since 0.1.0
 * @category constructors
 */
export const left = (rows: ReadonlyArray<Int32Array>): Padded => pad(rows, (row, columns) => columns - row.length)

/**
 * Padding after each row, as completions need it: all start in the first column.
 *
 * @since 0.1.0
 * @category constructors
 */
export const right = (rows: ReadonlyArray<Int32Array>): Padded => pad(rows, () => 0)

/**
 * Two blocks of the same rows, side by side.
 *
 * @since 0.1.0
 * @category combinators
 */
export const join = (a: Padded, b: Padded): Padded => {
  const columns = a.columns + b.columns
  const tokens = new Int32Array(a.batch * columns)
  const mask = new Uint8Array(a.batch * columns)
  for (let row = 0; row < a.batch; row++) {
    for (const [block, offset] of [
      [a, 0],
      [b, a.columns],
    ] as const) {
      const [from, to] = [row * block.columns, (row + 1) * block.columns]
      tokens.set(block.tokens.subarray(from, to), row * columns + offset)
      mask.set(block.mask.subarray(from, to), row * columns + offset)
    }
  }
  return { batch: a.batch, columns, tokens, mask }
}

/**
 * The rows from one to before another; they share the memory of all.
 *
 * @since 0.1.0
 * @category combinators
 */
export const rows = ({ columns, mask, tokens }: Padded, from: number, to: number): Padded => ({
  batch: to - from,
  columns,
  tokens: tokens.subarray(from * columns, to * columns),
  mask: mask.subarray(from * columns, to * columns),
})
