/**
 * Completions that were sampled before: for replaying a run, for tests, and for scoring answers of any model.
 *
 * @since 0.1.0
 */
import type { Completion, Group } from "@seed-grpo/core"
import { Effect, Layer } from "effect"
import { Sampler, SamplingError } from "./Sampler.ts"

/**
 * Gives the recorded completions of each problem, by its id: the first `groupSize` of them. A problem that was not
 * recorded, or not often enough, is an error and never an empty group.
 *
 * @since 0.1.0
 * @category layers
 */
export const layer = (recorded: ReadonlyMap<string, ReadonlyArray<Completion>>): Layer.Layer<Sampler> =>
  Layer.succeed(Sampler)({
    sample: ({ groupSize, problems }) =>
      Effect.forEach(problems, ({ problem, prompt }): Effect.Effect<Group, SamplingError> => {
        const completions = recorded.get(problem.id) ?? []
        return completions.length >= groupSize
          ? Effect.succeed({
              problem,
              prompt,
              promptTokens: new Int32Array(),
              completions: completions.slice(0, groupSize),
            })
          : Effect.fail(
              new SamplingError({
                reason: "not-recorded",
                at: `problem ${problem.id}`,
                expected: `${groupSize} recorded completions`,
                found: `${completions.length}`,
                fix: "Record more completions, or ask for smaller groups.",
              }),
            )
      }),
    countTokens: () => Effect.succeed(0),
    contextLength: Infinity,
  })
