/**
 * The policy not to drift away from, for objectives and rewards with a KL term. One file a kind: `BaseReference`,
 * `InitialReference`, `EmaReference`.
 *
 * @since 0.1.0
 */
import { ExplainedError } from "@seed-grpo/core/ExplainedError"
import { type ModelConfig, Parameters, type Safetensors } from "@seed-grpo/runtime"
import { Context, Effect } from "effect"
import { policyScores } from "./PolicyScores.ts"

/**
 * A policy that cannot have such a reference, or a saved one that does not fit.
 *
 * @since 0.1.0
 * @category errors
 */
export class ReferenceError extends ExplainedError<"no-adapter" | "other-tensors"> {
  readonly _tag = "ReferenceError"

  static otherTensors(expected: string, found: string): ReferenceError {
    return new ReferenceError({
      reason: "other-tensors",
      at: "saved reference policy",
      expected,
      found,
      fix: "Go on with the model and the kind of reference that it was saved with.",
    })
  }
}

/**
 * A completion to be looked at.
 *
 * @since 0.1.0
 * @category models
 */
export interface ReferenceRow {
  readonly prompt: Int32Array
  readonly completion: Int32Array
}

/**
 * @since 0.1.0
 * @category models
 */
export interface ReferencePolicy {
  /** Of each completion token, in nats, `[T]` for each row. */
  readonly logprobs: (rows: ReadonlyArray<ReferenceRow>) => Effect.Effect<ReadonlyArray<Float64Array>>
  /** The policy has taken a step: for references that move. */
  readonly follow: Effect.Effect<void>
  /** What a checkpoint has to hold; nothing where the reference can be made again. */
  readonly state: Effect.Effect<Safetensors.HostTensors | undefined>
  readonly restore: (state: Safetensors.HostTensors | undefined) => Effect.Effect<void, ReferenceError>
}

/**
 * The reference of a run; none unless a layer provides one.
 *
 * @since 0.1.0
 * @category services
 */
export const CurrentReference = Context.Reference<ReferencePolicy | undefined>("@seed-grpo/grpo/CurrentReference", {
  defaultValue: () => undefined,
})

/**
 * How completions are looked at.
 *
 * @since 0.1.0
 * @category models
 */
export interface ReferenceOptions {
  /** That of sampling. */
  readonly temperature: number
  /** About how many tokens, padding included, are looked at at once. */
  readonly microBatchTokens: number
}

/**
 * A reference that stays as it is, and is made again when a run is resumed.
 *
 * @since 0.1.0
 * @category constructors
 */
export const frozen = (
  parameters: () => Parameters.Parameters,
  config: ModelConfig.ModelConfig,
  options: ReferenceOptions,
): ReferencePolicy => ({
  logprobs: (rows) =>
    Effect.map(
      Effect.promise(() => policyScores(parameters(), config, rows, options)),
      (scores) => scores.map(({ logprobs }) => logprobs),
    ),
  follow: Effect.void,
  state: Effect.succeed(undefined),
  restore: (state) =>
    state === undefined
      ? Effect.void
      : Effect.fail(ReferenceError.otherTensors("none: this reference is made again", `${state.size} tensors`)),
})
