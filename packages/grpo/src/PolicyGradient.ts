/**
 * The gradient of an objective with respect to every parameter, from completions and their advantages.
 *
 * @since 0.1.0
 */
import { CompletionScores, type ModelConfig, Padding, Parameters, Read } from "@seed-grpo/runtime"
import * as tf from "@tensorflow/tfjs-core"
import type { Tensors } from "./Optimizer.ts"
import { type Totals, totals as totalsOf } from "./Aggregation.ts"
import * as Constants from "./Constants.ts"
import * as Loss from "./Loss.ts"
import type { Objective } from "./Objective.ts"
import type { ObjectiveRow } from "./ObjectiveRow.ts"

/**
 * A completion to learn from. What an objective needs besides (log-probabilities under a reference or of another sampler, a
 * mask of tool tokens) is optional.
 *
 * @since 0.1.0
 * @category models
 */
export interface TrainingRow extends ObjectiveRow {
  readonly prompt: Int32Array
  /** `[T]` */
  readonly completion: Int32Array
  /** Of each completion token under the policy that sampled it, in nats, `[T]`. */
  readonly oldLogprobs: Float64Array
}

/**
 * A row with what the policy that is trained says of it.
 *
 * @since 0.1.0
 * @category models
 */
export interface ScoredTrainingRow extends TrainingRow {
  /** In nats, `[T]`. */
  readonly logprobs: Float64Array
  /** In nats, `[T]`. */
  readonly entropies: Float64Array
}

/**
 * @since 0.1.0
 * @category models
 */
export interface PolicyGradient {
  readonly loss: number
  /** By parameter name; free them. */
  readonly gradients: Tensors
  /** The rows with what the forward pass saw: for metrics. */
  readonly scored: ReadonlyArray<ScoredTrainingRow>
}

/**
 * @since 0.1.0
 * @category models
 */
export interface GradientOptions {
  readonly temperature: number
  /** Of the whole batch of which the rows are a part; their own, if absent. */
  readonly totals?: Totals
  /** See `CompletionScores`. */
  readonly gradientCheckpointing?: boolean
}

/** The rows with their log-probs and entropies, which are given as `[B, columns]`. */
export const withScores = (
  rows: ReadonlyArray<TrainingRow>,
  columns: number,
  logprobs: ArrayLike<number>,
  entropies: ArrayLike<number>,
): ReadonlyArray<ScoredTrainingRow> =>
  rows.map((row, index) => {
    const cut = (all: ArrayLike<number>) => Float64Array.from(row.completion, (_, t) => all[index * columns + t]!)
    return { ...row, logprobs: cut(logprobs), entropies: cut(entropies) }
  })

/**
 * Loss and gradient of `rows`, as a part of a batch.
 *
 * @throws {ObjectiveError} `missing-input`, `wrong-length`
 * @since 0.1.0
 * @category gradients
 */
export const policyGradient = async (
  objective: Objective,
  parameters: Parameters.Parameters,
  config: ModelConfig.ModelConfig,
  rows: ReadonlyArray<TrainingRow>,
  options: GradientOptions,
): Promise<PolicyGradient> => {
  const names = Parameters.trainable(config).map(({ name }) => name)
  const completions = rows.map((row) => row.completion)
  const { columns } = Padding.right(completions)
  const totals = options.totals ?? totalsOf(objective, rows)
  const seen: { logprobs?: tf.Tensor; entropies?: tf.Tensor } = {}
  const { grads, value } = tf.valueAndGrads((...tensors: Array<tf.Tensor>) => {
    const constants = Constants.ofRows(objective, rows, totals, { rows: rows.length, columns })
    const current = { ...parameters, ...Object.fromEntries(names.map((name, index) => [name, tensors[index]!])) }
    const { entropies, logprobs } = CompletionScores.completionScores(current, config, {
      prompts: rows.map((row) => row.prompt),
      completions,
      temperature: options.temperature,
      gradientCheckpointing: options.gradientCheckpointing ?? false,
    })
    seen.logprobs = tf.keep(tf.clone(logprobs))
    seen.entropies = tf.keep(tf.clone(entropies))
    return Loss.ofTensors(objective, { logprobs, entropies }, constants)
  })(names.map((name) => parameters[name]!))
  const [loss, logprobs, entropies] = await Promise.all([value, seen.logprobs!, seen.entropies!].map(Read.take))
  return {
    loss: loss![0]!,
    gradients: Object.fromEntries(names.map((name, index) => [name, grads[index]!])),
    scored: withScores(rows, columns, logprobs!, entropies!),
  }
}
