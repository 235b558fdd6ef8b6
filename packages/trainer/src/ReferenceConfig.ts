/**
 * The policy not to drift away from, as an option of a run.
 *
 * @since 0.1.0
 */
import { BaseReference, EmaReference, InitialReference, ReferencePolicy } from "@seed-grpo/grpo"
import { ModelFolder, type Parameters, Policy } from "@seed-grpo/runtime"
import { Effect, type FileSystem, Layer, type Path, Schema } from "effect"
import { nonNegative, share, withDefault } from "./internal/fields.ts"

/**
 * `none`; the policy as it was before training (with an adapter: its base); or a moving average of it, which moves once a step.
 *
 * @since 0.1.0
 * @category schemas
 */
export const ReferenceConfig = Schema.Union([
  Schema.Literals(["none", "initial"]),
  Schema.Struct({
    kind: Schema.Literal("ema"),
    /** How much of it stays in a step. */
    decay: withDefault(share, 0.99),
  }),
])

/**
 * KL as a term of the loss.
 *
 * @since 0.1.0
 * @category schemas
 */
export const KlConfig = Schema.Struct({
  /** β */
  coefficient: nonNegative,
  estimator: withDefault(Schema.Literals(["k1", "k2", "k3"]), "k3"),
  /** Whether the estimate is multiplied by the importance ratio; unless `k2`. */
  corrected: Schema.optionalKey(Schema.Boolean),
}).check(
  Schema.makeFilter(({ corrected, estimator }) =>
    estimator === "k1" && corrected === false
      ? { path: ["corrected"], issue: "Expected a correction of k1: without one its gradient is 0 on average" }
      : undefined,
  ),
)

/**
 * The parts of a run's configuration that a reference is needed for.
 *
 * @since 0.1.0
 * @category models
 */
export interface ReferenceUse {
  readonly reference: typeof ReferenceConfig.Type
  readonly objective: { readonly kl?: typeof KlConfig.Type }
  readonly reward: { readonly kl?: { readonly coefficient: number } }
}

/**
 * A KL term needs a reference, and a reference a KL term.
 *
 * @since 0.1.0
 * @category assertions
 */
export const checkReference = ({ objective, reference, reward }: ReferenceUse) => {
  if (reference === "none") {
    const issue = "Expected a reference beside it"
    if (objective.kl !== undefined) return { path: ["objective", "kl"], issue }
    return reward.kl === undefined ? undefined : { path: ["reward", "kl"], issue }
  }
  return objective.kl === undefined && reward.kl === undefined
    ? { path: ["reference"], issue: "Expected objective.kl or reward.kl beside it: otherwise nothing reads it" }
    : undefined
}

/**
 * The reference that options stand for. `initialFolder` is where the policy began, if it has been trained since.
 *
 * @since 0.1.0
 * @category layers
 */
export const layer = (
  reference: typeof ReferenceConfig.Type,
  options: ReferencePolicy.ReferenceOptions,
  initialFolder: string | undefined,
): Layer.Layer<
  never,
  ModelFolder.LoadError | Parameters.ParametersError,
  Policy.Policy | FileSystem.FileSystem | Path.Path
> => {
  if (reference === "none") return Layer.empty
  if (reference !== "initial") return EmaReference.layer({ ...options, decay: reference.decay })
  return Layer.unwrap(
    Effect.map(Policy.Policy, ({ config }) =>
      config.adapter === undefined
        ? InitialReference.layer(options, initialFolder === undefined ? undefined : ModelFolder.load(initialFolder))
        : Layer.orDie(BaseReference.layer(options)),
    ),
  )
}
