/**
 * What standardised advantages are divided by: a standard deviation and a little more, so that a small deviation does not make
 * large advantages.
 *
 * Systems agree on the formula and not on its two constants, as read in their sources:
 *
 * | system              | `epsilon`                 | `ddof`                       |
 * | ------------------- | ------------------------- | ---------------------------- |
 * | TRL 1.13 (default)  | 1e-4                      | 1                            |
 * | verl, slime         | 1e-6                      | 1                            |
 * | NeMo-RL             | 1e-6, only if `std > 0`   | 1, of the other completions  |
 * | AReaL               | 1e-5                      | 1, or 0 by an option         |
 * | oat                 | 1e-8                      | 1                            |
 * | open-instruct       | 1e-8                      | 0                            |
 * | OpenRLHF            | 1e-9                      | 1                            |
 *
 * With rewards 0 and 1 and eight completions, `ddof` is a common factor of 1.069, which Adam divides out, and `epsilon`
 * makes at most 0.03 % of difference. With rewards that differ by less than `epsilon`, it decides everything.
 *
 * @since 0.1.0
 */
import { mean, sum } from "@seed-grpo/core/Numeric"

/**
 * @since 0.1.0
 * @category models
 */
export interface DeviationOptions {
  /** Added to the deviation; 1e-4 unless given. */
  readonly epsilon?: number | undefined
  /** What is taken from `n` in the variance: 1, the sample's, unless given. */
  readonly ddof?: 0 | 1 | undefined
}

/**
 * `√(Σ (x − mean x)² / (n − ddof)) + ε`, in two passes; `ε` when there are too few values.
 *
 * The sum of squares less the square of the sum would need one pass, and leaves a residue where all are equal: of rewards
 * 0.95 in float32 about 4e-4, which made an advantage of −2,075 of −0.95 (NVIDIA-NeMo/RL#4158).
 *
 * @example
 * ```ts
 * import assert from "node:assert"
 * import { Deviation } from "@seed-grpo/advantage"
 *
 * assert.equal(Deviation.divisor([1, 1, 0, 0], { epsilon: 0, ddof: 0 }), 0.5)
 * ```
 *
 * @since 0.1.0
 * @category measures
 */
export const divisor = (values: ReadonlyArray<number>, { ddof = 1, epsilon = 1e-4 }: DeviationOptions = {}): number => {
  if (values.length <= ddof) return epsilon
  const centre = mean(values)
  return Math.sqrt(sum(values.map((value) => (value - centre) ** 2)) / (values.length - ddof)) + epsilon
}

/**
 * Divides advantages by a deviation; 0 stays 0 even where there is none.
 *
 * @since 0.1.0
 * @category conversions
 */
export const dividedBy =
  (deviation: number) =>
  (advantage: number): number =>
    advantage === 0 ? 0 : advantage / deviation
