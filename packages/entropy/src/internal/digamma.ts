/**
 * Derivatives of `ln Γ`, for positive arguments.
 *
 * @since 0.1.0
 */

// From here on the asymptotic series is exact to the last digits; below, the recurrence climbs up to it.
const ASYMPTOTIC = 10

/**
 * `ψ(x) = d/dx ln Γ(x)` for `x > 0`, by recurrence and Stirling's series (Abramowitz & Stegun 6.3.5, 6.3.18).
 *
 * @internal
 */
export const digamma = (x: number): number => {
  let shift = 0
  let y = x
  for (; y < ASYMPTOTIC; y++) shift += 1 / y
  const r = 1 / (y * y)
  const series = r * (1 / 12 - r * (1 / 120 - r * (1 / 252 - r * (1 / 240 - r * (1 / 132 - r * (691 / 32760))))))
  return Math.log(y) - 0.5 / y - series - shift
}

/**
 * `ψ′(x)` for `x > 0`, by recurrence and Stirling's series (Abramowitz & Stegun 6.4.6, 6.4.12).
 *
 * @internal
 */
export const trigamma = (x: number): number => {
  let shift = 0
  let y = x
  for (; y < ASYMPTOTIC; y++) shift += 1 / (y * y)
  const r = 1 / (y * y)
  const series = r * (1 / 6 - r * (1 / 30 - r * (1 / 42 - r * (1 / 30 - r * (5 / 66 - r * (691 / 2730))))))
  return 1 / y + 0.5 * r + series / y + shift
}
