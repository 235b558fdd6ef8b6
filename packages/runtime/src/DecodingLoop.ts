/**
 * Many tokens of many rows in one call: forward pass, drawing and log-probabilities in a loop that ends when every row has.
 *
 * Nothing here looks at a value, so that it can be compiled into one program (`@seed-grpo/compile`); the key/value cache has
 * its full size from the start and is written in place.
 *
 * @since 0.1.0
 */
import { ControlFlow, DynamicSlice } from "@seed-grpo/compile"
import * as tf from "@tensorflow/tfjs-core"
import { forward, type KeyValueCache, logits } from "./Decoder.ts"
import { fuse } from "./FusedProjections.ts"
import type { ModelConfig } from "./ModelConfig.ts"
import type { Parameters } from "./Parameters.ts"

const HIDDEN = -1e9

/**
 * What the loop starts from and what it has come to.
 *
 * @since 0.1.0
 * @category models
 */
export interface DecodingState {
  /** `[B, KV, S, dh]`, of which the columns before `column` are filled. */
  readonly cache: KeyValueCache
  /** The token that each row goes on with, `int32 [B]`. */
  readonly last: tf.Tensor1D
  /** Rows that have not ended, `bool [B]`. */
  readonly going: tf.Tensor1D
  /** The column that `last` belongs to, an `int32` scalar. */
  readonly column: tf.Scalar
}

/**
 * What stays the same in the loop.
 *
 * @since 0.1.0
 * @category models
 */
export interface DecodingConstants {
  /** Columns of padding before each row's prompt, `int32 [B]`. */
  readonly padding: tf.Tensor1D
  /** Of every position up to S, `[S, dh]`. */
  readonly cosine: tf.Tensor2D
  readonly sine: tf.Tensor2D
  /** In [0, 1), for each row and step, `[B, K]`. */
  readonly uniforms: tf.Tensor2D
  /** Not 0. */
  readonly temperature: tf.Scalar
  /** How many tokens to draw at most, an `int32` scalar up to K. */
  readonly most: tf.Scalar
}

/**
 * What was drawn: `[B, K]` each; columns from `count` on were not reached, and a row's own after its end mean nothing.
 *
 * @since 0.1.0
 * @category models
 */
export interface Decoded {
  readonly tokens: tf.Tensor2D
  /** Under `softmax(logits / temperature)`; NaN or infinite where the weights are. */
  readonly logprobs: tf.Tensor2D
  /** Under `softmax(logits)`. */
  readonly policyLogprobs: tf.Tensor2D
  /** How many tokens were drawn, an `int32` scalar. */
  readonly count: tf.Scalar
  readonly state: DecodingState
}

const int = (value: number): tf.Scalar => tf.scalar(value, "int32")

/** `[B, 1, 1, S]`: which columns the one at `column` sees. */
const maskFor = (column: tf.Scalar, padding: tf.Tensor1D, size: number, window = Infinity): tf.Tensor4D => {
  const columns = tf.range(0, size, 1, "int32")
  const real = tf.logicalAnd(tf.greaterEqual(columns, tf.expandDims(padding, 1)), tf.lessEqual(columns, column))
  const near = Number.isFinite(window) ? tf.greater(columns, tf.sub(column, int(window))) : undefined
  const seen = near === undefined ? real : tf.logicalAnd(real, near)
  return tf.reshape(tf.where(seen, tf.zeros(seen.shape), tf.fill(seen.shape, HIDDEN)), [-1, 1, 1, size])
}

/** `ln p` of the tokens at `hit`, `[B]`. */
const logprobOf = (scores: tf.Tensor, hit: tf.Tensor): tf.Tensor1D => {
  const shifted = tf.sub(scores, tf.max(scores, 1, true))
  const chosen = tf.sum(tf.where(hit, shifted, tf.zerosLike(shifted)), 1)
  return tf.sub(chosen, tf.log(tf.sum(tf.exp(shifted), 1)))
}

