/**
 * How advantages are made of rewards and uncertainty, as options of a run.
 *
 * @since 0.1.0
 */
import {
  AdvantageEstimator,
  type Aggregation,
  Asymmetric,
  type Baseline,
  BatchStandardized,
  Centered,
  type Deviation,
  Difficulty,
  LeaveOneOut,
  Modulation,
  NormalizeThenSum,
  OverlongPenalty,
  Scheduled,
  Standardized,
  SumThenNormalize,
  Whitened,
} from "@seed-grpo/advantage"
import { Schema } from "effect"
import { nonNegative, positiveInteger, withDefault } from "./internal/fields.ts"
import { RewardFileConfig } from "./RewardFile.ts"
import type { RewardFunction } from "./ScoredGroup.ts"

/** What standardised advantages are divided by: `std + epsilon`, of `n − ddof`. */
const deviation = {
  epsilon: withDefault(nonNegative, 1e-4),
  ddof: withDefault(Schema.Literals([0, 1]), 1),
}

/**
 * The method, and with SEED-GRPO the modulation.
 *
 * @since 0.1.0
 * @category schemas
 */
export const AdvantageConfig = Schema.Union([
  Schema.Struct({
    method: Schema.Literal("seed-grpo"),
    /** What is modulated: the advantages of this method, with its defaults. */
    baseline: withDefault(Schema.Literals(["dr-grpo", "grpo", "grpo-batch", "rloo", "gdpo"]), "dr-grpo"),
    modulation: withDefault(
      Schema.Literals(["reciprocal", "linear", "exponential", "focal", "asymmetric", "difficulty", "none"]),
      "reciprocal",
    ),
    /** `α`, or `γ` for focal; 0.0417 is the released code's. */
    strength: withDefault(nonNegative, 0.0417),
    /** The strength begins at `from` and goes to `strength` in a straight line, until step `steps`. */
    schedule: Schema.optionalKey(Schema.Struct({ from: withDefault(nonNegative, 0), steps: positiveInteger })),
  }),
  Schema.Struct({ method: Schema.Literal("dr-grpo") }),
  Schema.Struct({
    method: Schema.Literal("grpo"),
    /** Whose deviation: the group's own, or that of the whole batch. */
    scale: withDefault(Schema.Literals(["group", "batch"]), "group"),
    ...deviation,
  }),
  Schema.Struct({ method: Schema.Literal("rloo") }),
  Schema.Struct({
    method: Schema.Literal("rloo-standardized"),
    scale: withDefault(Schema.Literals(["group", "batch"]), "group"),
    ...deviation,
  }),
  Schema.Struct({ method: Schema.Literal("gdpo"), ...deviation }),
])

/**
 * What counts beside the verdict.
 *
 * @since 0.1.0
 * @category schemas
 */
export const RewardConfig = Schema.Struct({
  /** DAPO's soft punishment of completions that come within `buffer` tokens of `sampling.maxTokens`, times `weight`. */
  overlong: Schema.optionalKey(Schema.Struct({ buffer: positiveInteger, weight: withDefault(nonNegative, 1) })),
  /** Functions in files of their own. */
  functions: withDefault(Schema.Array(RewardFileConfig), []),
  /** What a nat of KL to the `reference` takes off the verdict. */
  kl: Schema.optionalKey(Schema.Struct({ coefficient: nonNegative })),
})

/**
 * The part of a run's configuration that decides advantages.
 *
 * @since 0.1.0
 * @category models
 */
export interface AdvantageOptions {
  readonly advantage: typeof AdvantageConfig.Type
  readonly reward: typeof RewardConfig.Type
  readonly sampling: { readonly maxTokens: number }
}

type Seed = Extract<AdvantageOptions["advantage"], { method: "seed-grpo" }>

const modulations: { readonly [name in Seed["modulation"]]: (strength: number) => Modulation.Modulation } = {
  reciprocal: Modulation.reciprocal,
  linear: Modulation.linear,
  exponential: Modulation.exponential,
  focal: Modulation.focal,
  asymmetric: Asymmetric.asymmetric,
  difficulty: Difficulty.difficulty,
  none: () => Modulation.none,
}

const modulationOf = ({ modulation, schedule, strength }: Seed): Modulation.Modulation =>
  schedule === undefined
    ? modulations[modulation](strength)
    : Scheduled.scheduled(modulations[modulation], Scheduled.ramp({ ...schedule, to: strength }))

const aggregationOf = (
  advantage: AdvantageOptions["advantage"],
  weights: ReadonlyArray<number>,
): Aggregation.Aggregation => {
  const summed = (baseline: Baseline.Baseline) => SumThenNormalize.sumThenNormalize(baseline, weights)
  const scaled = (
    { scale, ...options }: Deviation.DeviationOptions & { readonly scale: "group" | "batch" },
    ofGroup: (options: Deviation.DeviationOptions) => Baseline.Baseline,
    ofBatch: (options: Deviation.DeviationOptions) => Baseline.Baseline,
  ) => summed((scale === "group" ? ofGroup : ofBatch)(options))
  switch (advantage.method) {
    case "seed-grpo":
      return {
        "dr-grpo": summed(Centered.centered),
        grpo: summed(Standardized.standardized()),
        "grpo-batch": summed(BatchStandardized.batchStandardized()),
        rloo: summed(LeaveOneOut.leaveOneOut),
        gdpo: NormalizeThenSum.normalizeThenSum({ weights }),
      }[advantage.baseline]
    case "dr-grpo":
      return summed(Centered.centered)
    case "grpo":
      return scaled(advantage, Standardized.standardized, BatchStandardized.batchStandardized)
    case "rloo":
      return summed(LeaveOneOut.leaveOneOut)
    case "rloo-standardized":
      return scaled(advantage, LeaveOneOut.leaveOneOutStandardized, Whitened.leaveOneOutWhitened)
    case "gdpo":
      return NormalizeThenSum.normalizeThenSum({ ...advantage, weights })
  }
}

/**
 * What rewards are multiplied with: the verdict, the punishment of length if there is one, the functions from outside.
 *
 * @since 0.1.0
 * @category conversions
 */
export const weightsOf = (
  { reward }: Pick<AdvantageOptions, "reward">,
  outside: ReadonlyArray<number>,
): ReadonlyArray<number> => [1, ...(reward.overlong === undefined ? [] : [reward.overlong.weight]), ...outside]

/**
 * The estimate that options stand for, with the weights of the reward functions from outside.
 *
 * @since 0.1.0
 * @category conversions
 */
export const estimate = (
  { advantage, reward }: AdvantageOptions,
  outside: ReadonlyArray<number> = [],
): AdvantageEstimator.Estimate => {
  const weights = weightsOf({ reward }, outside)
  const modulation = advantage.method === "seed-grpo" ? modulationOf(advantage) : Modulation.none
  return AdvantageEstimator.aggregated(aggregationOf(advantage, weights), modulation)
}

/**
 * The reward functions beside the verdict that options stand for, in the order of their weights.
 *
 * @throws AdvantageError when the buffer is longer than a completion; `RunConfig.parse` refuses that.
 *
 * @since 0.1.0
 * @category conversions
 */
export const rewardFunctions = ({ reward, sampling }: AdvantageOptions): ReadonlyArray<RewardFunction> => {
  if (reward.overlong === undefined) return []
  const { buffer } = reward.overlong
  const penalty = OverlongPenalty.overlongPenalty({ maxTokens: sampling.maxTokens, buffer })
  return [({ group }) => group.completions.map(({ tokens }) => penalty(tokens.length))]
}
