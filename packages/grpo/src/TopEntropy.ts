/**
 * Learning from the tokens at which the policy was most uncertain ("beyond the 80/20 rule", Wang et al., 2025, arXiv
 * 2506.01939).
 *
 * Which tokens these are is a question to the whole batch, so it is answered before the batch is split: score all rows,
 * then mark them.
 *
 * @since 0.1.0
 */
import type { Multiplier } from "./Multiplier.ts"
import { lossMask, type SizedRow } from "./ObjectiveRow.ts"

/**
 * The `1 − share` quantile of entropies, in nats, with linear interpolation and in float32, in which TRL computes it and
 * entropies are: so that a token which lies at the quantile is on the same side of it. `NaN` for none.
 *
 * @example
 * ```ts
 * import assert from "node:assert"
 * import { TopEntropy } from "@seed-grpo/grpo"
 *
 * assert.equal(TopEntropy.threshold([0, 1, 2, 3, 4], 0.25), 3)
 * assert.equal(TopEntropy.threshold([0, 1, 2, 3], 0.5), 1.5)
 * ```
 *
 * @since 0.1.0
 * @category measurements
 */
export const threshold = (entropies: ArrayLike<number>, share: number): number => {
  const sorted = Float32Array.from(entropies).toSorted()
  if (sorted.length === 0) return NaN
  const rank = Math.fround(Math.fround(1 - share) * (sorted.length - 1))
  const [below, above] = [sorted[Math.floor(rank)]!, sorted[Math.ceil(rank)]!]
  const weight = Math.fround(rank - Math.floor(rank))
  const step = Math.fround(above - below)
  return weight < 0.5
    ? Math.fround(below + Math.fround(weight * step))
    : Math.fround(above - Math.fround(step * Math.fround(1 - weight)))
}

/**
 * The rows of a whole batch with `highEntropy`: 1 for the `objective.topEntropy` share of tokens with the highest
 * entropies, given in nats for each row, `[T]`. The others keep their KL term and have no entropy bonus.
 *
 * @since 0.1.0
 * @category conversions
 */
export const marked = <Row extends SizedRow>(
  objective: { readonly maskTruncated: boolean; readonly topEntropy: number },
  rows: ReadonlyArray<Row>,
  entropies: ReadonlyArray<ArrayLike<number>>,
): ReadonlyArray<Row & { readonly highEntropy: Float64Array }> => {
  const masks = rows.map((row) => lossMask(objective, row))
  const least = threshold(
    masks.flatMap((mask, i) => Array.from(entropies[i]!).filter((_, t) => mask[t]! > 0)),
    objective.topEntropy,
  )
  return rows.map((row, i) => ({
    ...row,
    highEntropy: masks[i]!.map((here, t) => (here > 0 && entropies[i]![t]! >= least ? 1 : 0)),
  }))
}

/**
 * The marks as a factor of every token's loss.
 *
 * @since 0.1.0
 * @category multipliers
 */
export const highEntropy: Multiplier = {
  name: "top-entropy mask",
  reads: ["highEntropy"],
  perCompletion: false,
  ofRow: ({ highEntropy }) => highEntropy!,
  ofTensors: ({ highEntropy }) => highEntropy!,
}