/** The first token whose cumulative probability exceeds the uniform number. */
const drawn = (scores: tf.Tensor, uniform: tf.Tensor): tf.Tensor1D => {
  const weights = tf.exp(tf.sub(scores, tf.max(scores, 1, true)))
  const cumulative = tf.cumsum(weights, 1)
  const total = tf.slice(cumulative, [0, scores.shape[1]! - 1], [-1, 1])
  return tf.sum(tf.cast(tf.lessEqual(cumulative, tf.mul(total, uniform)), "int32"), 1)
}

const among = (tokens: tf.Tensor1D, those: ReadonlyArray<number>): tf.Tensor1D =>
  those
    .map((one): tf.Tensor1D => tf.equal(tokens, int(one)))
    .reduce((a, b) => tf.logicalOr(a, b), tf.zeros<tf.Rank.R1>(tokens.shape, "bool"))

/**
 * Up to `K` tokens for every row.
 *
 * @since 0.1.0
 * @category forward
 */
export const decode = (
  config: ModelConfig,
  endTokens: ReadonlyArray<number>,
  greedy: boolean,
  parameters: Parameters,
  { cosine, most, padding, sine, temperature, uniforms }: DecodingConstants,
  start: DecodingState,
): Decoded => {
  const [batch, steps] = uniforms.shape
  const size = start.cache[0]!.keys.shape[2]
  const vocabulary = tf.range(0, config.vocabularySize, 1, "int32")
  const fused = fuse(parameters, config)

  const scoresOf = ({ cache, column, last }: DecodingState) => {
    const positions: tf.Tensor1D = tf.maximum(tf.sub(column, padding), int(0))
    const angle = (table: tf.Tensor2D): tf.Tensor3D => tf.expandDims(tf.gather(table, positions), 1)
    const masks = Object.fromEntries(
      [...new Set(config.windows)].map((window) => [`${window}`, maskFor(column, padding, size, window)]),
    )
    const place = tf.stack([int(0), int(0), column, int(0)])
    const { cache: grown, hidden } = forward(
      fused,
      config,
      batch,
      { tokens: last, angles: { cosine: angle(cosine), sine: angle(sine) }, masks },
      { past: cache, join: (past, fresh) => DynamicSlice.dynamicUpdateSlice(past, fresh, place) },
    )
    return { grown, scores: logits(parameters, config, hidden) }
  }

  const step = (state: Loop): Loop => {
    const { i, state: before } = state
    const { grown, scores } = scoresOf(before)
    const tempered = tf.div(scores, temperature)
    const uniform = DynamicSlice.dynamicSlice(uniforms, tf.stack([int(0), i]), [batch, 1])
    const token: tf.Tensor1D = greedy ? tf.argMax(scores, 1) : drawn(tempered, uniform)
    const hit = tf.equal(tf.expandDims(token, 1), vocabulary)
    const policy = logprobOf(scores, hit)
    const write = <T extends tf.Tensor>(into: T, column: tf.Tensor1D): T =>
      DynamicSlice.dynamicUpdateSlice(into, tf.expandDims(column, 1), tf.stack([int(0), i]))
    return {
      i: tf.add(i, int(1)),
      tokens: write(state.tokens, token),
      logprobs: write(state.logprobs, greedy ? policy : logprobOf(tempered, hit)),
      policyLogprobs: write(state.policyLogprobs, policy),
      state: {
        cache: grown,
        last: token,
        going: tf.logicalAnd(before.going, tf.logicalNot(among(token, endTokens))),
        column: tf.add(before.column, int(1)),
      },
    }
  }

  const first: Loop = {
    i: int(0),
    tokens: tf.zeros([batch, steps], "int32"),
    logprobs: tf.zeros([batch, steps]),
    policyLogprobs: tf.zeros([batch, steps]),
    state: start,
  }
  const { i, ...rest } = ControlFlow.whileLoop(
    ({ i, state }) => tf.logicalAnd(tf.less(i, most), tf.any(state.going)),
    step,
    first,
  )
  return { ...rest, count: i }
}

interface Loop {
  readonly i: tf.Scalar
  readonly tokens: tf.Tensor2D
  readonly logprobs: tf.Tensor2D
  readonly policyLogprobs: tf.Tensor2D
  readonly state: DecodingState
}
