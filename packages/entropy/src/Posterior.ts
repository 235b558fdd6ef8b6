/**
 * What is known about an entropy after few answers: a Bayesian posterior.
 *
 * The prior is a mixture of symmetric Dirichlets (`Prior`). Given one of them, the posterior mean and variance of the
 * entropy are exact (Wolpert & Wolf, 1995).
 *
 * @since 0.1.0
 */
import { logSumExp, sum } from "@seed-grpo/core/Numeric"
import { key } from "@seed-grpo/core/Rng"
import { EntropyError } from "./EntropyError.ts"
import { totalOf } from "./internal/counts.ts"
import { digamma, trigamma } from "./internal/digamma.ts"
import { gamma } from "./internal/gamma.ts"
import { logGamma } from "./internal/logGamma.ts"
import { defaultMeanings, flat, type Prior } from "./Prior.ts"

/**
 * A {@link Prior} after some answers.
 *
 * @since 0.1.0
 * @category models
 */
export interface Posterior {
  readonly prior: Prior
  /** Sizes of the clusters seen, largest first, `[K]`. */
  readonly counts: ReadonlyArray<number>
  /** Probability of each component of the prior, `[64]`. */
  readonly weights: ReadonlyArray<number>
}

/**
 * Posterior after sizes of clusters, `[K]`. The order of the sizes does not matter.
 *
 * @throws EntropyError when a count is not a positive whole number, when there is none, or when there are more clusters
 * than the prior has meanings.
 *
 * @example
 * ```ts
 * import assert from "node:assert"
 * import { Posterior, Prior } from "@seed-grpo/entropy"
 *
 * // Agreement moves the weight to low concentrations.
 * const { weights } = Posterior.after([8], Prior.flat(8))
 * assert.equal(weights[0]! > 10 * weights[63]!, true)
 * ```
 *
 * @since 0.1.0
 * @category constructors
 */
export const after = (counts: ReadonlyArray<number>, prior: Prior): Posterior => {
  const n = totalOf(counts)
  const { concentrations, meanings } = prior
  if (counts.length > meanings) {
    throw EntropyError.badValue("clusters", `at most the ${meanings} possible meanings`, counts.length)
  }
  const evidence = concentrations.map(
    (concentration) =>
      logGamma(meanings * concentration) -
      logGamma(n + meanings * concentration) +
      sum(counts.map((count) => logGamma(count + concentration))) -
      counts.length * logGamma(concentration),
  )
  const total = logSumExp(evidence)
  return {
    prior,
    counts: counts.toSorted((a, b) => b - a),
    weights: evidence.map((value) => Math.exp(value - total)),
  }
}

/** Exact mean and variance of the entropy under a Dirichlet of `counts + concentration` (Wolpert & Wolf, 1995). */
const momentsOf = (counts: ReadonlyArray<number>, meanings: number, concentration: number) => {
  // Unseen meanings are all alike: one term with their number as its factor.
  const terms = [
    ...counts.map((count) => [count + concentration, 1] as const),
    [concentration, meanings - counts.length] as const,
  ]
  const over = (term: (a: number) => number) => sum(terms.map(([a, times]) => times * term(a)))
  const all = over((a) => a)
  const mean = digamma(all + 1) - over((a) => a * digamma(a + 1)) / all
  const [centre, spread] = [digamma(all + 2), trigamma(all + 2)]
  const first = (a: number) => a * (digamma(a + 1) - centre)
  const pairs = over(first) ** 2 - over((a) => first(a) ** 2) - spread * (all ** 2 - over((a) => a * a))
  const same = over((a) => a * (a + 1) * ((digamma(a + 2) - centre) ** 2 + trigamma(a + 2) - spread))
  return { mean, variance: Math.max(0, (pairs + same) / (all * (all + 1)) - mean ** 2) }
}

/**
 * Mean and variance of the entropy, in nats and nats²: exact sums over the components, no sampling.
 *
 * @example
 * ```ts
 * import assert from "node:assert"
 * import { Posterior, Prior } from "@seed-grpo/entropy"
 *
 * const { mean, variance } = Posterior.moments(Posterior.after([7, 1], Prior.flat(8)))
 * assert.equal(mean.toFixed(2), "0.61")
 * assert.equal(Math.sqrt(variance).toFixed(2), "0.33")
 * ```
 *
 * @since 0.1.0
 * @category destructors
 */
export const moments = ({
  counts,
  prior,
  weights,
}: Posterior): { readonly mean: number; readonly variance: number } => {
  const each = prior.concentrations.map((concentration) => momentsOf(counts, prior.meanings, concentration))
  const over = (term: (component: { mean: number; variance: number }) => number) =>
    sum(each.map((component, index) => weights[index]! * term(component)))
  const mean = over((component) => component.mean)
  return { mean, variance: over((component) => component.variance + (component.mean - mean) ** 2) }
}

/**
 * Bayesian semantic entropy, the posterior mean: an estimate in `(0, ln S)` that never is exactly 0, as no number of
 * equal answers proves that there is no other. Under `Prior.flat(Prior.defaultMeanings(n))` unless a prior is given.
 *
 * @throws EntropyError as {@link after} does.
 *
 * @example
 * ```ts
 * import assert from "node:assert"
 * import { Posterior, Prior } from "@seed-grpo/entropy"
 *
 * assert.equal(Posterior.bayesian([4, 4], Prior.flat(4)).toFixed(3), "0.847")
 * assert.equal(Posterior.bayesian([8]).toFixed(3), "0.155")
 * ```
 *
 * @since 0.1.0
 * @category estimators
 */
export const bayesian = (
  counts: ReadonlyArray<number>,
  prior: Prior = flat(defaultMeanings(totalOf(counts))),
): number => moments(after(counts, prior)).mean

/**
 * Entropies drawn from the posterior, ascending, `[size]`: a pure function of the posterior, the size and the seed. The
 * components of the mixture get their shares of the draws exactly, which leaves less noise than drawing them too.
 * `O(size · S)`.
 *
 * @throws EntropyError when `size` is not a positive whole number.
 *
 * @example
 * ```ts
 * import assert from "node:assert"
 * import { Posterior, Prior } from "@seed-grpo/entropy"
 *
 * const posterior = Posterior.after([4, 4], Prior.flat(8))
 * const entropies = Posterior.samples(posterior, { size: 500, seed: 1 })
 * assert.deepEqual(entropies, Posterior.samples(posterior, { size: 500, seed: 1 }))
 * assert.equal(entropies.every((entropy) => entropy >= 0 && entropy <= Math.log(8)), true)
 * ```
 *
 * @since 0.1.0
 * @category sampling
 */
export const samples = (
  { counts, prior, weights }: Posterior,
  { seed = 0, size = 2000 }: { readonly size?: number; readonly seed?: number } = {},
): Float64Array => {
  const stream = key(seed, "posterior of entropy")
  let component = 0
  let below = weights[0]!
  const entropies = Float64Array.from({ length: totalOf([size]) }, (_, draw) => {
    while ((draw + 0.5) / size > below && component < weights.length - 1) below += weights[++component]!
    const concentration = prior.concentrations[component]!
    let total = 0
    let logs = 0
    for (let k = 0; k < prior.meanings; k++) {
      const mass = gamma(stream, (counts[k] ?? 0) + concentration, [draw, k])
      total += mass
      if (mass > 0) logs += mass * Math.log(mass)
    }
    return Math.max(0, Math.log(total) - logs / total)
  })
  return entropies.sort()
}
