import { Modulation, ScalePreview } from "@seed-grpo/advantage"
import { ScaleChart, ScalePage } from "@seed-grpo/report"
import { assert, describe, it } from "@effect/vitest"
import { parseHTML } from "linkedom"

const groups = [0.25, 0.25, 0.5, 1].map((normalizedEntropy) => ({ meanReward: 0.5, normalizedEntropy, size: 8 }))
const unanimous = { meanReward: 1, normalizedEntropy: 0, size: 8 }

const ATTACK = `</svg><script>alert(1)</script>\u202e`

const previews = ScalePreview.preview(
  [...groups, unanimous],
  [
    { name: "reciprocal", modulation: Modulation.reciprocal(1) },
    { name: ATTACK, modulation: Modulation.none },
  ],
)

describe("ScaleChart", () => {
  it("a dot a scale, with its area for how many, and a range a modulation", () => {
    const { document } = parseHTML(ScaleChart.chart(previews).svg)
    const radii = [...document.querySelectorAll("circle")].map((dot) => Number(dot.getAttribute("r")))
    assert.strictEqual(radii.length, 4)
    // Of two groups, of one, of one, and of all four.
    const [two, one, another, four] = radii.toSorted((a, b) => a - b).map((r) => r * r) as [
      number,
      number,
      number,
      number,
    ]
    assert.closeTo(one / two, 1, 1e-9)
    assert.closeTo(another / two, 2, 1e-9)
    assert.closeTo(four / two, 4, 1e-9)
    assert.strictEqual(document.querySelectorAll("script").length, 0)
  })

  it("goes beyond 1 where a modulation does", () => {
    const [preview] = ScalePreview.preview(groups, [
      { name: "up", modulation: ({ normalizedEntropy: x }) => 1 + 2 * x },
    ])
    const { document } = parseHTML(ScaleChart.chart([preview!]).svg)
    const places = [...document.querySelectorAll("circle")].map((dot) => Number(dot.getAttribute("cx")))
    assert.strictEqual(places.length, 3)
    assert.isTrue(places.every((place) => place > 160 && place < 520 - 24))
  })
})

describe("ScalePage", () => {
  it("words, chart and numbers, and nothing that can run", () => {
    const { document } = parseHTML(ScalePage.render(previews, ATTACK))
    const texts = (selector: string) => [...document.querySelectorAll(selector)].map((one) => one.textContent)
    assert.strictEqual(document.querySelectorAll("script").length, 0)
    assert.deepStrictEqual(texts(".value"), ["5", "4", "2"])
    assert.include(texts("li")[0], "With reciprocal, the most uncertain of 4 mixed groups learns 37.5 % less")
    assert.deepStrictEqual(texts("tbody tr:first-child td"), [
      "reciprocal",
      "0.5000 – 0.8000",
      "0.6917",
      "37.50 %",
      "30.83 %",
      "0.723 – 1.157",
      "7.83 %",
    ])
  })

  it("without a mixed group there is nothing to draw", () => {
    const none = ScalePreview.preview([unanimous], [{ name: "none", modulation: Modulation.none }])
    for (const html of [ScalePage.render(none, "t"), ScalePage.render([], "t")]) {
      assert.include(html, "There is nothing to draw.")
      assert.notMatch(html, /NaN|Infinity|undefined/)
    }
  })
})
