/**
 * One token from one row of logits.
 *
 * @since 0.1.0
 */

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
 * assert.deepEqual(DrawToken.sample(even, 1, 0.25), { token: 0, logprob: -Math.log(2) })
 * assert.deepEqual(DrawToken.sample(even, 1, 0.75), { token: 1, logprob: -Math.log(2) })
 * ```
 *
 * @since 0.1.0
 * @category sampling
 */
export const sample = (logits: Float32Array, temperature: number, uniform: number): Drawn => {
  const { max, total } = partition(logits, temperature)
  let remaining = uniform * total
  let token = 0
  for (let v = 0; v < logits.length; v++) {
    const weight = Math.exp((logits[v]! - max) / temperature)
    // The last token that has any weight takes what rounding leaves over.
    if (weight > 0) token = v
    remaining -= weight
    if (remaining < 0) break
  }
  return { token, logprob: (logits[token]! - max) / temperature - Math.log(total) }
}

/**
 * The most probable token (the first of equals), with its log-probability at temperature 1.
 *
 * @since 0.1.0
 * @category sampling
 */
export const greedy = (logits: Float32Array): Drawn => {
  const { max, total } = partition(logits, 1)
  return { token: logits.indexOf(max), logprob: -Math.log(total) }
}

const partition = (logits: Float32Array, temperature: number) => {
  let max = -Infinity
  for (let v = 0; v < logits.length; v++) if (logits[v]! > max) max = logits[v]!
  let total = 0
  for (let v = 0; v < logits.length; v++) total += Math.exp((logits[v]! - max) / temperature)
  return { max, total }
}
