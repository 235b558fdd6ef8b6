/**
 * Sizes of clusters, checked.
 *
 * @since 0.1.0
 */
import { sum } from "@seed-grpo/core/Numeric"
import { EntropyError } from "../EntropyError.ts"

/**
 * Number of answers in clusters of the given sizes.
 *
 * @throws EntropyError when a count is not a positive whole number, or there is none.
 *
 * @internal
 */
export const totalOf = (counts: ReadonlyArray<number>): number => {
  if (counts.length === 0) throw EntropyError.emptyGroup()
  const bad = counts.find((count) => !Number.isSafeInteger(count) || count < 1)
  if (bad !== undefined) throw EntropyError.badValue("a cluster's size", "a positive whole number", bad)
  return sum(counts)
}
