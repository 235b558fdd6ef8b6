/**
 * How sure is an entropy of a few answers?
 *
 * Two intervals that fail differently. {@link bayesian} allows for meanings not seen yet; {@link bootstrap} knows only
 * those that were. Measured coverage of both is in `docs/small-samples.md`.
 *
 * @since 0.1.0
 */
import { byKey } from "@seed-grpo/core/Clustering"
import { integer, key } from "@seed-grpo/core/Rng"
import { EntropyError } from "./EntropyError.ts"
import { totalOf } from "./internal/counts.ts"
import { after, samples } from "./Posterior.ts"
import { defaultMeanings, flat } from "./Prior.ts"
import { fromCounts, likelihoodWeighted } from "./SemanticEntropy.ts"

/**
 * An interval for an entropy, in nats.
 *
 * @since 0.1.0
 * @category models
 */
export interface Interval {
  readonly low: number
  readonly high: number
  /** What share of such intervals is meant to hold the true entropy. */
  readonly level: number
  readonly method: "bayesian" | "basic-bootstrap"
}

/**
 * @since 0.1.0
 * @category models
 */
export interface IntervalOptions {
  /** Between 0 and 1; 0.95 by default. */
  readonly level?: number
  /** Draws from the posterior, or resampled groups; 2000 by default. */
  readonly size?: number
  /** Same seed, same interval; 0 by default. */
  readonly seed?: number
}

const checkLevel = (level: number): number => {
  if (level > 0 && level < 1) return level
  throw EntropyError.badValue("the level of an interval", "a number between 0 and 1", level)
}

/** The values below which `(1 − level) / 2` and `(1 + level) / 2` of the sorted values lie, with linear interpolation. */
const central = (sorted: Float64Array, level: number): readonly [number, number] => {
  const at = (share: number) => {
    const place = share * (sorted.length - 1)
    const below = sorted[Math.floor(place)]!
    return below + (place % 1) * (sorted[Math.ceil(place)]! - below)
  }
  return [at((1 - level) / 2), at((1 + level) / 2)]
}

/**
 * Credible interval with equal tails under the flat prior of `Prior`, from sizes of clusters, `[K]`. Within `[0, ln S]`
 * for `S = meanings`, `Prior.defaultMeanings(n)` by default.
 *
 * Eight equal answers give [0, 0.9], where the bootstrap says [0, 0]: another meaning of probability 0.3 is missed by
 * eight answers once in 17 times. An entropy of exactly `ln S` is never held: choose `S` above what is possible.
 *
 * Cost: `size · S` draws, some 10 to 50 ms at `S = 32`, a second at 1,000, and two minutes at 100,000.
 *
 * @throws EntropyError when a count or an option is out of its range, or when there are more clusters than `meanings`.
 *
 * @example
 * ```ts
 * import assert from "node:assert"
 * import { Interval } from "@seed-grpo/entropy"
 *
 * const { low, high } = Interval.bayesian([8])
 * assert.equal(low < 1e-6, true)
 * assert.equal(high.toFixed(1), "0.9")
 * ```
 *
 * @since 0.1.0
 * @category intervals
 */
export const bayesian = (
  counts: ReadonlyArray<number>,
  { level = 0.95, meanings, ...draws }: IntervalOptions & { readonly meanings?: number } = {},
): Interval => {
  const prior = flat(meanings ?? defaultMeanings(totalOf(counts)))
  const [low, high] = central(samples(after(counts, prior), draws), checkLevel(level))
  return { low, high, level, method: "bayesian" }
}

/** Basic interval around an estimate over `n` answers; `again` estimates from the answers at the given indices. */
const basic = (
  estimate: number,
  n: number,
  { level = 0.95, seed = 0, size = 2000 }: IntervalOptions,
  again: (indices: ReadonlyArray<number>) => number,
): Interval => {
  checkLevel(level)
  const stream = key(seed, "bootstrap of entropy")
  const estimates = Float64Array.from({ length: totalOf([size]) }, (_, group) =>
    again(Array.from({ length: n }, (_, place) => integer(stream, n, [group, place]))),
  )
  const [below, above] = central(estimates.sort(), level)
  return {
    low: Math.max(0, 2 * estimate - above),
    high: Math.max(0, 2 * estimate - below),
    level,
    method: "basic-bootstrap",
  }
}

/**
 * Bootstrap interval of the discrete entropy from sizes of clusters, `[K]`: `[2H₀ − q_high, 2H₀ − q_low]` with the
 * quantiles `q` of the entropies of groups resampled from the answers, and 0 where that is below 0. Resampling biases
 * low once more, just as sampling did; this basic form takes the bias off, where the percentile form would double it.
 *
 * Pitfalls. It knows no meaning that was not seen: eight equal answers give [0, 0]. At 8 answers it holds the truth far
 * less often than its level says; see `docs/small-samples.md`.
 *
 * @throws EntropyError when a count or an option is out of its range.
 *
 * @example
 * ```ts
 * import assert from "node:assert"
 * import { Interval } from "@seed-grpo/entropy"
 *
 * const { low, high } = Interval.bootstrap([8])
 * assert.deepEqual([low, high], [0, 0])
 * ```
 *
 * @since 0.1.0
 * @category intervals
 */
export const bootstrap = (counts: ReadonlyArray<number>, options: IntervalOptions = {}): Interval => {
  const estimate = fromCounts(counts)
  const ids = counts.toSorted((a, b) => b - a).flatMap((count, id) => Array.from({ length: count }, () => id))
  return basic(estimate, ids.length, options, (indices) => {
    const again = Array.from({ length: counts.length }, () => 0)
    for (const index of indices) again[ids[index]!]! += 1
    return fromCounts(again.filter((count) => count > 0))
  })
}

/**
 * Bootstrap interval of the likelihood-weighted entropy: answers are resampled with their log-probabilities, `[n]` each.
 * Answers of log-probability −∞ weigh nothing and are not resampled. Otherwise as {@link bootstrap}.
 *
 * @throws EntropyError as `SemanticEntropy.likelihoodWeighted` does, and when an option is out of its range.
 *
 * @example
 * ```ts
 * import assert from "node:assert"
 * import { Interval } from "@seed-grpo/entropy"
 *
 * const { low, high } = Interval.bootstrapWeighted([0, 0, 1, 2], [-0.1, -0.2, -0.5, -0.4])
 * assert.equal(low < 1.03 && 1.03 < high, true)
 * ```
 *
 * @since 0.1.0
 * @category intervals
 */
export const bootstrapWeighted = (
  clusterIds: ReadonlyArray<number>,
  meanLogprobs: ReadonlyArray<number>,
  options: IntervalOptions = {},
): Interval => {
  const estimate = likelihoodWeighted(clusterIds, meanLogprobs)
  const kept = [...meanLogprobs.keys()].filter((index) => meanLogprobs[index]! > -Infinity)
  return basic(estimate, kept.length, options, (indices) =>
    likelihoodWeighted(
      byKey(indices.map((index) => clusterIds[kept[index]!])),
      indices.map((index) => meanLogprobs[kept[index]!]!),
    ),
  )
}
