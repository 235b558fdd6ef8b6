/**
 * One optimizer step of the policy from a batch of completions with advantages.
 *
 * @since 0.1.0
 */
import { ExplainedError } from "@seed-grpo/core/ExplainedError"
import { Numeric } from "@seed-grpo/core"
import { Parameters, Policy, type Safetensors } from "@seed-grpo/runtime"
import * as tf from "@tensorflow/tfjs-core"
import { Context, Effect, Layer } from "effect"
import { accumulatedGradient } from "./Accumulation.ts"
import * as AdamW from "./AdamW.ts"
import * as CompiledUpdate from "./CompiledUpdate.ts"
import { clipFactor, globalNorm } from "./GradientNorm.ts"
import type { Schedule } from "./LearningRate.ts"
import type { Objective } from "./Objective.ts"
import { policyGradient, type TokenRecord, type TrainingRow } from "./PolicyGradient.ts"

/**
 * What one optimizer step did.
 *
 * @since 0.1.0
 * @category models
 */
export interface UpdateMetrics {
  /**
   * `applied`: the policy changed. `no-signal`: every advantage was zero, so nothing was done. `non-finite`: the loss or
   * the gradient was NaN or infinite, so the policy was left as it is.
   */
  readonly outcome: "applied" | "no-signal" | "non-finite"
  readonly loss: number
  /** Before clipping. */
  readonly gradientNorm: number
  readonly learningRate: number
  /** Mean of `exp(logprob − oldLogprob)` over tokens. */
  readonly ratio: number
  /** Share of tokens whose gradient was cut because the ratio fell below, or rose above, the clip range. */
  readonly clippedLow: number
  readonly clippedHigh: number
  /** Mean of `ρ − 1 − ln ρ` over tokens, in nats: an estimate of KL(old ‖ new) that is never negative. */
  readonly klFromSampler: number
  /** Mean entropy of the policy's next-token distribution over the tokens trained on, in nats. */
  readonly tokenEntropy: number
  /** Tokens that carried a gradient. */
  readonly tokens: number
}

/**
 * What has to be kept so that training goes on as if it had not stopped.
 *
 * @since 0.1.0
 * @category models
 */
export interface OptimizerState {
  readonly step: number
  /** Moments in checkpoint layout, named `first.<parameter>` and `second.<parameter>`. */
  readonly moments: Safetensors.HostTensors
}

/**
 * A saved optimizer state that does not fit the policy.
 *
 * @since 0.1.0
 * @category errors
 */
export class OptimizerStateError extends ExplainedError<"missing-moment"> {
  readonly _tag = "OptimizerStateError"
}

/**
 * @since 0.1.0
 * @category models
 */
export interface GrpoOptions {
  readonly objective: Objective
  readonly learningRate: Schedule
  readonly beta1: number
  readonly beta2: number
  readonly epsilon: number
  readonly weightDecay: number
  readonly maxGradientNorm: number
  /** Bounds beyond which a token counts as clipped in the metrics; the objective's own. */
  readonly clip: { readonly low: number; readonly high: number }
  /** That of sampling. */
  readonly temperature: number
  /**
   * About how many tokens, padding included, are differentiated at once (at least one row is). Memory grows with it, the
   * result does not change.
   */
  readonly microBatchTokens: number
  /** Less memory for a forward pass more: layers are computed again in the backward pass. */
  readonly gradientCheckpointing?: boolean
}

/**
 * Trains the {@link Policy.Policy}.
 *
 * @since 0.1.0
 * @category services
 */
export class GrpoOptimizer extends Context.Service<
  GrpoOptimizer,
  {
    readonly update: (rows: ReadonlyArray<TrainingRow>) => Effect.Effect<UpdateMetrics>
    readonly state: Effect.Effect<OptimizerState>
    readonly restore: (state: OptimizerState) => Effect.Effect<void, OptimizerStateError>
  }
>()("@seed-grpo/grpo/GrpoOptimizer") {}

const measure = (tokens: ReadonlyArray<TokenRecord>, clip: GrpoOptions["clip"]) => {
  const share = (cut: (token: TokenRecord) => boolean) =>
    tokens.length === 0 ? 0 : tokens.filter(cut).length / tokens.length
  const average = (of: (token: TokenRecord) => number) => (tokens.length === 0 ? 0 : Numeric.mean(tokens.map(of)))
  return {
    ratio: tokens.length === 0 ? 1 : average(({ logRatio }) => Math.exp(logRatio)),
    clippedLow: share(({ advantage, logRatio }) => advantage < 0 && Math.exp(logRatio) < 1 - clip.low),
    clippedHigh: share(({ advantage, logRatio }) => advantage > 0 && Math.exp(logRatio) > 1 + clip.high),
    klFromSampler: average(({ logRatio }) => Math.expm1(logRatio) - logRatio),
    tokenEntropy: average(({ entropy }) => entropy),
    tokens: tokens.length,
  }
}

