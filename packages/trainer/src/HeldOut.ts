/**
 * The evaluations of a run on its held-out problems, as its configuration says.
 *
 * @since 0.1.0
 */
import type { EvaluationRecord, Problem } from "@seed-grpo/core"
import { Template } from "@seed-grpo/data"
import type { Equivalence } from "@seed-grpo/equivalence"
import type { Sampler } from "@seed-grpo/sampling"
import { Effect } from "effect"
import { evaluate as evaluateProblems, summarise } from "./Evaluation.ts"
import type { RunConfig } from "./RunConfig.ts"

/**
 * Evaluates the policy as it is after `step`. Every evaluation of a run uses the same random numbers, so that two of them differ
 * by the policy alone.
 *
 * @since 0.1.0
 * @category evaluation
 */
export const evaluate = Effect.fn("HeldOut.evaluate")(function* (
  config: RunConfig,
  problems: ReadonlyArray<Problem>,
  step: number,
): Effect.fn.Return<EvaluationRecord, Sampler.SamplingError, Sampler.Sampler | Equivalence.Equivalence> {
  const { maxTokens = config.sampling.maxTokens, samples, temperature, topP } = config.evaluation
  const evaluated = yield* evaluateProblems(problems, {
    template: Template.templates[config.template],
    samples,
    temperature,
    topP,
    maxTokens,
    seed: config.seed,
  })
  const { high, low, value } = summarise(evaluated, samples).accuracy
  const record = { kind: "evaluation", step, problems: problems.length, accuracy: value, low, high } as const
  if (samples === 1) return record
  const solved = evaluated.filter(({ graded }) => graded?.rewards.includes(1) === true).length
  return { ...record, samples, passAtSamples: solved / problems.length }
})

/**
 * What a run is judged by: `accuracy` is the mean over completions, `passAtSamples` how often one of all `samples` is right.
 *
 * @since 0.1.0
 * @category conversions
 */
export const metric = (record: EvaluationRecord, name: "accuracy" | "passAtSamples"): number =>
  name === "accuracy" ? record.accuracy : (record.passAtSamples ?? record.accuracy)
