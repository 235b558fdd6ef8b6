/**
 * One step of SEED-GRPO (arXiv 2505.12346), in the paper's order: sample a group of answers per problem, grade them,
 * cluster them by meaning, measure the semantic entropy, scale the advantages by it, update the policy.
 *
 * Each stage is a service; this file knows none of their implementations.
 *
 * @since 0.1.0
 */
import type { AdvantageError, AdvantageEstimator } from "@seed-grpo/advantage"
import type { EntropyError } from "@seed-grpo/entropy"
import { EntropyScorer } from "@seed-grpo/entropy"
import { Equivalence, type Extract } from "@seed-grpo/equivalence"
import { GrpoOptimizer, type ObjectiveError } from "@seed-grpo/grpo"
import { TokenDistribution } from "@seed-grpo/runtime"
import { Sampler } from "@seed-grpo/sampling"
import { Clock, Effect } from "effect"
import { miniBatches, type Passes } from "./Epochs.ts"
import { judge } from "./RewardFunction.ts"
import {
  gradeGroup,
  type GradedGroup,
  type RewardFunction,
  scoreGroups,
  type ScoredGroup,
  trainingRows,
} from "./ScoredGroup.ts"

/**
 * The stages of a step.
 *
 * @since 0.1.0
 * @category services
 */
export type Stages =
  | Sampler.Sampler
  | Equivalence.Equivalence
  | EntropyScorer.EntropyScorer
  | AdvantageEstimator.AdvantageEstimator
  | GrpoOptimizer.GrpoOptimizer

/**
 * What was measured; nothing has changed yet.
 *
 * @since 0.1.0
 * @category models
 */
export interface MeasuredStep {
  readonly groups: ReadonlyArray<ScoredGroup>
  /** In seconds. */
  readonly durations: { readonly sample: number; readonly grade: number; readonly shape: number }
}

/**
 * The result of an effect and how long it took, in seconds.
 *
 * @since 0.1.0
 * @category measures
 */
export const timed = <A, E, R>(effect: Effect.Effect<A, E, R>): Effect.Effect<readonly [A, number], E, R> =>
  Effect.gen(function* () {
    const started = yield* Clock.currentTimeNanos
    const result = yield* effect
    return [result, Number((yield* Clock.currentTimeNanos) - started) / 1e9] as const
  })

/**
 * Groups sampled, graded and judged by the reward functions from outside (`RewardFunction.RewardFunctions`). With `rules`, only
 * answers found in these ways count. Only a temperature may shape what is sampled: anything else is refused.
 *
 * @since 0.1.0
 * @category stages
 */
export const observe = Effect.fn("TrainStep.observe")(function* (
  request: Sampler.SampleRequest,
  rules?: ReadonlyArray<Extract.ExtractionRule>,
): Effect.fn.Return<
  { readonly graded: ReadonlyArray<GradedGroup>; readonly sample: number; readonly grade: number },
  Sampler.SamplingError,
  Sampler.Sampler | Equivalence.Equivalence
> {
  if (!TokenDistribution.isPlain(request)) {
    const { minP = 0, repetitionPenalty = 1, topK = 0, topP = 1 } = request
    return yield* Effect.fail(
      new Sampler.SamplingError({
        reason: "bad-request",
        at: "sampling for training",
        expected: "a temperature and nothing else: the policy is trained on tokens that it drew itself",
        found: `top-k ${topK}, top-p ${topP}, min-p ${minP}, repetition penalty ${repetitionPenalty}`,
        fix: "Leave them for evaluation: the tokens they cut would never be tried, and every importance ratio would be off.",
      }),
    )
  }
  const { sample } = yield* Sampler.Sampler
  const [sampled, sampling] = yield* timed(sample(request))
  const [graded, grading] = yield* timed(
    Effect.forEach(sampled, (group) => gradeGroup(group, rules)).pipe(Effect.flatMap(judge)),
  )
  return { graded, sample: sampling, grade: grading }
})

/**
 * The half of a step that only looks: sampling, grading, clustering, entropy, advantages. It can be interrupted at any
 * point without a trace. With `rules`, only answers found in these ways count; with reward functions, more than the verdict does.
 * Only a temperature may shape what is sampled: anything else is refused.
 *
 * @since 0.1.0
 * @category stages
 */
export const measure = Effect.fn("TrainStep.measure")(function* (
  request: Sampler.SampleRequest,
  rules?: ReadonlyArray<Extract.ExtractionRule>,
  rewardFunctions: ReadonlyArray<RewardFunction> = [],
): Effect.fn.Return<
  MeasuredStep,
  Sampler.SamplingError | EntropyError.EntropyError | AdvantageError.AdvantageError,
  Exclude<Stages, GrpoOptimizer.GrpoOptimizer>
> {
  const { grade, graded, sample } = yield* observe(request, rules)
  const [groups, shape] = yield* timed(scoreGroups(graded, request.step, rewardFunctions))
  return { groups, durations: { sample, grade, shape } }
})

/**
 * The half of a step that changes the policy: so many updates in each pass over the groups, one pass unless told.
 *
 * @since 0.1.0
 * @category stages
 */
export const learn = Effect.fn("TrainStep.learn")(function* (
  groups: ReadonlyArray<ScoredGroup>,
  updates: number,
  passes: Passes = { epochs: 1, seed: 0, step: 1 },
): Effect.fn.Return<
  { readonly updates: ReadonlyArray<GrpoOptimizer.UpdateMetrics>; readonly seconds: number },
  ObjectiveError.ObjectiveError,
  GrpoOptimizer.GrpoOptimizer
> {
  const { update } = yield* GrpoOptimizer.GrpoOptimizer
  const [applied, seconds] = yield* timed(
    Effect.forEach(miniBatches(groups, updates, passes), (part) => update(part.flatMap(trainingRows))),
  )
  return { updates: applied, seconds }
})
