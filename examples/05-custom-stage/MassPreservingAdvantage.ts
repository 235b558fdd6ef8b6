/**
 * A stage of one's own, as a package could offer it: uncertainty moves learning from some groups to others, and takes none away.
 *
 * SEED-GRPO shrinks all groups, more or less. What they have in common is a smaller step, which AdamW divides out and other
 * optimizers do not. Here the advantages of a batch are grown again until `Σ |Â| = Σ |A|`, so the strength says how much is moved
 * and nothing else. That needs the whole batch, which an estimator sees.
 */
import { AdvantageEstimator, Centered, type Modulation } from "@seed-grpo/advantage"
import type { Layer } from "effect"

const mass = (groups: ReadonlyArray<ReadonlyArray<number>>): number =>
  groups.flat().reduce((total, advantage) => total + Math.abs(advantage), 0)

export const layer = (modulation: Modulation.Modulation): Layer.Layer<AdvantageEstimator.AdvantageEstimator> => {
  const seed = AdvantageEstimator.modulated(Centered.centered, modulation)
  return AdvantageEstimator.layer((graded, step) => {
    const groups = seed(graded, step)
    const left = mass(groups.map(({ advantages }) => advantages))
    const factor = left === 0 ? 1 : mass(groups.map(({ before }) => before)) / left
    return groups.map(({ advantages, before, scale }) => ({
      before,
      scale: scale * factor,
      advantages: advantages.map((advantage) => advantage * factor),
    }))
  })
}
