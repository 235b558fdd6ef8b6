/**
 * What a policy says of completions, without a gradient: log-probabilities under a reference, or under the policy before
 * its first update; entropies of a whole batch.
 *
 * @since 0.1.0
 */
import { CompletionScores, type ModelConfig, Padding, type Parameters, Read } from "@seed-grpo/runtime"
import { tidy } from "@seed-grpo/runtime/Tidy"
import { parts, restored } from "./LengthBuckets.ts"
import type { GradientOptions } from "./PolicyGradient.ts"

/**
 * `[T]` each, in nats.
 *
 * @since 0.1.0
 * @category models
 */
export interface PolicyScores {
  readonly logprobs: Float64Array
  readonly entropies: Float64Array
}

/**
 * Scores completions in parts of about so many tokens.
 *
 * @since 0.1.0
 * @category evaluation
 */
export const policyScores = async (
  parameters: Parameters.Parameters,
  config: ModelConfig.ModelConfig,
  rows: ReadonlyArray<{ readonly prompt: Int32Array; readonly completion: Int32Array }>,
  { microBatchTokens, temperature }: Pick<GradientOptions, "temperature"> & { readonly microBatchTokens: number },
): Promise<ReadonlyArray<PolicyScores>> => {
  const all: Array<PolicyScores> = []
  const split = parts(rows, microBatchTokens)
  for (const part of split) {
    const some = part.map((index) => rows[index]!)
    const completions = some.map(({ completion }) => completion)
    const { columns } = Padding.right(completions)
    const prompts = some.map(({ prompt }) => prompt)
    const scores = tidy(() =>
      CompletionScores.completionScores(parameters, config, { prompts, completions, temperature }),
    )
    const [logprobs, entropies] = await Promise.all([Read.take(scores.logprobs), Read.take(scores.entropies)])
    completions.forEach(({ length }, row) => {
      const cut = (values: Float32Array) => Float64Array.from(values.subarray(row * columns, row * columns + length))
      all.push({ logprobs: cut(logprobs), entropies: cut(entropies) })
    })
  }
  return restored(split, all)
}
