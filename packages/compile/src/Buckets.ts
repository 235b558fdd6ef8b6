/**
 * Sizes to fill up to, so that lengths that vary need few programs.
 *
 * @since 0.1.0
 */

/**
 * The next of eight sizes per doubling, multiples of `least` at the bottom: at most an eighth more than `n` (or `least`).
 *
 * @example
 * ```ts
 * import assert from "node:assert"
 * import * as Buckets from "@seed-grpo/compile/Buckets"
 *
 * assert.deepEqual([3, 17, 33, 100, 130].map((n) => Buckets.above(n)), [4, 20, 40, 112, 160])
 * ```
 *
 * @since 0.1.0
 * @category sizes
 */
export const above = (n: number, least = 4): number => {
  const step = Math.max(least, 2 ** (Math.ceil(Math.log2(Math.max(n, 1))) - 3))
  return Math.max(least, Math.ceil(n / step) * step)
}
