/**
 * Random numbers that are the same on every machine: mulberry32.
 */

export interface Random {
  /** Below 1. */
  readonly next: () => number
  /** A whole number, both ends included. */
  readonly integer: (least: number, most: number) => number
  readonly pick: <A>(items: ReadonlyArray<A>) => A
  readonly chance: (probability: number) => boolean
}

export const random = (seed: number): Random => {
  let state = Math.imul(seed ^ 0x9e3779b9, 0x85ebca6b)
  const next = () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296
  }
  const integer = (least: number, most: number) => least + Math.floor(next() * (most - least + 1))
  return { next, integer, pick: (items) => items[integer(0, items.length - 1)]!, chance: (share) => next() < share }
}
