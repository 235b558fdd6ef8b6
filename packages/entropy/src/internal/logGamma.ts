/**
 * Logarithm of the gamma function, for positive arguments.
 *
 * @since 0.1.0
 */

/**
 * `ln Γ(x)` for `x > 0`, by recurrence and Stirling's series (Abramowitz & Stegun 6.1.15, 6.1.41).
 *
 * @internal
 */
export const logGamma = (x: number): number => {
  let product = 1
  let y = x
  for (; y < 10; y++) product *= y
  const r = 1 / (y * y)
  const series = (1 / 12 - r * (1 / 360 - r * (1 / 1260 - r * (1 / 1680 - r * (1 / 1188 - r * (691 / 360360)))))) / y
  return (y - 0.5) * Math.log(y) - y + 0.5 * Math.log(2 * Math.PI) + series - Math.log(product)
}
