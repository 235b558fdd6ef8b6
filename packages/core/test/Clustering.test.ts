import { Clustering } from "@seed-grpo/core"
import { assert, describe, it } from "@effect/vitest"

describe("Clustering", () => {
  it("numbers clusters in order of first appearance", () => {
    assert.deepStrictEqual(Clustering.byKey(["b", "a", "b", "c"]), [0, 1, 0, 2])
    assert.deepStrictEqual(Clustering.byKey([]), [])
  })

  it("finds components, whichever way their edges point", () => {
    const edges = [
      [4, 2],
      [0, 2],
      [1, 3],
    ] as const
    assert.deepStrictEqual(Clustering.components(6, edges), [0, 1, 0, 1, 0, 2])
    assert.deepStrictEqual(Clustering.components(0, []), [])
  })

  it("finds a shortest chain", () => {
    const edges = [
      [0, 1],
      [1, 2],
      [2, 3],
      [3, 4],
      [1, 4],
    ] as const
    assert.deepStrictEqual(Clustering.chain(edges, 0, 4), [0, 1, 4])
    assert.deepStrictEqual(Clustering.chain(edges, 2, 2), [2])
    assert.deepStrictEqual(Clustering.chain(edges, 0, 7), [])
  })

  it("counts members", () => {
    assert.deepStrictEqual(Clustering.sizes([0, 1, 0, 2, 0]), [3, 1, 1])
  })
})
