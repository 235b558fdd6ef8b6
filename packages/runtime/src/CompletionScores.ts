/**
 * What a policy thinks of completions that are given: their log-probabilities, with gradients, and entropies.
 *
 * @since 0.1.0
 */
import * as tf from "@tensorflow/tfjs-core"
import { hiddenStates, outputHead } from "./Decoder.ts"
import { tokenScores } from "./layers/TokenScores.ts"
import type { ModelConfig } from "./ModelConfig.ts"
import * as Padding from "./Padding.ts"
import type { Parameters } from "./Parameters.ts"

/**
 * Prompts and their completions, `B` rows each, as token ids. Every completion has at least one token.
 *
 * @since 0.1.0
 * @category models
 */
export interface ScoreRequest {
  readonly prompts: ReadonlyArray<Int32Array>
  readonly completions: ReadonlyArray<Int32Array>
  readonly temperature: number
  /** Less memory for more time: layers are computed again in the backward pass. */
  readonly gradientCheckpointing?: boolean
}

/**
 * Per completion token, `[B, C]` with `C` the longest completion: log-probability and entropy of the policy's next
 * token in nats. Columns after a completion's end hold numbers without meaning: mask them.
 *
 * @since 0.1.0
 * @category models
 */
export interface CompletionScores {
  readonly logprobs: tf.Tensor2D
  readonly entropies: tf.Tensor2D
}

/**
 * Scores completions in one pass: prompts padded left, completions padded right, and the output head applied only where
 * a completion token is predicted. Call it inside `tf.tidy` or `tf.grads`.
 *
 * @since 0.1.0
 * @category forward
 */
export const completionScores = (
  parameters: Parameters,
  config: ModelConfig,
  { completions, gradientCheckpointing = false, prompts, temperature }: ScoreRequest,
): CompletionScores => {
  const before = Padding.left(prompts)
  const after = Padding.right(completions)
  const { batch, tokens, mask } = Padding.join(before, after)
  // The logits of a column predict the next one, so the last column is read by nobody.
  const columns = before.columns + after.columns - 1
  const input = new Int32Array(batch * columns)
  const visible = new Uint8Array(batch * columns)
  for (let row = 0; row < batch; row++) {
    const at = row * (columns + 1)
    input.set(tokens.subarray(at, at + columns), row * columns)
    visible.set(mask.subarray(at, at + columns), row * columns)
  }
  const { hidden } = hiddenStates(parameters, config, {
    batch,
    tokens: input,
    mask: visible,
    checkpoint: gradientCheckpointing,
  })
  const predicting = tf.slice(
    tf.reshape(hidden, [batch, columns, config.hiddenSize]),
    [0, before.columns - 1, 0],
    [batch, after.columns, config.hiddenSize],
  )
  const rows = batch * after.columns
  const scores = tokenScores(
    tf.reshape(predicting, [rows, config.hiddenSize]),
    outputHead(parameters, config),
    after.tokens,
    temperature,
  )
  const column = (index: number): tf.Tensor2D =>
    tf.reshape(tf.slice(scores, [0, index], [-1, 1]), [batch, after.columns])
  return { logprobs: column(0), entropies: column(1) }
}
