/**
 * Uncertainty over texts rather than meanings: Monte-Carlo estimates from the samples' own log-probabilities.
 *
 * They are the baselines of semantic entropy: two wordings of one answer count as disagreement.
 *
 * @since 0.1.0
 */
import { mean } from "@seed-grpo/core/Numeric"
import { EntropyError } from "./EntropyError.ts"

const requireLogprobs = (sumLogprobs: ReadonlyArray<number>): void => {
  if (sumLogprobs.length === 0) throw EntropyError.emptyGroup()
  const bad = sumLogprobs.findIndex((logprob) => !(logprob <= 0 && logprob > -Infinity))
  if (bad !== -1) throw EntropyError.badValue(`sumLogprobs[${bad}]`, "a finite number of at most 0", sumLogprobs[bad])
}

/**
 * Predictive entropy `−(1/n) Σ_i L_i`, where `L_i` is the sum of answer `i`'s token log-probabilities, in nats. At least 0,
 * without an upper bound; it grows with the length of answers. Repeated answers count as often as they were sampled.
 *
 * @throws EntropyError when there is no answer or a log-probability is positive or not finite.
 *
 * @since 0.1.0
 * @category estimators
 */
export const predictiveEntropy = (sumLogprobs: ReadonlyArray<number>): number => {
  requireLogprobs(sumLogprobs)
  return 0 - mean(sumLogprobs)
}

/**
 * Length-normalised predictive entropy, LN-PE (Malinin & Gales, 2021): `−(1/n) Σ_i L_i / T_i`, where answer `i` has `T_i`
 * tokens. In nats per token; at least 0.
 *
 * @throws EntropyError as {@link predictiveEntropy}, and when there is not one positive whole length for each answer.
 *
 * @example
 * ```ts
 * import assert from "node:assert"
 * import { Predictive } from "@seed-grpo/entropy"
 *
 * assert.equal(Predictive.predictiveEntropy([-2, -6]), 4)
 * assert.equal(Predictive.lengthNormalized([-2, -6], [4, 3]), 1.25)
 * ```
 *
 * @since 0.1.0
 * @category estimators
 */
export const lengthNormalized = (sumLogprobs: ReadonlyArray<number>, lengths: ReadonlyArray<number>): number => {
  requireLogprobs(sumLogprobs)
  if (lengths.length !== sumLogprobs.length) {
    throw EntropyError.badValue("lengths", `one for each of ${sumLogprobs.length} answers`, lengths.length)
  }
  const bad = lengths.findIndex((length) => !(Number.isSafeInteger(length) && length > 0))
  if (bad !== -1) throw EntropyError.badValue(`lengths[${bad}]`, "a positive whole number of tokens", lengths[bad])
  return 0 - mean(sumLogprobs.map((logprob, i) => logprob / lengths[i]!))
}
