/**
 * The objective of GRPO (Shao et al., 2024, arXiv 2402.03300), and of GSPO (Zheng et al., 2025, arXiv 2507.18071).
 *
 * @since 0.1.0
 */
import { perCompletion } from "./Aggregation.ts"
import { make, type Objective, type ObjectiveOptions } from "./Objective.ts"
import { type ClipRange, clippedSurrogate, clips } from "./Surrogate.ts"

/**
 * `(1 / B) Σᵢ (1 / |oᵢ|) Σₜ −min(ρ A, clip(ρ) A)`: every completion is averaged over its own length. With
 * `level: "sequence"` that is GSPO; ratios then stay within 1e-3 of 1, and so should `clip` (3e-4 and 4e-4 in the paper).
 *
 * @throws {ObjectiveError} `bad-option`, `conflicting-options`
 * @since 0.1.0
 * @category objectives
 */
export const grpo = ({ clip, ...options }: ObjectiveOptions & { readonly clip: ClipRange }): Objective =>
  make({ name: "grpo", tokenLoss: clippedSurrogate(clip), aggregation: perCompletion, clips: clips(clip) }, options)
