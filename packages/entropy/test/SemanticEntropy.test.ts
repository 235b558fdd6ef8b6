import { Score, EntropyError, EntropyScorer, SemanticEntropy, Unreadable } from "@seed-grpo/entropy"
import { Cluster } from "@seed-grpo/equivalence"
import { assert, describe, it } from "@effect/vitest"
import { Effect, Schema } from "effect"

const idsOf = (counts: ReadonlyArray<number>) => counts.flatMap((count, id) => Array.from({ length: count }, () => id))

describe("discrete", () => {
  // Computed in 64 bits from −Σ p ln p; the pair (2,1,1) also stands in the README of lucasmccabe/esa as 1.04.
  it.each([
    [[8], 0, 0],
    [[7, 1], 0.376770161, 0.181188148],
    [[6, 2], 0.562335145, 0.270426041],
    [[5, 3], 0.661563238, 0.318144668],
    [[4, 4], 0.693147181, 0.333333333],
    [[6, 1, 1], 0.73562194, 0.353759375],
    [[5, 2, 1], 0.900256051, 0.432931647],
    [[3, 3, 2], 1.08219553, 0.520426041],
    [[4, 2, 1, 1], 1.213007566, 0.583333333],
    [[2, 2, 2, 2], 1.386294361, 0.666666667],
    [[1, 1, 1, 1, 1, 1, 1, 1], 2.079441542, 1],
    [[2, 1, 1], 1.039720771, 0.75],
  ] as const)("counts %j", (counts, entropy, normalized) => {
    assert.closeTo(SemanticEntropy.fromCounts(counts), entropy, 1e-9)
    const score = Score.score({ clusterIds: idsOf(counts) })
    assert.closeTo(score.entropy, entropy, 1e-9)
    assert.closeTo(score.normalized, normalized, 1e-9)
    assert.strictEqual(score.clusters, counts.length)
  })

  // uqlm's own data, six candidates each; its confidence is 1 − H / ln 6.
  it.each([
    [[6], 0],
    [[2, 2, 1, 1], 1.329661349],
    [[4, 2], 0.636514168],
    [[5, 1], 0.450561209],
    [[4, 1, 1], 0.867563228],
    [[2, 2, 2], 1.098612289],
  ] as const)("six candidates in clusters %j", (counts, entropy) => {
    assert.closeTo(SemanticEntropy.fromCounts(counts), entropy, 1e-9)
  })

  it("mathematics makes neither of the mistakes that a model of entailment makes on that data", () => {
    const score = Score.semanticEntropy(["$3", "3", "32", "32.5"], { equivalent: Cluster.math() })
    assert.deepStrictEqual(score.clusterIds, [0, 0, 1, 2])
    assert.closeTo(1 - SemanticEntropy.normalized(0.636514168, 6), 0.644754679, 1e-9)
  })

  // E[H] by enumeration of every outcome, against −Σᵢ Σₘ Bin(m; n, pᵢ) (m/n) ln(m/n).
  it.each([
    [[0.5, 0.5], 4, 0.541097765],
    [[0.25, 0.25, 0.25, 0.25], 4, 0.917719692],
    [[0.7, 0.1, 0.1, 0.1], 4, 0.562755022],
    [[0.9, 0.1], 8, 0.253186548],
  ] as const)("is biased low by the known amount for p = %j, n = %i", (p, n, expected) => {
    let mean = 0
    const visit = (ids: ReadonlyArray<number>, probability: number): void => {
      if (ids.length === n) mean += probability * Score.score({ clusterIds: ids }).entropy
      else p.forEach((share, id) => visit([...ids, id], probability * share))
    }
    visit([], 1)
    assert.closeTo(mean, expected, 1e-9)
  })

  const Counts = Schema.NonEmptyArray(Schema.Int.check(Schema.isBetween({ minimum: 1, maximum: 12 })))

  it.prop("lies between 0 and ln K, and does not depend on order", [Counts], ([counts]) => {
    const entropy = SemanticEntropy.fromCounts(counts)
    assert.isAtLeast(entropy, 0)
    assert.isAtMost(entropy, Math.log(counts.length))
    assert.closeTo(SemanticEntropy.fromCounts(counts.toReversed()), entropy, 1e-12)
  })

  it.prop("merging two clusters lowers it by exactly their own entropy", [Counts], ([counts]) => {
    if (counts.length < 2) return
    const [a, b, ...rest] = counts as [number, number, ...Array<number>]
    const n = counts.reduce((x, y) => x + y)
    const merged = SemanticEntropy.fromCounts([a + b, ...rest])
    const inside = SemanticEntropy.fromCounts([a, b])
    assert.closeTo(SemanticEntropy.fromCounts(counts) - merged, ((a + b) / n) * inside, 1e-9)
  })
})

