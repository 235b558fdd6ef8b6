/**
 * What a policy answered.
 *
 * @since 0.1.0
 */

/**
 * Why a completion ended: the policy said so (`stop`), or it ran out of room (`length`).
 *
 * @since 0.1.0
 * @category models
 */
export type FinishReason = "stop" | "length"

/**
 * One sampled answer of length `T` tokens.
 *
 * @since 0.1.0
 * @category models
 */
export interface Completion {
  readonly text: string
  /** Token ids `[T]`; the token that ended the completion is the last one when `finish` is `stop`. */
  readonly tokens: Int32Array
  /** Log-probability of each token under the distribution it was drawn from, `[T]`, in nats. */
  readonly logprobs: Float64Array
  readonly finish: FinishReason
}
