/**
 * Dynamic sampling (DAPO, arXiv 2503.14476, Eq. 11): groups without a signal are replaced by groups of further problems, for so
 * many rounds at most.
 *
 * @since 0.1.0
 */
import { type AdvantageError, type AdvantageEstimator, Rewards } from "@seed-grpo/advantage"
import type { DynamicSamplingRecord, Problem } from "@seed-grpo/core"
import { Numeric } from "@seed-grpo/core"
import type { ProblemOrder } from "@seed-grpo/data"
import type { EntropyError, EntropyScorer } from "@seed-grpo/entropy"
import type { Equivalence, Extract } from "@seed-grpo/equivalence"
import type { Sampler } from "@seed-grpo/sampling"
import { Effect } from "effect"
import { type GradedGroup, type RewardFunction, type ScoredGroup, scoreGroups, scoreUnused } from "./ScoredGroup.ts"
import { type MeasuredStep, observe, timed } from "./TrainStep.ts"

/**
 * Whether anything can be learned from rewards: two that differ, by more than rounding. Those that could not be determined do not
 * count.
 *
 * @throws AdvantageError when a reward is infinite or nearly so.
 *
 * @example
 * ```ts
 * import assert from "node:assert"
 * import { DynamicSampling } from "@seed-grpo/trainer"
 *
 * assert.ok(DynamicSampling.hasSignal([1, 0, undefined]))
 * assert.ok(!DynamicSampling.hasSignal([1, 1, undefined]))
 * assert.ok(!DynamicSampling.hasSignal([NaN, NaN]))
 * ```
 *
 * @since 0.1.0
 * @category predicates
 */
export const hasSignal = (rewards: Rewards.Rewards): boolean => !Rewards.areEqual(Rewards.scorable(rewards))

/**
 * One group, the round that it was sampled in, and whether it was kept.
 *
 * @since 0.1.0
 * @category models
 */
export interface Gathered<A> {
  readonly group: A
  /** Counts from 1. */
  readonly round: number
  readonly kept: boolean
}

/**
 * Samples until `wanted` groups have been kept or `maxRounds` rounds are over; every round asks for as many as are missing.
 * Nothing that was sampled is lost: all of it comes back, in the order in which it was sampled.
 *
 * @since 0.1.0
 * @category stages
 */
export const gather = Effect.fnUntraced(function* <A, S, E, R>(options: {
  readonly wanted: number
  readonly maxRounds: number
  readonly keeps: (group: A) => boolean
  /** Where the problems come from. */
  readonly start: S
  readonly round: (
    round: number,
    missing: number,
    from: S,
    sofar: ReadonlyArray<Gathered<A>>,
  ) => Effect.Effect<{ readonly groups: ReadonlyArray<A>; readonly state: S }, E, R>
}): Effect.fn.Return<
  { readonly gathered: ReadonlyArray<Gathered<A>>; readonly rounds: number; readonly state: S },
  E,
  R
> {
  const { keeps, maxRounds, start, wanted } = options
  const gathered: Array<Gathered<A>> = []
  let [state, rounds, missing] = [start, 0, wanted]
  while (missing > 0 && rounds < maxRounds) {
    rounds += 1
    const found = yield* options.round(rounds, missing, state, gathered)
    for (const group of found.groups) {
      const kept = keeps(group)
      gathered.push({ group, round: rounds, kept })
      if (kept) missing -= 1
    }
    state = found.state
  }
  return { gathered, rounds, state }
})

/**
 * What was measured with dynamic sampling: `groups` are those that were kept.
 *
 * @since 0.1.0
 * @category models
 */
export interface DynamicStep extends MeasuredStep {
  readonly gathered: ReadonlyArray<Gathered<ScoredGroup>>
  readonly record: DynamicSamplingRecord
  /** Where the order of problems stands after it. */
  readonly order: ProblemOrder.OrderState
}

/**
 * `TrainStep.measure` with dynamic sampling. Advantages are those of the groups that were kept, as a batch of their own; with the
 * rounds over these may be few, or none. Groups that were dropped are scored too, for the record. The first round samples
 * what a step without dynamic sampling does; later ones have streams of random numbers of their own.
 *
 * @since 0.1.0
 * @category stages
 */
export const measure = Effect.fn("DynamicSampling.measure")(function* (options: {
  readonly wanted: number
  readonly maxRounds: number
  readonly order: ProblemOrder.ProblemOrder<Problem>
  readonly from: ProblemOrder.OrderState
  readonly request: (problems: ReadonlyArray<Problem>) => Sampler.SampleRequest
  /** What a group must not have all equal to be kept. */
  readonly signal: (graded: GradedGroup) => Rewards.Rewards
  readonly rules?: ReadonlyArray<Extract.ExtractionRule> | undefined
  readonly rewardFunctions?: ReadonlyArray<RewardFunction>
}): Effect.fn.Return<
  DynamicStep,
  Sampler.SamplingError | EntropyError.EntropyError | AdvantageError.AdvantageError,
  Sampler.Sampler | Equivalence.Equivalence | EntropyScorer.EntropyScorer | AdvantageEstimator.AdvantageEstimator
> {
  const { from, maxRounds, order, wanted } = options
  const spent = { sample: 0, grade: 0 }
  const { gathered, rounds, state } = yield* gather({
    wanted,
    maxRounds,
    keeps: (graded: GradedGroup) => hasSignal(options.signal(graded)),
    start: from,
    round: Effect.fnUntraced(function* (round, missing, before, sofar) {
      const drawn = order.draw(before, missing, new Set(sofar.map(({ group }) => group.group.problem.id)))
      const request = options.request(drawn.problems)
      const stream = round === 1 ? request.stream : `${request.stream}, round ${round}`
      const { grade, graded, sample } = yield* observe({ ...request, stream }, options.rules)
      spent.sample += sample
      spent.grade += grade
      return { groups: graded, state: drawn.state }
    }),
  })
  const kept = gathered.filter((one) => one.kept).map(({ group }) => group)
  const { step } = options.request([])
  const [[groups, all], shape] = yield* timed(
    Effect.gen(function* () {
      const scored = kept.length === 0 ? [] : yield* scoreGroups(kept, step, options.rewardFunctions)
      const left = scored.values()
      const everything = yield* Effect.forEach(gathered, (one) =>
        one.kept
          ? Effect.succeed({ ...one, group: left.next().value! })
          : Effect.map(scoreUnused(one.group), (group) => ({ ...one, group })),
      )
      return [scored, everything] as const
    }),
  )
  return {
    groups,
    gathered: all,
    durations: { ...spent, shape },
    order: state,
    record: {
      rounds,
      sampled: gathered.length,
      dropped: gathered.length - kept.length,
      missing: wanted - kept.length,
      keptSemanticEntropy: groups.length === 0 ? 0 : Numeric.mean(groups.map(({ entropy }) => entropy.entropy)),
    },
  }
})
