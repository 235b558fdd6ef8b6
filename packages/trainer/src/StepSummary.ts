/**
 * A step in numbers.
 *
 * @since 0.1.0
 */
import { ScaleHistogram } from "@seed-grpo/advantage"
import type { StepRecord } from "@seed-grpo/core"
import { Numeric } from "@seed-grpo/core"
import type { GrpoOptimizer } from "@seed-grpo/grpo"
import { meanKl } from "./ReferenceScores.ts"
import type { ScoredGroup } from "./ScoredGroup.ts"

const share = <A>(items: ReadonlyArray<A>, holds: (item: A) => boolean) =>
  items.length === 0 ? 0 : items.filter(holds).length / items.length

const average = <A>(items: ReadonlyArray<A>, of: (item: A) => number, whenEmpty = 0) =>
  items.length === 0 ? whenEmpty : Numeric.mean(items.map(of))

/** A group with both right and wrong completions: the only kind that a binary reward can be learned from. */
const isMixed = ({ rewards }: ScoredGroup) => rewards.some((reward) => reward !== rewards[0])

/**
 * Summarises the groups of a step and the optimizer steps taken on them. Groups that were sampled and `dropped` count in all that
 * is said of groups and completions, and not in what is said of scales.
 *
 * @since 0.1.0
 * @category conversions
 */
export const summarise = (
  step: number,
  learned: ReadonlyArray<ScoredGroup>,
  updates: ReadonlyArray<GrpoOptimizer.UpdateMetrics>,
  dropped: ReadonlyArray<ScoredGroup> = [],
): StepRecord => {
  const groups = [...learned, ...dropped]
  const completions = groups.flatMap(({ grades, group }) =>
    group.completions.map((completion, sample) => ({ completion, grade: grades[sample]! })),
  )
  const mixed = learned.filter(isMixed)
  const klToReference = meanKl(groups)
  const scales = mixed.map(({ advantages }) => advantages.scale)
  const trained = updates.filter(({ outcome }) => outcome === "applied")
  const outcomes = (outcome: GrpoOptimizer.UpdateMetrics["outcome"]) =>
    updates.filter((update) => update.outcome === outcome).length
  return {
    kind: "step",
    step,
    reward: average(
      groups.flatMap(({ rewards }) => rewards),
      (reward) => reward,
    ),
    semanticEntropy: average(groups, ({ entropy }) => entropy.entropy),
    normalizedEntropy: average(groups, ({ entropy }) => entropy.normalized),
    clusters: average(groups, ({ entropy }) => entropy.clusters),
    allRight: share(groups, ({ rewards }) => rewards.every((reward) => reward === 1)),
    allWrong: share(groups, ({ rewards }) => rewards.every((reward) => reward === 0)),
    mixed: share(groups, isMixed),
    unreadable: share(completions, ({ grade }) => grade.extracted === undefined),
    truncated: share(completions, ({ completion }) => completion.finish === "length"),
    completionTokens: average(completions, ({ completion }) => completion.tokens.length),
    scaleMean: average(scales, (scale) => scale, 1),
    scaleMin: scales.length === 0 ? 1 : Math.min(...scales),
    scaleMax: scales.length === 0 ? 1 : Math.max(...scales),
    scaleHistogram: ScaleHistogram.histogram(
      learned.map(({ advantages, entropy }) => ({ advantages, normalizedEntropy: entropy.normalized })),
    ),
    loss: average(trained, ({ loss }) => loss),
    gradientNorm: average(trained, ({ gradientNorm }) => gradientNorm),
    learningRate: updates.at(-1)?.learningRate ?? 0,
    ratio: average(trained, ({ ratio }) => ratio, 1),
    clippedLow: average(trained, ({ clippedLow }) => clippedLow),
    clippedHigh: average(trained, ({ clippedHigh }) => clippedHigh),
    klFromSampler: average(trained, ({ klFromSampler }) => klFromSampler),
    firstRatio: trained[0]?.ratio ?? 1,
    firstKlFromSampler: trained[0]?.klFromSampler ?? 0,
    ...(klToReference === undefined ? {} : { klToReference }),
    tokenEntropy: average(trained, ({ tokenEntropy }) => tokenEntropy),
    updatesApplied: trained.length,
    updatesWithoutSignal: outcomes("no-signal"),
    updatesNonFinite: outcomes("non-finite"),
  }
}
