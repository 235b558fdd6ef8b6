/**
 * A stage of one's own, as a package could offer it: advantages that uncertainty scales only where they are negative.
 *
 * SEED-GRPO shrinks the whole of an uncertain group, its right answers too. Here a right answer keeps its full advantage,
 * and only what is learned from the wrong ones is damped; advantages of a group then no longer sum to zero.
 */
import { AdvantageEstimator, Baseline, type Modulation } from "@seed-grpo/advantage"
import { Layer } from "effect"

export const layer = (modulation: Modulation.Modulation): Layer.Layer<AdvantageEstimator.AdvantageEstimator> =>
  Layer.succeed(AdvantageEstimator.AdvantageEstimator)({
    estimate: ({ normalizedEntropy, rewards }) => {
      const before = Baseline.centered(rewards)
      const scale = modulation(normalizedEntropy)
      return { before, scale, advantages: before.map((advantage) => (advantage < 0 ? advantage * scale : advantage)) }
    },
  })
