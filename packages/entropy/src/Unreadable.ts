/**
 * What to do with responses that hold no answer.
 *
 * @since 0.1.0
 */

/**
 * `own-cluster`: each disagrees with everything (the rule of the released SEED-GRPO code). `shared-cluster`: they all
 * mean the same, namely nothing. `left-out`: they are not samples of an answer.
 *
 * @since 0.1.0
 * @category models
 */
export type UnreadablePolicy = "own-cluster" | "shared-cluster" | "left-out"

/**
 * Every policy.
 *
 * @since 0.1.0
 * @category models
 */
export const POLICIES: ReadonlyArray<UnreadablePolicy> = ["own-cluster", "shared-cluster", "left-out"]

/**
 * Completes cluster ids, `[n]` with nothing where no answer could be read, by a policy. Left-out members keep no id.
 *
 * @example
 * ```ts
 * import assert from "node:assert"
 * import { Unreadable } from "@seed-grpo/entropy"
 *
 * const ids = [0, undefined, 0, undefined]
 * assert.deepEqual(Unreadable.apply(ids, "own-cluster"), [0, 1, 0, 2])
 * assert.deepEqual(Unreadable.apply(ids, "shared-cluster"), [0, 1, 0, 1])
 * assert.deepEqual(Unreadable.apply(ids, "left-out"), [0, undefined, 0, undefined])
 * ```
 *
 * @since 0.1.0
 * @category combinators
 */
export const apply = (
  clusterIds: ReadonlyArray<number | undefined>,
  policy: UnreadablePolicy,
): ReadonlyArray<number | undefined> => {
  if (policy === "left-out" || !clusterIds.includes(undefined)) return clusterIds
  let next = clusterIds.reduce<number>((count, id) => Math.max(count, (id ?? -1) + 1), 0)
  return clusterIds.map((id) => id ?? (policy === "shared-cluster" ? next : next++))
}

/**
 * How many answers could be read.
 *
 * @since 0.1.0
 * @category destructors
 */
export const read = (clusterIds: ReadonlyArray<number | undefined>): number =>
  clusterIds.reduce<number>((count, id) => count + Number(id !== undefined), 0)
