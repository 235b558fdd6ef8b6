/**
 * One optimizer step of the policy from a batch of completions with advantages.
 *
 * @since 0.1.0
 */
import { attempt, attemptPromise } from "@seed-grpo/core/Attempt"
import { Parameters, Policy, type Safetensors } from "@seed-grpo/runtime"
import * as tf from "@tensorflow/tfjs-core"
import { Context, Effect, Layer } from "effect"
import { accumulatedGradient } from "./Accumulation.ts"
import { totals } from "./Aggregation.ts"
import * as CompiledUpdate from "./CompiledUpdate.ts"
import * as Constants from "./Constants.ts"
import { clipFactor, globalNorm } from "./GradientNorm.ts"
import type { Schedule } from "./LearningRate.ts"
import * as Metrics from "./Metrics.ts"
import { needsEveryRow, type Objective } from "./Objective.ts"
import { ObjectiveError } from "./ObjectiveError.ts"
import { lossMask } from "./ObjectiveRow.ts"
import * as Optimizer from "./Optimizer.ts"
import * as OptimizerCheckpoint from "./OptimizerCheckpoint.ts"
import * as OptimizerStep from "./OptimizerStep.ts"
import * as ParameterGroups from "./ParameterGroups.ts"
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
  /** Share of what was differentiated that was padding, from 0 to 1; before a compiled program rounds sizes up. */
  readonly padding: number
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
  /** In checkpoint layout, named `slot.parameter`; AdamW has the slots `first` and `second`. */
  readonly moments: Safetensors.HostTensors
}

/**
 * @since 0.1.0
 * @category models
 */
export interface GrpoOptions {
  readonly objective: Objective
  readonly optimizer: Optimizer.Optimizer
  readonly learningRate: Schedule
  readonly weightDecay: number
  /** Which parameters decay, and which learn faster; without it norms, biases and embeddings do not decay. */
  readonly groups?: (
    trainable: ReadonlyArray<Parameters.ParameterSpec>,
    weightDecay: number,
  ) => ReadonlyArray<ParameterGroups.ParameterGroup>
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
    readonly restore: (state: OptimizerState) => Effect.Effect<void, Optimizer.OptimizerError>
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
 * An optimizer on the gradient of an objective, clipped by its global norm.
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
      const { objective, optimizer, weightDecay } = options
      const groups =
        options.groups?.(trainable, weightDecay) ??
        ParameterGroups.byDecay(trainable, weightDecay, ParameterGroups.decaysButEmbeddings)
      let kept = Optimizer.initial(optimizer, trained())
      yield* Effect.addFinalizer(() => Effect.sync(() => Optimizer.dispose(kept)))

      const { gradient, norm, step } = compiled ?? {
        gradient: policyGradient,
        norm: globalNorm,
        step: OptimizerStep.step,
      }

      const apply = (gradients: Optimizer.Tensors, factor: number, learningRate: number): void => {
        const next = step({ optimizer, groups, learningRate }, trained(), gradients, kept, factor)
        policy.update({ ...policy.parameters(), ...next.parameters })
        Optimizer.dispose(kept)
        kept = next.state
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
        const learningRate = options.learningRate(kept.step)
        const rows = await prepared(given)
        const batch = totals(objective, rows)
        for (const row of rows) Constants.check(objective, row)
        const chosen = informative(objective, rows)
        const measured = (scored: Parameters<typeof Metrics.measure>[1]) => {
          const sampler = Metrics.measureSampler(objective, rows)
          return { learningRate, ...Metrics.measure(objective, scored), ...(sampler === undefined ? {} : { sampler }) }
        }
        if (chosen.length === 0) return { outcome: "no-signal", loss: 0, gradientNorm: 0, padding: 0, ...measured([]) }
        const { gradients, loss, padding, scored } = await accumulatedGradient(
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
        return {
          outcome: finite ? "applied" : "non-finite",
          loss,
          gradientNorm,
          padding: 1 - padding.tokens / padding.cells,
          ...measured(scored),
        }
      }

      const update = (rows: ReadonlyArray<TrainingRow>) =>
        Effect.uninterruptible(attemptPromise(ObjectiveError, () => updated(rows)))

      const state = Effect.promise(async (): Promise<OptimizerState> => ({
        step: kept.step,
        moments: await OptimizerCheckpoint.toHost(policy.config, kept),
      }))

      const restore = ({ moments, step }: OptimizerState) =>
        attempt(Optimizer.OptimizerError, () => {
          const next = OptimizerCheckpoint.fromHost(optimizer, policy.config, step, moments)
          Optimizer.dispose(kept)
          kept = next
        })

      return GrpoOptimizer.of({ update, state, restore })
    }),
  )
