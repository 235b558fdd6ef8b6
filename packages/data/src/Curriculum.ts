/**
 * A curriculum by what the policy is unsure of: problems whose last group was neither certainly right nor certainly wrong come
 * back sooner, and the others as the epochs bring them.
 *
 * @since 0.1.0
 */
import * as Rng from "@seed-grpo/core/Rng"
import { itemsFrom } from "./Batches.ts"
import type { OrderState, Outcome, ProblemOrder } from "./ProblemOrder.ts"

/**
 * @since 0.1.0
 * @category models
 */
export interface CurriculumOptions {
  /** Share of every draw that comes from the epochs, whatever is known: they go on at this share of their usual pace. */
  readonly floor: number
  /** How much entropy counts beside the variance of the reward, from 0 to 1. */
  readonly entropyShare: number
}

/**
 * How much there is to learn from a problem, from 0 to 1: `(1 − λ) · 4 r̄ (1 − r̄) + λ · x · s`, of the mean reward `r̄`, the
 * normalised entropy `x` and the share `s` of readable answers. Certainly right and certainly wrong are 0. A group without a
 * right answer counts by its entropy, because a policy that still tries may find one; noise that nobody can read does not.
 *
 * @example
 * ```ts
 * import assert from "node:assert"
 * import { Curriculum } from "@seed-grpo/data"
 *
 * const informativeness = Curriculum.informativeness(0.5)
 * assert.equal(informativeness({ reward: 1, entropy: 0, readable: 1 }), 0)
 * assert.equal(informativeness({ reward: 0, entropy: 0, readable: 1 }), 0)
 * assert.equal(informativeness({ reward: 0.5, entropy: 0.4, readable: 1 }), 0.7)
 * assert.equal(informativeness({ reward: 0, entropy: 1, readable: 0 }), 0)
 * ```
 *
 * @since 0.1.0
 * @category measures
 */
export const informativeness =
  (entropyShare: number) =>
  ({ entropy, readable, reward }: Outcome): number =>
    (1 - entropyShare) * 4 * reward * (1 - reward) + entropyShare * entropy * readable

/**
 * Of every draw, `ceil(floor · size)` problems come from the epochs, in the order of `ProblemOrder.uniform`. The others are drawn
 * from the problems seen so far, each with a probability in proportion to its informativeness and none twice (the keys
 * `−ln(u) / w` of Efraimidis and Spirakis, 2006); where there are too few of them, the epochs fill up.
 *
 * @since 0.1.0
 * @category orders
 */
export const curriculum = <A extends { readonly id: string }>(
  problems: ReadonlyArray<A>,
  seed: number,
  { entropyShare, floor }: CurriculumOptions,
): ProblemOrder<A> => {
  const key = Rng.key(seed, "curriculum")
  const weight = informativeness(entropyShare)

  const likely = (state: OrderState, size: number, without: ReadonlySet<string>): ReadonlyArray<A> =>
    problems
      .flatMap((problem, index) => {
        const known = !without.has(problem.id) && Object.hasOwn(state.outcomes, problem.id)
        const w = known ? weight(state.outcomes[problem.id]!) : 0
        return w > 0 ? [{ problem, at: -Math.log(1 - Rng.uniform(key, [state.draws, index])) / w }] : []
      })
      .toSorted((a, b) => a.at - b.at)
      .slice(0, size)
      .map(({ problem }) => problem)

  return {
    draw: (state, size, without = new Set()) => {
      const chosen = likely(state, size - Math.ceil(floor * size), without)
      const drawn = new Set([...without, ...chosen.map(({ id }) => id)])
      const filling: Array<A> = []
      let { taken } = state
      // What was drawn already has had its turn; after a whole epoch of those there is nothing else.
      const enough = problems.filter(({ id }) => !drawn.has(id)).length
      const missing = size - chosen.length
      while (filling.length < missing) {
        for (const next of itemsFrom(problems, { seed, from: taken, size: missing })) {
          if (filling.length === missing) break
          taken += 1
          if (filling.length < enough && drawn.has(next.id)) continue
          drawn.add(next.id)
          filling.push(next)
        }
      }
      return { problems: [...chosen, ...filling], state: { ...state, taken, draws: state.draws + 1 } }
    },
    learned: (state, outcomes) => ({ ...state, outcomes: { ...state.outcomes, ...outcomes } }),
  }
}
