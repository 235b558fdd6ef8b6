/**
 * Groups of things that mean the same.
 *
 * A clustering of `n` items is `n` cluster ids, numbered from 0 in order of first appearance. It does not depend on how
 * the judge was asked: equal keys share a cluster, the remaining heads are compared once per unordered pair, and
 * everything connected ends in one cluster (union–find).
 *
 * @since 0.1.0
 */

/**
 * Cluster id of each item, `[n]`; ids are `0 … K − 1` in order of first appearance.
 *
 * @since 0.1.0
 * @category models
 */
export type ClusterIds = ReadonlyArray<number>

/**
 * Items with equal keys share a cluster: `n` look-ups, and transitive by construction.
 *
 * @example
 * ```ts
 * import assert from "node:assert"
 * import { Clustering } from "@seed-grpo/core"
 *
 * assert.deepEqual(Clustering.byKey(["3/4", "1/2", "3/4"]), [0, 1, 0])
 * ```
 *
 * @since 0.1.0
 * @category constructors
 */
export const byKey = (keys: ReadonlyArray<unknown>): ClusterIds => {
  const ids = new Map<unknown, number>()
  return keys.map((key) => {
    const known = ids.get(key)
    if (known !== undefined) return known
    ids.set(key, ids.size)
    return ids.size - 1
  })
}

/**
 * Items that a judge calls equivalent share a cluster. Identical items are never compared; of the `U` distinct ones, at
 * most `U (U − 1) / 2` pairs are, each once. A judge that is not transitive has its chains closed.
 *
 * @example
 * ```ts
 * import assert from "node:assert"
 * import { Clustering } from "@seed-grpo/core"
 *
 * const sameNumber = (a: string, b: string) => Number(a) === Number(b)
 * assert.deepEqual(Clustering.byEquivalence(["1", "2", "1.0", "1"], sameNumber), [0, 1, 0, 0])
 * ```
 *
 * @since 0.1.0
 * @category constructors
 */
export const byEquivalence = <A>(items: ReadonlyArray<A>, equivalent: (a: A, b: A) => boolean): ClusterIds => {
  const heads = [...new Set(items)]
  const parent = heads.map((_, index) => index)
  const root = (index: number): number => {
    while (parent[index] !== index) index = parent[index] = parent[parent[index]!]!
    return index
  }
  for (let i = 0; i < heads.length; i++) {
    for (let j = i + 1; j < heads.length; j++) {
      if (root(i) !== root(j) && equivalent(heads[i]!, heads[j]!)) parent[root(j)] = root(i)
    }
  }
  const rootOf = new Map(heads.map((head, index) => [head, root(index)]))
  return byKey(items.map((item) => rootOf.get(item)))
}

/**
 * How many items each cluster holds, `[K]`.
 *
 * @since 0.1.0
 * @category destructors
 */
export const sizes = (ids: ClusterIds): ReadonlyArray<number> => {
  const counts: Array<number> = []
  for (const id of ids) counts[id] = (counts[id] ?? 0) + 1
  return counts
}
