/**
 * Rows that are decoded together, each in a slot of a batch that gets smaller as rows end.
 */
import * as tf from "@tensorflow/tfjs-core"
import type { KeyValueCache } from "../Decoder.ts"
import { tidy } from "../Tidy.ts"
import type { Row } from "./generationRows.ts"

/** Rows by slot, in order; none where the batch is filled up. */
export type Slots = ReadonlyArray<Row | undefined>

/** A smaller batch is a program more, and saves little. */
const LEAST_SLOTS = 8

/** The slots of rows that have not ended, and the places that they come from. */
export interface Shrunk {
  readonly slots: Slots
  readonly places: ReadonlyArray<number>
}

export const isGoing = (row: Row | undefined): row is Row => row !== undefined && row.finish === undefined

/** Nothing, unless half of the slots or more are not needed any longer. */
export const shrunk = (slots: Slots): Shrunk | undefined => {
  const going = slots.flatMap((row, slot) => (isGoing(row) ? [slot] : []))
  const count = Math.max(LEAST_SLOTS, 2 ** Math.ceil(Math.log2(going.length)))
  if (2 * count > slots.length) return undefined
  return {
    slots: Array.from({ length: count }, (_, slot) => (slot < going.length ? slots[going[slot]!] : undefined)),
    places: Array.from({ length: count }, (_, slot) => going[slot] ?? going.at(-1)!),
  }
}

/** Rows of tensors that lie in equal lanes one after the other, dealt to so many lanes again. `places` go up. */
const taken = (lanes: ReadonlyArray<tf.Tensor4D>, places: ReadonlyArray<number>, into: number) =>
  tidy(() => {
    const rows = lanes[0]!.shape[0]
    const parts = lanes.flatMap((lane, i) => {
      const own = places.filter((place) => Math.floor(place / rows) === i).map((place) => place % rows)
      return own.length === 0 ? [] : [tf.gather(lane, tf.tensor1d(own, "int32"))]
    })
    return tf.split<tf.Tensor4D>(tf.concat(parts), into)
  })

/** The caches of the rows at `places`, in so many lanes; frees those that are given. */
export const keep = (
  caches: ReadonlyArray<KeyValueCache>,
  places: ReadonlyArray<number>,
  lanes: number,
): ReadonlyArray<KeyValueCache> => {
  // Layer by layer, so that never two whole caches exist.
  const layers = caches[0]!.map((_, layer) => {
    const [keys, values] = (["keys", "values"] as const).map((which) => {
      const before = caches.map((cache) => cache[layer]![which])
      const after = taken(before, places, lanes)
      tf.dispose(before)
      return after
    })
    return { keys: keys!, values: values! }
  })
  return Array.from({ length: lanes }, (_, lane) =>
    layers.map(({ keys, values }) => ({ keys: keys[lane]!, values: values[lane]! })),
  )
}
