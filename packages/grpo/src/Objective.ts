/**
 * What GRPO-like methods minimise, as a composition: ratios at a level × a loss per token × multipliers + KL, aggregated, minus
 * an entropy bonus. Each part is a file with the same function on numbers and on tensors; a method is a file that
 * chooses its parts.
 *
 * `Reference.evaluate` gives loss and gradient on plain numbers, `Loss.ofTensors` the loss on tensors.
 *
 * @since 0.1.0
 */
import type { Aggregation } from "./Aggregation.ts"
import * as Kl from "./Kl.ts"
import type { Multiplier } from "./Multiplier.ts"
import { within } from "./ObjectiveError.ts"
import { offPolicyMask } from "./OffPolicyMask.ts"
import * as Ratio from "./Ratio.ts"
import * as SamplerMismatch from "./SamplerMismatch.ts"
import type { Clips } from "./Surrogate.ts"
import type { TokenLoss } from "./TokenLoss.ts"
import * as TopEntropy from "./TopEntropy.ts"

/**
 * A loss to minimise, as its parts.
 *
 * @since 0.1.0
 * @category models
 */
export interface Objective {
  readonly name: string
  readonly ratio: Ratio.Ratio
  readonly tokenLoss: TokenLoss
  readonly multipliers: ReadonlyArray<Multiplier>
  readonly aggregation: Aggregation
  readonly clips: Clips | undefined
  readonly kl: Kl.Kl | undefined
  readonly mismatch: SamplerMismatch.Mismatch | undefined
  readonly topEntropy: number
  readonly entropyBonus: number
  readonly maskTruncated: boolean
}

/**
 * What every method can have.
 *
 * @since 0.1.0
 * @category models
 */
export interface ObjectiveOptions {
  /** Importance ratios per token, or one per completion (GSPO). */
  readonly level?: Ratio.Ratio["level"]
  /** 20; `Infinity` for none. See `Ratio`. */
  readonly logRatioBound?: number
  /** Needs `referenceLogprobs`. */
  readonly kl?: Kl.KlOptions
  /** In nats. See `OffPolicyMask`. */
  readonly offPolicyThreshold?: number
  /** Needs `samplerLogprobs`. */
  readonly mismatch?: SamplerMismatch.MismatchOptions
  /** The share of tokens to learn from, those of the highest entropy; 1. See `TopEntropy`. */
  readonly topEntropy?: number
  /** What a nat of mean entropy over the batch's tokens takes off the loss; 0. */
  readonly entropyBonus?: number
  /** Completions that were cut off are not trained on, and count in no mean; false. */
  readonly maskTruncated?: boolean
}

/**
 * What makes a method.
 *
 * @since 0.1.0
 * @category models
 */
export interface Method {
  readonly name: string
  readonly tokenLoss: TokenLoss
  readonly aggregation: Aggregation
  /** Where options say nothing; per token. */
  readonly level?: Ratio.Ratio["level"]
  readonly multipliers?: ReadonlyArray<Multiplier>
  /** Whether one of the multipliers has the sampler's weights in it, so that they are not multiplied with again. */
  readonly weighsSampler?: boolean
  readonly clips?: Clips
}

/**
 * An objective from what makes the method and what every method can have. A method of one's own:
 *
 * @example
 * ```ts
 * import assert from "node:assert"
 * import { Aggregation, Objective, Reference, type TokenLoss } from "@seed-grpo/grpo"
 * import * as tf from "@tensorflow/tfjs-core"
 *
 * // −ρ A: importance sampling without a clip
 * const importance: TokenLoss.TokenLoss = {
 *   ofToken: (ratio, _, advantage) => ({ value: -ratio * advantage, byRatio: -advantage, byLogprob: 0 }),
 *   ofTensors: (ratios, _, advantages) => tf.neg(tf.mul(ratios, advantages)),
 * }
 * const plain = (options: Objective.ObjectiveOptions = {}) =>
 *   Objective.make({ name: "plain", tokenLoss: importance, aggregation: Aggregation.perToken }, options)
 *
 * const rows = [{ advantage: 1, logprobs: [Math.log(0.5)], oldLogprobs: [Math.log(0.25)] }]
 * assert.equal(Reference.evaluate(plain(), rows).loss.toFixed(9), "-2.000000000")
 * ```
 *
 * @throws {ObjectiveError} `bad-option`, `conflicting-options`
 * @since 0.1.0
 * @category constructors
 */
export const make = (method: Method, options: ObjectiveOptions = {}): Objective => {
  const { entropyBonus = 0, logRatioBound = Ratio.BOUND, maskTruncated = false, topEntropy = 1 } = options
  within("topEntropy", topEntropy, "a share from 0 to 1", (value) => value >= 0 && value <= 1)
  within("entropyBonus", entropyBonus, "a finite number", Number.isFinite)
  const mismatch = options.mismatch === undefined ? undefined : SamplerMismatch.mismatch(options.mismatch)
  return {
    name: method.name,
    ratio: (options.level ?? method.level) === "sequence" ? Ratio.sequence(logRatioBound) : Ratio.token(logRatioBound),
    tokenLoss: method.tokenLoss,
    multipliers: [
      ...(method.multipliers ?? []),
      ...(options.offPolicyThreshold === undefined ? [] : [offPolicyMask(options.offPolicyThreshold)]),
      ...(topEntropy < 1 ? [TopEntropy.highEntropy] : []),
      ...(mismatch === undefined || method.weighsSampler === true ? [] : [SamplerMismatch.samplerWeights(mismatch)]),
    ],
    aggregation: method.aggregation,
    clips: method.clips,
    kl: options.kl === undefined || options.kl.coefficient === 0 ? undefined : Kl.inLoss(options.kl, logRatioBound),
    mismatch,
    topEntropy,
    entropyBonus,
    maskTruncated,
  }
}

/**
 * Whether a completion without an advantage still has a gradient, and has to be looked at.
 *
 * @since 0.1.0
 * @category guards
 */
export const needsEveryRow = ({ entropyBonus, kl }: Objective): boolean => kl !== undefined || entropyBonus !== 0
