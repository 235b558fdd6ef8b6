/**
 * Semantic entropy as a service, so that another estimator is another layer.
 *
 * @since 0.1.0
 */
import { attempt } from "@seed-grpo/core/Attempt"
import { Context, Effect, Layer } from "effect"
import { EntropyError } from "./EntropyError.ts"
import { cluster, type ClusterOptions, type Judge } from "./Judge.ts"
import type { JudgeError } from "./JudgeError.ts"
import { type ClusteredGroup, score, type ScoreOptions, type SemanticEntropyScore } from "./Score.ts"
import { DISCRETE, LIKELIHOOD_WEIGHTED } from "./SemanticEntropy.ts"

/**
 * @since 0.1.0
 * @category services
 */
export class EntropyScorer extends Context.Service<
  EntropyScorer,
  {
    readonly score: (group: ClusteredGroup) => Effect.Effect<SemanticEntropyScore, EntropyError>
  }
>()("@seed-grpo/entropy/EntropyScorer") {}

/**
 * A scorer with any estimator, by default the discrete one.
 *
 * @since 0.1.0
 * @category layers
 */
export const layer = (options: ScoreOptions = {}): Layer.Layer<EntropyScorer> =>
  Layer.succeed(EntropyScorer)({ score: (group) => attempt(EntropyError, () => score(group, options)) })

/**
 * Each answer counts once.
 *
 * @since 0.1.0
 * @category layers
 */
export const layerDiscrete = (options: Omit<ScoreOptions, "estimator"> = {}): Layer.Layer<EntropyScorer> =>
  layer({ ...options, estimator: DISCRETE })

/**
 * Each answer counts by its likelihood per token.
 *
 * @since 0.1.0
 * @category layers
 */
export const layerLikelihoodWeighted = (options: Omit<ScoreOptions, "estimator"> = {}): Layer.Layer<EntropyScorer> =>
  layer({ ...options, estimator: LIKELIHOOD_WEIGHTED })

/**
 * Answers to a score: clustered by the judge of the context, measured by its scorer.
 *
 * @example
 * ```ts
 * import assert from "node:assert"
 * import { EntropyScorer, Judge } from "@seed-grpo/entropy"
 * import { Effect, Layer } from "effect"
 *
 * const stages = Layer.merge(Judge.layerExact, EntropyScorer.layerDiscrete())
 * const { entropy } = Effect.runSync(
 *   EntropyScorer.scoreAnswers(["yes", "no", "yes", "yes"]).pipe(Effect.provide(stages))
 * )
 * assert.equal(entropy.toFixed(6), "0.562335")
 * ```
 *
 * @since 0.1.0
 * @category scoring
 */
export const scoreAnswers = Effect.fn("EntropyScorer.scoreAnswers")(function* (
  answers: ReadonlyArray<string | undefined>,
  options: ClusterOptions & { readonly meanLogprobs?: ReadonlyArray<number> } = {},
): Effect.fn.Return<SemanticEntropyScore, EntropyError | JudgeError, EntropyScorer | Judge> {
  const scorer = yield* EntropyScorer
  const clusters = yield* cluster(answers, options)
  const { meanLogprobs } = options
  return yield* scorer.score(meanLogprobs === undefined ? clusters : { ...clusters, meanLogprobs })
})
