/**
 * The objective of Dr.GRPO (Liu et al., 2025, arXiv 2503.20783), which SEED-GRPO trains with.
 *
 * @since 0.1.0
 */
import { constantLength } from "./Aggregation.ts"
import { make, type Objective, type ObjectiveOptions } from "./Objective.ts"
import { type ClipRange, clippedSurrogate, clips } from "./Surrogate.ts"

/**
 * `(1 / B) Σᵢ (1 / L) Σₜ −min(ρ A, clip(ρ) A)`: every completion is divided by the same constant `L`, the greatest
 * length a completion may have, so that long wrong answers are not punished less per token than short ones.
 *
 * SEED-GRPO (arXiv 2505.12346) writes one ratio per sequence in its Eq. (2); like the code it builds on, this takes one
 * per token. With `level: "sequence"` a completion counts by its length: that is not GSPO.
 *
 * @throws {ObjectiveError} `bad-option`, `conflicting-options`
 * @since 0.1.0
 * @category objectives
 */
export const drGrpo = ({
  clip,
  maxTokens,
  ...options
}: ObjectiveOptions & { readonly clip: ClipRange; readonly maxTokens: number }): Objective =>
  make(
    {
      name: "dr_grpo",
      tokenLoss: clippedSurrogate(clip),
      aggregation: constantLength(maxTokens),
      clips: clips(clip),
    },
    options,
  )
