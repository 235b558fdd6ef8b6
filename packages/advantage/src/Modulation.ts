/**
 * How strongly uncertainty scales the advantages of a group: the `f` of SEED-GRPO's Eq. (6), `Âᵢ = Aᵢ · f(α · x)` with
 * `x = SE / SE_max` in `[0, 1]`.
 *
 * The paper never gives a formula for `f`. `reciprocal` is the rule of the released code; `linear`, `exponential` and
 * `focal` are readings of the words in the paper. A scale is the same for all completions of a group and never negative,
 * so it changes neither which completion wins nor that advantages sum to zero.
 *
 * @since 0.1.0
 */

/**
 * From the normalised semantic entropy `x` of a group to the factor on its advantages.
 *
 * @since 0.1.0
 * @category models
 */
export type Modulation = (normalizedEntropy: number) => number

/**
 * `1`: uncertainty is measured and not used. With the centred baseline this is Dr.GRPO.
 *
 * @since 0.1.0
 * @category modulations
 */
export const none: Modulation = () => 1

/**
 * `1 / (1 + α x)`: the released SEED-GRPO code, with `α = 0.0417` (the paper's "α = 0.02" is 0.0417 / ln 8).
 *
 * @example
 * ```ts
 * import assert from "node:assert"
 * import { Modulation } from "@seed-grpo/advantage"
 *
 * assert.equal(Modulation.reciprocal(0.0417)(0.75).toFixed(9), "0.969673462")
 * ```
 *
 * @since 0.1.0
 * @category modulations
 */
export const reciprocal =
  (alpha: number): Modulation =>
  (x) =>
    1 / (1 + alpha * x)

/**
 * `max(0, 1 − α x)`
 *
 * @since 0.1.0
 * @category modulations
 */
export const linear =
  (alpha: number): Modulation =>
  (x) =>
    Math.max(0, 1 - alpha * x)

/**
 * `exp(−α x)`
 *
 * @since 0.1.0
 * @category modulations
 */
export const exponential =
  (alpha: number): Modulation =>
  (x) =>
    Math.exp(-alpha * x)

/**
 * `(1 − x)^γ`. A group in which all answers differ has no weight at all, however small `γ` is.
 *
 * @since 0.1.0
 * @category modulations
 */
export const focal =
  (gamma: number): Modulation =>
  (x) =>
    (1 - x) ** gamma
