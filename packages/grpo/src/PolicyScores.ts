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
import type { Row } from "./ProgramRows.ts"

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
 * How rows are scored that are small enough to be looked at at once: {@link scoresOf}, or a `CompiledScores`.
 *
 * @since 0.1.0
 * @category models
 */
export type ScoresOf = (
  parameters: Parameters.Parameters,
  config: ModelConfig.ModelConfig,
  rows: ReadonlyArray<Row>,
  temperature: number,
) => Promise<ReadonlyArray<PolicyScores>>

/**
 * Scores of rows in one forward pass, kernel by kernel.
 *
 * @throws ScoreError
 *
 * @since 0.1.0
 * @category evaluation
 */
export const scoresOf: ScoresOf = async (parameters, config, rows, temperature) => {
  const completions = rows.map(({ completion }) => completion)
  const { columns } = Padding.right(completions)
  const prompts = rows.map(({ prompt }) => prompt)
  const scores = tidy(() =>
    CompletionScores.completionScores(parameters, config, { prompts, completions, temperature }),
  )
  const [logprobs, entropies] = await Promise.all([Read.take(scores.logprobs), Read.take(scores.entropies)])
  return completions.map(({ length }, row) => {
    const cut = (values: Float32Array) => Float64Array.from(values.subarray(row * columns, row * columns + length))
    return { logprobs: cut(logprobs), entropies: cut(entropies) }
  })
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
  rows: ReadonlyArray<Row>,
  { microBatchTokens, temperature }: Pick<GradientOptions, "temperature"> & { readonly microBatchTokens: number },
  score: ScoresOf = scoresOf,
): Promise<ReadonlyArray<PolicyScores>> => {
  const all: Array<PolicyScores> = []
  const split = parts(rows, microBatchTokens)
  for (const part of split) {
    const some = part.map((index) => rows[index]!)
    all.push(...(await score(parameters, config, some, temperature)))
  }
  return restored(split, all)
}
