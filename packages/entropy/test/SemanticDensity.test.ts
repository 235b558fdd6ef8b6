import { SemanticDensity } from "@seed-grpo/entropy"
import { assert, describe, it } from "@effect/vitest"
import { Schema } from "effect"
import { refused } from "./similarityCases.ts"

const { semanticDensity } = SemanticDensity

const samples = [
  { meanLogprob: Math.log(0.8), contradiction: 0.02, neutral: 0.08 },
  { meanLogprob: Math.log(0.6), contradiction: 0.1, neutral: 0.4 },
  { meanLogprob: Math.log(0.5), contradiction: 0.9, neutral: 0.08 },
]

const Percents = Schema.NonEmptyArray(
  Schema.Tuple([
    Schema.Int.check(Schema.isBetween({ minimum: 0, maximum: 100 })),
    Schema.Int.check(Schema.isBetween({ minimum: 0, maximum: 100 })),
    Schema.Int.check(Schema.isBetween({ minimum: -1000, maximum: 0 })),
  ]),
)

describe("semanticDensity", () => {
  it("has the golden value", () => {
    assert.closeTo(semanticDensity(samples), 0.632631579, 1e-9)
  })

  it("each sample has the golden closeness", () => {
    ;[0.94, 0.7, 0.06].forEach((closeness, i) => assert.closeTo(semanticDensity([samples[i]!]), closeness, 1e-12))
  })

  it.prop("lies in [0, 1]; neither order nor a constant change it", [Percents], ([percents]) => {
    const group = percents.map(([contradiction, rest, meanLogprob]) => ({
      contradiction: contradiction / 100,
      neutral: ((100 - contradiction) * rest) / 10_000,
      meanLogprob,
    }))
    const density = semanticDensity(group)
    assert.isAtLeast(density, 0)
    assert.isAtMost(density, 1)
    assert.closeTo(semanticDensity(group.toReversed()), density, 1e-12)
    const unlikely = group.map((sample) => ({ ...sample, meanLogprob: sample.meanLogprob - 5000 }))
    assert.closeTo(semanticDensity(unlikely), density, 1e-9)
  })

  it("has its ends", () => {
    assert.strictEqual(semanticDensity([{ meanLogprob: -3, contradiction: 0, neutral: 0 }]), 1)
    assert.strictEqual(semanticDensity([{ meanLogprob: -3, contradiction: 1, neutral: 0 }]), 0)
  })

  it("bad input is refused", () => {
    const sample = samples[0]!
    refused(() => semanticDensity([]), "group of answers", "empty-group")
    refused(() => semanticDensity([sample, { ...sample, contradiction: -0.1 }]), "samples[1].contradiction")
    refused(() => semanticDensity([{ ...sample, neutral: NaN }]), "samples[0].neutral")
    refused(() => semanticDensity([{ ...sample, contradiction: 0.6, neutral: 0.6 }]), "samples[0]")
    refused(() => semanticDensity([{ ...sample, meanLogprob: 0.1 }]), "meanLogprobs[0]")
    refused(() => semanticDensity([{ ...sample, meanLogprob: -Infinity }]), "log-probabilities")
  })
})
