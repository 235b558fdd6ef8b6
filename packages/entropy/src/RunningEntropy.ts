/**
 * The discrete entropy of answers that arrive one by one.
 *
 * @since 0.1.0
 */
import { EntropyError } from "./EntropyError.ts"

/**
 * A running count of meanings.
 *
 * @since 0.1.0
 * @category models
 */
export interface RunningEntropy {
  /** Counts an answer by the key of its meaning (as `Map` compares keys). `O(1)`. */
  readonly add: (meaning: unknown) => void
  /** Discrete entropy of the answers so far, in nats, `O(1)`. Throws an EntropyError before the first answer. */
  readonly entropy: () => number
  /** Sizes of the clusters in order of first appearance, `[K]`: what the rules of `Stopping` take. `O(K)`. */
  readonly counts: () => ReadonlyArray<number>
}

const weighted = (m: number): number => (m > 1 ? m * Math.log(m) : 0)

/**
 * Starts a count: `H = ln n − (Σ n_k ln n_k) / n`, of which a new answer changes one term of the sum. Equal to
 * `SemanticEntropy.fromCounts` to 1e-12 after 10⁵ answers, and exactly 0 while all agree.
 *
 * @throws EntropyError from `entropy` when no answer was added.
 *
 * @example
 * ```ts
 * import assert from "node:assert"
 * import { RunningEntropy, Stopping } from "@seed-grpo/entropy"
 *
 * const running = RunningEntropy.make()
 * const enough = Stopping.majority({ errorRate: 0.05 })
 * for (const answer of ["4", "4", "5", "4", "4", "4", "4", "4", "4", "4", "4", "4", "4", "4"]) {
 *   running.add(answer)
 *   if (enough(running.counts()).decided) break
 * }
 * assert.deepEqual(running.counts(), [12, 1])
 * assert.equal(running.entropy().toFixed(3), "0.271")
 * ```
 *
 * @since 0.1.0
 * @category constructors
 */
export const make = (): RunningEntropy => {
  const sizes = new Map<unknown, number>()
  let answers = 0
  let total = 0
  // What `total` has lost to rounding (Kahan): differences of large terms would add up over many answers.
  let lost = 0
  return {
    add: (meaning) => {
      const size = (sizes.get(meaning) ?? 0) + 1
      sizes.set(meaning, size)
      answers += 1
      const change = weighted(size) - weighted(size - 1) - lost
      const next = total + change
      lost = next - total - change
      total = next
    },
    entropy: () => {
      if (answers === 0) throw EntropyError.emptyGroup()
      if (sizes.size === 1) return 0
      return Math.min(Math.log(sizes.size), Math.max(0, Math.log(answers) - total / answers))
    },
    counts: () => [...sizes.values()],
  }
}
