/**
 * Gamma variates.
 *
 * @since 0.1.0
 */
import { type Key, normal, uniform } from "@seed-grpo/core/Rng"

/**
 * The gamma variate of a shape above 0 and scale 1 at a place of a stream: Marsaglia & Tsang (ACM TOMS 26, 2000). Below
 * shape 1 it is one of the next shape times `U^{1/shape}`, which may underflow to 0.
 *
 * @internal
 */
export const gamma = (stream: Key, shape: number, place: readonly [number, number]): number => {
  const d = (shape < 1 ? shape + 1 : shape) - 1 / 3
  const c = 1 / Math.sqrt(9 * d)
  for (let attempt = 1; ; attempt++) {
    const x = normal(stream, [...place, attempt, 0])
    const v = (1 + c * x) ** 3
    const u = 1 - uniform(stream, [...place, attempt, 1])
    if (v > 0 && Math.log(u) < 0.5 * x * x + d * (1 - v + Math.log(v))) {
      return shape < 1 ? d * v * (1 - uniform(stream, [...place, 0, 0])) ** (1 / shape) : d * v
    }
  }
}
