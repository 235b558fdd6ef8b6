/**
 * About how much memory a step takes, before it is taken.
 *
 * @since 0.1.0
 */
import { type ModelConfig, Parameters } from "@seed-grpo/runtime"
import { MOST_LOGITS } from "@seed-grpo/runtime/layers/TokenScores"

/**
 * What a step holds, in bytes.
 *
 * @since 0.1.0
 * @category models
 */
export interface MemoryEstimate {
  readonly weights: number
  /** What the optimizer keeps between steps. */
  readonly moments: number
  readonly gradients: number
  /** Of one micro-batch, kept for the backward pass. */
  readonly activations: number
  /** Keys and values of the completions that are sampled side by side. */
  readonly cache: number
  /** The larger one of sampling and of updating. */
  readonly total: number
}

/**
 * @since 0.1.0
 * @category models
 */
export interface StepSize {
  /** Of a micro-batch, padded. */
  readonly rows: number
  readonly promptTokens: number
  readonly completionTokens: number
  /** Whether there are several micro-batches, whose gradients are added. */
  readonly accumulates: boolean
  readonly gradientCheckpointing: boolean
  /** Tensors that the optimizer keeps of each parameter: 2 for AdamW. */
  readonly slots: number
  /** Policies that are held: 2 with a reference, 1 without. They share what is not trained. */
  readonly policies: number
  /** Tokens of prompts and completions that are sampled side by side. */
  readonly sampledTokens: number
}

const FLOAT = 4

/** Numbers that a layer holds at the peak of its backward pass, per token: states, heads, feed-forward, attention. */
const perLayerToken = (
  { headDim, heads, hiddenSize, intermediateSize, keyHeads }: ModelConfig.ModelConfig,
  columns: number,
) => 11 * hiddenSize + headDim * (5 * heads + 8 * keyHeads) + 8 * intermediateSize + 6 * heads * columns

/** Matrices of logits of a piece that live side by side. */
const LOGITS_AT_ONCE = 4

/**
 * An estimate from shapes alone, of eager execution: between 0.7 and 1.4 times what TensorFlow.js counts, where its
 * numbers of tensors per layer were fitted. Programs that are compiled take less.
 *
 * @since 0.1.0
 * @category measurements
 */
export const estimate = (config: ModelConfig.ModelConfig, size: StepSize): MemoryEstimate => {
  const trainable = Parameters.countTrainable(config)
  const columns = size.promptTokens + size.completionTokens
  const tokens = size.rows * columns
  const ofLayer = tokens * perLayerToken(config, columns)
  const layers = size.gradientCheckpointing
    ? 2 * ofLayer + config.layers * tokens * config.hiddenSize
    : config.layers * ofLayer
  const logits = LOGITS_AT_ONCE * Math.min(MOST_LOGITS, size.rows * size.completionTokens * config.vocabularySize)
  const weights = FLOAT * (Parameters.count(config) + (size.policies - 1) * trainable)
  const moments = FLOAT * size.slots * trainable
  const gradients = FLOAT * trainable * (size.accumulates ? 2 : 1)
  const activations = FLOAT * (layers + logits)
  const cache = FLOAT * 2 * size.sampledTokens * config.layers * config.keyHeads * config.headDim
  return {
    weights,
    moments,
    gradients,
    activations,
    cache,
    total: weights + moments + Math.max(gradients + activations, cache),
  }
}
