/**
 * The gradient of a large batch, computed in parts that fit in memory.
 *
 * @since 0.1.0
 */
import type { ModelConfig, Parameters } from "@seed-grpo/runtime"
import * as tf from "@tensorflow/tfjs-core"
import type { Tensors } from "./Optimizer.ts"
import { totals as totalsOf } from "./Aggregation.ts"
import * as LengthBuckets from "./LengthBuckets.ts"
import type { Objective } from "./Objective.ts"
import { type GradientOptions, policyGradient, type PolicyGradient, type TrainingRow } from "./PolicyGradient.ts"

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
 * {@link policyGradient} of at least one row, as a sum over the parts of `LengthBuckets`. How the batch is split changes memory
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
): Promise<PolicyGradient & { readonly padding: LengthBuckets.Padding }> => {
  let loss = 0
  let gradients: Tensors | undefined
  const scored: Array<PolicyGradient["scored"][number]> = []
  const totals = options.totals ?? totalsOf(objective, rows)
  const split = LengthBuckets.parts(rows, options.microBatchTokens)
  for (const part of split) {
    const some = part.map((index) => rows[index]!)
    const computed = await gradientOf(objective, parameters, config, some, { ...options, totals })
    loss += computed.loss
    gradients = gradients === undefined ? computed.gradients : added(gradients, computed.gradients)
    scored.push(...computed.scored)
  }
  return {
    loss,
    gradients: gradients!,
    scored: LengthBuckets.restored(split, scored),
    padding: LengthBuckets.padding(rows, split),
  }
}
