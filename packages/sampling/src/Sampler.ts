/**
 * From problems and prompts to groups of completions, as a service: where completions come from is a layer.
 *
 * @since 0.1.0
 */
import type { Group, Problem } from "@seed-grpo/core"
import { ExplainedError } from "@seed-grpo/core/ExplainedError"
import type { TokenDistribution } from "@seed-grpo/runtime"
import { Context, type Effect } from "effect"

/**
 * A problem and the prompt that was made of it.
 *
 * @since 0.1.0
 * @category models
 */
export interface SampleProblem {
  readonly problem: Problem
  readonly prompt: string
}

/**
 * What to sample. With more than a temperature set, completions come from another distribution than the policy that an
 * optimizer trains; that is for evaluation.
 *
 * @since 0.1.0
 * @category models
 */
export interface SampleRequest extends TokenDistribution.SamplingOptions {
  readonly problems: ReadonlyArray<SampleProblem>
  /** `G` */
  readonly groupSize: number
  readonly maxTokens: number
  /**
   * A completion ends with the token that completes the first of these texts, whatever tokens it is made of. The text stays
   * in the completion, and so does what that token says after it.
   */
  readonly stop: ReadonlyArray<string>
  /** Random numbers are keyed by seed, stream, step, problem, sample and token, and by nothing else. */
  readonly seed: number
  readonly stream: string
  readonly step: number
}

/**
 * Why nothing could be sampled.
 *
 * @since 0.1.0
 * @category errors
 */
export class SamplingError extends ExplainedError<"bad-request" | "bad-prompt" | "non-finite" | "not-recorded"> {
  readonly _tag = "SamplingError"
}

/**
 * @since 0.1.0
 * @category services
 */
export class Sampler extends Context.Service<
  Sampler,
  {
    /** One group per problem, in the order of the problems. */
    readonly sample: (request: SampleRequest) => Effect.Effect<ReadonlyArray<Group>, SamplingError>
    /** How many tokens a prompt has, to leave out what does not fit before it is sampled. */
    readonly countTokens: (prompt: string) => Effect.Effect<number>
    /** Tokens of prompt and completion together that the policy can hold. */
    readonly contextLength: number
  }
>()("@seed-grpo/sampling/Sampler") {}
