/**
 * Loss and gradient of an objective on plain numbers, in float64: the definition, with derivatives worked out by hand. What
 * training computes on tensors is tested against it.
 *
 * @since 0.1.0
 */
import { sum } from "@seed-grpo/core/Numeric"
import { type Totals, totals as totalsOf } from "./Aggregation.ts"
import * as Constants from "./Constants.ts"
import type * as Multiplier from "./Multiplier.ts"
import type { Objective } from "./Objective.ts"
import { ObjectiveError } from "./ObjectiveError.ts"
import type { ScoredRow } from "./ObjectiveRow.ts"

/**
 * @since 0.1.0
 * @category models
 */
export interface Evaluation {
  readonly loss: number
  /** Without the entropy bonus. */
  readonly policyLoss: number
  /** `∂ loss / ∂ logprobs`, `[B][T]`; 0 where masked. */
  readonly byLogprob: ReadonlyArray<Float64Array>
  /** `∂ loss / ∂ entropies`, `[B][T]`. */
  readonly byEntropy: ReadonlyArray<Float64Array>
}

/**
 * What the parts of an objective say of a completion, `[T]` each; 0 where masked.
 *
 * @since 0.1.0
 * @category models
 */
export interface View extends Multiplier.Held<Float64Array> {
  /** From derivatives by ratio to derivatives by log-probability, `[T] → [T]`. */
  readonly pullback: (byRatio: Float64Array) => Float64Array
}

/**
 * Log-ratios and ratios of a completion, from log-probabilities under a policy, `[T]`.
 *
 * @since 0.1.0
 * @category evaluation
 */
export const view = (
  objective: Objective,
  constants: Multiplier.Constants<Float64Array>,
  logprobs: ArrayLike<number>,
  old: ArrayLike<number>,
): View => {
  const { mask } = constants
  const current = Constants.where(mask, logprobs)
  const logRatios = Constants.where(
    mask,
    current.map((logprob, t) => logprob - old[t]!),
  )
  return { ...constants, logprobs: current, logRatios, ...objective.ratio.ofRow(logRatios, mask) }
}

/**
 * Loss and gradient of rows as a part of a batch with these totals; of a whole batch, if none are given.
 *
 * `held` are the log-probabilities at which stop-gradients are evaluated: the rows' own, unless somebody wants to
 * differentiate numerically.
 *
 * @example
 * ```ts
 * import assert from "node:assert"
 * import { Grpo, Reference } from "@seed-grpo/grpo"
 *
 * const rows = [
 *   { advantage: 1, logprobs: [-1, -2], oldLogprobs: [-1, -2] },
 *   { advantage: -1, logprobs: [-1], oldLogprobs: [-1] },
 * ]
 * const { byLogprob, loss } = Reference.evaluate(Grpo.grpo({ clip: { low: 0.2, high: 0.2 } }), rows)
 * assert.equal(loss, 0)
 * assert.deepEqual(byLogprob.map((row) => [...row]), [[-0.25, -0.25], [0.5]])
 * ```
 *
 * @throws {ObjectiveError} `missing-input`, `wrong-length`
 * @since 0.1.0
 * @category evaluation
 */
export const evaluate = (
  objective: Objective,
  rows: ReadonlyArray<ScoredRow>,
  totals: Totals = totalsOf(objective, rows),
  held: ReadonlyArray<ArrayLike<number>> = rows.map(({ logprobs }) => logprobs),
): Evaluation => {
  const { entropyBonus, kl, multipliers, tokenLoss } = objective
  const evaluated = rows.map((row, i) => {
    const constants = Constants.ofRow(objective, row, totals)
    const { advantages, entropyShares, mask, shares } = constants
    const old = constants.oldLogprobs ?? held[i]!
    const now = view(objective, constants, row.logprobs, old)
    const fixed = view(objective, constants, held[i]!, old)
    const factors = multipliers.map((one) => one.ofRow(fixed))
    const byRatio = new Float64Array(mask.length)
    const direct = new Float64Array(mask.length)
    const loss = mask.map((here, t) => {
      if (here === 0) return 0
      const [ratio, logprob] = [now.ratios[t]!, now.logprobs[t]!]
      const factor = factors.reduce((product, one) => product * one[t]!, 1)
      const policy = tokenLoss.ofToken(ratio, logprob, advantages[t]!)
      byRatio[t] = shares[t]! * factor * policy.byRatio
      direct[t] = shares[t]! * factor * policy.byLogprob
      if (kl === undefined) return shares[t]! * factor * policy.value
      const drift = kl.ofToken(logprob, constants.referenceLogprobs![t]!)
      const weight = kl.corrected ? ratio : 1
      if (kl.corrected) byRatio[t] += shares[t]! * kl.coefficient * drift.value
      direct[t] += shares[t]! * kl.coefficient * weight * drift.byLogprob
      return shares[t]! * (factor * policy.value + kl.coefficient * weight * drift.value)
    })
    const through = now.pullback(byRatio)
    if (entropyShares !== undefined && row.entropies === undefined) {
      throw ObjectiveError.missing(
        "entropies of every row",
        "entropy bonus",
        "Score the rows, or leave entropyBonus out.",
      )
    }
    const bonus = mask.map((here, t) =>
      here > 0 && entropyShares !== undefined ? entropyShares[t]! * row.entropies![t]! : 0,
    )
    return {
      loss: sum(loss),
      bonus: entropyBonus * sum(bonus),
      byLogprob: direct.map((by, t) => by + through[t]!),
      byEntropy: mask.map((_, t) => -entropyBonus * (entropyShares?.[t] ?? 0)),
    }
  })
  const policyLoss = sum(evaluated.map(({ loss }) => loss))
  return {
    loss: policyLoss - sum(evaluated.map(({ bonus }) => bonus)),
    policyLoss,
    byLogprob: evaluated.map(({ byLogprob }) => byLogprob),
    byEntropy: evaluated.map(({ byEntropy }) => byEntropy),
  }
}
