/**
 * What a modulation did to the groups of a step, as counts that can be logged: the scales of the groups that are learned
 * from, and how much of the learning lies at which uncertainty, before and after.
 *
 * @since 0.1.0
 */
import type { ScaleHistogram } from "@seed-grpo/core"
import { sum } from "@seed-grpo/core/Numeric"
import type { GroupAdvantages } from "./AdvantageEstimator.ts"

/**
 * @since 0.1.0
 * @category models
 */
export interface ScaledGroup {
  /** Semantic entropy over its maximum, in `[0, 1]`. */
  readonly normalizedEntropy: number
  readonly advantages: GroupAdvantages
}

/** Which of `bins` equal parts of `[from, to]` a value is in; the upper end is in the last. */
const binOf = (value: number, from: number, to: number, bins: number): number =>
  to === from ? 0 : Math.max(0, Math.min(bins - 1, Math.floor(((value - from) / (to - from)) * bins)))

const size = (advantages: ReadonlyArray<number>): number => sum(advantages.map(Math.abs))

const shares = (values: ReadonlyArray<number>): ReadonlyArray<number> => {
  const all = sum(values)
  return values.map((value) => (all === 0 ? 0 : value / all))
}

/**
 * The histogram of the groups of a step; those without an advantage are left out.
 *
 * @example
 * ```ts
 * import assert from "node:assert"
 * import { AdvantageEstimator, Centered, Modulation, ScaleHistogram } from "@seed-grpo/advantage"
 *
 * const groups = [
 *   { rewards: [1, 1, 1, 0], entropy: 0.56, normalizedEntropy: 0.4 },
 *   { rewards: [1, 0, 0, 0], entropy: 1.39, normalizedEntropy: 1 },
 *   { rewards: [1, 1, 1, 1], entropy: 0, normalizedEntropy: 0 }
 * ]
 * const estimate = AdvantageEstimator.modulated(Centered.centered, Modulation.linear(0.5))
 * const scaled = estimate(groups).map((advantages, i) => ({ ...groups[i]!, advantages }))
 * const { after, before, from, mixed, scales, to } = ScaleHistogram.histogram(scaled, 2)
 * assert.deepEqual([mixed, from, to, scales], [2, 0.5, 0.8, [1, 1]])
 * assert.deepEqual(before, [0.5, 0.5])
 * assert.deepEqual(after.map((share) => share.toFixed(3)), ["0.615", "0.385"])
 * ```
 *
 * @since 0.1.0
 * @category measures
 */
export const histogram = (groups: ReadonlyArray<ScaledGroup>, bins = 10): ScaleHistogram => {
  const mixed = groups.filter(({ advantages }) => advantages.before.some((advantage) => advantage !== 0))
  const empty = () => Array.from({ length: bins }, () => 0)
  const [scales, before, after] = [empty(), empty(), empty()]
  const [from, to] = mixed.reduce(
    ([least, most], { advantages: { scale } }) => [Math.min(least, scale), Math.max(most, scale)] as const,
    mixed.length === 0 ? ([1, 1] as const) : ([Infinity, -Infinity] as const),
  )
  for (const { advantages, normalizedEntropy } of mixed) {
    scales[binOf(advantages.scale, from, to, bins)]! += 1
    const at = binOf(normalizedEntropy, 0, 1, bins)
    before[at]! += size(advantages.before)
    after[at]! += size(advantages.advantages)
  }
  return { mixed: mixed.length, from, to, scales, before: shares(before), after: shares(after) }
}
