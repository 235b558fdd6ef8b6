/**
 * How fast each pair of a head's dimensions turns with the position, and how contexts are stretched beyond the length
 * that a model was trained on.
 *
 * The formulas are those of Transformers' `modeling_rope_utils`; `dh` is the width of a head, `θ` the base, and pair `j`
 * of `dh / 2` turns by `f_j` radians a position.
 *
 * @since 0.1.0
 */

/**
 * Contexts as they were trained: `f_j = θ^(−2j / dh)`.
 *
 * @since 0.1.0
 * @category models
 */
export interface DefaultRope {
  readonly type: "default"
  readonly theta: number
}

/**
 * Position interpolation (Chen et al., 2023): every frequency over `factor`.
 *
 * @since 0.1.0
 * @category models
 */
export interface LinearRope {
  readonly type: "linear"
  readonly theta: number
  readonly factor: number
}

/**
 * Dynamic NTK scaling: beyond `originalPositions` the base grows with the length of the row.
 *
 * @since 0.1.0
 * @category models
 */
export interface DynamicRope {
  readonly type: "dynamic"
  readonly theta: number
  readonly factor: number
  readonly originalPositions: number
}

/**
 * YaRN (Peng et al., 2023): fast pairs stay, slow pairs are interpolated, those between are blended, and scores are
 * scaled by `attentionFactor²`.
 *
 * @since 0.1.0
 * @category models
 */
export interface YarnRope {
  readonly type: "yarn"
  readonly theta: number
  readonly factor: number
  readonly originalPositions: number
  /** Turns within the original context above which a pair stays, and below which it is interpolated. */
  readonly betaFast: number
  readonly betaSlow: number
  readonly attentionFactor: number
  /** Whether the bounds between the pairs are rounded outwards to whole pairs. */
  readonly truncate: boolean
}

/**
 * Llama 3.1: wavelengths above `originalPositions / lowFrequencyFactor` are interpolated, those below
 * `originalPositions / highFrequencyFactor` stay, those between are blended.
 *
 * @since 0.1.0
 * @category models
 */
export interface Llama3Rope {
  readonly type: "llama3"
  readonly theta: number
  readonly factor: number
  readonly originalPositions: number
  readonly lowFrequencyFactor: number
  readonly highFrequencyFactor: number
}

/**
 * @since 0.1.0
 * @category models
 */
export type Rope = DefaultRope | LinearRope | DynamicRope | YarnRope | Llama3Rope

const perPair = (headDim: number, of: (pair: number) => number): Float32Array =>
  Float32Array.from({ length: headDim / 2 }, (_, pair) => of(pair))

const base = (theta: number, headDim: number, pair: number): number => 1 / theta ** ((2 * pair) / headDim)

const dynamic = (rope: DynamicRope, headDim: number, length: number): Float32Array => {
  const stretch = (rope.factor * Math.max(length, rope.originalPositions)) / rope.originalPositions - (rope.factor - 1)
  const theta = rope.theta * stretch ** (headDim / (headDim - 2))
  return perPair(headDim, (pair) => base(theta, headDim, pair))
}

const yarn = (rope: YarnRope, headDim: number): Float32Array => {
  /** The pair that makes so many turns within the original context. */
  const pairOf = (turns: number) =>
    (headDim * Math.log(rope.originalPositions / (turns * 2 * Math.PI))) / (2 * Math.log(rope.theta))
  const [from, to] = [pairOf(rope.betaFast), pairOf(rope.betaSlow)]
  const low = Math.max(rope.truncate ? Math.floor(from) : from, 0)
  const high = Math.min(rope.truncate ? Math.ceil(to) : to, headDim - 1)
  const width = high === low ? 0.001 : high - low
  return perPair(headDim, (pair) => {
    const interpolated = Math.min(Math.max((pair - low) / width, 0), 1)
    const frequency = base(rope.theta, headDim, pair)
    return (frequency / rope.factor) * interpolated + frequency * (1 - interpolated)
  })
}

const llama3 = (rope: Llama3Rope, headDim: number): Float32Array =>
  perPair(headDim, (pair) => {
    const frequency = base(rope.theta, headDim, pair)
    const turns = (rope.originalPositions * frequency) / (2 * Math.PI)
    if (turns > rope.highFrequencyFactor) return frequency
    if (turns < rope.lowFrequencyFactor) return frequency / rope.factor
    const kept = (turns - rope.lowFrequencyFactor) / (rope.highFrequencyFactor - rope.lowFrequencyFactor)
    return (1 - kept) * (frequency / rope.factor) + kept * frequency
  })

/**
 * Radians a position, for each of the `dh / 2` pairs of a head. Only `dynamic` looks at `length`, the tokens of the row
 * so far.
 *
 * @example
 * ```ts
 * import assert from "node:assert"
 * import { Rope } from "@seed-grpo/runtime"
 *
 * const trained = Rope.frequencies({ type: "default", theta: 10000 }, 4, 1)
 * const stretched = Rope.frequencies({ type: "linear", theta: 10000, factor: 2 }, 4, 1)
 * assert.deepEqual([...trained], [1, Math.fround(0.01)])
 * assert.deepEqual([...stretched], [0.5, Math.fround(0.005)])
 * ```
 *
 * @since 0.1.0
 * @category destructors
 */
export const frequencies = (rope: Rope, headDim: number, length: number): Float32Array => {
  switch (rope.type) {
    case "default":
      return perPair(headDim, (pair) => base(rope.theta, headDim, pair))
    case "linear":
      return perPair(headDim, (pair) => base(rope.theta, headDim, pair) / rope.factor)
    case "dynamic":
      return dynamic(rope, headDim, length)
    case "yarn":
      return yarn(rope, headDim)
    case "llama3":
      return llama3(rope, headDim)
  }
}

/**
 * What queries and keys are multiplied by beside being turned: 1 but for `yarn`.
 *
 * @since 0.1.0
 * @category destructors
 */
export const magnitude = (rope: Rope): number => (rope.type === "yarn" ? rope.attentionFactor : 1)
