/**
 * First-wins clustering, as lm-polygraph has it: each answer joins the first cluster whose first member it means the same
 * as, or begins one.
 *
 * It takes at most `n` comparisons a cluster, where `Clusters.cluster` compares every pair of keys. The price: with a judge
 * that is not transitive, the clusters depend on the order of the answers, and no contradiction is seen. For `0 ~ 2`,
 * `1 ~ 2` and `0 ≁ 1` it gives `0, 1, 0` in this order, 0.637 nats, where joining all that is connected gives one cluster
 * and 0 nats.
 *
 * @since 0.1.0
 */
import { bothWays, type Equivalent, type Outcome } from "@seed-grpo/core/Equivalent"
import { Effect } from "effect"
import { Judge } from "./Judge.ts"
import type { JudgeError } from "./JudgeError.ts"

/**
 * @since 0.1.0
 * @category models
 */
export interface GreedyClusters {
  /** Cluster of each answer, `[n]`, numbered from 0 in order of first appearance; nothing where there is no answer. */
  readonly clusterIds: ReadonlyArray<number | undefined>
  readonly compared: number
  /** Pairs that could not be decided, and count as different. */
  readonly undecided: ReadonlyArray<readonly [string, string]>
}

/** Yields the pairs it must know about, and returns the clusters. */
function* firstWins(
  answers: ReadonlyArray<string | undefined>,
  key: Equivalent["key"],
): Generator<readonly [string, string], GreedyClusters, Outcome> {
  const heads: Array<{ readonly answer: string; readonly final: boolean }> = []
  const ofKey = new Map<string, number>()
  const undecided: Array<readonly [string, string]> = []
  const clusterIds: Array<number | undefined> = []
  let compared = 0
  for (const answer of answers) {
    if (answer === undefined || answer.trim() === "") {
      clusterIds.push(undefined)
      continue
    }
    const canonical = key(answer)
    let id = ofKey.get(canonical.key)
    for (let head = 0; id === undefined && head < heads.length; head++) {
      if (canonical.final && heads[head]!.final) continue
      const pair = [heads[head]!.answer, answer] as const
      compared++
      const outcome = yield pair
      if (outcome === "equivalent") id = head
      if (outcome === "undecided") undecided.push(pair)
    }
    id ??= heads.push({ answer, final: canonical.final }) - 1
    ofKey.set(canonical.key, id)
    clusterIds.push(id)
  }
  return { clusterIds, compared, undecided }
}

/**
 * First-wins clusters by a notion of meaning that is a function.
 *
 * @example
 * ```ts
 * import assert from "node:assert"
 * import { Clusters, Equivalent } from "@seed-grpo/core"
 * import { GreedyClustering } from "@seed-grpo/entropy"
 *
 * const judge = Equivalent.fromComparison((a, b) => a === "2" || b === "2")
 * assert.deepEqual(GreedyClustering.cluster(["0", "1", "2"], judge).clusterIds, [0, 1, 0])
 * assert.deepEqual(GreedyClustering.cluster(["2", "1", "0"], judge).clusterIds, [0, 0, 0])
 * assert.deepEqual(Clusters.cluster(["0", "1", "2"], judge).clusterIds, [0, 0, 0])
 * ```
 *
 * @since 0.1.0
 * @category clustering
 */
export const cluster = (answers: ReadonlyArray<string | undefined>, equivalent: Equivalent): GreedyClusters => {
  const steps = firstWins(answers, equivalent.key)
  let step = steps.next()
  while (step.done !== true) step = steps.next(bothWays(equivalent, ...step.value))
  return step.value
}

/**
 * First-wins clusters by the judge of the context, asked about one pair at a time.
 *
 * @since 0.1.0
 * @category clustering
 */
export const clusterWithJudge = Effect.fn("GreedyClustering.clusterWithJudge")(function* (
  answers: ReadonlyArray<string | undefined>,
  question?: string,
): Effect.fn.Return<GreedyClusters, JudgeError, Judge> {
  const { judge, key } = yield* Judge
  const steps = firstWins(answers, key)
  let step = steps.next()
  while (step.done !== true) {
    const verdicts = yield* judge({ ...(question === undefined ? {} : { question }), pairs: [step.value] })
    step = steps.next(verdicts[0]!)
  }
  return step.value
})
