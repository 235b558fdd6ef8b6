/**
 * What a decoder reads in one call: as token ids, and as the tensors made of them.
 *
 * @since 0.1.0
 */
import { ExplainedError } from "@seed-grpo/core/ExplainedError"
import * as tf from "@tensorflow/tfjs-core"
import type { KeyValueCache } from "./Decoder.ts"
import { causalMask } from "./layers/Attention.ts"
import { quarterTurn, type RotaryAngles, rotaryAngles } from "./layers/Rotary.ts"
import type { ModelConfig } from "./ModelConfig.ts"

/**
 * What the decoder reads in one call.
 *
 * @since 0.1.0
 * @category models
 */
export interface DecoderInput {
  readonly batch: number
  /** New token ids `[B, T]`, row-major. Padding may hold any valid id. */
  readonly tokens: Int32Array
  /**
   * Which columns are real, `[B, S]`: 0 for padding, 1 for a token. Sequences packed into one row are told apart by their
   * numbers, 1, 2, …; each has positions of its own and sees itself alone.
   */
  readonly mask: ArrayLike<number>
  /** Columns of an earlier call to go on from. */
  readonly past?: KeyValueCache
  /**
   * For training: each layer keeps its input alone and is computed again in the backward pass, see `Checkpointed`. No cache
   * is made then, and none is read.
   */
  readonly checkpoint?: boolean
}

/**
 * What a decoder cannot read.
 *
 * @since 0.1.0
 * @category errors
 */
export class DecoderInputError extends ExplainedError<"bad-shape" | "bad-token" | "too-long"> {
  readonly _tag = "DecoderInputError"
}

/** Look-ups out of range give numbers from elsewhere in memory on some back-ends, and zeros on others. */
const checkTokens = (config: ModelConfig, { batch, mask, tokens }: DecoderInput, before: number): void => {
  const refuse = (reason: DecoderInputError["reason"], expected: string, found: string, fix: string): never => {
    throw new DecoderInputError({ reason, at: "tokens", expected, found, fix })
  }
  const rowsFit = Number.isSafeInteger(batch) && batch > 0 && tokens.length > 0 && tokens.length % batch === 0
  if (!rowsFit || mask.length !== batch * before + tokens.length) {
    refuse(
      "bad-shape",
      `${batch} rows of new tokens, and a mask of these and of ${before} columns before`,
      `${tokens.length} tokens and a mask of ${mask.length}`,
      "Pad rows to one length; the mask is of all columns.",
    )
  }
  const bad = tokens.find((token) => token < 0 || token >= config.vocabularySize)
  if (bad === undefined) return
  refuse("bad-token", `ids below ${config.vocabularySize}`, `${bad}`, "Use the tokenizer of this checkpoint.")
}

const checkLengths = (config: ModelConfig, lengths: Int32Array): void => {
  const longest = lengths.reduce((most, length) => Math.max(most, length), 0)
  if (longest <= config.maxPositions) return
  throw new DecoderInputError({
    reason: "too-long",
    at: "tokens",
    expected: `sequences of at most ${config.maxPositions}`,
    found: `one of ${longest}`,
    fix: "Shorten it, or use a model with more context.",
  })
}

/**
 * Where each column stands in its sequence, and how long that sequence is: `[B, S]` each, 0 on padding. A row may hold
 * several sequences side by side, each with a number of its own in `mask`.
 *
 * @since 0.1.0
 * @category constructors
 */
export const positions = (
  mask: ArrayLike<number>,
  batch: number,
): { readonly positions: Int32Array; readonly lengths: Int32Array } => {
  const columns = mask.length / batch
  const places = new Int32Array(mask.length)
  const lengths = new Int32Array(mask.length)
  for (let b = 0; b < batch; b++) {
    const end = (b + 1) * columns
    for (let from = b * columns, to = from; from < end; from = to) {
      while (to < end && mask[to] === mask[from]) to++
      if (mask[from] === 0) continue
      lengths.fill(to - from, from, to)
      for (let at = from; at < to; at++) places[at] = at - from
    }
  }
  return { positions: places, lengths }
}

/**
 * The same as tensors: all that depends on lengths and places, and nothing of the weights. A compiled program takes it as an
 * argument.
 *
 * @since 0.1.0
 * @category models
 */
export interface DecoderBatch {
  /** `int32 [B T]` */
  readonly tokens: tf.Tensor1D
  readonly angles: RotaryAngles
  /** `[B, 1, T, S]`: 0 where a column may look, a large negative number elsewhere; one for each width of window. */
  readonly masks: { readonly [window: string]: tf.Tensor4D }
}

/**
 * For a compiled program: without what makes layers faster where every operation is dispatched by itself. Call it inside
 * `tf.tidy`, or free what it returns.
 *
 * @throws DecoderInputError
 *
 * @since 0.1.0
 * @category constructors
 */
export const forProgram = (config: ModelConfig, input: DecoderInput): DecoderBatch => {
  const { batch, mask, past, tokens } = input
  const columns = tokens.length / batch
  const before = past?.[0]?.keys.shape[2] ?? 0
  const visible = before + columns
  checkTokens(config, input, before)
  const newColumns = (all: Int32Array): Int32Array => {
    if (before === 0) return all
    const current = new Int32Array(batch * columns)
    for (let b = 0; b < batch; b++) current.set(all.subarray(b * visible + before, (b + 1) * visible), b * columns)
    return current
  }
  const all = positions(mask, batch)
  checkLengths(config, all.lengths)
  return {
    tokens: tf.tensor1d(tokens, "int32"),
    angles: rotaryAngles(newColumns(all.positions), newColumns(all.lengths), config.headDim, config.rope),
    masks: Object.fromEntries(
      [...new Set(config.windows)].map((window) => [`${window}`, causalMask(mask, batch, columns, before, window)]),
    ),
  }
}

/**
 * For calls of the decoder outside of a program. Call it inside `tf.tidy`, or free what it returns.
 *
 * @throws DecoderInputError
 *
 * @since 0.1.0
 * @category constructors
 */
export const prepare = (config: ModelConfig, input: DecoderInput): DecoderBatch => {
  const { angles, ...rest } = forProgram(config, input)
  return { ...rest, angles: { ...angles, quarterTurn: quarterTurn(config.headDim) } }
}
