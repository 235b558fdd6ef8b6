/**
 * Semantic entropy as a service, so that another estimator is another layer.
 *
 * @since 0.1.0
 */
import { attempt } from "@seed-grpo/core/Attempt"
import { Context, type Effect, Layer } from "effect"
import { EntropyError } from "./EntropyError.ts"
import { type ClusteredGroup, scoreDiscrete, scoreLikelihoodWeighted, type SemanticEntropyScore } from "./Score.ts"
import type { UnreadablePolicy } from "./Unreadable.ts"

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
 * @since 0.1.0
 * @category models
 */
export interface ScorerOptions {
  /** What to do with responses that hold no answer; each its own cluster by default. */
  readonly unreadable?: UnreadablePolicy
}

const layerOf =
  (score: typeof scoreDiscrete) =>
  ({ unreadable = "own-cluster" }: ScorerOptions = {}): Layer.Layer<EntropyScorer> =>
    Layer.succeed(EntropyScorer)({ score: (group) => attempt(EntropyError, () => score(group, unreadable)) })

/**
 * Each answer counts once.
 *
 * @since 0.1.0
 * @category layers
 */
export const layerDiscrete = layerOf(scoreDiscrete)

/**
 * Each answer counts by its likelihood per token.
 *
 * @since 0.1.0
 * @category layers
 */
export const layerLikelihoodWeighted = layerOf(scoreLikelihoodWeighted)
