/**
 * What a token is drawn from: logits, and the ways to sharpen or cut their distribution.
 *
 * Each step changes scores in place; a token that is cut has the score `−∞`. Values and order are those of Transformers'
 * logits processors, computed in float64.
 *
 * @since 0.1.0
 */

/**
 * Options of sampling. Policy gradients want plain sampling: temperature alone. Each of the others makes the policy that is
 * sampled from another than the one that is trained.
 *
 * @since 0.1.0
 * @category models
 */
export interface SamplingOptions {
  /** 0 takes the most probable token. */
  readonly temperature: number
  /** Only so many of the most probable tokens, and those that equal the last of them; 0 or absent for all. */
  readonly topK?: number
  /** Only the most probable tokens that together have this probability; 1 or absent for all. */
  readonly topP?: number
  /** Only tokens with at least this share of the greatest probability; 0 or absent for all. */
  readonly minP?: number
  /** Scores of tokens that were seen are divided by it where positive, multiplied where negative; 1 or absent for none. */
  readonly repetitionPenalty?: number
}

/**
 * One change of the scores `[V]`, in place. `seen` are the tokens of the prompt and of the completion so far.
 *
 * @since 0.1.0
 * @category models
 */
export type Step = (scores: Float64Array, seen: ReadonlySet<number>) => void

const maximum = (scores: Float64Array): number => {
  let max = -Infinity
  for (let v = 0; v < scores.length; v++) if (scores[v]! > max) max = scores[v]!
  return max
}

/**
 * Keskar et al. (2019): a token that was seen once is penalised once.
 *
 * @since 0.1.0
 * @category steps
 */
export const repetitionPenalty =
  (penalty: number): Step =>
  (scores, seen) => {
    for (const token of seen) {
      const score = scores[token]!
      scores[token] = score < 0 ? score * penalty : score / penalty
    }
  }

/**
 * Divides scores by a temperature above 0. The greatest becomes 0, so that no temperature is too small.
 *
 * @since 0.1.0
 * @category steps
 */
export const temperature =
  (value: number): Step =>
  (scores) => {
    const max = maximum(scores)
    for (let v = 0; v < scores.length; v++) scores[v] = (scores[v]! - max) / value
  }

/** The `count`-th greatest of the values: the root of a heap that holds the greatest so far, the least of them on top. */
const greatest = (values: Float64Array, count: number): number => {
  const heap = values.slice(0, count).sort()
  for (let v = count; v < values.length; v++) {
    const value = values[v]!
    if (!(value > heap[0]!)) continue
    let at = 0
    for (;;) {
      const left = 2 * at + 1
      if (left >= count) break
      const child = left + 1 < count && heap[left + 1]! < heap[left]! ? left + 1 : left
      if (heap[child]! >= value) break
      heap[at] = heap[child]!
      at = child
    }
    heap[at] = value
  }
  return heap[0]!
}

/**
 * Fan et al. (2018). Tokens that equal the last one kept are kept too.
 *
 * @since 0.1.0
 * @category steps
 */
export const topK =
  (count: number): Step =>
  (scores) => {
    if (count >= scores.length) return
    const least = greatest(scores, count)
    for (let v = 0; v < scores.length; v++) if (scores[v]! < least) scores[v] = -Infinity
  }

/** Buckets of top-p, and the nats that each is wide: tokens more than 40 nats below the best share the last one. */
const BUCKETS = 4096
const WIDTH = 40 / BUCKETS

/**
 * Nucleus sampling (Holtzman et al., 2020): a token is kept if the more probable ones together have less than `share`. At
 * least one is kept; where several equal the last one kept, those with the lower ids (Transformers leaves it open).
 *
 * @since 0.1.0
 * @category steps
 */
export const topP =
  (share: number): Step =>
  (scores) => {
    const max = maximum(scores)
    const bucketOf = (score: number) => Math.min(BUCKETS - 1, Math.floor((max - score) / WIDTH))
    const masses = new Float64Array(BUCKETS)
    for (let v = 0; v < scores.length; v++) {
      const score = scores[v]!
      if (score !== -Infinity) masses[bucketOf(score)]! += Math.exp(score - max)
    }
    const enough = share * masses.reduce((sum, mass) => sum + mass)
    let bucket = 0
    let above = 0
    while (bucket < BUCKETS - 1 && above + masses[bucket]! < enough) above += masses[bucket++]!
    // The last token kept is in this bucket; only its tokens are put in order.
    const inBucket: Array<number> = []
    for (let v = 0; v < scores.length; v++) if (bucketOf(scores[v]!) === bucket) inBucket.push(scores[v]!)
    const ordered = Float64Array.from(inBucket).sort()
    let last = ordered.length
    do above += Math.exp(ordered[--last]! - max)
    while (last > 0 && above < enough)
    const border = ordered[last]!
    let equals = ordered.lastIndexOf(border) - last + 1
    for (let v = 0; v < scores.length; v++) {
      if (scores[v]! < border || (scores[v] === border && --equals < 0)) scores[v] = -Infinity
    }
  }

/**
 * Nguyen et al. (2024).
 *
 * @since 0.1.0
 * @category steps
 */
export const minP =
  (share: number): Step =>
  (scores) => {
    const least = maximum(scores) + Math.log(share)
    for (let v = 0; v < scores.length; v++) if (scores[v]! < least) scores[v] = -Infinity
  }

/**
 * The steps that options ask for, in Transformers' order: repetition penalty, temperature, top-k, top-p, min-p. None for
 * temperature 0 but the penalty.
 *
 * @since 0.1.0
 * @category constructors
 */
export const steps = (options: SamplingOptions): ReadonlyArray<Step> => {
  const { minP: share = 0, repetitionPenalty: penalty = 1, temperature: degrees, topK: count = 0 } = options
  const { topP: nucleus = 1 } = options
  const penalties = penalty === 1 ? [] : [repetitionPenalty(penalty)]
  if (degrees === 0) return penalties
  return [
    ...penalties,
    ...(degrees === 1 ? [] : [temperature(degrees)]),
    ...(count === 0 ? [] : [topK(count)]),
    ...(nucleus === 1 ? [] : [topP(nucleus)]),
    ...(share === 0 ? [] : [minP(share)]),
  ]
}

/**
 * Whether nothing but the temperature is asked for, so that what is sampled from is the policy at that temperature.
 *
 * @since 0.1.0
 * @category predicates
 */
export const isPlain = ({ minP = 0, repetitionPenalty = 1, topK = 0, topP = 1 }: SamplingOptions): boolean =>
  minP === 0 && repetitionPenalty === 1 && topK === 0 && topP === 1

/**
 * `log softmax` of scores, in nats: `−∞` for tokens that were cut.
 *
 * @example
 * ```ts
 * import assert from "node:assert"
 * import { TokenDistribution } from "@seed-grpo/runtime"
 *
 * const scores = Float64Array.of(2, 1, 0, 1)
 * for (const step of TokenDistribution.steps({ temperature: 1, topK: 2 })) step(scores, new Set())
 * assert.deepEqual([...TokenDistribution.logprobs(scores)].map(Number.isFinite), [true, true, false, true])
 * ```
 *
 * @since 0.1.0
 * @category destructors
 */
export const logprobs = (scores: Float64Array): Float64Array => {
  const max = maximum(scores)
  let total = 0
  for (let v = 0; v < scores.length; v++) total += Math.exp(scores[v]! - max)
  const logTotal = max + Math.log(total)
  return scores.map((score) => score - logTotal)
}
