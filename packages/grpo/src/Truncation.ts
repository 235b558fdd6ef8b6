/**
 * Completions that were cut off before they ended.
 *
 * @since 0.1.0
 */

/**
 * Whether the last token is none of those that end a completion. All end tokens of a model belong into the list (and its
 * padding token, if completions are padded): TRL knows one, and takes completions that end with another for truncated.
 *
 * @example
 * ```ts
 * import assert from "node:assert"
 * import { Truncation } from "@seed-grpo/grpo"
 *
 * assert.equal(Truncation.isTruncated([7, 8, 1], [1]), false)
 * assert.equal(Truncation.isTruncated([7, 8, 9], [1]), true)
 * ```
 *
 * @since 0.1.0
 * @category measurements
 */
export const isTruncated = (completion: ArrayLike<number>, endTokens: ReadonlyArray<number>): boolean => {
  const last = completion[completion.length - 1]
  return last === undefined || !endTokens.includes(last)
}
