/**
 * Several passes over one batch of groups (`μ` in the papers), while the log-probabilities of the policy that sampled stay as they
 * were.
 *
 * @since 0.1.0
 */
import { Rng } from "@seed-grpo/core"

/**
 * How often a batch is gone through, and what decides the order.
 *
 * @since 0.1.0
 * @category models
 */
export interface Passes {
  /** 1 goes through it once, in its own order. */
  readonly epochs: number
  readonly seed: number
  /** Counts from 1. */
  readonly step: number
}

/** Deals items to `parts` as evenly as they go, in order. */
const deal = <A>(items: ReadonlyArray<A>, parts: number): ReadonlyArray<ReadonlyArray<A>> =>
  Array.from({ length: parts }, (_, part) =>
    items.slice(Math.floor((part * items.length) / parts), Math.floor(((part + 1) * items.length) / parts)),
  ).filter((part) => part.length > 0)

/**
 * The mini-batches of a step: every epoch deals all items once, to `parts` mini-batches as even as they go. The first epoch takes
 * them in order; every later one in an order that is a function of seed, step and epoch, so that a resumed run needs no
 * position.
 *
 * @example
 * ```ts
 * import assert from "node:assert"
 * import { Epochs } from "@seed-grpo/trainer"
 *
 * const batches = Epochs.miniBatches(["a", "b", "c"], 2, { epochs: 2, seed: 0, step: 1 })
 * assert.deepEqual(batches.slice(0, 2), [["a"], ["b", "c"]])
 * assert.deepEqual(batches.slice(2).flat().toSorted(), ["a", "b", "c"])
 * ```
 *
 * @since 0.1.0
 * @category batches
 */
export const miniBatches = <A>(
  items: ReadonlyArray<A>,
  parts: number,
  { epochs, seed, step }: Passes,
): ReadonlyArray<ReadonlyArray<A>> => {
  const key = Rng.key(seed, "mini-batches")
  return Array.from({ length: epochs }, (_, epoch) =>
    deal(epoch === 0 ? items : Rng.permutation(key, items.length, [step, epoch]).map((index) => items[index]!), parts),
  ).flat()
}
