/**
 * How the policy is stepped, as an option of a run.
 *
 * @since 0.1.0
 */
import { AdamW, AmsGrad, type Optimizer, Sgd } from "@seed-grpo/grpo"
import { Schema } from "effect"
import { byKind, nonNegative, nonNegativeInteger, positive, positiveInteger, withDefault } from "./internal/fields.ts"
import { ScheduleConfig } from "./ScheduleConfig.ts"

const decay = Schema.Finite.check(
  Schema.isBetween({ minimum: 0, maximum: 1 }, { message: "Expected a number from 0 to 1" }),
)

/** What every method can have. */
const shared = {
  learningRate: withDefault(nonNegative, 1e-6),
  schedule: withDefault(ScheduleConfig, "constant"),
  warmupSteps: withDefault(nonNegativeInteger, 0),
  /** Of projections and adapters; norms, biases and embeddings do not decay. */
  weightDecay: withDefault(nonNegative, 0),
  maxGradientNorm: withDefault(positive, 1),
  /** Optimizer steps per pass over a batch of completions. */
  updatesPerStep: withDefault(positiveInteger, 1),
  /** Passes over a batch of completions, in another order each; log-probabilities stay those of sampling. */
  epochs: withDefault(positiveInteger, 1),
  /** Tokens differentiated at once, about: memory grows with it, results do not change. */
  microBatchTokens: withDefault(positiveInteger, 4096),
  /** Layers are computed again in the backward pass: less memory, more time, the same results. */
  gradientCheckpointing: withDefault(Schema.Boolean, false),
  /** The run ends after so many updates in a row without a finite loss. */
  haltAfterNonFinite: withDefault(positiveInteger, 3),
}

const moments = {
  beta1: withDefault(decay, 0.9),
  beta2: withDefault(decay, 0.95),
  epsilon: withDefault(positive, 1e-8),
}

/**
 * The method and its options.
 *
 * @since 0.1.0
 * @category schemas
 */
export const OptimizerConfig = byKind("adamw", [
  Schema.Struct({ kind: Schema.Literal("adamw"), ...moments, ...shared }),
  Schema.Struct({ kind: Schema.Literal("amsgrad"), ...moments, ...shared }),
  Schema.Struct({
    kind: Schema.Literal("sgd"),
    momentum: withDefault(decay, 0),
    nesterov: withDefault(Schema.Boolean, false),
    ...shared,
  }).check(
    Schema.makeFilter(({ momentum, nesterov }) =>
      nesterov && momentum === 0
        ? {
            path: ["nesterov"],
            issue: "Expected a momentum beside it: without one there is nothing to look ahead along",
          }
        : undefined,
    ),
  ),
])

/**
 * @since 0.1.0
 * @category models
 */
export type OptimizerConfig = typeof OptimizerConfig.Type

/**
 * The optimizer that options stand for.
 *
 * @since 0.1.0
 * @category conversions
 */
export const optimizer = (config: OptimizerConfig): Optimizer.Optimizer => {
  switch (config.kind) {
    case "adamw":
      return AdamW.adamW(config)
    case "amsgrad":
      return AmsGrad.amsGrad(config)
    case "sgd": {
      if (config.momentum === 0) return Sgd.sgd
      return config.nesterov ? Sgd.nesterov(config.momentum) : Sgd.momentum(config.momentum)
    }
  }
}
