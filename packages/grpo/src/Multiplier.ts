/**
 * The part of an objective that scales the loss of tokens without having a gradient itself: masks that depend on the
 * policy, capped ratios, weights.
 *
 * @since 0.1.0
 */
import type * as tf from "@tensorflow/tfjs-core"

/**
 * What is constant while a gradient is taken, by name: of one completion `[T]`, of a batch `[B, T]`. 0 where masked.
 *
 * @since 0.1.0
 * @category models
 */
export interface Constants<Numbers> {
  /** 1 where a token is trained on. */
  readonly mask: Numbers
  /** On tensors `[B, 1]` if there is one per completion. */
  readonly advantages: Numbers
  /** How much each token counts; see `Aggregation`. */
  readonly shares: Numbers
  /** See `ObjectiveRow`; absent if the policy that is trained is the one that sampled. */
  readonly oldLogprobs?: Numbers
  readonly referenceLogprobs?: Numbers
  /** As the sampler reported, or else as the trainer computed them, and 1 where there is one. */
  readonly writtenLogprobs?: Numbers
  readonly written?: Numbers
  /** See `SamplerMismatch`; 1 where masked. */
  readonly samplerWeights?: Numbers
  /** See `TopEntropy`. */
  readonly highEntropy?: Numbers
  /** How much the entropy of each token counts. */
  readonly entropyShares?: Numbers
}

/**
 * What the policy that is trained says, held fixed: a stop-gradient.
 *
 * @since 0.1.0
 * @category models
 */
export interface Held<Numbers> extends Constants<Numbers> {
  readonly logprobs: Numbers
  readonly logRatios: Numbers
  /** On tensors `[B, 1]` if there is one per completion. */
  readonly ratios: Numbers
}

/**
 * A factor of every token's loss, on numbers and on tensors.
 *
 * @since 0.1.0
 * @category models
 */
export interface Multiplier {
  readonly name: string
  /** The constants that it looks at, besides mask and advantages. */
  readonly reads: ReadonlyArray<keyof Constants<unknown>>
  /** Whether tokens of one completion have one factor, as long as they have one advantage. */
  readonly perCompletion: boolean
  /** Of one completion, `[T]`. */
  readonly ofRow: (held: Held<Float64Array>) => Float64Array
  /** Broadcasts to `[B, T]`. */
  readonly ofTensors: (held: Held<tf.Tensor>) => tf.Tensor
}
