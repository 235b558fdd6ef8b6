import { Clusters, Equivalent } from "@seed-grpo/core"
import { GreedyClustering, Judge, Score } from "@seed-grpo/entropy"
import { assert, describe, it } from "@effect/vitest"
import { Effect, Schema } from "effect"

// 0 ~ 2, 1 ~ 2, 0 ≁ 1: four programs, four answers.
const chained = Equivalent.fromComparison((a, b) => a === "2" || b === "2")
const number = Equivalent.fromComparison((a, b) => Number(a) === Number(b))

describe("first-wins clustering", () => {
  it("depends on the order where a judge is not transitive, and connecting does not", () => {
    const greedy = GreedyClustering.cluster(["0", "1", "2"], chained)
    assert.deepStrictEqual(greedy.clusterIds, [0, 1, 0])
    assert.closeTo(Score.score(greedy).entropy, 0.636514, 1e-6)
    assert.deepStrictEqual(GreedyClustering.cluster(["2", "0", "1"], chained).clusterIds, [0, 0, 0])
    assert.strictEqual(Score.score(Clusters.cluster(["0", "1", "2"], chained)).entropy, 0)
  })

  const Answers = Schema.Array(Schema.Literals(["1", "1.0", "2", "02", "3", " "]))

  it.prop(
    "is the same as connecting where the judge is transitive, with no more comparisons",
    [Answers],
    ([answers]) => {
      const greedy = GreedyClustering.cluster(answers, number)
      const connected = Clusters.cluster(answers, number)
      assert.deepStrictEqual(greedy.clusterIds, connected.clusterIds)
      assert.isAtMost(greedy.compared, connected.compared)
    },
  )

  it("compares no two final keys, and reports what is undecided", () => {
    assert.strictEqual(GreedyClustering.cluster(["a", "b", "a"], Equivalent.exact).compared, 0)
    const unsure = Equivalent.fromComparison(() => "undecided")
    const { clusterIds, undecided } = GreedyClustering.cluster(["a", undefined, "b"], unsure)
    assert.deepStrictEqual(clusterIds, [0, undefined, 1])
    assert.deepStrictEqual(undecided, [["a", "b"]])
  })

  it.effect("asks the judge of the context", () =>
    Effect.gen(function* () {
      const { clusterIds } = yield* GreedyClustering.clusterWithJudge(["0", "1", "2"], "Which?")
      assert.deepStrictEqual(clusterIds, [0, 1, 0])
    }).pipe(Effect.provide(Judge.layerOf(chained))),
  )
})
