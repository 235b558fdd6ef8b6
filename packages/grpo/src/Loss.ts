/**
 * The loss of an objective on tensors, to be differentiated: the same composition as `Reference`.
 *
 * @since 0.1.0
 */
import * as tf from "@tensorflow/tfjs-core"
import type { Tensors } from "./Constants.ts"
import type { Objective } from "./Objective.ts"
import { stopGradient } from "./StopGradient.ts"

/**
 * What the policy that is trained says of a micro-batch, `[B, T]` in nats. Numbers at masked tokens are not looked at.
 *
 * @since 0.1.0
 * @category models
 */
export interface Scores {
  readonly logprobs: tf.Tensor
  /** With a gradient, if there is an entropy bonus. */
  readonly entropies: tf.Tensor
}

/**
 * A scalar that can be differentiated with respect to `logprobs` and `entropies`. No value is read, so it can be compiled.
 * Call it inside `tf.tidy` or `tf.grads`; `Constants.ofRows` gives the constants.
 *
 * @since 0.1.0
 * @category evaluation
 */
export const ofTensors = (objective: Objective, scores: Scores, constants: Tensors): tf.Scalar => {
  const { entropyBonus, kl, multipliers, ratio, tokenLoss } = objective
  const { advantages, entropyShares, mask, oldLogprobs, referenceLogprobs, shares } = constants
  const here = tf.greater(mask, 0)
  const present = (values: tf.Tensor): tf.Tensor => tf.where(here, values, tf.zeros(values.shape))
  const logprobs = present(scores.logprobs)
  const old = oldLogprobs ?? stopGradient(logprobs)
  const view = (logprobs: tf.Tensor) => {
    const logRatios: tf.Tensor = tf.sub(logprobs, old)
    return { ...constants, logprobs, logRatios, ratios: ratio.ofTensors(logRatios, mask) }
  }
  const { ratios } = view(logprobs)
  const policy = multipliers.reduce(
    (loss, one) =>
      tf.mul(
        loss,
        stopGradient(logprobs, (held) => one.ofTensors(view(held))),
      ),
    tokenLoss.ofTensors(ratios, logprobs, advantages),
  )
  const perToken = (): tf.Tensor => {
    if (kl === undefined) return policy
    const drift = kl.ofTensors(logprobs, referenceLogprobs!)
    return tf.add(policy, tf.mul(kl.corrected ? tf.mul(drift, ratios) : drift, kl.coefficient))
  }
  const loss: tf.Scalar = tf.sum(tf.mul(perToken(), shares))
  if (entropyShares === undefined) return loss
  return tf.sub(loss, tf.mul(tf.sum(tf.mul(present(scores.entropies), entropyShares)), entropyBonus))
}
