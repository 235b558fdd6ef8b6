import { Clustering } from "@seed-grpo/core"
import { assert, describe, it } from "@effect/vitest"

describe("Clustering", () => {
  it("numbers clusters in order of first appearance", () => {
    assert.deepStrictEqual(Clustering.byKey(["b", "a", "b", "c"]), [0, 1, 0, 2])
    assert.deepStrictEqual(Clustering.byKey([]), [])
  })

  // The judge that other implementations answer in four ways (0 ~ 2, 1 ~ 2, 0 ≁ 1): chains are closed, in any order.
  it("closes the chains of a judge that is not transitive", () => {
    const judge = (a: number, b: number) => a === 2 || b === 2
    for (const order of [
      [0, 1, 2],
      [2, 1, 0],
      [1, 2, 0],
    ]) {
      assert.deepStrictEqual(Clustering.byEquivalence(order, judge), [0, 0, 0])
    }
  })

  it("compares each pair of distinct items at most once, and identical items never", () => {
    let calls = 0
    const ids = Clustering.byEquivalence(["x", "y", "x", "z", "y"], () => {
      calls++
      return false
    })
    assert.deepStrictEqual(ids, [0, 1, 0, 2, 1])
    assert.strictEqual(calls, 3)
  })

  it("counts members", () => {
    assert.deepStrictEqual(Clustering.sizes([0, 1, 0, 2, 0]), [3, 1, 1])
  })
})
