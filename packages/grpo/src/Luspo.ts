/**
 * The objective of LUSPO, length-unbiased sequence policy optimization (arXiv 2602.05261).
 *
 * @since 0.1.0
 */
import { summed } from "./Aggregation.ts"
import { make, type Objective, type ObjectiveOptions } from "./Objective.ts"
import { type ClipRange, clippedSurrogate, clips } from "./Surrogate.ts"

/**
 * `(1 / B) Σᵢ Σₜ −min(s A, clip(s) A) = (1 / B) Σᵢ −|oᵢ| min(s A, clip(s) A)`: GSPO, in which a completion counts by its
 * length. Ratios are per completion unless `level: "token"` is asked for (TRL's default there, which is not the paper's);
 * `clip` is that of GSPO. Nothing is divided by a length, so the loss is as many times greater than GRPO's.
 *
 * @throws {ObjectiveError} `bad-option`, `conflicting-options`
 * @since 0.1.0
 * @category objectives
 */
export const luspo = ({ clip, ...options }: ObjectiveOptions & { readonly clip: ClipRange }): Objective =>
  make(
    {
      name: "luspo",
      tokenLoss: clippedSurrogate(clip),
      aggregation: summed,
      level: "sequence",
      clips: clips(clip),
    },
    options,
  )
