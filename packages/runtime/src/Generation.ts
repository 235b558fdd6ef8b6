/**
 * Batched decoding with a key/value cache.
 *
 * Each prompt is read once and its cache shared by its `G` samples. Randomness comes in as a function of row and token,
 * so that the same keys give the same tokens whatever else is in the batch.
 *
 * @since 0.1.0
 */
import { ExplainedError } from "@seed-grpo/core/ExplainedError"
import type { FinishReason } from "@seed-grpo/core"
import * as tf from "@tensorflow/tfjs-core"
import { hiddenStates, type KeyValueCache, logits } from "./Decoder.ts"
import * as DrawToken from "./DrawToken.ts"
import type { ModelConfig } from "./ModelConfig.ts"
import * as Padding from "./Padding.ts"
import type { Parameters } from "./Parameters.ts"
import { disposeCache, prefill } from "./Prefill.ts"
import { tidy } from "./Tidy.ts"

/**
 * What to generate.
 *
 * @since 0.1.0
 * @category models
 */
export interface GenerationRequest {
  /** `P` prompts as token ids, none empty. */
  readonly prompts: ReadonlyArray<Int32Array>
  /** `G` completions of each; rows are prompt-major: row `p G + g`. */
  readonly samples: number
  /** At most this many tokens a completion, and never beyond the model's context. */
  readonly maxTokens: number
  /** 0 takes the most probable token. */
  readonly temperature: number
  /** Tokens that end a completion and are its last token. */
  readonly endTokens: ReadonlyArray<number>
  /** Whether the tokens so far end the completion, beyond `endTokens`: for stop strings. */
  readonly isComplete?: (tokens: ReadonlyArray<number>) => boolean
  /** A uniform number in `[0, 1)` for a row and the index of a token in its completion. */
  readonly uniform: (row: number, token: number) => number
}

/**
 * One generated row.
 *
 * @since 0.1.0
 * @category models
 */
export interface Generated {
  readonly tokens: Int32Array
  /** In nats, `[T]`; at temperature 0, under the plain policy. */
  readonly logprobs: Float64Array
  readonly finish: FinishReason
}

/**
 * Why a request cannot be served.
 *
 * @since 0.1.0
 * @category errors
 */
export class GenerationError extends ExplainedError<
  "empty-prompt" | "prompt-too-long" | "bad-token" | "bad-request" | "non-finite-logits"
> {
  readonly _tag = "GenerationError"
}

/**
 * A generation under way: call `next` until it gives `false`, then `result`; always `dispose`.
 *
 * @since 0.1.0
 * @category models
 */
export interface GenerationSession {
  /** Draws one token for every row that goes on; `false` when none does. */
  readonly next: () => Promise<boolean>
  readonly result: () => ReadonlyArray<Generated>
  readonly dispose: () => void
}

const check = (config: ModelConfig, request: GenerationRequest): void => {
  const refuse = (
    reason: GenerationError["reason"],
    at: string,
    expected: string,
    found: string,
    fix: string,
  ): never => {
    throw new GenerationError({ reason, at, expected, found, fix })
  }
  for (const [name, value] of [
    ["samples", request.samples],
    ["maxTokens", request.maxTokens],
  ] as const) {
    if (!Number.isSafeInteger(value) || value < 1) {
      refuse("bad-request", name, "a whole number of at least 1", `${value}`, "Ask for at least one.")
    }
  }
  if (!(request.temperature >= 0) || request.temperature === Infinity) {
    refuse(
      "bad-request",
      "temperature",
      "a finite number of at least 0",
      `${request.temperature}`,
      "Use 1 to sample, 0 for greedy.",
    )
  }
  for (const [index, prompt] of request.prompts.entries()) {
    const at = `prompt ${index}`
    if (prompt.length === 0) refuse("empty-prompt", at, "at least one token", "none", "Give the prompt some text.")
    if (prompt.length >= config.maxPositions) {
      refuse(
        "prompt-too-long",
        at,
        `fewer than ${config.maxPositions} tokens`,
        `${prompt.length}`,
        "Shorten the prompt, or use a model with more context.",
      )
    }
    const bad = prompt.find((token) => !(token >= 0 && token < config.vocabularySize))
    if (bad !== undefined) {
      refuse("bad-token", at, `ids below ${config.vocabularySize}`, `${bad}`, "Use the tokenizer of this checkpoint.")
    }
  }
}

