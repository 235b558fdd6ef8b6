/**
 * What a batch of completions says about an update, in numbers for people: a pure function of rows that the policy has
 * looked at.
 *
 * @since 0.1.0
 */
import { mean } from "@seed-grpo/core/Numeric"
import { totals as totalsOf } from "./Aggregation.ts"
import * as Constants from "./Constants.ts"
import * as Kl from "./Kl.ts"
import type { Objective } from "./Objective.ts"
import { lossMask, type ScoredRow, type SizedRow } from "./ObjectiveRow.ts"
import * as Ratio from "./Ratio.ts"
import { view } from "./Reference.ts"

/**
 * Means are over tokens that are trained on. What there is once per completion (ratios at the level of sequences, weights) is
 * averaged over completions. Where there is nothing to average, a number is 0, and a ratio 1.
 *
 * @since 0.1.0
 * @category models
 */
export interface Metrics {
  /** Mean of `exp(logprob − oldLogprob)` over tokens. */
  readonly ratio: number
  /** Share of ratios that were clipped because they fell below, or rose above, the objective's range. */
  readonly clippedLow: number
  readonly clippedHigh: number
  /** The same share within a completion: of the completion with the least, and with the most. */
  readonly clippedLowMin: number
  readonly clippedHighMax: number
  /** Mean of `ρ − 1 − ln ρ` over tokens, in nats: an estimate of KL(old ‖ new) that is never negative. */
  readonly klFromSampler: number
  /** Mean of the KL term, multiplied by the ratio if it is corrected, in nats. */
  readonly klToReference: number
  /** Mean entropy of the policy's next-token distribution over the tokens trained on, in nats. */
  readonly tokenEntropy: number
  /** Tokens that carried a gradient. */
  readonly tokens: number
  /** Mean of each multiplier of the objective, by its name. */
  readonly multipliers: { readonly [name: string]: number }
}

const least = (values: ReadonlyArray<number>) =>
  values.length === 0 ? 0 : values.reduce((a, b) => Math.min(a, b), Infinity)

const greatest = (values: ReadonlyArray<number>) => values.reduce((a, b) => Math.max(a, b), 0)

const average = (values: ReadonlyArray<number>, whenEmpty = 0) => (values.length === 0 ? whenEmpty : mean(values))

/** Tokens that are trained on. */
const tokensOf = (mask: Float64Array): ReadonlyArray<number> => [...mask.keys()].filter((t) => mask[t]! > 0)

const sampled = Kl.inLoss({ coefficient: 1 })
const perToken = Ratio.token()

/**
 * @throws {ObjectiveError} `missing-input`, `wrong-length`
 * @since 0.1.0
 * @category measurements
 */
export const measure = (objective: Objective, rows: ReadonlyArray<ScoredRow>): Metrics => {
  const { clips, kl, multipliers } = objective
  const totals = totalsOf(objective, rows)
  const ratios: Array<number> = []
  const fromSampler: Array<number> = []
  const toReference: Array<number> = []
  const entropies: Array<number> = []
  /** Ratios of each completion that has any, and those of them that were clipped. */
  const clipped: Array<{ readonly low: number; readonly high: number; readonly of: number }> = []
  const factors = multipliers.map((): Array<number> => [])
  for (const row of rows) {
    const constants = Constants.ofRow(objective, row, totals)
    const { advantages, logprobs, mask, referenceLogprobs, ...held } = view(
      objective,
      constants,
      row.logprobs,
      constants.oldLogprobs ?? row.logprobs,
    )
    const tokens = tokensOf(mask)
    /** Where all tokens of a completion have the same number, it counts once. */
    const once = (same: boolean) => (same && typeof row.advantage === "number" ? [0] : tokens)
    const drawn = perToken.ofRow(held.logRatios, mask).ratios
    for (const t of tokens) {
      ratios.push(drawn[t]!)
      fromSampler.push(sampled.ofToken(-held.logRatios[t]!, 0).value)
      entropies.push(row.entropies?.[t] ?? 0)
      if (kl === undefined) continue
      toReference.push(kl.ofToken(logprobs[t]!, referenceLogprobs![t]!).value * (kl.corrected ? held.ratios[t]! : 1))
    }
    const sides = once(objective.ratio.level === "sequence").map((t) => clips?.(held.ratios[t]!, advantages[t]!))
    const count = (of: "low" | "high") => sides.reduce((sum, side) => (side === of ? sum + 1 : sum), 0)
    if (sides.length > 0) clipped.push({ low: count("low"), high: count("high"), of: sides.length })
    for (const [i, one] of multipliers.entries()) {
      const factor = one.ofRow({ ...constants, ...held, logprobs })
      factors[i]!.push(...once(one.perCompletion).map((t) => factor[t]!))
    }
  }
  const all = clipped.reduce((sum, one) => sum + one.of, 0)
  const share = (side: "low" | "high") => (all === 0 ? 0 : clipped.reduce((sum, one) => sum + one[side], 0) / all)
  return {
    ratio: average(ratios, 1),
    clippedLow: share("low"),
    clippedHigh: share("high"),
    clippedLowMin: least(clipped.map(({ low, of }) => low / of)),
    clippedHighMax: greatest(clipped.map(({ high, of }) => high / of)),
    klFromSampler: average(fromSampler),
    klToReference: average(toReference),
    tokenEntropy: average(entropies),
    tokens: ratios.length,
    multipliers: Object.fromEntries(multipliers.map(({ name }, i) => [name, average(factors[i]!)])),
  }
}

/**
 * How far a sampler is from the policy as the trainer computes it.
 *
 * @since 0.1.0
 * @category models
 */
export interface SamplerMetrics {
  /** Of `|ln π_old − ln π_sampler|` over tokens that the sampler scored, in nats. */
  readonly differenceMean: number
  readonly differenceMax: number
  /** Of the weights: over tokens, or over completions if there is one for each. */
  readonly weightMin: number
  readonly weightMean: number
  readonly weightMax: number
}

/**
 * Of rows with `oldLogprobs` and `samplerLogprobs`, for an objective with `mismatch`; nothing for another.
 *
 * @throws {ObjectiveError} `missing-input`, `wrong-length`
 * @since 0.1.0
 * @category measurements
 */
export const measureSampler = (objective: Objective, rows: ReadonlyArray<SizedRow>): SamplerMetrics | undefined => {
  if (objective.mismatch === undefined) return undefined
  const { level } = objective.mismatch
  const totals = totalsOf(objective, rows)
  const differences: Array<number> = []
  const weights: Array<number> = []
  for (const row of rows) {
    const mask = lossMask(objective, row)
    const { samplerWeights } = Constants.ofRow(objective, row, totals)
    const { oldLogprobs, samplerLogprobs } = row
    const at = tokensOf(mask)
    const apart = at.map((t) => Math.abs(oldLogprobs![t]! - samplerLogprobs![t]!))
    differences.push(...apart.filter((difference) => !Number.isNaN(difference)))
    weights.push(...(level === "sequence" ? [0] : at).map((t) => samplerWeights![t]!))
  }
  return {
    differenceMean: average(differences),
    differenceMax: greatest(differences),
    weightMin: least(weights),
    weightMean: average(weights),
    weightMax: greatest(weights),
  }
}
