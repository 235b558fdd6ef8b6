/**
 * How strongly uncertainty scales the advantages of a group: the `f` of SEED-GRPO's Eq. (6), `Âᵢ = Aᵢ · f(α · x)` with
 * `x = SE / SE_max` in `[0, 1]`.
 *
 * The paper never gives a formula for `f`. `reciprocal` is the rule of the released code; `linear`, `exponential` and
 * `focal` are readings of the words in the paper. These give all completions of a group one scale that is never negative, so
 * they change neither which completion wins nor that advantages sum to zero. Modulations that look at more than the
 * uncertainty have files of their own.
 *
 * @since 0.1.0
 */

/**
 * What a modulation may look at. It acts after the baseline: scaling rewards would be undone by one that standardises.
 *
 * @since 0.1.0
 * @category models
 */
export interface ModulationContext {
  /** Mean reward of the group, `r̄`; the share of right completions when rewards are 0 and 1. */
  readonly meanReward: number
  /** Semantic entropy of the group, in nats. */
  readonly entropy: number
  /** The same over its maximum, `x = SE / SE_max`, in `[0, 1]`. */
  readonly normalizedEntropy: number
  /** Whether the completion was better or worse than expected, or neither. */
  readonly sign: -1 | 0 | 1
  /** Training step, from 1. */
  readonly step: number
}

/**
 * The factor on an advantage, finite and never negative.
 *
 * @since 0.1.0
 * @category models
 */
export type Modulation = (context: ModulationContext) => number

/**
 * A modulation that looks at nothing but the normalised entropy.
 *
 * @since 0.1.0
 * @category models
 */
export type UncertaintyModulation = (context: Pick<ModulationContext, "normalizedEntropy">) => number

/**
 * `1`: uncertainty is measured and not used. With the centred baseline this is Dr.GRPO.
 *
 * @since 0.1.0
 * @category modulations
 */
export const none: UncertaintyModulation = () => 1

/**
 * `1 / (1 + α x)`: the released SEED-GRPO code, with `α = 0.0417` (the paper's "α = 0.02" is 0.0417 / ln 8).
 *
 * @example
 * ```ts
 * import assert from "node:assert"
 * import { Modulation } from "@seed-grpo/advantage"
 *
 * assert.equal(Modulation.reciprocal(0.0417)({ normalizedEntropy: 0.75 }).toFixed(9), "0.969673462")
 * ```
 *
 * @since 0.1.0
 * @category modulations
 */
export const reciprocal =
  (alpha: number): UncertaintyModulation =>
  ({ normalizedEntropy: x }) =>
    1 / (1 + alpha * x)

/**
 * `max(0, 1 − α x)`
 *
 * @since 0.1.0
 * @category modulations
 */
export const linear =
  (alpha: number): UncertaintyModulation =>
  ({ normalizedEntropy: x }) =>
    Math.max(0, 1 - alpha * x)

/**
 * `exp(−α x)`
 *
 * @since 0.1.0
 * @category modulations
 */
export const exponential =
  (alpha: number): UncertaintyModulation =>
  ({ normalizedEntropy: x }) =>
    Math.exp(-alpha * x)

/**
 * `(1 − x)^γ`. A group in which all answers differ has no weight at all, however small `γ` is.
 *
 * @since 0.1.0
 * @category modulations
 */
export const focal =
  (gamma: number): UncertaintyModulation =>
  ({ normalizedEntropy: x }) =>
    (1 - x) ** gamma
