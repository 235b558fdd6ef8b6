/**
 * How good is a policy on problems with known answers?
 *
 * @since 0.1.0
 */
import type { Problem } from "@seed-grpo/core"
import type { Template } from "@seed-grpo/data"
import { Equivalence } from "@seed-grpo/equivalence"
import type { TokenDistribution } from "@seed-grpo/runtime"
import { Sampler } from "@seed-grpo/sampling"
import { Effect } from "effect"
import { gradeGroup, type GradedGroup } from "./ScoredGroup.ts"
import { bootstrapMean, type Estimate, passAtK, wilson } from "./Statistics.ts"

/**
 * Any options of sampling: nothing is trained on what is sampled here.
 *
 * @since 0.1.0
 * @category models
 */
export interface EvaluationOptions extends TokenDistribution.SamplingOptions {
  readonly template: Template.Template
  /** Completions per problem. */
  readonly samples: number
  readonly maxTokens: number
  readonly seed: number
  /** Problems sampled between two words of progress; all by default. */
  readonly problemsAtOnce?: number
  /** Called after every batch of problems. */
  readonly onProgress?: (done: number, total: number) => Effect.Effect<void>
}

/**
 * The completions of one problem, graded; none when its prompt does not fit the policy's context.
 *
 * @since 0.1.0
 * @category models
 */
export interface EvaluatedProblem {
  readonly problem: Problem
  readonly graded: GradedGroup | undefined
}

/**
 * Samples and grades. A problem whose prompt leaves no room for an answer is not asked; it counts as wrong and is
 * reported as such.
 *
 * @since 0.1.0
 * @category evaluation
 */
export const evaluate = Effect.fn("Evaluation.evaluate")(function* (
  problems: ReadonlyArray<Problem>,
  options: EvaluationOptions,
): Effect.fn.Return<ReadonlyArray<EvaluatedProblem>, Sampler.SamplingError, Sampler.Sampler | Equivalence.Equivalence> {
  const { contextLength, countTokens, sample } = yield* Sampler.Sampler
  const { maxTokens, onProgress, problemsAtOnce, samples, seed, template, ...distribution } = options
  const results: Array<EvaluatedProblem> = []
  const batch = problemsAtOnce ?? Math.max(1, problems.length)
  for (let from = 0; from < problems.length; from += batch) {
    const asked = problems.slice(from, from + batch).map((problem) => ({
      problem,
      prompt: template.render(problem.question),
    }))
    const lengths = yield* Effect.forEach(asked, ({ prompt }) => countTokens(prompt))
    const fitting = asked.filter((_, index) => lengths[index]! < contextLength)
    const groups =
      fitting.length === 0
        ? []
        : yield* sample({
            ...distribution,
            problems: fitting,
            groupSize: samples,
            maxTokens,
            stop: template.stop,
            seed,
            stream: "evaluation",
            step: 0,
          })
    const graded = new Map(
      (yield* Effect.forEach(groups, (group) => gradeGroup(group, template.answerRules))).map(
        (group) => [group.group.problem.id, group] as const,
      ),
    )
    for (const { problem } of asked) results.push({ problem, graded: graded.get(problem.id) })
    if (onProgress !== undefined) yield* onProgress(results.length, problems.length)
  }
  return results
})

/**
 * Rates over a set of problems, each with a 95 % interval.
 *
 * @since 0.1.0
 * @category models
 */
export interface EvaluationSummary {
  readonly problems: number
  readonly samples: number
  /** Share of right completions: over problems by bootstrap, or Wilson's when each has one completion. */
  readonly accuracy: Estimate
  /** Probability that one of `k` completions is right, for `k` = 1, 2, 4 … up to the number of samples. */
  readonly passAt: ReadonlyArray<{ readonly k: number; readonly rate: Estimate }>
  /** Shares of completions. */
  readonly unreadable: number
  readonly truncated: number
  /** Problems whose prompt did not fit. */
  readonly tooLong: number
}

/**
 * Summarises evaluated problems.
 *
 * @since 0.1.0
 * @category evaluation
 */
export const summarise = (evaluated: ReadonlyArray<EvaluatedProblem>, samples: number): EvaluationSummary => {
  const right = evaluated.map(({ graded }) => graded?.rewards.filter((reward) => reward === 1).length ?? 0)
  const completions = evaluated.flatMap(({ graded }) => graded?.group.completions ?? [])
  const grades = evaluated.flatMap(({ graded }) => graded?.grades ?? [])
  const share = (count: number) => (completions.length === 0 ? 0 : count / completions.length)
  const powers = Array.from({ length: Math.floor(Math.log2(samples)) + 1 }, (_, exponent) => 2 ** exponent)
  return {
    problems: evaluated.length,
    samples,
    accuracy:
      samples === 1
        ? wilson(right.filter((count) => count > 0).length, right.length)
        : bootstrapMean(right.map((count) => count / samples)),
    passAt: powers.map((k) => ({ k, rate: bootstrapMean(right.map((c) => passAtK({ n: samples, c, k }))) })),
    unreadable: share(grades.filter(({ extracted }) => extracted === undefined).length),
    truncated: share(completions.filter(({ finish }) => finish === "length").length),
    tooLong: evaluated.filter(({ graded }) => graded === undefined).length,
  }
}