/**
 * AdamW on the gradient of an objective, clipped by its global norm.
 *
 * Rows with advantage 0 have no gradient and are left out of the forward pass; the batch is still divided by all its
 * rows.
 *
 * @since 0.1.0
 * @category layers
 */
export const layer = (options: GrpoOptions): Layer.Layer<GrpoOptimizer, never, Policy.Policy> =>
  Layer.effect(
    GrpoOptimizer,
    Effect.gen(function* () {
      const policy = yield* Policy.Policy
      const trainable = Parameters.trainable(policy.config)
      const trained = () => {
        const parameters = policy.parameters()
        return Object.fromEntries(trainable.map(({ name }) => [name, parameters[name]!]))
      }
      const compiled = policy.compilation === undefined ? undefined : CompiledUpdate.make(policy.compilation)
      yield* Effect.addFinalizer(() => Effect.sync(() => compiled?.dispose()))
      let adam = AdamW.initial(trained())
      yield* Effect.addFinalizer(() => Effect.sync(() => AdamW.dispose(adam)))

      const stepEagerly: CompiledUpdate.CompiledUpdate["step"] = (adamW, parameters, gradients, state, factor) => {
        if (factor === 1) return AdamW.update(adamW, parameters, gradients, state)
        const scaled = Object.fromEntries(
          Object.entries(gradients).map(([name, gradient]) => [name, tf.mul(gradient, factor)]),
        )
        const next = AdamW.update(adamW, parameters, scaled, state)
        tf.dispose(Object.values(scaled))
        return next
      }

      const { gradient, norm, step } = compiled ?? { gradient: policyGradient, norm: globalNorm, step: stepEagerly }

      const apply = (gradients: AdamW.Tensors, factor: number, learningRate: number): void => {
        const next = step({ ...options, learningRate }, trained(), gradients, adam, factor)
        policy.update({ ...policy.parameters(), ...next.parameters })
        AdamW.dispose(adam)
        adam = next.state
      }

      const update = (rows: ReadonlyArray<TrainingRow>) =>
        Effect.promise(async (): Promise<UpdateMetrics> => {
          const learningRate = options.learningRate(adam.step)
          const informative = rows.filter((row) => row.advantage !== 0)
          if (informative.length === 0) {
            return { outcome: "no-signal", loss: 0, gradientNorm: 0, learningRate, ...measure([], options.clip) }
          }
          const { gradients, loss, tokens } = await accumulatedGradient(
            options.objective,
            policy.parameters(),
            policy.config,
            informative,
            { ...options, batchRows: rows.length },
            gradient,
          )
          const gradientNorm = await norm(gradients)
          const finite = Number.isFinite(loss) && Number.isFinite(gradientNorm)
          if (finite) apply(gradients, clipFactor(gradientNorm, options.maxGradientNorm), learningRate)
          tf.dispose(Object.values(gradients))
          const outcome = finite ? "applied" : "non-finite"
          return { outcome, loss, gradientNorm, learningRate, ...measure(tokens, options.clip) }
        }).pipe(Effect.uninterruptible)

      const state = Effect.promise(async (): Promise<OptimizerState> => {
        const { first, second, step: steps } = adam
        const named = async (prefix: string, moments: AdamW.Tensors) =>
          [...(await Parameters.toHost(policy.config, moments))].map(
            ([name, tensor]) => [`${prefix}.${name}`, tensor] as const,
          )
        const both = await Promise.all([named("first", first), named("second", second)])
        return { step: steps, moments: new Map(both.flat()) }
      })

      const restore = Effect.fnUntraced(function* ({ moments, step }: OptimizerState) {
        const missing = trainable
          .flatMap(({ name }) => [`first.${name}`, `second.${name}`])
          .find((name) => !moments.has(name))
        if (missing !== undefined) {
          return yield* Effect.fail(
            new OptimizerStateError({
              reason: "missing-moment",
              at: "optimizer state",
              expected: `a tensor ${missing}`,
              found: "none",
              fix: "Resume with the model that the run was started with.",
            }),
          )
        }
        const read = (prefix: string) =>
          Parameters.upload(
            trainable,
            new Map(trainable.map(({ name }) => [name, moments.get(`${prefix}.${name}`)!] as const)),
          )
        AdamW.dispose(adam)
        adam = { step, first: read("first"), second: read("second") }
      })

      return GrpoOptimizer.of({ update, state, restore })
    }),
  )
