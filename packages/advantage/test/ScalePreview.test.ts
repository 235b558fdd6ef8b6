import { Modulation, ScalePreview } from "@seed-grpo/advantage"
import { assert, describe, it } from "@effect/vitest"
import { Schema } from "effect"

const of = (modulation: Modulation.Modulation, groups: ReadonlyArray<ScalePreview.PreviewGroup>) =>
  ScalePreview.preview(groups, [{ name: "it", modulation }])[0]!

/** Counts (7, 1), (4, 4) and 1 × 8 of eight answers, each with one cluster right; then groups without a signal. */
const eights: ReadonlyArray<ScalePreview.PreviewGroup> = [
  { meanReward: 7 / 8, normalizedEntropy: 0.181188148, size: 8 },
  { meanReward: 1 / 2, normalizedEntropy: 1 / 3, size: 8 },
  { meanReward: 1 / 8, normalizedEntropy: 1, size: 8 },
  { meanReward: 1, normalizedEntropy: 0, size: 8 },
  { meanReward: 0, normalizedEntropy: 1, size: 8 },
]

/** `[right, size − 1, normalised entropy]` */
const Drawn = Schema.NonEmptyArray(
  Schema.Tuple([
    Schema.Int.check(Schema.isBetween({ minimum: 0, maximum: 64 })),
    Schema.Int.check(Schema.isBetween({ minimum: 0, maximum: 63 })),
    Schema.Finite.check(Schema.isBetween({ minimum: 0, maximum: 1 })),
  ]),
)

const groupsOf = (drawn: typeof Drawn.Type): ReadonlyArray<ScalePreview.PreviewGroup> =>
  drawn.map(([right, others, normalizedEntropy]) => {
    const size = others + 1
    return { meanReward: (right % (size + 1)) / size, normalizedEntropy, size }
  })

