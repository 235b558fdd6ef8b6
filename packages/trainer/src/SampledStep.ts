/**
 * The measuring half of a step as a run's configuration says: which problems, sampled how, and what is told of it.
 *
 * @since 0.1.0
 */
import { type AdvantageError, type AdvantageEstimator, Aggregation } from "@seed-grpo/advantage"
import type { CompletionRecord, DynamicSamplingRecord, Problem } from "@seed-grpo/core"
import { Curriculum, ProblemOrder, Template } from "@seed-grpo/data"
import type { EntropyError, EntropyScorer } from "@seed-grpo/entropy"
import type { Equivalence } from "@seed-grpo/equivalence"
import type { Sampler } from "@seed-grpo/sampling"
import { Effect } from "effect"
import { rewardFunctions, weightsOf } from "./AdvantageConfig.ts"
import * as DynamicSampling from "./DynamicSampling.ts"
import { RewardFunctions } from "./RewardFunction.ts"
import type { RunConfig } from "./RunConfig.ts"
import { completionRecords, type GradedGroup, type ScoredGroup, shapingOf } from "./ScoredGroup.ts"
import { measure, type MeasuredStep } from "./TrainStep.ts"

/**
 * What was measured; `groups` are those that are learned from. Nothing has changed yet.
 *
 * @since 0.1.0
 * @category models
 */
export interface SampledStep extends MeasuredStep {
  /** Sampled and not learned from. */
  readonly dropped: ReadonlyArray<ScoredGroup>
  /** Of all groups, in the order in which they were sampled. */
  readonly completions: ReadonlyArray<CompletionRecord>
  /** Where the order of problems stands after it. */
  readonly order: ProblemOrder.OrderState
  readonly dynamic?: DynamicSamplingRecord
}

/**
 * The order in which a run takes its problems.
 *
 * @since 0.1.0
 * @category conversions
 */
export const problemOrder = (
  { data: { curriculum }, seed }: RunConfig,
  problems: ReadonlyArray<Problem>,
): ProblemOrder.ProblemOrder<Problem> =>
  curriculum === undefined ? ProblemOrder.uniform(problems, seed) : Curriculum.curriculum(problems, seed, curriculum)

/** From problems to a request for the groups of step `number`. */
const requestOf = ({ sampling, seed, template }: RunConfig, number: number) => {
  const { render, stop } = Template.templates[template]
  return (problems: ReadonlyArray<Problem>): Sampler.SampleRequest => ({
    problems: problems.map((problem) => ({ problem, prompt: render(problem.question) })),
    groupSize: sampling.groupSize,
    maxTokens: sampling.maxTokens,
    temperature: sampling.temperature,
    stop,
    seed,
    stream: "sampling",
    step: number,
  })
}

/** What a group must not have all equal. */
const signalOf = Effect.fnUntraced(function* (config: RunConfig, by: "verdict" | "total") {
  const weights = weightsOf(
    config,
    (yield* RewardFunctions).map(({ weight }) => weight),
  )
  const pure = rewardFunctions(config)
  return (graded: GradedGroup) =>
    by === "verdict" ? graded.rewards : Aggregation.weightedSum([graded.rewards, ...shapingOf(graded, pure)], weights)
})

/**
 * Draws the problems of step `number` and measures them. It can be interrupted at any point without a trace.
 *
 * @since 0.1.0
 * @category stages
 */
export const sampleStep = Effect.fn("SampledStep.sampleStep")(function* (
  config: RunConfig,
  order: ProblemOrder.ProblemOrder<Problem>,
  from: ProblemOrder.OrderState,
  number: number,
): Effect.fn.Return<
  SampledStep,
  Sampler.SamplingError | EntropyError.EntropyError | AdvantageError.AdvantageError,
  Sampler.Sampler | Equivalence.Equivalence | EntropyScorer.EntropyScorer | AdvantageEstimator.AdvantageEstimator
> {
  const { dynamic } = config.sampling
  const request = requestOf(config, number)
  const rules = Template.templates[config.template].answerRules
  const shaping = rewardFunctions(config)
  if (dynamic === undefined) {
    const { problems, state } = order.draw(from, config.problemsPerStep)
    const measured = yield* measure(request(problems), rules, shaping)
    const completions = measured.groups.flatMap((group) => completionRecords(number, group))
    return { ...measured, dropped: [], completions, order: state }
  }
  const { gathered, record, ...measured } = yield* DynamicSampling.measure({
    wanted: config.problemsPerStep,
    maxRounds: dynamic.maxRounds,
    order,
    from,
    request,
    signal: yield* signalOf(config, dynamic.by),
    rules,
    rewardFunctions: shaping,
  })
  return {
    ...measured,
    dropped: gathered.filter(({ kept }) => !kept).map(({ group }) => group),
    completions: gathered.flatMap(({ group, kept, round }) =>
      completionRecords(number, group).map((completion) => ({ ...completion, round, dropped: !kept })),
    ),
    dynamic: record,
  }
})
