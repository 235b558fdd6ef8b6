/**
 * GRPO averaged over the tokens of a batch: what TRL calls `bnpo`.
 *
 * @since 0.1.0
 */
import { perToken } from "./Aggregation.ts"
import { make, type Objective, type ObjectiveOptions } from "./Objective.ts"
import { type ClipRange, clippedSurrogate, clips } from "./Surrogate.ts"

/**
 * `(1 / Σᵢ |oᵢ|) Σᵢ Σₜ −min(ρ A, clip(ρ) A)`. TRL divides each micro-batch by its own tokens, so that there the result
 * depends on how a batch is split; here it is divided by the tokens of the whole batch, and so is the same as `Dapo`'s
 * with the same range.
 *
 * With `level: "sequence"` a completion counts by its length: that is not GSPO.
 *
 * @throws {ObjectiveError} `bad-option`, `conflicting-options`
 * @since 0.1.0
 * @category objectives
 */
export const bnpo = ({ clip, ...options }: ObjectiveOptions & { readonly clip: ClipRange }): Objective =>
  make({ name: "bnpo", tokenLoss: clippedSurrogate(clip), aggregation: perToken, clips: clips(clip) }, options)
