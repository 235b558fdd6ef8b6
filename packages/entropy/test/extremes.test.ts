/** What nobody means to pass, and what is far larger than usual. */
import { Equivalent } from "@seed-grpo/core"
import { Cluster } from "@seed-grpo/equivalence"
import { EntropyError, Estimators, Score, SemanticEntropy, SideBySide, StreamingScorer } from "@seed-grpo/entropy"
import { assert, describe, it } from "@effect/vitest"

const MANY = 100_000
const many = (answer: (index: number) => string) => Array.from({ length: MANY }, (_, index) => answer(index))
const math = Cluster.math()

const reasonOf = (run: () => unknown): string => {
  try {
    run()
  } catch (error) {
    assert.instanceOf(error, EntropyError.EntropyError)
    return error.reason
  }
  return "none"
}

describe("100,000 answers", () => {
  it("that agree", () => {
    assert.strictEqual(
      Score.semanticEntropy(
        many(() => "42"),
        { equivalent: math },
      ).entropy,
      0,
    )
  })

  it("that differ, by final keys", () => {
    const { entropy, overBudget } = Score.semanticEntropy(many(String), { equivalent: math })
    assert.closeTo(entropy, Math.log(MANY), 1e-9)
    assert.isFalse(overBudget)
  })

  it("that differ for all that the budget allows to know: the bounds say so", () => {
    let calls = 0
    const { bounds, overBudget } = Score.semanticEntropy(many(String), { equivalent: () => ++calls < 0 })
    assert.isTrue(overBudget)
    assert.strictEqual(bounds[0], 0)
    assert.isAtMost(calls, 1000)
  })

  it("by every estimator, and side by side", () => {
    const clusterIds = many(String).map(Number)
    const meanLogprobs = clusterIds.map(() => -1)
    for (const { estimate, name } of Object.values(Estimators.ESTIMATORS)) {
      if (name !== "bayesian") assert.isTrue(Number.isFinite(estimate(clusterIds, meanLogprobs)), name)
    }
    const { value } = SideBySide.sideBySide({ clusterIds: [0, ...clusterIds] }).find(
      ({ name }) => name === "1 − largest cluster",
    )!
    assert.closeTo(value, 1 - 2 / (MANY + 1), 1e-12)
  }, 30_000)

  it("one by one", () => {
    const add = StreamingScorer.make(Equivalent.exact)
    for (let index = 0; index < MANY / 10; index++) add(`${index % 7}`)
    assert.strictEqual(add("0").meanings.length, 7)
  })
})

describe("odd answers", () => {
  it("named like properties of objects", () => {
    const answers = ["__proto__", "constructor", "toString", "__proto__"]
    assert.strictEqual(Score.semanticEntropy(answers).clusters, 3)
    assert.strictEqual(Score.semanticEntropy(answers, { equivalent: math }).clusters, 3)
  })

  it("of a megabyte, of lone surrogates, of control characters", () => {
    const answers = ["9".repeat(1e6), `(${"x+".repeat(5e5)}`, "\ud800", "\udfff", "\u0000", "\u001b[31m"]
    assert.strictEqual(Score.semanticEntropy(answers).clusters, 6)
    assert.isAtLeast(Score.semanticEntropy(answers, { equivalent: math }).clusters, 4)
  })
})

describe("odd equivalences and options", () => {
  const answers = ["a", "b"]

  it.each([
    ["a comparison that says nothing", { equivalent: (() => undefined) as never }, "comparison-threw"],
    ["a comparison that says a number", { equivalent: (() => 1) as never }, "comparison-threw"],
    ["a comparison that throws", { equivalent: () => assert.fail("no") }, "comparison-threw"],
    [
      "a key that throws",
      { equivalent: { name: "keys", key: () => assert.fail("no") } satisfies Equivalent.Equivalent },
      "comparison-threw",
    ],
    ["a negative budget", { budget: -1 }, "bad-value"],
    ["a budget that is no number", { budget: Number.NaN }, "bad-value"],
    ["too few flags", { truncated: [true] }, "bad-value"],
    ["too few log-probabilities", { meanLogprobs: [-1] }, "bad-value"],
    ["a positive log-probability, used or not", { meanLogprobs: [-1, 0.5] }, "bad-value"],
    ["a log-probability that is no number", { meanLogprobs: [-1, Number.NaN] }, "bad-value"],
    [
      "nothing but −∞",
      { meanLogprobs: [-Infinity, -Infinity], estimator: SemanticEntropy.LIKELIHOOD_WEIGHTED },
      "bad-value",
    ],
  ] as const)("%s", (_, options, reason) => {
    assert.strictEqual(
      reasonOf(() => Score.semanticEntropy(answers, options as Score.SemanticEntropyOptions)),
      reason,
    )
  })

  it.each([[[-1, 0]], [[0.5, 0]], [[Number.NaN, 0]], [[-1, undefined]]])("cluster ids %j are refused", (clusterIds) => {
    assert.strictEqual(
      reasonOf(() => Score.score({ clusterIds })),
      "bad-value",
    )
  })

  it("a budget of 0 compares nothing, and says so", () => {
    const { clusters, overBudget } = Score.semanticEntropy(answers, { budget: 0, equivalent: () => true })
    assert.deepStrictEqual({ clusters, overBudget }, { clusters: 2, overBudget: true })
  })

  it("any whole numbers will do as names of clusters, however large", () => {
    assert.strictEqual(Score.score({ clusterIds: [1e9, 7, 1e9] }).clusters, 2)
    const weighted = { clusterIds: [1e9, 7, 1e9], meanLogprobs: [-1, -1, -1] }
    const { entropy } = Score.score(weighted, { estimator: SemanticEntropy.LIKELIHOOD_WEIGHTED })
    assert.closeTo(entropy, SemanticEntropy.fromCounts([2, 1]), 1e-12)
  })
})
