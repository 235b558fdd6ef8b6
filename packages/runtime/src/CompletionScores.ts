/**
 * What a policy thinks of completions that are given: their log-probabilities, with gradients, and entropies.
 *
 * @since 0.1.0
 */
import { ExplainedError } from "@seed-grpo/core/ExplainedError"
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
 * Why completions cannot be scored.
 *
 * @since 0.1.0
 * @category errors
 */
export class ScoreError extends ExplainedError<
  "other-rows" | "empty-prompt" | "empty-completion" | "too-long" | "bad-token" | "bad-temperature"
> {
  readonly _tag = "ScoreError"
}

/**
 * Whether rows can be scored by this model.
 *
 * @throws ScoreError
 *
 * @since 0.1.0
 * @category predicates
 */
export const check = (config: ModelConfig, { completions, prompts, temperature }: ScoreRequest): void => {
  const refuse = (reason: ScoreError["reason"], at: string, expected: string, found: string, fix: string): never => {
    throw new ScoreError({ reason, at, expected, found, fix })
  }
  if (prompts.length !== completions.length || prompts.length === 0) {
    const found = `${prompts.length} prompts and ${completions.length} completions`
    refuse(
      "other-rows",
      "rows",
      "as many prompts as completions, one at least",
      found,
      "Give each completion its prompt.",
    )
  }
  if (!(Number.isFinite(temperature) && temperature > 0)) {
    refuse("bad-temperature", "temperature", "a number above 0", `${temperature}`, "Use that of sampling, or 1.")
  }
  const limit = config.maxPositions
  for (const [row, prompt] of prompts.entries()) {
    const completion = completions[row]!
    const at = `row ${row}`
    if (prompt.length === 0) refuse("empty-prompt", at, "a prompt of one token at least", "none", "Begin it with one.")
    if (completion.length === 0) {
      refuse("empty-completion", at, "a completion of one token at least", "none", "Leave this row out.")
    }
    if (prompt.length + completion.length > limit) {
      const found = `${prompt.length} and ${completion.length}`
      refuse("too-long", at, `at most ${limit} tokens of prompt and completion`, found, "Shorten one of them.")
    }
    for (const tokens of [prompt, completion]) {
      const bad = tokens.find((token) => token < 0 || token >= config.vocabularySize)
      if (bad === undefined) continue
      refuse("bad-token", at, `ids below ${config.vocabularySize}`, `${bad}`, "Use the tokenizer of this checkpoint.")
    }
  }
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
 * @throws ScoreError
 *
 * @since 0.1.0
 * @category forward
 */
export const completionScores = (
  parameters: Parameters,
  config: ModelConfig,
  request: ScoreRequest,
): CompletionScores => {
  check(config, request)
  const { completions, gradientCheckpointing = false, prompts, temperature } = request
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
