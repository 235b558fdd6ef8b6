/**
 * Modulations that treat what was better than expected otherwise than what was worse.
 *
 * SEED-GRPO shrinks the whole of an uncertain group, its right answers too. The rule here is that of EGPO (arXiv 2602.22751), on the
 * semantic entropy of the group instead of a token entropy of each answer: what is right is never shrunk, what is wrong is
 * never grown.
 *
 * The advantages of a group then no longer sum to zero. With factors `s₊ ≥ 1 ≥ s₋` and `M` the sum of the positive advantages,
 * which is that of the negative ones, they sum to `M (s₊ − s₋) ≥ 0`: the group raises the probability of its right answers by more
 * than it lowers that of its wrong ones. The sum is 0 exactly when nothing is scaled, or nothing is learned.
 *
 * @since 0.1.0
 */
import { type Modulation, reciprocal } from "./Modulation.ts"

/**
 * `max(1, right)` on positive advantages, `min(1, wrong)` on negative ones.
 *
 * @example
 * ```ts
 * import assert from "node:assert"
 * import { Asymmetric, Modulation } from "@seed-grpo/advantage"
 *
 * // Right answers keep their full advantage, what is learned from the wrong ones is damped.
 * const modulation = Asymmetric.bySign({ right: Modulation.none, wrong: Modulation.reciprocal(1) })
 * const group = { meanReward: 0.5, entropy: 1.04, normalizedEntropy: 0.75, step: 1 }
 * assert.equal(modulation({ ...group, sign: 1 }), 1)
 * assert.equal(modulation({ ...group, sign: -1 }).toFixed(3), "0.571")
 * ```
 *
 * @since 0.1.0
 * @category modulations
 */
export const bySign =
  ({ right, wrong }: { readonly right: Modulation; readonly wrong: Modulation }): Modulation =>
  (context) => {
    if (context.sign > 0) return Math.max(1, right(context))
    return context.sign < 0 ? Math.min(1, wrong(context)) : 1
  }

/**
 * `1 + α x` on what is right, `1 / (1 + α x)` on what is wrong: a right answer is worth the more the less sure the policy is, a
 * wrong one costs most where the policy was sure of it.
 *
 * @since 0.1.0
 * @category modulations
 */
export const asymmetric = (alpha: number): Modulation =>
  bySign({ right: ({ normalizedEntropy: x }) => 1 + alpha * x, wrong: reciprocal(alpha) })
