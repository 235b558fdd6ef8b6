/**
 * One optimizer step of the policy from a batch of completions with advantages.
 *
 * @since 0.1.0
 */
import { attemptPromise } from "@seed-grpo/core/Attempt"
import { ExplainedError } from "@seed-grpo/core/ExplainedError"
import { Parameters, Policy, type Safetensors } from "@seed-grpo/runtime"
import * as tf from "@tensorflow/tfjs-core"
import { Context, Effect, Layer } from "effect"
import { accumulatedGradient } from "./Accumulation.ts"
import * as AdamW from "./AdamW.ts"
import { totals } from "./Aggregation.ts"
import * as CompiledUpdate from "./CompiledUpdate.ts"
import * as Constants from "./Constants.ts"
import { clipFactor, globalNorm } from "./GradientNorm.ts"
import type { Schedule } from "./LearningRate.ts"
import * as Metrics from "./Metrics.ts"
import { needsEveryRow, type Objective } from "./Objective.ts"
import { ObjectiveError } from "./ObjectiveError.ts"
import { lossMask } from "./ObjectiveRow.ts"
import { policyGradient, type TrainingRow } from "./PolicyGradient.ts"
import { policyScores } from "./PolicyScores.ts"
import * as TopEntropy from "./TopEntropy.ts"

/**
 * What one optimizer step did.
 *
 * @since 0.1.0
 * @category models
 */
export interface UpdateMetrics extends Metrics.Metrics {
  /**
   * `applied`: the policy changed. `no-signal`: no row had a gradient, so nothing was done. `non-finite`: the loss or
   * the gradient was NaN or infinite, so the policy was left as it is.
   */
  readonly outcome: "applied" | "no-signal" | "non-finite"
  readonly loss: number
  /** Before clipping. */
  readonly gradientNorm: number
  readonly learningRate: number
  /** If the objective corrects for another sampler. */
  readonly sampler?: Metrics.SamplerMetrics
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
    readonly update: (rows: ReadonlyArray<TrainingRow>) => Effect.Effect<UpdateMetrics, ObjectiveError>
    readonly state: Effect.Effect<OptimizerState>
    readonly restore: (state: OptimizerState) => Effect.Effect<void, OptimizerStateError>
  }
>()("@seed-grpo/grpo/GrpoOptimizer") {}

/** The rows that can have a gradient: of those with a token, all or the ones with an advantage. */
const informative = (objective: Objective, rows: ReadonlyArray<TrainingRow>): ReadonlyArray<TrainingRow> => {
  const signal = ({ advantage }: TrainingRow) =>
    typeof advantage === "number" ? advantage !== 0 : Array.from(advantage).some((one) => one !== 0)
  return rows.filter(
    (row) => (needsEveryRow(objective) || signal(row)) && lossMask(objective, row).some((here) => here > 0),
  )
}

/**
 * AdamW on the gradient of an objective, clipped by its global norm.
 *
 * Rows without a gradient are left out of the forward pass: those with advantage 0, if there is no KL term and no entropy
 * bonus, and those without a token to train on. The batch is still divided by the totals of all its rows.
 *
 * With `topEntropy`, all rows are scored once more, before the gradient, to find the threshold.
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
      const { objective } = options

      const apply = (gradients: AdamW.Tensors, factor: number, learningRate: number): void => {
        const next = step({ ...options, learningRate }, trained(), gradients, adam, factor)
        policy.update({ ...policy.parameters(), ...next.parameters })
        AdamW.dispose(adam)
        adam = next.state
      }

      /** The rows as the objective needs them, from a look at the whole batch. */
      const prepared = async (rows: ReadonlyArray<TrainingRow>): Promise<ReadonlyArray<TrainingRow>> => {
        if (objective.topEntropy === 1) return rows
        const scores = await policyScores(policy.parameters(), policy.config, rows, options)
        return TopEntropy.marked(
          objective,
          rows,
          scores.map(({ entropies }) => entropies),
        )
      }

      const updated = async (given: ReadonlyArray<TrainingRow>): Promise<UpdateMetrics> => {
        const learningRate = options.learningRate(adam.step)
        const rows = await prepared(given)
        const batch = totals(objective, rows)
        for (const row of rows) Constants.check(objective, row)
        const chosen = informative(objective, rows)
        const measured = (scored: Parameters<typeof Metrics.measure>[1]) => {
          const sampler = Metrics.measureSampler(objective, rows)
          return { learningRate, ...Metrics.measure(objective, scored), ...(sampler === undefined ? {} : { sampler }) }
        }
        if (chosen.length === 0) return { outcome: "no-signal", loss: 0, gradientNorm: 0, ...measured([]) }
        const { gradients, loss, scored } = await accumulatedGradient(
          objective,
          policy.parameters(),
          policy.config,
          chosen,
          { ...options, totals: batch },
          gradient,
        )
        const gradientNorm = await norm(gradients)
        const finite = Number.isFinite(loss) && Number.isFinite(gradientNorm)
        if (finite) apply(gradients, clipFactor(gradientNorm, options.maxGradientNorm), learningRate)
        tf.dispose(Object.values(gradients))
        return { outcome: finite ? "applied" : "non-finite", loss, gradientNorm, ...measured(scored) }
      }

      const update = (rows: ReadonlyArray<TrainingRow>) =>
        Effect.uninterruptible(attemptPromise(ObjectiveError, () => updated(rows)))

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
