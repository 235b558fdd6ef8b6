/**
 * The objective of Dr.GRPO (Liu et al., 2025, arXiv 2503.20783), which SEED-GRPO trains with.
 *
 * @since 0.1.0
 */
import * as tf from "@tensorflow/tfjs-core"
import type { Objective } from "./Objective.ts"
import { type ClipRange, clippedSurrogate } from "./Surrogate.ts"

/**
 * `(1 / B) Σᵢ (1 / L) Σₜ −min(ρ A, clip(ρ) A)`: every completion is divided by the same constant `L`, the greatest
 * length a completion may have, so that long wrong answers are not punished less per token than short ones.
 *
 * SEED-GRPO (arXiv 2505.12346) writes one ratio per sequence in its Eq. (2); like the code it builds on, this takes one
 * per token.
 *
 * @since 0.1.0
 * @category objectives
 */
export const drGrpo =
  (options: { readonly clip: ClipRange; readonly maxTokens: number }): Objective =>
  (input) =>
    tf.div(tf.sum(clippedSurrogate(input, options.clip)), input.batchRows * options.maxTokens)
