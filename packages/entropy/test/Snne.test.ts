import { Snne } from "@seed-grpo/entropy"
import { assert, describe, it } from "@effect/vitest"
import { cases, goldenSimilarity, Hundredths, refused, reordered, similarityOf } from "./similarityCases.ts"

describe("Snne", () => {
  it("has the golden values", () => {
    assert.closeTo(Snne.snne(goldenSimilarity), -1.999654073, 1e-9)
    assert.closeTo(Snne.snne(goldenSimilarity, { includeSelf: false }), -1.5406619, 1e-9)
    assert.closeTo(Snne.snne(goldenSimilarity, { temperature: 0.1 }), -10.220464598, 1e-9)
    const logprobs = [0.4, 0.3, 0.2, 0.1].map(Math.log)
    assert.closeTo(Snne.weightedSnne(goldenSimilarity, logprobs), -2.005991374, 1e-9)
  })

  it.each(cases)("equals scipy %#", ({ similarity, meanLogprobs, snne, snneCold, snneOthers, weightedSnne }) => {
    assert.closeTo(Snne.snne(similarity), snne, 1e-12)
    assert.closeTo(Snne.snne(similarity, { temperature: 0.1 }), snneCold, 1e-12)
    assert.closeTo(Snne.weightedSnne(similarity, meanLogprobs), weightedSnne, 1e-12)
    if (snneOthers !== null) assert.closeTo(Snne.snne(similarity, { includeSelf: false }), snneOthers, 1e-12)
  })

  it.prop("keeps its bounds, whatever the order of answers", [Hundredths], ([hundredths]) => {
    const similarity = similarityOf(hundredths)
    const n = similarity.length
    for (const temperature of [0.1, 1, 100]) {
      const value = Snne.snne(similarity, { temperature })
      assert.isAtLeast(value, -Math.log(n) - 1 / temperature - 1e-9)
      assert.isAtMost(value, -1 / temperature - Math.log1p((n - 1) * Math.exp(-1 / temperature)) + 1e-9)
      assert.closeTo(Snne.snne(reordered(similarity), { temperature }), value, 1e-12)
    }
  })

  it.prop("equal log-probs weigh nothing, and a constant changes nothing", [Hundredths], ([hundredths]) => {
    const similarity = similarityOf(hundredths)
    const equal = similarity.map(() => -700)
    assert.closeTo(Snne.weightedSnne(similarity, equal), Snne.snne(similarity), 1e-12)
    const logprobs = similarity.map((_, i) => -i / 3)
    const shifted = logprobs.map((logprob) => logprob - 900)
    assert.closeTo(Snne.weightedSnne(similarity, shifted), Snne.weightedSnne(similarity, logprobs), 1e-9)
  })

  it("a tiny temperature does not overflow", () => {
    assert.closeTo(Snne.snne(goldenSimilarity, { temperature: 1e-6 }), -1e6, 1e-6)
  })

  it("cosines and one-way judgements are welcome, and one answer has −1/τ", () => {
    assert.closeTo(
      Snne.snne([
        [1, -1],
        [0.5, 1],
      ]),
      -(Math.log(Math.E + 1 / Math.E) + Math.log(Math.E + Math.exp(0.5))) / 2,
      1e-12,
    )
    assert.strictEqual(Snne.snne([[1]], { temperature: 0.5 }), -2)
  })

  it("bad input is refused", () => {
    refused(() => Snne.snne([]), "group of answers", "empty-group")
    refused(() => Snne.snne([[1, 0]]), "similarity[0]")
    refused(
      () =>
        Snne.snne([
          [1, NaN],
          [0, 1],
        ]),
      "similarity[0][1]",
    )
    refused(() => Snne.snne([[1]], { includeSelf: false }), "answers without themselves as neighbours")
    for (const temperature of [0, -1, NaN]) refused(() => Snne.snne([[1]], { temperature }), "temperature")
    refused(() => Snne.snne([[1]], { temperature: 5e-324 }), "similarity / temperature")
    refused(() => Snne.weightedSnne(goldenSimilarity, [-1]), "log-probabilities")
    refused(() => Snne.weightedSnne(goldenSimilarity, [-1, -1, 0.5, -1]), "meanLogprobs[2]")
    refused(() => Snne.weightedSnne([[1]], [-Infinity]), "log-probabilities")
  })
})
