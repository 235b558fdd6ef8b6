/**
 * Answers weighted by how likely the model finds them.
 *
 * @since 0.1.0
 */
import { logSumExp } from "@seed-grpo/core/Numeric"
import { EntropyError } from "../EntropyError.ts"

/**
 * Logarithm of each answer's share of the likelihood, `ℓ_i − LSE ℓ` of mean token log-probabilities `ℓ`, `[n]`. Shifted by
 * the greatest, so that no sum of small numbers vanishes.
 */
export const logShares = (meanLogprobs: ReadonlyArray<number>): ReadonlyArray<number> => {
  const bad = meanLogprobs.findIndex((logprob) => !(logprob <= 0))
  if (bad !== -1) {
    throw EntropyError.badValue(`meanLogprobs[${bad}]`, "a number of at most 0", meanLogprobs[bad])
  }
  const total = logSumExp(meanLogprobs)
  if (total === -Infinity) throw EntropyError.badValue("log-probabilities", "at least one above −∞", total)
  return meanLogprobs.map((logprob) => logprob - total)
}

/** Each answer's share of the likelihood, `e^{ℓ_i} / Σ_j e^{ℓ_j}`, `[n]`. */
export const shares = (meanLogprobs: ReadonlyArray<number>): ReadonlyArray<number> =>
  logShares(meanLogprobs).map(Math.exp)
