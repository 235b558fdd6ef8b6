/**
 * Rates with honest uncertainty.
 *
 * @since 0.1.0
 */
import { Numeric } from "@seed-grpo/core"
import * as Rng from "@seed-grpo/core/Rng"
import { Measure } from "@seed-grpo/entropy"

/**
 * An estimate with a 95 % interval.
 *
 * @since 0.1.0
 * @category models
 */
export interface Estimate {
  readonly value: number
  readonly low: number
  readonly high: number
}

/**
 * A rate of successes with Wilson's interval, which stays inside `[0, 1]` and is right for few trials.
 *
 * @example
 * ```ts
 * import assert from "node:assert"
 * import { Statistics } from "@seed-grpo/trainer"
 *
 * const { high, low } = Statistics.wilson(13, 30)
 * assert.equal(`${low.toFixed(3)} ${high.toFixed(3)}`, "0.274 0.608")
 * ```
 *
 * @since 0.1.0
 * @category estimates
 */
export const wilson = (successes: number, trials: number): Estimate => {
  const interval = Measure.wilson(successes, trials)
  return interval.kind === "undefined"
    ? { value: NaN, low: 0, high: 1 }
    : { value: successes / trials, low: interval.low, high: interval.high }
}

/**
 * Probability that at least one of `k` completions is right, from `n ≥ k` completions of which `c` are:
 * `1 − C(n − c, k) / C(n, k)`, unbiased (Chen et al., 2021).
 *
 * @example
 * ```ts
 * import assert from "node:assert"
 * import { Statistics } from "@seed-grpo/trainer"
 *
 * assert.equal(Statistics.passAtK({ n: 4, c: 1, k: 2 }), 0.5)
 * ```
 *
 * @since 0.1.0
 * @category estimates
 */
export const passAtK = ({ c, k, n }: { readonly n: number; readonly c: number; readonly k: number }): number => {
  if (n - c < k) return 1
  let allWrong = 1
  for (let i = n - c + 1; i <= n; i++) allWrong *= 1 - k / i
  return 1 - allWrong
}

const RESAMPLES = 2000

/**
 * The mean over problems with a percentile-bootstrap interval: problems are resampled, because they and not the
 * completions are what another benchmark would draw anew. The same values give the same interval.
 *
 * @since 0.1.0
 * @category estimates
 */
export const bootstrapMean = (values: ReadonlyArray<number>): Estimate => {
  if (values.length === 0) return { value: NaN, low: NaN, high: NaN }
  const key = Rng.key(0, "bootstrap")
  const means = Array.from({ length: RESAMPLES }, (_, resample) =>
    Numeric.mean(values.map((_, index) => values[Rng.integer(key, values.length, [resample, index])]!)),
  ).toSorted((a, b) => a - b)
  const at = (share: number) => means[Math.round(share * (RESAMPLES - 1))]!
  return { value: Numeric.mean(values), low: at(0.025), high: at(0.975) }
}