describe("likelihoodWeighted", () => {
  const ids = [0, 0, 0, 1, 1, 2, 3, 3]
  const logprobs = [-0.1, -0.2, -0.3, -0.4, -0.5, -0.6, -0.7, -0.8]

  it("has the golden value, which a constant does not change", () => {
    assert.closeTo(SemanticEntropy.likelihoodWeighted(ids, logprobs), 1.244373171, 1e-9)
    const shifted = logprobs.map((logprob) => logprob - 700)
    assert.closeTo(SemanticEntropy.likelihoodWeighted(ids, shifted), 1.244373171, 1e-9)
  })

  it("does not underflow", () => {
    const summed = [-812.5, -640.25, -701, -655.75]
    assert.closeTo(SemanticEntropy.likelihoodWeighted([0, 1, 0, 2], summed) / 3.061395158e-6, 1, 1e-8)
  })

  it("equals the released code on its own example", () => {
    assert.closeTo(SemanticEntropy.likelihoodWeighted([0, 0, 1], [-1, -2, -3]), 0.302608553, 1e-9)
  })

  it("equals the discrete one when all are equally likely", () => {
    assert.closeTo(
      SemanticEntropy.likelihoodWeighted(
        ids,
        ids.map(() => -2),
      ),
      SemanticEntropy.discrete(ids),
      1e-12,
    )
  })
})

describe("policies for unreadable answers", () => {
  const group = { clusterIds: [0, 0, 0, 0, undefined, undefined, undefined, undefined] }

  it.each([
    ["own-cluster", 1.386294361, 8],
    ["shared-cluster", 0.693147181, 8],
    ["left-out", 0, 4],
  ] as const)("%s", (policy, entropy, answers) => {
    const score = Score.score(group, { unreadable: policy })
    assert.closeTo(score.entropy, entropy, 1e-9)
    assert.strictEqual(score.answers, answers)
    assert.strictEqual(score.bounds[0], 0)
    assert.closeTo(score.bounds[1], 1.386294361, 1e-9)
  })

  it("a group without any answer has a value under each", () => {
    const none = { clusterIds: [undefined, undefined] }
    assert.strictEqual(Score.score(none, { unreadable: "left-out" }).entropy, 0)
    assert.strictEqual(Score.score(none, { unreadable: "left-out" }).normalized, 0)
    assert.strictEqual(Score.score(none, { unreadable: "shared-cluster" }).entropy, 0)
    assert.strictEqual(Score.score(none).normalized, 1)
  })

  it("left-out clusters are not counted", () => {
    assert.deepStrictEqual(Unreadable.apply([2, undefined, 2], "left-out"), [2, undefined, 2])
    assert.strictEqual(Score.score({ clusterIds: [2, undefined, 2] }, { unreadable: "left-out" }).clusters, 1)
  })
})

describe("bad input", () => {
  it.each([
    ["an empty group", () => Score.semanticEntropy([]), "empty-group"],
    ["no counts", () => SemanticEntropy.fromCounts([]), "empty-group"],
    ["a count of zero", () => SemanticEntropy.fromCounts([1, 0]), "bad-value"],
    ["half a count", () => SemanticEntropy.fromCounts([1.5]), "bad-value"],
    ["too few log-probs", () => SemanticEntropy.likelihoodWeighted([0, 1], [-1]), "bad-value"],
    ["a positive log-prob", () => SemanticEntropy.likelihoodWeighted([0], [0.1]), "bad-value"],
    ["a NaN log-prob", () => SemanticEntropy.likelihoodWeighted([0], [NaN]), "bad-value"],
    ["only −∞", () => SemanticEntropy.likelihoodWeighted([0, 1], [-Infinity, -Infinity]), "bad-value"],
  ] as const)("%s is refused", (_, run, reason) => {
    let thrown: unknown
    try {
      run()
    } catch (error) {
      thrown = error
    }
    assert.instanceOf(thrown, EntropyError.EntropyError)
    assert.strictEqual(thrown.reason, reason)
  })

  it.effect("the service fails with the tagged error", () =>
    Effect.gen(function* () {
      const { score } = yield* EntropyScorer.EntropyScorer
      const error = yield* Effect.flip(score({ clusterIds: [0, 1] }))
      assert.strictEqual(error._tag, "EntropyError")
      assert.match(error.message, /log-probabilities: expected one for each of 2 answers/)
    }).pipe(Effect.provide(EntropyScorer.layerLikelihoodWeighted())),
  )

  it("an answer of no likelihood weighs nothing", () => {
    assert.strictEqual(SemanticEntropy.likelihoodWeighted([0, 1], [-1, -Infinity]), 0)
  })

  it("one answer has no entropy", () => {
    const score = Score.semanticEntropy(["42"])
    assert.strictEqual(score.entropy, 0)
    assert.strictEqual(score.normalized, 0)
  })
})
