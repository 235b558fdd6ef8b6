/**
 * Every estimator of a group's entropy by its name, for those who choose by name.
 *
 * @since 0.1.0
 */
import { sizes } from "@seed-grpo/core/Clustering"
import { type Correction, grassberger1988, grassberger2003, jackknife, millerMadow } from "./Corrections.ts"
import { chaoShen, hybrid } from "./Coverage.ts"
import { bayesian } from "./Posterior.ts"
import { DISCRETE, type Estimator, LIKELIHOOD_WEIGHTED } from "./SemanticEntropy.ts"
import { invertedEquation5, kuhn2023, monteCarlo } from "./Variants.ts"

/**
 * An estimator from a correction of counts. What it gives below 0 counts as 0; it may exceed `ln n`.
 *
 * @example
 * ```ts
 * import assert from "node:assert"
 * import { Corrections, Estimators, Score } from "@seed-grpo/entropy"
 *
 * const estimator = Estimators.corrected("miller-madow", Corrections.millerMadow)
 * const { entropy } = Score.semanticEntropy(["a", "a", "a", "a", "b", "b", "b", "b"], { estimator })
 * assert.equal(entropy.toFixed(6), "0.755647")
 * ```
 *
 * @since 0.1.0
 * @category constructors
 */
export const corrected = (name: string, correction: Correction): Estimator => ({
  name,
  estimate: (clusterIds) => Math.max(0, correction(sizes(clusterIds))),
})

const weighted = (
  name: string,
  estimate: (clusterIds: ReadonlyArray<number>, meanLogprobs: ReadonlyArray<number>) => number,
): Estimator => ({ name, estimate: (clusterIds, meanLogprobs = []) => estimate(clusterIds, meanLogprobs) })

/**
 * The plug-in estimate, its likelihood-weighted form, corrections for few answers, and numbers of the literature that are
 * no entropies (the last three). `hybrid` takes the clusters for its spectrum.
 *
 * @since 0.1.0
 * @category estimators
 */
export const ESTIMATORS = {
  discrete: DISCRETE,
  "likelihood-weighted": LIKELIHOOD_WEIGHTED,
  "miller-madow": corrected("miller-madow", millerMadow),
  "chao-shen": corrected("chao-shen", chaoShen),
  jackknife: corrected("jackknife", jackknife),
  "grassberger-1988": corrected("grassberger-1988", grassberger1988),
  "grassberger-2003": corrected("grassberger-2003", grassberger2003),
  hybrid: corrected("hybrid", (counts) => hybrid(counts.length)(counts)),
  bayesian: corrected("bayesian", (counts) => bayesian(counts)),
  "kuhn-2023": weighted("kuhn-2023", kuhn2023),
  "monte-carlo": weighted("monte-carlo", monteCarlo),
  "inverted-equation-5": weighted("inverted-equation-5", invertedEquation5),
} satisfies Record<string, Estimator>
