/**
 * Keeping the policy near a reference: estimates of `KL(π ‖ π_ref)` from the sampled tokens alone (Schulman, 2020), as a term of
 * the loss. (In the reward: `KlPenalty` of @seed-grpo/advantage.) With `d = ln π_ref − ln π` per token:
 *
 * | estimator | value         | gradient in the loss, not corrected | on average, on-policy     |
 * | --------- | ------------- | ----------------------------------- | ------------------------- |
 * | `k1`      | `−d`          | `∇ ln π`                            | 0: it holds nothing back  |
 * | `k2`      | `d² / 2`      | `−d ∇ ln π`                         | that of `KL(π ‖ π_ref)`   |
 * | `k3`      | `eᵈ − d − 1`  | `(1 − eᵈ) ∇ ln π`                   | that of `KL(π_ref ‖ π)`   |
 *
 * Corrected, the estimate is multiplied by the importance ratio, which has a gradient too: `k1` and `k3` then have that of
 * `KL(π ‖ π_ref)` (at the level of tokens), and `k2` no longer has. So correction is the default for `k1` and `k3`.
 *
 * In `k3`, `d` counts as at most the bound of log-ratios (20): beyond, the estimate is constant and its gradient 0.
 *
 * @since 0.1.0
 */
import * as tf from "@tensorflow/tfjs-core"
import { within } from "./ObjectiveError.ts"
import { BOUND } from "./Ratio.ts"

/**
 * @since 0.1.0
 * @category models
 */
export type Estimator = "k1" | "k2" | "k3"

/**
 * @since 0.1.0
 * @category models
 */
export interface KlOptions {
  /** β */
  readonly coefficient: number
  /** `k3` */
  readonly estimator?: Estimator
  /** Whether the estimate is multiplied by the importance ratio; unless `k2`. */
  readonly corrected?: boolean
}

/**
 * A term of the loss, on numbers and on tensors. Masks and weights of the policy's own loss do not touch it.
 *
 * @since 0.1.0
 * @category models
 */
export interface Kl {
  readonly coefficient: number
  readonly corrected: boolean
  readonly ofToken: (
    logprob: number,
    referenceLogprob: number,
  ) => { readonly value: number; readonly byLogprob: number }
  readonly ofTensors: (logprobs: tf.Tensor, referenceLogprobs: tf.Tensor) => tf.Tensor
}

const estimators = (bound: number): { readonly [name in Estimator]: Pick<Kl, "ofToken" | "ofTensors"> } => ({
  k1: {
    ofToken: (logprob, reference) => ({ value: logprob - reference, byLogprob: 1 }),
    ofTensors: (logprobs, references) => tf.sub(logprobs, references),
  },
  k2: {
    ofToken: (logprob, reference) => ({ value: (logprob - reference) ** 2 / 2, byLogprob: logprob - reference }),
    ofTensors: (logprobs, references) => tf.mul(tf.square(tf.sub(logprobs, references)), 0.5),
  },
  k3: {
    ofToken: (logprob, reference) => {
      const d = Math.min(reference - logprob, bound)
      return { value: Math.expm1(d) - d, byLogprob: reference - logprob > bound ? 0 : -Math.expm1(d) }
    },
    ofTensors: (logprobs, references) => {
      const difference = tf.sub(references, logprobs)
      const d = bound === Infinity ? difference : tf.minimum(difference, bound)
      return tf.sub(tf.expm1(d), d)
    },
  },
})

/**
 * @throws {ObjectiveError} `bad-option`
 * @since 0.1.0
 * @category constructors
 */
export const inLoss = (options: KlOptions, logRatioBound: number = BOUND): Kl => {
  const { coefficient, estimator = "k3", corrected = estimator !== "k2" } = options
  within("kl.coefficient", coefficient, "0 or more", (value) => value >= 0 && value < Infinity)
  return { coefficient, corrected, ...estimators(logRatioBound)[estimator] }
}
