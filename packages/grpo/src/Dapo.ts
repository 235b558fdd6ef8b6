/**
 * The objective of DAPO (Yu et al., 2025, arXiv 2503.14476).
 *
 * @since 0.1.0
 */
import { perToken } from "./Aggregation.ts"
import { make, type Objective, type ObjectiveOptions } from "./Objective.ts"
import { type ClipRange, clippedSurrogate, clips } from "./Surrogate.ts"

/**
 * `(1 / Σᵢ |oᵢ|) Σᵢ Σₜ −min(ρ A, clip(ρ) A)`: every token of the batch counts the same. The range is `[1 − 0.2, 1 + 0.28]`
 * unless another is given ("clip-higher"; TRL's default is 0.2 on both sides).
 *
 * With `level: "sequence"` a completion counts by its length: that is not GSPO.
 *
 * @throws {ObjectiveError} `bad-option`, `conflicting-options`
 * @since 0.1.0
 * @category objectives
 */
export const dapo = ({
  clip = { low: 0.2, high: 0.28 },
  ...options
}: ObjectiveOptions & { readonly clip?: ClipRange } = {}): Objective =>
  make({ name: "dapo", tokenLoss: clippedSurrogate(clip), aggregation: perToken, clips: clips(clip) }, options)