/**
 * Starts generating.
 *
 * @throws GenerationError
 *
 * @since 0.1.0
 * @category constructors
 */
export const start = (parameters: Parameters, config: ModelConfig, request: GenerationRequest): GenerationSession => {
  check(config, request)
  const { prompts, samples } = request
  const rows = prompts.length * samples
  const padded = Padding.left(prompts)
  const endTokens = new Set(request.endTokens)
  const limits = Array.from({ length: rows }, (_, row) =>
    Math.min(request.maxTokens, config.maxPositions - prompts[Math.floor(row / samples)]!.length),
  )
  const tokens: Array<Array<number>> = Array.from({ length: rows }, () => [])
  const logprobs: Array<Array<number>> = Array.from({ length: rows }, () => [])
  const finish: Array<FinishReason | undefined> = Array.from({ length: rows }, () => undefined)
  const promptMask = Array.from({ length: rows }, (_, row) => {
    const prompt = Math.floor(row / samples)
    return padded.mask.subarray(prompt * padded.columns, (prompt + 1) * padded.columns)
  })
  let cache: KeyValueCache = []

  const begin = (): tf.Tensor2D => {
    const read = prefill(parameters, config, padded, samples)
    cache = read.cache
    return read.logits
  }

  const advance = (): tf.Tensor2D => {
    const generated = tokens[0]!.length
    const columns = padded.columns + generated
    const mask = new Uint8Array(rows * columns).fill(1)
    for (let row = 0; row < rows; row++) mask.set(promptMask[row]!, row * columns)
    const [scores, past] = tidy(() => {
      const { hidden, cache: read } = hiddenStates(parameters, config, {
        batch: rows,
        tokens: Int32Array.from(tokens, (row) => row.at(-1)!),
        mask,
        past: cache,
      })
      return [logits(parameters, config, hidden), read] as const
    })
    disposeCache(cache)
    cache = past
    return scores
  }

  const next = async (): Promise<boolean> => {
    const scores = cache.length === 0 ? begin() : advance()
    const values = (await scores.data()) as Float32Array
    scores.dispose()
    const vocabulary = config.vocabularySize
    for (let row = 0; row < rows; row++) {
      const done = finish[row] !== undefined
      const scored = values.subarray(row * vocabulary, (row + 1) * vocabulary)
      // A finished row keeps its place in the batch; what it is fed no longer matters.
      if (done) {
        tokens[row]!.push(0)
        continue
      }
      const index = tokens[row]!.length
      const drawn =
        request.temperature === 0
          ? DrawToken.greedy(scored)
          : DrawToken.sample(scored, request.temperature, request.uniform(row, index))
      if (!Number.isFinite(drawn.logprob)) {
        throw new GenerationError({
          reason: "non-finite-logits",
          at: `row ${row}, token ${index}`,
          expected: "finite logits",
          found: `${drawn.logprob}`,
          fix: "The weights hold NaN or infinity; go back to an earlier checkpoint.",
        })
      }
      tokens[row]!.push(drawn.token)
      logprobs[row]!.push(drawn.logprob)
      if (endTokens.has(drawn.token) || request.isComplete?.(tokens[row]!) === true) finish[row] = "stop"
      else if (index + 1 === limits[row]) finish[row] = "length"
    }
    return finish.some((reason) => reason === undefined)
  }

  return {
    next,
    result: () =>
      finish.map((reason, row) => ({
        tokens: Int32Array.from(tokens[row]!.slice(0, logprobs[row]!.length)),
        logprobs: Float64Array.from(logprobs[row]!),
        finish: reason ?? "length",
      })),
    dispose: () => {
      disposeCache(cache)
      cache = []
    },
  }
}

/**
 * Generates to the end.
 *
 * @throws GenerationError
 *
 * @since 0.1.0
 * @category generation
 */
export const generate = async (
  parameters: Parameters,
  config: ModelConfig,
  request: GenerationRequest,
): Promise<ReadonlyArray<Generated>> => {
  const session = start(parameters, config, request)
  try {
    while (await session.next());
    return session.result()
  } finally {
    session.dispose()
  }
}
