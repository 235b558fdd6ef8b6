/**
 * Correction for a sampler that is not the policy as the trainer computes it (another engine, another precision): truncated
 * and masked importance sampling, per token or per completion.
 *
 * @since 0.1.0
 */
import { sum } from "@seed-grpo/core/Numeric"
import type { Multiplier } from "./Multiplier.ts"
import { ObjectiveError, within } from "./ObjectiveError.ts"

/**
 * TRL's defaults: whole completions are masked whose weight is above 3.
 *
 * @since 0.1.0
 * @category models
 */
export interface MismatchOptions {
  /**
   * A weight per token, or the product over a completion. A product is not normalised by length: the longer completions
   * are, the more of them it masks.
   */
  readonly level?: "token" | "sequence"
  /** Beyond its bounds a weight is brought to the nearest, or is 0. */
  readonly rule?: "truncate" | "mask"
  /** 0 */
  readonly min?: number
  /** 3 */
  readonly max?: number
}

/**
 * @since 0.1.0
 * @category models
 */
export type Mismatch = Required<MismatchOptions>

/**
 * @throws {ObjectiveError} `bad-option`, or `conflicting-options` if nothing would be truncated
 * @since 0.1.0
 * @category constructors
 */
export const mismatch = (options: MismatchOptions): Mismatch => {
  const { level = "sequence", max = 3, min = 0, rule = "mask" } = options
  within("mismatch.min", min, "0 or more", (value) => value >= 0)
  within("mismatch.max", max, "more than mismatch.min", (value) => value > min)
  if (rule === "truncate" && min === 0 && max === Infinity) {
    throw new ObjectiveError({
      reason: "conflicting-options",
      at: 'mismatch.rule "truncate"',
      expected: "a bound to truncate to",
      found: "weights from 0 to infinity",
      fix: "Give mismatch.max, or mismatch.min.",
    })
  }
  return { level, rule, min, max }
}

/**
 * `ρ = exp(ln π_old − ln π_sampler)`, `[T]`, within bounds; 1 where the sampler reported no log-probability (`NaN`), and
 * where masked. Nothing depends on the policy that is trained, so it is computed once for all updates on a batch.
 *
 * @example
 * ```ts
 * import assert from "node:assert"
 * import { SamplerMismatch } from "@seed-grpo/grpo"
 *
 * const options = SamplerMismatch.mismatch({ level: "token", rule: "truncate", max: 2 })
 * const weights = SamplerMismatch.weights(options, [-1, -1, -1], [-1, -3, NaN], [1, 1, 1])
 * assert.deepEqual([...weights], [1, 2, 1])
 * ```
 *
 * @since 0.1.0
 * @category measurements
 */
export const weights = (
  { level, max, min, rule }: Mismatch,
  oldLogprobs: ArrayLike<number>,
  samplerLogprobs: ArrayLike<number>,
  mask: ArrayLike<number>,
): Float64Array => {
  const differences = Float64Array.from(oldLogprobs, (old, t) => {
    const difference = old - samplerLogprobs[t]!
    return mask[t]! > 0 && !Number.isNaN(difference) ? difference : 0
  })
  const bounded = (difference: number) => {
    const weight = Math.exp(difference)
    if (rule === "truncate") return Math.min(Math.max(weight, min), max)
    return weight < min || weight > max ? 0 : weight
  }
  if (level === "token") return differences.map(bounded)
  return differences.fill(bounded(sum(differences)))
}

/**
 * The weights as a factor of every token's loss. The KL term is not weighted.
 *
 * @since 0.1.0
 * @category multipliers
 */
export const samplerWeights = ({ level }: Mismatch): Multiplier => ({
  name: "sampler weights",
  reads: ["samplerWeights"],
  perCompletion: level === "sequence",
  ofRow: ({ samplerWeights }) => samplerWeights!,
  ofTensors: ({ samplerWeights }) => samplerWeights!,
})
