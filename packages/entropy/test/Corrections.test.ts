import { Corrections, Coverage, EntropyError, SemanticEntropy } from "@seed-grpo/entropy"
import { assert, describe, it } from "@effect/vitest"
import { Schema } from "effect"
import { readFileSync } from "node:fs"
import { outcomes } from "./outcomes.ts"

const Counts = Schema.NonEmptyArray(Schema.Int.check(Schema.isBetween({ minimum: 1, maximum: 12 })))

// Computed with numpy and scipy from the published formulas; 2,1,1 also stands in the README of lucasmccabe/esa, whose
// hybrid estimate is 1.76.
const golden: ReadonlyArray<readonly [ReadonlyArray<number>, number, number, number, number]> = [
  [[8], 0, 0, 0, -0.002576565],
  [[7, 1], 0.439270161, 0.605124439, 0.502198841, 0.666471054],
  [[6, 2], 0.624835145, 0.600894932, 0.64006226, 0.549804387],
  [[5, 3], 0.724063238, 0.67044607, 0.734325277, 0.93313772],
  [[4, 4], 0.755647181, 0.695865405, 0.764820712, 0.68313772],
  [[6, 1, 1], 0.86062194, 1.138412064, 0.98663585, 1.049804387],
  [[5, 2, 1], 1.025256051, 1.117333484, 1.103830126, 1.18313772],
  [[3, 3, 2], 1.20719553, 1.138287846, 1.235430821, 1.349804387],
  [[4, 2, 1, 1], 1.400507566, 1.578373307, 1.542917411, 1.516471054],
  [[2, 2, 2, 2], 1.573794361, 1.540520343, 1.627866929, 1.349804387],
  [[1, 1, 1, 1, 1, 1, 1, 1], 2.516941542, 4.391693243, 3.01416129, 3.349804387],
  [[2, 1, 1], 1.289720771, 1.763240241, 1.556193398, 1.656657207],
]

// `grassberger1988` of test/fixtures/small-samples.json: scipy 1.17.1, `sum(k/n * (log(n) - psi(k) - (-1)**k/(k+1)))`.
const fixture: { readonly grassberger1988: ReadonlyArray<{ counts: ReadonlyArray<number>; value: number }> } =
  JSON.parse(readFileSync(new URL("fixtures/small-samples.json", import.meta.url), "utf8"))

describe("corrections", () => {
  it.each(golden)("counts %j", (counts, millerMadow, chaoShen, jackknife, grassberger2003) => {
    assert.closeTo(Corrections.millerMadow(counts), millerMadow, 1e-9)
    assert.closeTo(Coverage.chaoShen(counts), chaoShen, 1e-9)
    assert.closeTo(Corrections.jackknife(counts), jackknife, 1e-9)
    assert.closeTo(Corrections.grassberger2003(counts), grassberger2003, 1e-9)
    if (counts.some((count) => count > 1)) assert.closeTo(Coverage.hybrid(3)(counts), chaoShen, 1e-9)
  })

  it.each(fixture.grassberger1988)("Grassberger 1988 of $counts", ({ counts, value }) => {
    assert.closeTo(Corrections.grassberger1988(counts), value, 1e-12)
  })

  it("hybrid asks the spectral count only where no meaning was seen twice, and never below those seen", () => {
    const different = [1, 1, 1, 1, 1, 1, 1, 1]
    assert.closeTo(Coverage.hybrid(8)(different), 3.167991753, 1e-9)
    assert.strictEqual(Coverage.hybrid(2.5)(different), Coverage.hybrid(8)(different))
    assert.isAbove(Coverage.hybrid(12)(different), Coverage.hybrid(8)(different))
    assert.strictEqual(Coverage.hybrid(1)([1]), 0)
  })

  it.each([
    [[8], 1, 1],
    [[7, 1], 0.875, 2],
    [[4, 2, 1, 1], 0.75, 4.5],
    [[1, 1, 1], 0, 6],
    [[2, 2, 1, 1, 1], 4 / 7, 6],
  ] as const)("coverage and number of meanings of %j", (counts, coverage, meanings) => {
    assert.closeTo(Coverage.goodTuringCoverage(counts), coverage, 1e-12)
    assert.closeTo(Coverage.chao1(counts), meanings, 1e-12)
  })

  it.prop("do not depend on order; the jackknife is at least plug-in", [Counts], ([counts]) => {
    const plugIn = SemanticEntropy.fromCounts(counts)
    assert.isAtLeast(Corrections.jackknife(counts), plugIn - 1e-9)
    for (const correction of [
      Corrections.millerMadow,
      Corrections.jackknife,
      Corrections.grassberger1988,
      Corrections.grassberger2003,
      Coverage.chaoShen,
      Coverage.hybrid(5),
    ]) {
      assert.closeTo(correction(counts), correction(counts.toReversed()), 1e-9)
    }
  })

  it.prop("the jackknife equals leaving answers out one by one", [Counts], ([counts]) => {
    const n = counts.reduce((a, b) => a + b)
    if (n < 2) return
    const without = counts.map(
      (count, k) =>
        SemanticEntropy.fromCounts(counts.map((c, j) => (j === k ? c - 1 : c)).filter((c) => c > 0)) * count,
    )
    const expected = n * SemanticEntropy.fromCounts(counts) - ((n - 1) / n) * without.reduce((a, b) => a + b)
    assert.closeTo(Corrections.jackknife(counts), expected, 1e-9)
  })
})

