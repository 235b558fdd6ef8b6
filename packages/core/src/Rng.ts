/**
 * Random numbers that are looked up, not drawn: each is a pure function of a key and a position.
 *
 * A shared stream of random numbers ties every result to the order of all draws before it. Here the number for
 * `(seed, stream, step, problem, sample, token)` is the same whoever asks, in whatever order, in whatever process. That
 * is what makes a resumed run, a retried job and any number of workers give the same result, bit for bit.
 *
 * The generator is Philox4x32-10 (Salmon et al., "Parallel random numbers: as easy as 1, 2, 3", SC 2011).
 *
 * @since 0.1.0
 */

const M0 = 0xd2511f53
const M1 = 0xcd9e8d57
const W0 = 0x9e3779b9
const W1 = 0xbb67ae85

/** High 32 bits of the 64-bit product; `Math.imul` gives the low ones. */
const multiplyHigh = (a: number, b: number): number => {
  const aLow = a & 0xffff
  const aHigh = a >>> 16
  const bLow = b & 0xffff
  const bHigh = b >>> 16
  const middle = aHigh * bLow + ((aLow * bLow) >>> 16)
  const cross = aLow * bHigh + (middle & 0xffff)
  return (aHigh * bHigh + Math.floor(middle / 0x10000) + Math.floor(cross / 0x10000)) >>> 0
}

/**
 * 128 random bits for a 128-bit counter under a 64-bit key, as four unsigned 32-bit words.
 *
 * @since 0.1.0
 * @category generators
 */
export const philox = (
  key: readonly [number, number],
  counter: readonly [number, number, number, number],
): [number, number, number, number] => {
  let [k0, k1] = [key[0] >>> 0, key[1] >>> 0]
  let [c0, c1, c2, c3] = [counter[0] >>> 0, counter[1] >>> 0, counter[2] >>> 0, counter[3] >>> 0]
  for (let round = 0; round < 10; round++) {
    const high0 = multiplyHigh(M0, c0)
    const low0 = Math.imul(M0, c0) >>> 0
    const high1 = multiplyHigh(M1, c2)
    const low1 = Math.imul(M1, c2) >>> 0
    c0 = (high1 ^ c1 ^ k0) >>> 0
    c1 = low1
    c2 = (high0 ^ c3 ^ k1) >>> 0
    c3 = low0
    k0 = (k0 + W0) >>> 0
    k1 = (k1 + W1) >>> 0
  }
  return [c0, c1, c2, c3]
}

/**
 * A 64-bit Philox key: one independent stream of random numbers.
 *
 * @since 0.1.0
 * @category models
 */
export type Key = readonly [number, number]

/**
 * Where in a stream to look. Four unsigned 32-bit words; training uses `[step, problem, sample, token]`.
 *
 * @since 0.1.0
 * @category models
 */
export type Position = readonly [number, number?, number?, number?]

/**
 * 32-bit FNV-1a of a string's UTF-16 code units: a position for things that have a name and no number, such as a
 * problem.
 *
 * @since 0.1.0
 * @category constructors
 */
export const hash = (name: string): number => {
  let state = 0x811c9dc5
  for (let i = 0; i < name.length; i++) {
    const unit = name.charCodeAt(i)
    state = Math.imul(state ^ (unit & 0xff), 0x01000193)
    state = Math.imul(state ^ (unit >>> 8), 0x01000193)
  }
  return state >>> 0
}

/**
 * The key of a named stream of a run. Streams with different names are independent, and so are runs with different
 * seeds (a whole number of at most 53 bits).
 *
 * @since 0.1.0
 * @category constructors
 */
export const key = (seed: number, stream: string): Key => {
  const [k0, k1] = philox([seed >>> 0, Math.floor(seed / 0x100000000) >>> 0], [hash(stream), stream.length, 0, 0])
  return [k0, k1]
}

const bits = (stream: Key, position: Position) =>
  philox(stream, [position[0], position[1] ?? 0, position[2] ?? 0, position[3] ?? 0])

const toUnit = (high: number, low: number): number => ((high >>> 5) * 0x4000000 + (low >>> 6)) / 0x20000000000000

/**
 * A number in `[0, 1)` with 53 random bits.
 *
 * @example
 * ```ts
 * import assert from "node:assert"
 * import { Rng } from "@seed-grpo/core"
 *
 * const sampling = Rng.key(7, "sampling")
 * const position: Rng.Position = [3, Rng.hash("problem-12"), 0, 5]
 * assert.equal(Rng.uniform(sampling, position), Rng.uniform(sampling, position))
 * ```
 *
 * @since 0.1.0
 * @category generators
 */
export const uniform = (stream: Key, position: Position): number => {
  const [high, low] = bits(stream, position)
  return toUnit(high, low)
}

/**
 * A whole number in `[0, bound)`. The bias is below `bound / 2⁵³`.
 *
 * @since 0.1.0
 * @category generators
 */
export const integer = (stream: Key, bound: number, position: Position): number =>
  Math.floor(uniform(stream, position) * bound)

/**
 * A standard normal number (Box–Muller over the two 53-bit uniforms of one block).
 *
 * @since 0.1.0
 * @category generators
 */
export const normal = (stream: Key, position: Position): number => {
  const [a, b, c, d] = bits(stream, position)
  return Math.sqrt(-2 * Math.log(1 - toUnit(a, b))) * Math.cos(2 * Math.PI * toUnit(c, d))
}

/**
 * A random order of `0 … length − 1` (Fisher–Yates), for example of the problems in an epoch.
 *
 * @example
 * ```ts
 * import assert from "node:assert"
 * import { Rng } from "@seed-grpo/core"
 *
 * const order = Rng.permutation(Rng.key(0, "order"), 4, [2])
 * assert.deepEqual([...order].sort(), [0, 1, 2, 3])
 * ```
 *
 * @since 0.1.0
 * @category generators
 */
export const permutation = (
  stream: Key,
  length: number,
  position: readonly [number, number?, number?],
): Array<number> => {
  const order = Array.from({ length }, (_, index) => index)
  for (let i = length - 1; i > 0; i--) {
    const j = integer(stream, i + 1, [position[0], position[1] ?? 0, position[2] ?? 0, i])
    ;[order[i], order[j]] = [order[j]!, order[i]!]
  }
  return order
}
