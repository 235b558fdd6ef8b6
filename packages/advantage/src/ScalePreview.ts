/**
 * What modulations would do to groups that are already there, before anything is trained.
 *
 * Only mixed groups count, those with some right and some wrong completions: in all others every advantage is 0, and a
 * scale on it changes nothing. A factor that all mixed groups have in common does not count either, because Adam divides it
 * out. What is left of a modulation is how differently it treats mixed groups.
 *
 * @since 0.1.0
 */
import { ExplainedError } from "@seed-grpo/core/ExplainedError"
import { mean, sum } from "@seed-grpo/core/Numeric"
import type { Modulation } from "./Modulation.ts"

/**
 * A group or a modulation that cannot be previewed.
 *
 * @since 0.1.0
 * @category errors
 */
export class ScalePreviewError extends ExplainedError<"bad-group" | "bad-scale"> {
  readonly _tag = "ScalePreviewError"
}

/**
 * What must be known of a group.
 *
 * @since 0.1.0
 * @category models
 */
export interface PreviewGroup {
  /** Share of right completions, in `[0, 1]`. */
  readonly meanReward: number
  /** Semantic entropy over its maximum, in `[0, 1]`. */
  readonly normalizedEntropy: number
  /** Number of completions, `G`. */
  readonly size: number
  /** Semantic entropy in nats; the normalised one times `ln G` unless given. */
  readonly entropy?: number | undefined
}

/**
 * @since 0.1.0
 * @category models
 */
export interface NamedModulation {
  readonly name: string
  readonly modulation: Modulation
}

/**
 * The scales of mixed groups in numbers. Quartiles are linear between neighbours, as NumPy's.
 *
 * @since 0.1.0
 * @category models
 */
export interface ScaleSummary {
  readonly min: number
  readonly lowerQuartile: number
  readonly median: number
  readonly upperQuartile: number
  readonly max: number
  readonly mean: number
  /** `1 − min / max`, in `[0, 1]`: how much less the least weighted group learns than the most weighted one. */
  readonly spread: number
  /** `1 − Σ w s / Σ w`: the share of all gradient mass that the modulation takes away. Adam gives it back. */
  readonly massRemoved: number
  /** Least and greatest `s · Σ w / Σ w s`: the weight of a group once the common factor is divided out. */
  readonly relative: readonly [number, number]
  /** `½ Σ |w s / Σ w s − w / Σ w|`: the share of the gradient mass that goes from some groups to others, in `[0, 1]`. */
  readonly massMoved: number
}

/**
 * What one modulation would do.
 *
 * @since 0.1.0
 * @category models
 */
export interface ScalePreview {
  readonly name: string
  readonly groups: number
  readonly mixed: number
  /** Of mixed groups, `[mixed]`, in their order. */
  readonly scales: ReadonlyArray<number>
  /** Of the same groups. */
  readonly normalizedEntropies: ReadonlyArray<number>
  /** Nothing when no group is mixed, or when every mixed group has scale 0. */
  readonly summary: ScaleSummary | undefined
}

const bad = (reason: "bad-group" | "bad-scale", at: string, expected: string, found: number): ScalePreviewError =>
  new ScalePreviewError({
    reason,
    at,
    expected,
    found: String(found),
    fix: reason === "bad-group" ? "Leave the group out, or measure it again." : "Correct the modulation.",
  })

const isShare = (value: number): boolean => value >= 0 && value <= 1

const checked = (group: PreviewGroup, index: number): PreviewGroup => {
  const { meanReward, normalizedEntropy, size } = group
  const at = (what: string) => `${what} of group ${index + 1}`
  if (!isShare(meanReward)) throw bad("bad-group", at("mean reward"), "a number from 0 to 1", meanReward)
  if (!isShare(normalizedEntropy)) {
    throw bad("bad-group", at("normalised entropy"), "a number from 0 to 1", normalizedEntropy)
  }
  if (!Number.isSafeInteger(size) || size < 1) throw bad("bad-group", at("size"), "a positive whole number", size)
  return group
}

/**
 * `Σ |Aᵢ| = 2 G r̄ (1 − r̄)`: how much gradient a group of right and wrong completions carries with centred advantages.
 *
 * @example
 * ```ts
 * import assert from "node:assert"
 * import { ScalePreview } from "@seed-grpo/advantage"
 *
 * assert.equal(ScalePreview.gradientMass({ meanReward: 0.5, normalizedEntropy: 0.75, size: 4 }), 2)
 * ```
 *
 * @since 0.1.0
 * @category measures
 */
export const gradientMass = ({ meanReward, size }: PreviewGroup): number => 2 * size * meanReward * (1 - meanReward)

const quantile = (sorted: ReadonlyArray<number>, share: number): number => {
  const place = share * (sorted.length - 1)
  const below = sorted[Math.floor(place)]!
  return below + (place - Math.floor(place)) * (sorted[Math.ceil(place)]! - below)
}

const summarize = (scales: ReadonlyArray<number>, masses: ReadonlyArray<number>): ScaleSummary | undefined => {
  const total = sum(masses)
  const kept = sum(masses.map((mass, index) => mass * scales[index]!))
  if (!(kept > 0)) return undefined
  const sorted = scales.toSorted((a, b) => a - b)
  const [min, max] = [sorted[0]!, sorted.at(-1)!]
  return {
    min,
    lowerQuartile: quantile(sorted, 0.25),
    median: quantile(sorted, 0.5),
    upperQuartile: quantile(sorted, 0.75),
    max,
    mean: mean(scales),
    spread: 1 - min / max,
    massRemoved: 1 - kept / total,
    relative: [(min * total) / kept, (max * total) / kept],
    massMoved: sum(masses.map((mass, index) => Math.abs((mass * scales[index]!) / kept - mass / total))) / 2,
  }
}

