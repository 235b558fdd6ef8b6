/**
 * What advantages cost: microseconds a group in batches of 128 groups of 8, the best of seven rounds.
 *
 *     node benchmark/speed.ts
 */
import {
  AdvantageEstimator,
  Asymmetric,
  BatchStandardized,
  Centered,
  LeaveOneOut,
  Modulation,
  NormalizeThenSum,
  Standardized,
  Whitened,
} from "@seed-grpo/advantage"
import * as Rng from "@seed-grpo/core/Rng"

const GROUPS = 128
const SIZE = 8
const BATCHES = 300

const key = Rng.key(0, "benchmark")
const batch: ReadonlyArray<AdvantageEstimator.GradedGroup> = Array.from({ length: GROUPS }, (_, group) => {
  const normalizedEntropy = Rng.uniform(key, [group, SIZE])
  return {
    rewards: Array.from({ length: SIZE }, (_, i) => (Rng.uniform(key, [group, i]) < 0.5 ? 1 : 0)),
    entropy: normalizedEntropy * Math.log(SIZE),
    normalizedEntropy,
  }
})

const { aggregated, modulated } = AdvantageEstimator
const methods: { readonly [name: string]: AdvantageEstimator.Estimate } = {
  "SEED-GRPO": modulated(Centered.centered, Modulation.reciprocal(0.0417)),
  "SEED-GRPO, asymmetric": modulated(Centered.centered, Asymmetric.asymmetric(1)),
  "Dr.GRPO": modulated(Centered.centered),
  GRPO: modulated(Standardized.standardized()),
  "GRPO, deviation of the batch": modulated(BatchStandardized.batchStandardized()),
  RLOO: modulated(LeaveOneOut.leaveOneOut),
  "RLOO, whitened": modulated(Whitened.leaveOneOutWhitened()),
  GDPO: aggregated(NormalizeThenSum.normalizeThenSum()),
}

/** Seconds of so many batches. */
const secondsOf = (estimate: AdvantageEstimator.Estimate): number => {
  const started = performance.now()
  for (let i = 0; i < BATCHES; i++) estimate(batch, i)
  return (performance.now() - started) / 1000
}

const best = new Map<string, number>()
for (let round = 0; round < 7; round++) {
  for (const [name, estimate] of Object.entries(methods)) {
    best.set(name, Math.min(best.get(name) ?? Infinity, secondsOf(estimate)))
  }
}
for (const [name, seconds] of best) {
  console.log(`${name.padEnd(30)} ${((seconds / (BATCHES * GROUPS)) * 1e6).toFixed(1)} µs a group`)
}