describe("ScalePreview", () => {
  it("the released dose, by hand: s = 1 / (1 + 0.0417 x), masses 1.75, 4 and 1.75", () => {
    const { groups, mixed, scales, summary } = of(Modulation.reciprocal(0.0417), eights)
    assert.deepStrictEqual([groups, mixed], [5, 3])
    const expected = [0.992501112, 0.986290561, 0.959969281]
    scales.forEach((scale, index) => assert.closeTo(scale, expected[index]!, 1e-9))
    const { relative, ...numbers } = summary!
    const golden = {
      min: 0.959969281,
      lowerQuartile: 0.973129921,
      median: 0.986290561,
      upperQuartile: 0.989395836,
      max: 0.992501112,
      mean: 0.979586985,
      spread: 0.032777626,
      massRemoved: 0.018401942,
      massMoved: 0.005141325,
    }
    assert.hasAllKeys(numbers, Object.keys(golden))
    for (const [name, value] of Object.entries(golden)) {
      assert.closeTo(numbers[name as keyof typeof golden], value, 2e-9, name)
    }
    assert.closeTo(relative[0], 0.97796575, 2e-9)
    assert.closeTo(relative[1], 1.011107453, 2e-9)
  })

  it.each([
    ["released", Modulation.reciprocal(0.0417), 0.484836731],
    ["α = 1", Modulation.reciprocal(1), 0.285714286],
    ["linear 0.02", Modulation.linear(0.02), 0.4925],
  ] as const)("one group (%s): what is left of the mass is Σ |Â|", (_, modulation, size) => {
    const group = { meanReward: 0.5, normalizedEntropy: 0.75, size: 4 }
    const { summary } = of(modulation, [group])
    assert.closeTo(ScalePreview.gradientMass(group) * (1 - summary!.massRemoved), 4 * size, 1e-8)
    assert.deepStrictEqual([summary!.spread, summary!.massMoved, summary!.relative], [0, 0, [1, 1]])
  })

  it("without a mixed group, or with weight 0 throughout, there is nothing to summarise", () => {
    const unanimous = of(Modulation.reciprocal(1), eights.slice(3))
    assert.deepStrictEqual([unanimous.mixed, unanimous.scales, unanimous.summary], [0, [], undefined])
    assert.strictEqual(
      ScalePreview.inWords(unanimous),
      "None of 2 groups is mixed: nothing is learned from them, with it or without.",
    )
    const distinct = of(Modulation.focal(0.02), [eights[2]!])
    assert.deepStrictEqual([distinct.scales, distinct.summary], [[0], undefined])
    assert.strictEqual(
      ScalePreview.inWords(distinct),
      "With it, nothing is learned: every one of 1 mixed groups has weight 0.",
    )
    assert.deepStrictEqual(ScalePreview.preview([], []), [])
  })

  it("in words, whichever way the scale goes", () => {
    assert.strictEqual(
      ScalePreview.inWords(of(Modulation.reciprocal(0.0417), eights)),
      "With it, the most uncertain of 3 mixed groups learns 3.3 % less than the most certain one; 0.5 % of the gradient's mass goes to other groups.",
    )
    assert.include(
      ScalePreview.inWords(of(({ normalizedEntropy: x }) => 1 + x, eights)),
      "the least weighted of 3 mixed groups learns 40.9 % less than the most weighted one",
    )
  })

  it.prop("a factor that all groups have in common changes nothing but the mass", [Drawn], ([drawn]) => {
    const groups = groupsOf(drawn)
    const [one, half] = [of(Modulation.reciprocal(1), groups), of(({ normalizedEntropy: x }) => 0.5 / (1 + x), groups)]
    assert.strictEqual(one.summary === undefined, half.summary === undefined)
    if (one.summary === undefined || half.summary === undefined) return
    assert.closeTo(half.summary.spread, one.summary.spread, 1e-12)
    assert.closeTo(half.summary.massMoved, one.summary.massMoved, 1e-12)
    assert.closeTo(half.summary.relative[0], one.summary.relative[0], 1e-12)
    assert.closeTo(1 - half.summary.massRemoved, (1 - one.summary.massRemoved) / 2, 1e-12)
  })

  it.prop("order does not matter, and numbers are in their ranges", [Drawn], ([drawn]) => {
    const groups = groupsOf(drawn)
    const summary = of(Modulation.exponential(1), groups).summary
    const turned = of(Modulation.exponential(1), groups.toReversed()).summary
    assert.strictEqual(summary?.median, turned?.median)
    assert.strictEqual(summary?.spread, turned?.spread)
    if (summary === undefined) return
    const { lowerQuartile, massMoved, massRemoved, max, mean, median, min, relative, spread, upperQuartile } = summary
    const sorted = [min, lowerQuartile, median, upperQuartile, max]
    assert.deepStrictEqual(
      sorted.toSorted((a, b) => a - b),
      sorted,
    )
    assert.isTrue(min <= mean && mean <= max)
    for (const share of [spread, massMoved, massRemoved]) assert.isTrue(share > -1e-12 && share <= 1)
    assert.isTrue(relative[0] <= 1 + 1e-12 && relative[1] >= 1 - 1e-12)
  })

  it.each([
    ["bad-group", { meanReward: 1.5, normalizedEntropy: 0, size: 8 }, "mean reward of group 1"],
    ["bad-group", { meanReward: NaN, normalizedEntropy: 0, size: 8 }, "mean reward of group 1"],
    ["bad-group", { meanReward: 0.5, normalizedEntropy: 1.01, size: 8 }, "normalised entropy of group 1"],
    ["bad-group", { meanReward: 0.5, normalizedEntropy: 1, size: 0.5 }, "size of group 1"],
    ["bad-scale", { meanReward: 0.5, normalizedEntropy: 1, size: 8 }, "modulation it"],
  ] as const)("%s is an error: %o", (reason, group, at) => {
    try {
      of(({ normalizedEntropy: x }) => -x, [group])
      assert.fail("accepted")
    } catch (error) {
      assert.instanceOf(error, ScalePreview.ScalePreviewError)
      assert.deepStrictEqual([error.reason, error.at], [reason, at])
    }
  })

  it("a histogram keeps every value", () => {
    assert.deepStrictEqual(ScalePreview.histogram([0, 0.24, 0.25, 0.5, 1, 1], 1, 4), [2, 1, 1, 2])
    assert.deepStrictEqual(ScalePreview.histogram([0.5, 3], 2, 2), [1, 1])
    assert.deepStrictEqual(ScalePreview.histogram([], 1, 3), [0, 0, 0])
  })
})
