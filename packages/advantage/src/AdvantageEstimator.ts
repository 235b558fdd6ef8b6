/**
 * Rewards and uncertainty of a group to advantages, as a service: to train with another method, provide another layer.
 *
 * @since 0.1.0
 */
import { Context, Layer } from "effect"
import { type Baseline, centered, leaveOneOut, type Rewards, standardized } from "./Baseline.ts"
import { type Modulation, none } from "./Modulation.ts"

/**
 * What is known about a group once it is graded and clustered.
 *
 * @since 0.1.0
 * @category models
 */
export interface GradedGroup {
  /** `[G]`; nothing where a reward could not be determined. */
  readonly rewards: Rewards
  /** Semantic entropy over its maximum, in `[0, 1]`. */
  readonly normalizedEntropy: number
}

/**
 * The advantages of a group, `[G]`.
 *
 * @since 0.1.0
 * @category models
 */
export interface GroupAdvantages {
  /** Before uncertainty is taken into account. */
  readonly before: ReadonlyArray<number>
  /** The factor that uncertainty puts on the whole group. */
  readonly scale: number
  /** `before · scale`: what the policy is trained with. */
  readonly advantages: ReadonlyArray<number>
}

/**
 * @since 0.1.0
 * @category services
 */
export class AdvantageEstimator extends Context.Service<
  AdvantageEstimator,
  { readonly estimate: (group: GradedGroup) => GroupAdvantages }
>()("@seed-grpo/advantage/AdvantageEstimator") {}

/**
 * A baseline, then a modulation: scaling comes last, because a baseline that standardises would undo it.
 *
 * @example
 * ```ts
 * import assert from "node:assert"
 * import { AdvantageEstimator, Baseline, Modulation } from "@seed-grpo/advantage"
 *
 * const estimate = AdvantageEstimator.modulated(Baseline.centered, Modulation.reciprocal(1))
 * const { advantages, scale } = estimate({ rewards: [1, 1, 0, 0], normalizedEntropy: 0.75 })
 * assert.equal(scale.toFixed(6), "0.571429")
 * assert.equal(advantages[0]!.toFixed(6), "0.285714")
 * ```
 *
 * @since 0.1.0
 * @category constructors
 */
export const modulated =
  (baseline: Baseline, modulation: Modulation): AdvantageEstimator["Service"]["estimate"] =>
  ({ normalizedEntropy, rewards }) => {
    const before = baseline(rewards)
    const scale = modulation(normalizedEntropy)
    return { before, scale, advantages: before.map((advantage) => advantage * scale) }
  }

const layerOf = (baseline: Baseline, modulation: Modulation): Layer.Layer<AdvantageEstimator> =>
  Layer.succeed(AdvantageEstimator)({ estimate: modulated(baseline, modulation) })

/**
 * SEED-GRPO: centred advantages, scaled by uncertainty.
 *
 * @since 0.1.0
 * @category layers
 */
export const layerSeed = (modulation: Modulation): Layer.Layer<AdvantageEstimator> => layerOf(centered, modulation)

/**
 * Dr.GRPO: centred advantages.
 *
 * @since 0.1.0
 * @category layers
 */
export const layerDrGrpo: Layer.Layer<AdvantageEstimator> = layerOf(centered, none)

/**
 * GRPO: standardised advantages.
 *
 * @since 0.1.0
 * @category layers
 */
export const layerGrpo: Layer.Layer<AdvantageEstimator> = layerOf(standardized, none)

/**
 * RLOO: each completion against the others of its group.
 *
 * @since 0.1.0
 * @category layers
 */
export const layerRloo: Layer.Layer<AdvantageEstimator> = layerOf(leaveOneOut, none)
