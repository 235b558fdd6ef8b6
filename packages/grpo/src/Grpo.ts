/**
 * The objective of GRPO (Shao et al., 2024, arXiv 2402.03300), without its KL term.
 *
 * @since 0.1.0
 */
import * as tf from "@tensorflow/tfjs-core"
import type { Objective } from "./Objective.ts"
import { type ClipRange, clippedSurrogate } from "./Surrogate.ts"

/**
 * `(1 / B) Σᵢ (1 / |oᵢ|) Σₜ −min(ρ A, clip(ρ) A)`: every completion is averaged over its own length.
 *
 * @since 0.1.0
 * @category objectives
 */
export const grpo =
  (options: { readonly clip: ClipRange }): Objective =>
  (input) => {
    const lengths = tf.maximum(tf.sum(input.mask, -1), 1)
    return tf.div(tf.sum(tf.div(tf.sum(clippedSurrogate(input, options.clip), -1), lengths)), input.batchRows)
  }