// E[H₀] = Σᵢ Σₘ Bin(m; n, pᵢ) (−(m/n) ln(m/n)) computed elsewhere; here every outcome goes through the estimator.
describe.each([
  [[0.5, 0.5], [0.541097765, 0.625525297, 0.66081991, 0.677266904], 0.687537016],
  [[0.25, 0.25, 0.25, 0.25], [0.917719692, 1.165379163, 1.285617312, 1.338035344], 1.327850935],
  [Array.from({ length: 8 }, () => 1 / 8), [1.139517431, 1.556662021, 1.825977679, 1.962482877], 1.822357563],
  [[0.7, 0.1, 0.1, 0.1], [0.562755022, 0.724572913, 0.831420672, 0.889578727], 0.831356211],
  [[0.9, 0.1], [0.199688288, 0.253186548, 0.288752825, 0.308129359], 0.288782347],
] as const)("expectations over all outcomes of %j", (p, plugIn, millerMadow) => {
  const mean = (n: number, estimate: Corrections.Correction) =>
    outcomes(p, n).reduce((total, { counts, probability }) => total + probability * estimate(counts), 0)

  it.each([4, 8, 16, 32])("plug-in at n = %i", (n) => {
    assert.closeTo(mean(n, SemanticEntropy.fromCounts), plugIn[Math.log2(n) - 2]!, 1e-9)
  })

  it("Miller–Madow at n = 8", () => {
    assert.closeTo(mean(8, Corrections.millerMadow), millerMadow, 1e-9)
  })

  it("the coverage is the probability of a meaning that was seen", () => {
    // E[Ĉ] at n answers is exactly the expected probability of meanings seen among n − 1.
    const seen = p.reduce((total, share) => total + share * (1 - (1 - share) ** 7), 0)
    assert.closeTo(mean(8, Coverage.goodTuringCoverage), seen, 1e-9)
  })
})

describe("reported", () => {
  it("clips below and flags above", () => {
    assert.deepStrictEqual(Corrections.reported(-0.5, 8), { value: 0, clipped: true, aboveLogN: false })
    assert.deepStrictEqual(Corrections.reported(1, 8), { value: 1, clipped: false, aboveLogN: false })
    assert.deepStrictEqual(Corrections.reported(2.1, 8), { value: 2.1, clipped: false, aboveLogN: true })
  })
})

describe("bad input", () => {
  it.each([
    ["no counts", () => Corrections.jackknife([]), "empty-group"],
    ["a count of zero", () => Coverage.chaoShen([1, 0]), "bad-value"],
    ["half a count", () => Corrections.grassberger2003([1.5]), "bad-value"],
    ["no counts for chao1", () => Coverage.chao1([]), "empty-group"],
    ["a spectral count below 1", () => Coverage.hybrid(0.5), "bad-value"],
    ["an infinite spectral count", () => Coverage.hybrid(Infinity), "bad-value"],
    ["a NaN estimate", () => Corrections.reported(NaN, 8), "bad-value"],
    ["an estimate of no answers", () => Corrections.reported(1, 0), "bad-value"],
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
})
