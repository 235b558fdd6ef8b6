/**
 * One token from one row of logits.
 *
 * @since 0.1.0
 */
import { isPlain, type SamplingOptions, type Step, steps } from "./TokenDistribution.ts"

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
  /** Its log-probability under `softmax(logits / temperature)`, whatever else was done to sample from it. */
  readonly temperedLogprob: number
  /** Its log-probability under `softmax(logits)`: the policy as it is, whatever was done to sample from it. */
  readonly policyLogprob: number
}

/**
 * Draws from one row of logits `[V]`. `seen` are the tokens that a repetition penalty is for; `uniform` gives a number in
 * `[0, 1)` and is asked for it once, or never where nothing is random.
 *
 * @since 0.1.0
 * @category models
 */
export type Draw = (logits: Float32Array, seen: ReadonlySet<number>, uniform: () => number) => Drawn

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

const logprobAt = (logits: Float32Array, temperature: number, token: number): number => {
  const { max, total } = partition(logits, temperature)
  return (logits[token]! - max) / temperature - Math.log(total)
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
 * assert.deepEqual(DrawToken.sample(even, 1, 0.75), {
 *   token: 1,
 *   logprob: -Math.log(2),
 *   temperedLogprob: -Math.log(2),
 *   policyLogprob: -Math.log(2)
 * })
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
  const policyLogprob = temperature === 1 ? logprob : logprobAt(logits, 1, token)
  return { token, logprob, temperedLogprob: logprob, policyLogprob }
}

const stepped = (logits: Float32Array, changes: ReadonlyArray<Step>, seen: ReadonlySet<number>): Float64Array => {
  const scores = new Float64Array(logits)
  for (const change of changes) change(scores, seen)
  return scores
}

/** Index of the greatest, the first of equals. */
const argmax = (values: ArrayLike<number>): number => {
  let greatest = 0
  for (let v = 1; v < values.length; v++) if (values[v]! > values[greatest]!) greatest = v
  return greatest
}

/**
 * The most probable token, the first of equals. All its log-probabilities are under the policy as it is.
 *
 * @since 0.1.0
 * @category sampling
 */
export const greedy = (
  logits: Float32Array,
  changes: ReadonlyArray<Step> = [],
  seen: ReadonlySet<number> = new Set(),
): Drawn => {
  const token = argmax(changes.length === 0 ? logits : stepped(logits, changes, seen))
  const logprob = logprobAt(logits, 1, token)
  return { token, logprob, temperedLogprob: logprob, policyLogprob: logprob }
}

/** Draws from what the steps leave of the distribution. */
const sampleAfter = (
  logits: Float32Array,
  changes: ReadonlyArray<Step>,
  temperature: number,
  seen: ReadonlySet<number>,
  uniform: number,
): Drawn => {
  const weights = stepped(logits, changes, seen)
  const max = weights[argmax(weights)]!
  let total = 0
  for (let v = 0; v < weights.length; v++) {
    const score = weights[v]!
    total += weights[v] = score === -Infinity ? 0 : Math.exp(score - max)
  }
  const token = invert(weights, total, uniform)
  const policyLogprob = logprobAt(logits, 1, token)
  return {
    token,
    logprob: Math.log(weights[token]! / total),
    temperedLogprob: temperature === 1 ? policyLogprob : logprobAt(logits, temperature, token),
    policyLogprob,
  }
}

/**
 * The way of drawing that options ask for.
 *
 * @example
 * ```ts
 * import assert from "node:assert"
 * import { DrawToken } from "@seed-grpo/runtime"
 *
 * const draw = DrawToken.make({ temperature: 1, topK: 2 })
 * const drawn = draw(Float32Array.of(1, 1, -9), new Set(), () => 0.75)
 * assert.equal(drawn.token, 1)
 * assert.equal(drawn.logprob, -Math.log(2))
 * assert.ok(drawn.temperedLogprob < drawn.logprob)
 * ```
 *
 * @since 0.1.0
 * @category constructors
 */
export const make = (options: SamplingOptions): Draw => {
  const changes = steps(options)
  const { temperature } = options
  if (temperature === 0) return (logits, seen) => greedy(logits, changes, seen)
  return isPlain(options)
    ? (logits, _, uniform) => sample(logits, temperature, uniform())
    : (logits, seen, uniform) => sampleAfter(logits, changes, temperature, seen, uniform())
}
