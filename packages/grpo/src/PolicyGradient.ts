/**
 * The gradient of an objective with respect to every parameter, from completions and their advantages.
 *
 * @since 0.1.0
 */
import { CompletionScores, type ModelConfig, Padding, Parameters, Read } from "@seed-grpo/runtime"
import * as tf from "@tensorflow/tfjs-core"
import type { Tensors } from "./AdamW.ts"
import type { Objective } from "./Objective.ts"

/**
 * A completion to learn from.
 *
 * @since 0.1.0
 * @category models
 */
export interface TrainingRow {
  readonly prompt: Int32Array
  /** `[T]` */
  readonly completion: Int32Array
  /** Of each completion token under the policy that sampled it, in nats, `[T]`. */
  readonly oldLogprobs: Float64Array
  readonly advantage: number
}

/**
 * What the forward pass saw, token by token over all rows: for metrics.
 *
 * @since 0.1.0
 * @category models
 */
export interface TokenRecord {
  readonly advantage: number
  /** `logprob − oldLogprob`. */
  readonly logRatio: number
  /** Of the policy's next-token distribution, in nats. */
  readonly entropy: number
}

/**
 * @since 0.1.0
 * @category models
 */
export interface PolicyGradient {
  readonly loss: number
  /** By parameter name; free them. */
  readonly gradients: Tensors
  readonly tokens: ReadonlyArray<TokenRecord>
}

/**
 * @since 0.1.0
 * @category models
 */
export interface GradientOptions {
  readonly temperature: number
  /** Rows of the whole batch. */
  readonly batchRows: number
  /** See `CompletionScores`. */
  readonly gradientCheckpointing?: boolean
}

/** Rows of numbers as one tensor, `[B, columns]`, zeros behind. */
export const scatter = (rows: ReadonlyArray<Float64Array>, columns: number): tf.Tensor2D => {
  const values = new Float32Array(rows.length * columns)
  for (const [index, row] of rows.entries()) values.set(row, index * columns)
  return tf.tensor2d(values, [rows.length, columns])
}

/** What the tokens of the rows say about the update, from `[B, columns]` log-probs and entropies. */
export const tokenRecords = (
  rows: ReadonlyArray<TrainingRow>,
  columns: number,
  logprobs: ArrayLike<number>,
  entropies: ArrayLike<number>,
): ReadonlyArray<TokenRecord> =>
  rows.flatMap((row, index) =>
    Array.from(row.oldLogprobs, (old, t) => ({
      advantage: row.advantage,
      logRatio: logprobs[index * columns + t]! - old,
      entropy: entropies[index * columns + t]!,
    })),
  )

/**
 * Loss and gradient of `rows`, as a part of a batch of `batchRows`.
 *
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
  const { columns, mask } = Padding.right(completions)
  const seen: { logprobs?: tf.Tensor; entropies?: tf.Tensor } = {}
  const { grads, value } = tf.valueAndGrads((...tensors: Array<tf.Tensor>) => {
    const current = { ...parameters, ...Object.fromEntries(names.map((name, index) => [name, tensors[index]!])) }
    const { entropies, logprobs } = CompletionScores.completionScores(current, config, {
      prompts: rows.map((row) => row.prompt),
      completions,
      temperature: options.temperature,
      gradientCheckpointing: options.gradientCheckpointing ?? false,
    })
    seen.logprobs = tf.keep(tf.clone(logprobs))
    seen.entropies = tf.keep(entropies)
    return objective({
      logprobs,
      oldLogprobs: scatter(
        rows.map((row) => row.oldLogprobs),
        columns,
      ),
      advantages: tf.tensor2d(
        rows.map((row) => row.advantage),
        [rows.length, 1],
      ),
      mask: tf.tensor2d(Float32Array.from(mask), [rows.length, columns]),
      batchRows: options.batchRows,
    })
  })(names.map((name) => parameters[name]!))
  const [loss, logprobs, entropies] = await Promise.all([value, seen.logprobs!, seen.entropies!].map(Read.take))
  const tokens = tokenRecords(rows, columns, logprobs!, entropies!)
  return { loss: loss![0]!, gradients: Object.fromEntries(names.map((name, index) => [name, grads[index]!])), tokens }
}
