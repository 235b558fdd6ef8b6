/**
 * The objective of CISPO (MiniMax-M1, 2025, arXiv 2506.13585), in the form of ScaleRL (arXiv 2510.13786): the importance
 * ratio is capped as a weight, so that no token loses its gradient.
 *
 * @since 0.1.0
 */
import * as tf from "@tensorflow/tfjs-core"
import { perToken } from "./Aggregation.ts"
import { logLikelihood } from "./LogLikelihood.ts"
import type { Multiplier } from "./Multiplier.ts"
import { make, type Objective, type ObjectiveOptions } from "./Objective.ts"
import { within } from "./ObjectiveError.ts"

/** `min(ρ, cap)`, without a gradient. */
const capped = (cap: number): Multiplier => ({
  name: "capped ratio",
  reads: [],
  perCompletion: false,
  ofRow: ({ ratios }) => ratios.map((ratio) => Math.min(ratio, cap)),
  ofTensors: ({ ratios }) => tf.minimum(ratios, cap),
})

/**
 * `−(1 / Σᵢ |oᵢ|) Σᵢ Σₜ sg(min(ρ, cap)) A ln π`. `cap` bounds the ratio itself and is 5 unless another is given. (In TRL it
 * is `epsilon_high`, which is the 0.2 of `epsilon` unless it is set: every token then counts a fifth. Here a cap below 1
 * has to be asked for.)
 *
 * With `level: "sequence"` a completion counts by its length.
 *
 * @throws {ObjectiveError} `bad-option`, `conflicting-options`
 * @since 0.1.0
 * @category objectives
 */
export const cispo = ({ cap = 5, ...options }: ObjectiveOptions & { readonly cap?: number } = {}): Objective => {
  within("cap", cap, "a positive number", (value) => value > 0)
  return make(
    {
      name: "cispo",
      tokenLoss: logLikelihood,
      multipliers: [capped(cap)],
      aggregation: perToken,
      clips: (ratio, advantage) => (advantage > 0 && ratio > cap ? "high" : undefined),
    },
    options,
  )
}