/**
 * The factor on a whole group of right and wrong completions. Both kinds carry the same mass, so it is the mean of theirs.
 */
const scaleOf = (modulation: Modulation, group: PreviewGroup, step: number): number => {
  const { entropy = group.normalizedEntropy * Math.log(group.size), meanReward, normalizedEntropy } = group
  const factor = (sign: -1 | 1) => modulation({ meanReward, entropy, normalizedEntropy, sign, step })
  const [right, wrong] = [factor(1), factor(-1)]
  return right >= 0 && wrong >= 0 ? (right + wrong) / 2 : Math.min(right, wrong)
}

/**
 * What each modulation would do to groups, at a step of training where it changes with it.
 *
 * @throws ScalePreviewError when a number of a group is out of its range, or a modulation gives a negative scale or none.
 *
 * @example
 * ```ts
 * import assert from "node:assert"
 * import { Modulation, ScalePreview } from "@seed-grpo/advantage"
 *
 * // Of eight completions one is right; the wrong ones agree, or all differ. The third group is right throughout.
 * const groups = [
 *   { meanReward: 1 / 8, normalizedEntropy: 0.181188148, size: 8 },
 *   { meanReward: 1 / 8, normalizedEntropy: 1, size: 8 },
 *   { meanReward: 1, normalizedEntropy: 0, size: 8 }
 * ]
 * const released = { name: "released", modulation: Modulation.reciprocal(0.0417) }
 * const [preview] = ScalePreview.preview(groups, [released])
 * assert.equal(preview!.mixed, 2)
 * assert.equal(preview!.summary!.spread.toFixed(4), "0.0328")
 * ```
 *
 * @since 0.1.0
 * @category measures
 */
export const preview = (
  groups: ReadonlyArray<PreviewGroup>,
  modulations: ReadonlyArray<NamedModulation>,
  step = 0,
): ReadonlyArray<ScalePreview> => {
  const mixed = groups.map(checked).filter(({ meanReward }) => meanReward > 0 && meanReward < 1)
  const masses = mixed.map(gradientMass)
  const normalizedEntropies = mixed.map(({ normalizedEntropy }) => normalizedEntropy)
  return modulations.map(({ modulation, name }) => {
    const scales = mixed.map((group) => scaleOf(modulation, group, step))
    const wrong = scales.find((scale) => !(scale >= 0 && scale < Infinity))
    if (wrong !== undefined) throw bad("bad-scale", `modulation ${name}`, "finite scales of at least 0", wrong)
    return {
      name,
      groups: groups.length,
      mixed: mixed.length,
      scales,
      normalizedEntropies,
      summary: summarize(scales, masses),
    }
  })
}

/**
 * How many values fall into each of `bins` equal parts of `[0, top]`; a value above `top` counts in the last one.
 *
 * @example
 * ```ts
 * import assert from "node:assert"
 * import { ScalePreview } from "@seed-grpo/advantage"
 *
 * assert.deepEqual(ScalePreview.histogram([0, 0.5, 0.99, 1], 1, 4), [1, 0, 1, 2])
 * ```
 *
 * @since 0.1.0
 * @category measures
 */
export const histogram = (values: ReadonlyArray<number>, top: number, bins: number): ReadonlyArray<number> => {
  const counts = Array.from({ length: bins }, () => 0)
  for (const value of values) counts[Math.max(0, Math.min(bins - 1, Math.floor((value / top) * bins)))]!++
  return counts
}

const percent = (share: number): string => `${(100 * share).toFixed(1)} %`

/**
 * What a modulation would do, as a sentence.
 *
 * @example
 * ```ts
 * import assert from "node:assert"
 * import { Modulation, ScalePreview } from "@seed-grpo/advantage"
 *
 * const groups = [0.25, 0.5].map((normalizedEntropy) => ({ meanReward: 0.5, normalizedEntropy, size: 8 }))
 * const [none] = ScalePreview.preview(groups, [{ name: "none", modulation: Modulation.none }])
 * assert.equal(ScalePreview.inWords(none!), "With none, all 2 mixed groups learn with the same weight.")
 * ```
 *
 * @since 0.1.0
 * @category formatting
 */
export const inWords = (preview: ScalePreview): string => {
  const { groups, mixed, name, normalizedEntropies, scales, summary } = preview
  if (mixed === 0) return `None of ${groups} groups is mixed: nothing is learned from them, with ${name} or without.`
  if (summary === undefined) return `With ${name}, nothing is learned: every one of ${mixed} mixed groups has weight 0.`
  if (summary.spread === 0) return `With ${name}, all ${mixed} mixed groups learn with the same weight.`
  const scaleAt = (x: number) => scales[normalizedEntropies.indexOf(x)]
  const falls =
    scaleAt(normalizedEntropies.reduce((a, b) => Math.max(a, b))) === summary.min &&
    scaleAt(normalizedEntropies.reduce((a, b) => Math.min(a, b))) === summary.max
  const [least, most] = falls ? ["most uncertain", "most certain"] : ["least weighted", "most weighted"]
  return (
    `With ${name}, the ${least} of ${mixed} mixed groups learns ${percent(summary.spread)} less than the ${most} one; ` +
    `${percent(summary.massMoved)} of the gradient's mass goes to other groups.`
  )
}
