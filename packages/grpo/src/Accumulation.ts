/**
 * The gradient of a large batch, computed in parts that fit in memory.
 *
 * @since 0.1.0
 */
import type { ModelConfig, Parameters } from "@seed-grpo/runtime"
import * as tf from "@tensorflow/tfjs-core"
import type { Tensors } from "./Optimizer.ts"
import { totals as totalsOf } from "./Aggregation.ts"
import type { Objective } from "./Objective.ts"
import { type GradientOptions, policyGradient, type PolicyGradient, type TrainingRow } from "./PolicyGradient.ts"

/**
 * Splits rows, in order, so that each part padded to its longest holds at most so many tokens, or is a single row.
 *
 * @since 0.1.0
 * @category partitions
 */
export const microBatches = <Row extends Pick<TrainingRow, "prompt" | "completion">>(
  rows: ReadonlyArray<Row>,
  mostTokens: number,
): ReadonlyArray<ReadonlyArray<Row>> => {
  const parts: Array<Array<Row>> = []
  let [prompt, completion] = [0, 0]
  for (const row of rows) {
    prompt = Math.max(prompt, row.prompt.length)
    completion = Math.max(completion, row.completion.length)
    const part = parts.at(-1)
    if (part !== undefined && (part.length + 1) * (prompt + completion) <= mostTokens) part.push(row)
    else {
      parts.push([row])
      prompt = row.prompt.length
      completion = row.completion.length
    }
  }
  return parts
}

/** `a + b`; frees both, one tensor after the other, so that never three gradients exist at once. */
const added = (a: Tensors, b: Tensors): Tensors =>
  Object.fromEntries(
    Object.entries(b).map(([name, tensor]) => {
      const sum = tf.add(a[name]!, tensor)
      tf.dispose([a[name]!, tensor])
      return [name, sum]
    }),
  )

/**
 * {@link policyGradient} of at least one row, as a sum over {@link microBatches}. How the batch is split changes memory
 * and, within rounding, nothing else: an objective divides by the totals of the whole batch.
 *
 * @since 0.1.0
 * @category gradients
 */
export const accumulatedGradient = async (
  objective: Objective,
  parameters: Parameters.Parameters,
  config: ModelConfig.ModelConfig,
  rows: ReadonlyArray<TrainingRow>,
  options: GradientOptions & { readonly microBatchTokens: number },
  gradientOf: typeof policyGradient = policyGradient,
): Promise<PolicyGradient> => {
  let loss = 0
  let gradients: Tensors | undefined
  const scored: Array<PolicyGradient["scored"][number]> = []
  const totals = options.totals ?? totalsOf(objective, rows)
  for (const part of microBatches(rows, options.microBatchTokens)) {
    const computed = await gradientOf(objective, parameters, config, part, { ...options, totals })
    loss += computed.loss
    gradients = gradients === undefined ? computed.gradients : added(gradients, computed.gradients)
    scored.push(...computed.scored)
  }
  return { loss, gradients: gradients!, scored }
}
