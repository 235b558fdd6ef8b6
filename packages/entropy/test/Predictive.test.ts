import { Predictive } from "@seed-grpo/entropy"
import { assert, describe, it } from "@effect/vitest"
import { Schema } from "effect"
import { refused } from "./similarityCases.ts"

const { lengthNormalized, predictiveEntropy } = Predictive

const Answers = Schema.NonEmptyArray(
  Schema.Tuple([
    Schema.Int.check(Schema.isBetween({ minimum: -10_000, maximum: 0 })),
    Schema.Int.check(Schema.isBetween({ minimum: 1, maximum: 3000 })),
  ]),
)

describe("Predictive", () => {
  it("has the golden value", () => {
    const means = [0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8]
    const lengths = [1, 2, 3, 4, 5, 6, 7, 8]
    const sums = means.map((mean, i) => -mean * lengths[i]!)
    assert.closeTo(lengthNormalized(sums, lengths), 0.45, 1e-12)
    // Σ i² / 10 / 8
    assert.closeTo(predictiveEntropy(sums), 204 / 80, 1e-12)
  })

  it.prop("is at least 0, and order does not matter", [Answers], ([answers]) => {
    const sums = answers.map(([sum]) => sum)
    const lengths = answers.map(([, length]) => length)
    assert.isAtLeast(predictiveEntropy(sums), 0)
    assert.closeTo(predictiveEntropy(sums.toReversed()), predictiveEntropy(sums), 1e-9)
    const value = lengthNormalized(sums, lengths)
    assert.isAtLeast(value, 0)
    assert.closeTo(lengthNormalized(sums.toReversed(), lengths.toReversed()), value, 1e-9)
    assert.isAtMost(value, predictiveEntropy(sums) + 1e-9)
  })

  it("a certain answer has 0, not −0", () => {
    assert.isTrue(Object.is(predictiveEntropy([0]), 0))
    assert.isTrue(Object.is(lengthNormalized([0], [3]), 0))
  })

  it("bad input is refused", () => {
    refused(() => predictiveEntropy([]), "group of answers", "empty-group")
    refused(() => predictiveEntropy([-1, 0.1]), "sumLogprobs[1]")
    refused(() => predictiveEntropy([NaN]), "sumLogprobs[0]")
    refused(() => predictiveEntropy([-Infinity]), "sumLogprobs[0]")
    refused(() => lengthNormalized([-1], []), "lengths")
    refused(() => lengthNormalized([-1, -1], [1, 0]), "lengths[1]")
    refused(() => lengthNormalized([-1], [1.5]), "lengths[0]")
  })
})
