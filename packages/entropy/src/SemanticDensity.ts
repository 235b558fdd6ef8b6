/**
 * Semantic density: how much likelihood lies around one particular answer?
 *
 * Qiu & Miikkulainen, "Semantic Density" (NeurIPS 2024, arXiv 2405.13845). Where the other measures are of a group, this is
 * the confidence in a single answer, the target, by sampled answers to the same question.
 *
 * @since 0.1.0
 */
import { sum } from "@seed-grpo/core/Numeric"
import { EntropyError } from "./EntropyError.ts"
import { shares } from "./internal/likelihoods.ts"
import { TOLERANCE } from "./internal/matrix.ts"

/**
 * A sampled answer, as seen from the target.
 *
 * @since 0.1.0
 * @category models
 */
export interface DensitySample {
  /** Mean log-probability of the sample's tokens, in nats. */
  readonly meanLogprob: number
  /** Probability that sample and target contradict each other, of a natural-language-inference model. */
  readonly contradiction: number
  /** Probability that they are neutral; what is left is entailment. */
  readonly neutral: number
}

/** Epanechnikov kernel of the expected distance: 1 where both mean the same, 0 where they contradict each other. */
const closeness = ({ contradiction, neutral }: DensitySample, index: number): number => {
  for (const [name, value] of Object.entries({ contradiction, neutral })) {
    if (!(value >= 0 && value <= 1 + TOLERANCE)) {
      throw EntropyError.badValue(`samples[${index}].${name}`, "a number in [0, 1]", value)
    }
  }
  if (contradiction + neutral > 1 + TOLERANCE) {
    throw EntropyError.badValue(`samples[${index}]`, "probabilities that add up to at most 1", contradiction + neutral)
  }
  return Math.max(0, 1 - contradiction - neutral / 2)
}

/**
 * `SD = Σ_i p_i k_i / Σ_i p_i`, with `k_i = 1 − E[d²] = 1 − c_i − n_i / 2`: entailment is at distance 0, neutral at √½ and
 * contradiction at 1. In `[0, 1]`; **high is confident**, other than in every other measure here. 1 when all samples entail.
 *
 * `p_i` is `e^{mean log-probability}`. Pass each distinct answer once: repeats would count its likelihood twice. The paper
 * also cuts off `k` where `E[d] > 1`, which probabilities cannot reach.
 *
 * @throws EntropyError when there is no sample, when probabilities leave `[0, 1]` or add up to more than 1, when a
 *   log-probability is positive or not a number, or when all are −∞.
 *
 * @example
 * ```ts
 * import assert from "node:assert"
 * import { SemanticDensity } from "@seed-grpo/entropy"
 *
 * const density = SemanticDensity.semanticDensity([
 *   { meanLogprob: Math.log(0.8), contradiction: 0.02, neutral: 0.08 },
 *   { meanLogprob: Math.log(0.6), contradiction: 0.1, neutral: 0.4 },
 *   { meanLogprob: Math.log(0.5), contradiction: 0.9, neutral: 0.08 },
 * ])
 * assert.equal(density.toFixed(9), "0.632631579")
 * ```
 *
 * @since 0.1.0
 * @category estimators
 */
export const semanticDensity = (samples: ReadonlyArray<DensitySample>): number => {
  if (samples.length === 0) throw EntropyError.emptyGroup()
  const weights = shares(samples.map(({ meanLogprob }) => meanLogprob))
  const density = sum(samples.map((sample, index) => weights[index]! * closeness(sample, index)))
  return Math.min(1, density)
}
