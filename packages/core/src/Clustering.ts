/**
 * Groups of things that mean the same.
 *
 * A clustering of `n` items is `n` cluster ids, numbered from 0 in order of first appearance.
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
 * Component of each of `n` nodes of a graph, `[n]`, numbered from 0 in order of first appearance (union–find).
 *
 * @example
 * ```ts
 * import assert from "node:assert"
 * import { Clustering } from "@seed-grpo/core"
 *
 * assert.deepEqual(Clustering.components(4, [[3, 1], [1, 0]]), [0, 0, 1, 0])
 * ```
 *
 * @since 0.1.0
 * @category constructors
 */
export const components = (n: number, edges: Iterable<readonly [number, number]>): ClusterIds => {
  const parent = Array.from({ length: n }, (_, node) => node)
  const root = (node: number): number => {
    while (parent[node] !== node) node = parent[node] = parent[parent[node]!]!
    return node
  }
  for (const [a, b] of edges) parent[root(b)] = root(a)
  return byKey(parent.map((_, node) => root(node)))
}

/**
 * A shortest chain of edges from one node to another, both included; empty when there is none.
 *
 * @since 0.1.0
 * @category destructors
 */
export const chain = (
  edges: ReadonlyArray<readonly [number, number]>,
  from: number,
  to: number,
): ReadonlyArray<number> => {
  const before = new Map<number, number>([[from, from]])
  for (const node of before.keys()) {
    if (node === to) break
    for (const [a, b] of edges) {
      const next = a === node ? b : b === node ? a : undefined
      if (next !== undefined && !before.has(next)) before.set(next, node)
    }
  }
  if (!before.has(to)) return []
  const path = [to]
  while (path[0] !== from) path.unshift(before.get(path[0]!)!)
  return path
}

/**
 * How many items each cluster holds, `[K]`. Numbers that no item has are no clusters.
 *
 * @since 0.1.0
 * @category destructors
 */
export const sizes = (ids: ClusterIds): ReadonlyArray<number> => {
  const counts: Array<number> = []
  for (const id of ids) {
    // An array must not grow to the size of a number that someone chose as a name.
    if (id >= ids.length) return sizes(byKey(ids))
    counts[id] = (counts[id] ?? 0) + 1
  }
  return counts.includes(undefined as never) ? counts.filter(() => true) : counts
}
