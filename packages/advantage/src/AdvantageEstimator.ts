/**
 * Rewards and uncertainty of a batch of groups to advantages, as a service: to train with another method, provide another
 * layer.
 *
 * @since 0.1.0
 */
import { attempt } from "@seed-grpo/core/Attempt"
import { Context, type Effect, Layer } from "effect"
import { AdvantageError } from "./AdvantageError.ts"
import type { Aggregation } from "./Aggregation.ts"
import type { Baseline } from "./Baseline.ts"
import { centered } from "./Centered.ts"
import { leaveOneOut } from "./LeaveOneOut.ts"
import { type Modulation, type ModulationContext, none } from "./Modulation.ts"
import { mean, type Rewards } from "./Rewards.ts"
import { standardized } from "./Standardized.ts"
import { sumThenNormalize } from "./SumThenNormalize.ts"

/**
 * What is known about a group once it is graded and clustered.
 *
 * @since 0.1.0
 * @category models
 */
export interface GradedGroup {
  /** What the task gives, `[G]`; nothing where a reward could not be determined. */
  readonly rewards: Rewards
  /** What other reward functions give, `[G]` each: for length, say. Modulations do not look at it. */
  readonly shaping?: ReadonlyArray<Rewards> | undefined
  /** Semantic entropy, in nats. */
  readonly entropy: number
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
  /**
   * The factor that the modulation puts on the group: on each advantage, or where it differs between them, on the whole,
   * `Σ |Âᵢ| / Σ |Aᵢ|`.
   */
  readonly scale: number
  /** What the policy is trained with. */
  readonly advantages: ReadonlyArray<number>
}

/**
 * From a batch of groups, and the number of the step, to the advantages of each group.
 *
 * @since 0.1.0
 * @category models
 */
export type Estimate = (groups: ReadonlyArray<GradedGroup>, step?: number) => ReadonlyArray<GroupAdvantages>

/**
 * @since 0.1.0
 * @category services
 */
export class AdvantageEstimator extends Context.Service<
  AdvantageEstimator,
  {
    readonly estimate: (
      groups: ReadonlyArray<GradedGroup>,
      step: number,
    ) => Effect.Effect<ReadonlyArray<GroupAdvantages>, AdvantageError>
  }
>()("@seed-grpo/advantage/AdvantageEstimator") {}

const total = (advantages: ReadonlyArray<number>) => advantages.reduce((sum, advantage) => sum + Math.abs(advantage), 0)

/** The modulation acts last, on the advantages that a baseline made. */
const scaled = (
  before: ReadonlyArray<number>,
  group: Omit<ModulationContext, "sign">,
  modulation: Modulation,
): GroupAdvantages => {
  const factor = (sign: -1 | 0 | 1): number => {
    const scale = modulation({ ...group, sign })
    if (!(scale >= 0 && scale < Infinity)) throw AdvantageError.badScale(scale)
    return scale
  }
  const [wrong, neither, right] = [factor(-1), factor(0), factor(1)]
  const advantages = before.map((advantage) => advantage * (advantage > 0 ? right : advantage < 0 ? wrong : neither))
  if (right === wrong) return { before, scale: right, advantages }
  const mass = total(before)
  return { before, scale: mass === 0 ? neither : total(advantages) / mass, advantages }
}

/**
 * Advantages from all reward functions of the groups, then a modulation.
 *
 * @throws AdvantageError from the function that it gives.
 *
 * @since 0.1.0
 * @category constructors
 */
export const aggregated =
  (aggregation: Aggregation, modulation: Modulation = none): Estimate =>
  (groups, step = 0) => {
    const before = aggregation(groups.map(({ rewards, shaping = [] }) => [rewards, ...shaping]))
    return groups.map(({ entropy, normalizedEntropy, rewards }, index) =>
      scaled(before[index]!, { meanReward: mean(rewards), entropy, normalizedEntropy, step }, modulation),
    )
  }

/**
 * A baseline, then a modulation: scaling comes last, because a baseline that standardises would undo it. Where there is more
 * than one reward function they are added first, by their weights (the task's own first) or as they are.
 *
 * @throws AdvantageError from the function that it gives.
 *
 * @example
 * ```ts
 * import assert from "node:assert"
 * import { AdvantageEstimator, Centered, Modulation } from "@seed-grpo/advantage"
 *
 * const estimate = AdvantageEstimator.modulated(Centered.centered, Modulation.reciprocal(1))
 * const [group] = estimate([{ rewards: [1, 1, 0, 0], entropy: 1.04, normalizedEntropy: 0.75 }])
 * assert.equal(group!.scale.toFixed(6), "0.571429")
 * assert.equal(group!.advantages[0]!.toFixed(6), "0.285714")
 * ```
 *
 * @since 0.1.0
 * @category constructors
 */
export const modulated = (
  baseline: Baseline,
  modulation: Modulation = none,
  weights?: ReadonlyArray<number>,
): Estimate => aggregated(sumThenNormalize(baseline, weights), modulation)

/**
 * Any estimate, as a layer.
 *
 * @example
 * ```ts
 * import { AdvantageEstimator, BatchStandardized, Difficulty } from "@seed-grpo/advantage"
 *
 * export const advantages = AdvantageEstimator.layer(
 *   AdvantageEstimator.modulated(BatchStandardized.batchStandardized(), Difficulty.difficulty(1))
 * )
 * ```
 *
 * @since 0.1.0
 * @category layers
 */
export const layer = (estimate: Estimate): Layer.Layer<AdvantageEstimator> =>
  Layer.succeed(AdvantageEstimator)({
    estimate: (groups, step) => attempt(AdvantageError, () => estimate(groups, step)),
  })

/**
 * SEED-GRPO: centred advantages, scaled by uncertainty.
 *
 * @since 0.1.0
 * @category layers
 */
export const layerSeed = (modulation: Modulation): Layer.Layer<AdvantageEstimator> =>
  layer(modulated(centered, modulation))

/**
 * Dr.GRPO: centred advantages.
 *
 * @since 0.1.0
 * @category layers
 */
export const layerDrGrpo: Layer.Layer<AdvantageEstimator> = layer(modulated(centered))

/**
 * GRPO: standardised advantages.
 *
 * @since 0.1.0
 * @category layers
 */
export const layerGrpo: Layer.Layer<AdvantageEstimator> = layer(modulated(standardized()))

/**
 * RLOO: each completion against the others of its group.
 *
 * @since 0.1.0
 * @category layers
 */
export const layerRloo: Layer.Layer<AdvantageEstimator> = layer(modulated(leaveOneOut))
