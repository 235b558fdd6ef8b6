/**
 * Sums that do not lose digits, and logarithms of sums that do not overflow.
 *
 * @since 0.1.0
 */

/**
 * Sum with Neumaier's compensation: the error does not grow with the number of terms.
 *
 * @example
 * ```ts
 * import assert from "node:assert"
 * import { Numeric } from "@seed-grpo/core"
 *
 * assert.equal(Numeric.sum([1, 1e100, 1, -1e100]), 2)
 * ```
 *
 * @since 0.1.0
 * @category reductions
 */
export const sum = (values: ArrayLike<number>): number => {
  let total = 0
  let lost = 0
  for (let i = 0; i < values.length; i++) {
    const value = values[i]!
    const next = total + value
    lost += Math.abs(total) >= Math.abs(value) ? total - next + value : value - next + total
    total = next
  }
  // An infinite total makes the compensation NaN; the infinity itself is the answer then.
  return Number.isFinite(total) ? total + lost : total
}

/**
 * Arithmetic mean; `NaN` for no values. It is taken about the least value, so that the mean of equal values is that
 * value and their deviations are exactly 0: a group of equal rewards must have no advantage at all.
 *
 * @example
 * ```ts
 * import assert from "node:assert"
 * import { Numeric } from "@seed-grpo/core"
 *
 * assert.equal(Numeric.mean([0.1, 0.1, 0.1]), 0.1)
 * assert.notEqual((0.1 + 0.1 + 0.1) / 3, 0.1)
 * ```
 *
 * @since 0.1.0
 * @category reductions
 */
export const mean = (values: ArrayLike<number>): number => {
  if (values.length === 0) return NaN
  let least = Infinity
  for (let i = 0; i < values.length; i++) least = Math.min(least, values[i]!)
  return least + sum(Array.from(values, (value) => value - least)) / values.length
}

/**
 * Sample standard deviation (divided by `n − 1`); `0` for one value.
 *
 * @since 0.1.0
 * @category reductions
 */
export const standardDeviation = (values: ArrayLike<number>): number => {
  if (values.length < 2) return 0
  const centre = mean(values)
  return Math.sqrt(sum(Array.from(values, (value) => (value - centre) ** 2)) / (values.length - 1))
}

/**
 * `ln Σ exp(xᵢ)`, shifted by the maximum so that it neither overflows nor underflows; `−∞` for no values.
 *
 * @example
 * ```ts
 * import assert from "node:assert"
 * import { Numeric } from "@seed-grpo/core"
 *
 * assert.equal(Numeric.logSumExp([-1000, -1000]), -1000 + Math.log(2))
 * ```
 *
 * @since 0.1.0
 * @category reductions
 */
export const logSumExp = (values: ArrayLike<number>): number => {
  let max = -Infinity
  for (let i = 0; i < values.length; i++) if (values[i]! > max) max = values[i]!
  if (!Number.isFinite(max)) return max
  return max + Math.log(sum(Array.from(values, (value) => Math.exp(value - max))))
}
