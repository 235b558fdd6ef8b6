/**
 * One token from one row of logits.
 *
 * @since 0.1.0
 */
import { logprobs, type Step } from "./TokenDistribution.ts"

/**
 * A drawn token.
 *
 * @since 0.1.0
 * @category models
 */
export interface Drawn {
  readonly token: number
  /** Its log-probability under the distribution it was drawn from, in nats. */
  readonly logprob: number
  /** Its log-probability under `softmax(logits)`: the policy as it is, whatever was done to sample from it. */
  readonly policyLogprob: number
}

/** The greatest logit, and the sum of `exp((logit − max) / temperature)`; the terms go into `weights`. */
const partition = (logits: Float32Array, temperature: number, weights?: Float64Array) => {
  let max = -Infinity
  for (let v = 0; v < logits.length; v++) if (logits[v]! > max) max = logits[v]!
  let total = 0
  for (let v = 0; v < logits.length; v++) {
    const weight = Math.exp((logits[v]! - max) / temperature)
    if (weights !== undefined) weights[v] = weight
    total += weight
  }
  return { max, total }
}

const plainLogprob = (logits: Float32Array, token: number): number => {
  const { max, total } = partition(logits, 1)
  return logits[token]! - max - Math.log(total)
}

/** Inverts the cumulative distribution of weights at `uniform`. */
const invert = (weights: Float64Array, total: number, uniform: number): number => {
  let remaining = uniform * total
  let token = 0
  for (let v = 0; v < weights.length; v++) {
    const weight = weights[v]!
    // The last token that has any weight takes what rounding leaves over.
    if (weight > 0) token = v
    remaining -= weight
    if (remaining < 0) break
  }
  return token
}

/**
 * Draws from `softmax(logits / temperature)` by inverting its cumulative distribution at `uniform`, a number in
 * `[0, 1)`. Computed in float64, so that the log-probability is exact for these logits.
 *
 * @example
 * ```ts
 * import assert from "node:assert"
 * import { DrawToken } from "@seed-grpo/runtime"
 *
 * const even = Float32Array.of(0, 0)
 * assert.equal(DrawToken.sample(even, 1, 0.25).token, 0)
 * assert.deepEqual(DrawToken.sample(even, 1, 0.75), { token: 1, logprob: -Math.log(2), policyLogprob: -Math.log(2) })
 * ```
 *
 * @since 0.1.0
 * @category sampling
 */
export const sample = (logits: Float32Array, temperature: number, uniform: number): Drawn => {
  const weights = new Float64Array(logits.length)
  const { max, total } = partition(logits, temperature, weights)
  const token = invert(weights, total, uniform)
  const logprob = (logits[token]! - max) / temperature - Math.log(total)
  return { token, logprob, policyLogprob: temperature === 1 ? logprob : plainLogprob(logits, token) }
}

/**
 * Draws from what the steps leave of the distribution, as {@link sample} does.
 *
 * @since 0.1.0
 * @category sampling
 */
export const sampleAfter = (
  logits: Float32Array,
  steps: ReadonlyArray<Step>,
  seen: ReadonlyArray<number>,
  uniform: number,
): Drawn => {
  const scores = Float64Array.from(logits)
  for (const step of steps) step(scores, seen)
  const logs = logprobs(scores)
  const token = invert(logs.map(Math.exp), 1, uniform)
  return { token, logprob: logs[token]!, policyLogprob: plainLogprob(logits, token) }
}

/**
 * The most probable token (the first of equals) after the steps, with its log-probability under the policy as it is.
 *
 * @since 0.1.0
 * @category sampling
 */
export const greedy = (
  logits: Float32Array,
  steps: ReadonlyArray<Step> = [],
  seen: ReadonlyArray<number> = [],
): Drawn => {
  const scores = Float64Array.from(logits)
  for (const step of steps) step(scores, seen)
  let token = 0
  for (let v = 1; v < scores.length; v++) if (scores[v]! > scores[token]!) token = v
  const logprob = plainLogprob(logits, token)
  return { token, logprob, policyLogprob: logprob }
}
