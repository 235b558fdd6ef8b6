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
import { accept, checkRequest, generated, newRow, type Row } from "./internal/generationRows.ts"
import type { ModelConfig } from "./ModelConfig.ts"
import * as Padding from "./Padding.ts"
import type { Parameters } from "./Parameters.ts"
import { disposeCache, prefill } from "./Prefill.ts"
import * as Read from "./Read.ts"
import { tidy } from "./Tidy.ts"
import type { SamplingOptions } from "./TokenDistribution.ts"

/**
 * What to generate.
 *
 * @since 0.1.0
 * @category models
 */
export interface GenerationRequest extends SamplingOptions {
  /** `P` prompts as token ids, none empty. */
  readonly prompts: ReadonlyArray<Int32Array>
  /** `G` completions of each; rows are prompt-major: row `p G + g`. */
  readonly samples: number
  /** At most this many tokens a completion, and never beyond the model's context. */
  readonly maxTokens: number
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
  /**
   * Under the distribution each token was drawn from, in nats, `[T]`: after every option, renormalised over the tokens that
   * were left; at temperature 0, under the plain policy. For weighing what was sampled. With nothing but a temperature set
   * these are `temperedLogprobs`.
   */
  readonly logprobs: Float64Array
  /**
   * Under the policy at the temperature of the request, nothing cut, nothing penalised; in nats, `[T]`; at temperature 0,
   * under the plain policy. What a policy gradient's ratio needs: the policy that is trained is scored without top-k and
   * the like, so that `logprobs` of a cut distribution in its place would make every ratio too small.
   */
  readonly temperedLogprobs: Float64Array
  /** Under the plain policy: temperature 1, nothing cut, nothing penalised; in nats, `[T]`. What models are compared by. */
  readonly policyLogprobs: Float64Array
  /** With `stop`, the last token is one of `endTokens`, or else the request's `isComplete` said so. */
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

/** The rows of a cache at these places; the cache that is given is freed. */
const thinOut = (cache: KeyValueCache, places: ReadonlyArray<number>): KeyValueCache => {
  const kept = tidy(() => {
    const indices = tf.tensor1d(Int32Array.from(places), "int32")
    return cache.map(({ keys, values }) => ({ keys: tf.gather(keys, indices), values: tf.gather(values, indices) }))
  })
  disposeCache(cache)
  return kept
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
  checkRequest(config, request)
  const { prompts, samples } = request
  const padded = Padding.left(prompts)
  const endTokens = new Set(request.endTokens)
  const draw = DrawToken.make(request)
  const rows = Array.from({ length: prompts.length * samples }, (_, row) => newRow(row, prompts, request, config))
  /** Rows that go on, in the order of the cache. */
  let active: ReadonlyArray<Row> = rows
  let cache: KeyValueCache = []

  const begin = (): tf.Tensor2D => {
    const read = prefill(parameters, config, padded, samples)
    cache = read.cache
    return read.logits
  }

  const advance = (): tf.Tensor2D => {
    const columns = padded.columns + active[0]!.tokens.length
    const mask = new Uint8Array(active.length * columns).fill(1)
    for (const [index, { prompt }] of active.entries()) {
      mask.fill(0, index * columns, index * columns + padded.columns - prompt.length)
    }
    const [scores, past] = tidy(() => {
      const { hidden, cache: read } = hiddenStates(parameters, config, {
        batch: active.length,
        tokens: Int32Array.from(active, ({ tokens }) => tokens.at(-1)!),
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
    if (active.length === 0) return false
    const scores = cache.length === 0 ? begin() : advance()
    const values = await Read.take(scores)
    const vocabulary = config.vocabularySize
    for (const [place, row] of active.entries()) {
      // A finished row keeps its place until the cache is thinned out; what it is fed no longer matters.
      if (row.finish !== undefined) {
        row.tokens.push(0)
        continue
      }
      const scored = values.subarray(place * vocabulary, (place + 1) * vocabulary)
      accept(
        row,
        draw(scored, row.seen, () => request.uniform(row.index, row.tokens.length)),
        request,
        endTokens,
      )
    }
    const going = active.flatMap(({ finish }, place) => (finish === undefined ? [place] : []))
    if (going.length > 0 && going.length <= active.length / 2) {
      cache = thinOut(cache, going)
      active = going.map((place) => active[place]!)
    }
    return going.length > 0
  }

  return {
    next,
    result: () => rows.map(generated),
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
