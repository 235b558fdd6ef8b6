import { Similarity, Spectral } from "@seed-grpo/entropy"
import { assert, describe, it } from "@effect/vitest"
import { cases, goldenSimilarity, Hundredths, Ids, refused, reordered, similarityOf } from "./similarityCases.ts"

describe("Spectral", () => {
  it("has the golden values", () => {
    assert.closeTo(Spectral.eigenvalueSum(goldenSimilarity), 1.861471862, 1e-9)
    assert.closeTo(Spectral.degree(goldenSimilarity), 0.4625, 1e-12)
    assert.closeTo(Spectral.eccentricity(goldenSimilarity), 1.414213562, 1e-9)
  })

  it.each(cases)("equals numpy %#", ({ similarity, eigenvalueSum, degree, eccentricity }) => {
    assert.closeTo(Spectral.eigenvalueSum(similarity), eigenvalueSum, 1e-12)
    assert.closeTo(Spectral.degree(similarity), degree, 1e-14)
    assert.closeTo(Spectral.eccentricity(similarity), eccentricity, 1e-9)
  })

  it.prop("counts clusters", [Ids], ([ids]) => {
    const similarity = Similarity.fromClusters(ids)
    assert.closeTo(Spectral.eigenvalueSum(similarity), new Set(ids).size, 1e-12)
  })

  it.prop("keeps its ranges, whatever the order of answers", [Hundredths], ([hundredths]) => {
    const similarity = similarityOf(hundredths)
    const n = similarity.length
    const bounds = [
      [Spectral.eigenvalueSum, 1, n],
      [Spectral.degree, 0, 1 - 1 / n],
      // All eigenvectors, so that no eigenvalue sits on the threshold.
      [(w: typeof similarity) => Spectral.eccentricity(w, { threshold: 3 }), 0, Math.sqrt(n - 1)],
    ] as const
    for (const [measure, least, greatest] of bounds) {
      const value = measure(similarity)
      assert.isAtLeast(value, least)
      assert.isAtMost(value, greatest + 1e-12)
      assert.closeTo(measure(reordered(similarity)), value, 1e-7)
    }
  })

  it.prop("eccentricity of a clustering does not depend on its order", [Ids], ([ids]) => {
    const value = Spectral.eccentricity(Similarity.fromClusters(ids))
    assert.closeTo(Spectral.eccentricity(Similarity.fromClusters(ids.toSorted((a, b) => a - b))), value, 1e-9)
    // K eigenvectors of eigenvalue 0, which span the clusters' indicators: Σ (1 − n_k / n).
    assert.closeTo(value, Math.sqrt(new Set(ids).size - 1), 1e-9)
  })

  it("the threshold chooses eigenvectors", () => {
    // Eigenvalue 0 has the eigenvector √(D_ii / Σ D), of degrees 2.2, 2.2, 2.1, 2.1.
    const first = Math.sqrt(1 - (2 * Math.sqrt(2.2) + 2 * Math.sqrt(2.1)) ** 2 / (4 * 8.6))
    assert.closeTo(Spectral.eccentricity(goldenSimilarity, { threshold: 0.2 }), first, 1e-9)
    assert.closeTo(Spectral.eccentricity(goldenSimilarity, { threshold: 2 }), Math.sqrt(3), 1e-9)
  })

  it("agreement and a single answer have the least values", () => {
    for (const ids of [[0], [0, 0, 0, 0, 0]]) {
      const similarity = Similarity.fromClusters(ids)
      assert.closeTo(Spectral.eigenvalueSum(similarity), 1, 1e-12)
      assert.strictEqual(Spectral.degree(similarity), 0)
      assert.closeTo(Spectral.eccentricity(similarity), 0, 1e-12)
    }
  })

  it("refuses what is no similarity matrix", () => {
    for (const measure of [Spectral.eigenvalueSum, Spectral.degree, Spectral.eccentricity]) {
      refused(() => measure([]), "group of answers", "empty-group")
      refused(
        () =>
          measure([
            [1, 2],
            [2, 1],
          ]),
        "similarity[0][1]",
      )
      refused(
        () =>
          measure([
            [1, 0.2],
            [0.3, 1],
          ]),
        "similarity[1][0]",
      )
      refused(() => measure([[NaN]]), "similarity[0][0]")
    }
    for (const threshold of [0, -1, NaN]) {
      refused(() => Spectral.eccentricity([[1]], { threshold }), "threshold")
    }
  })
})
