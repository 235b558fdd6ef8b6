/**
 * Which problems a step trains on.
 *
 * @since 0.1.0
 */
import * as Rng from "@seed-grpo/core/Rng"

/**
 * `size` items from position `from` of the endless order in which every epoch visits all items once, in an order of its own.
 *
 * @since 0.1.0
 * @category batches
 */
export const itemsFrom = <A>(
  items: ReadonlyArray<A>,
  { from, seed, size }: { readonly seed: number; readonly from: number; readonly size: number },
): ReadonlyArray<A> => {
  const key = Rng.key(seed, "problem-order")
  const orders = new Map<number, ReadonlyArray<number>>()
  const orderOf = (epoch: number) => {
    const order = orders.get(epoch) ?? Rng.permutation(key, items.length, [epoch])
    orders.set(epoch, order)
    return order
  }
  return Array.from({ length: size }, (_, offset) => {
    const position = from + offset
    return items[orderOf(Math.floor(position / items.length))[position % items.length]!]!
  })
}

/**
 * The `size` items of a step: every epoch visits all items once, in an order of its own. The items of a step depend on
 * nothing but seed and step, so a resumed run needs no position. Where the items do not divide by `size`, a step runs on
 * into the next epoch.
 *
 * @example
 * ```ts
 * import assert from "node:assert"
 * import { Batches } from "@seed-grpo/data"
 *
 * const epoch = [0, 1].flatMap((step) => Batches.batchOf(["a", "b", "c", "d"], { seed: 0, step, size: 2 }))
 * assert.deepEqual(epoch.toSorted(), ["a", "b", "c", "d"])
 * ```
 *
 * @since 0.1.0
 * @category batches
 */
export const batchOf = <A>(
  items: ReadonlyArray<A>,
  { seed, size, step }: { readonly seed: number; readonly step: number; readonly size: number },
): ReadonlyArray<A> => itemsFrom(items, { seed, from: step * size, size })
