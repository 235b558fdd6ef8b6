import { KernelEntropy, SemanticEntropy, Similarity } from "@seed-grpo/entropy"
import { byKey } from "@seed-grpo/core/Clustering"
import { assert, describe, it } from "@effect/vitest"
import { cases, Hundredths, Ids, refused, reordered, similarityOf } from "./similarityCases.ts"

const { heatKernel, kernelLanguageEntropy, kernelMatrix, maternKernel, vonNeumannEntropy } = KernelEntropy

const weights = [
  [0, 2, 0.5, 1],
  [2, 0, 1, 0.5],
  [0.5, 1, 0, 1.5],
  [1, 0.5, 1.5, 0],
]

describe("kernelLanguageEntropy", () => {
  it("has the golden values", () => {
    const entropy = kernelLanguageEntropy(weights, heatKernel(0.3))
    assert.closeTo(entropy, 1.174635843, 1e-9)
    assert.closeTo(SemanticEntropy.normalized(entropy, 4), 0.847320652, 1e-9)
    assert.closeTo(kernelLanguageEntropy(weights, heatKernel(0.4)), 1.028477424, 1e-9)
  })

  it.each(cases)("equals numpy and scipy %#", ({ similarity, heat03, heat2, matern, maternHalf }) => {
    assert.closeTo(kernelLanguageEntropy(similarity, heatKernel(0.3)), heat03, 1e-9)
    assert.closeTo(kernelLanguageEntropy(similarity, heatKernel(2)), heat2, 1e-9)
    assert.closeTo(kernelLanguageEntropy(similarity, maternKernel(1, 1)), matern, 1e-9)
    assert.closeTo(kernelLanguageEntropy(similarity, maternKernel(2.5, 0.7)), maternHalf, 1e-9)
  })

  it.prop("tends to the discrete entropy of connected components", [Ids], ([ids]) => {
    const discrete = SemanticEntropy.discrete(byKey(ids))
    for (const time of [1e3, 1e300]) {
      assert.closeTo(kernelLanguageEntropy(Similarity.fromClusters(ids), heatKernel(time)), discrete, 1e-9)
    }
    // A chain connects as well as a clique does.
    const chain = ids.map((a, i) =>
      ids.map((b, j) => (a === b && ids.slice(Math.min(i, j) + 1, Math.max(i, j)).every((c) => c !== a) ? 1 : 0)),
    )
    assert.closeTo(kernelLanguageEntropy(chain, heatKernel(1e6)), discrete, 1e-9)
  })

  it.prop("keeps its range and order, and falls with time", [Hundredths], ([hundredths]) => {
    const similarity = similarityOf(hundredths)
    for (const kernelOf of [heatKernel, (scale: number) => maternKernel(1.5, scale)]) {
      const values = [0.1, 0.5, 5].map((scale) => kernelLanguageEntropy(similarity, kernelOf(scale)))
      for (const [index, value] of values.entries()) {
        assert.isAtLeast(value, 0)
        assert.isAtMost(value, Math.log(similarity.length))
        if (index > 0) assert.isAtMost(value, values[index - 1]! + 1e-9)
      }
      assert.closeTo(kernelLanguageEntropy(reordered(similarity), kernelOf(0.5)), values[1]!, 1e-9)
    }
  })

  it.prop("scaling the weights is scaling the time; the diagonal has no influence", [Hundredths], ([hundredths]) => {
    const similarity = similarityOf(hundredths)
    const value = kernelLanguageEntropy(similarity, heatKernel(0.8))
    const doubled = similarity.map((row, i) => row.map((weight, j) => (i === j ? 5 : 2 * weight)))
    assert.closeTo(kernelLanguageEntropy(doubled, heatKernel(0.4)), value, 1e-9)
  })

  it("a kernel is a function of the Laplacian", () => {
    const similarity = cases.at(-1)!.similarity
    const n = similarity.length
    const sqrt = kernelMatrix(similarity, (eigenvalue) => Math.sqrt(eigenvalue))
    const product = sqrt.map((row) =>
      row.map((_, j) => row.reduce((total, value, k) => total + value * sqrt[k]![j]!, 0)),
    )
    for (let i = 0; i < n; i++) {
      const degree = similarity[i]!.reduce((a, b) => a + b, 0) - 1
      for (let j = 0; j < n; j++) assert.closeTo(product[i]![j]!, i === j ? degree : -similarity[i]![j]!, 1e-12)
    }
  })

  it("one answer has none", () => {
    assert.strictEqual(kernelLanguageEntropy([[1]], heatKernel(0.3)), 0)
  })

  it("answers without an edge have ln n", () => {
    assert.strictEqual(
      kernelLanguageEntropy(
        [
          [0, 0],
          [0, 0],
        ],
        maternKernel(1, 1),
      ),
      Math.log(2),
    )
  })

  it("bad input is refused", () => {
    const heat = heatKernel(1)
    refused(() => kernelLanguageEntropy([], heat), "group of answers", "empty-group")
    refused(() => kernelLanguageEntropy([[0, 1]], heat), "weights[0]")
    refused(
      () =>
        kernelLanguageEntropy(
          [
            [0, -1],
            [-1, 0],
          ],
          heat,
        ),
      "weights[0][1]",
    )
    refused(
      () =>
        kernelLanguageEntropy(
          [
            [0, 1],
            [2, 0],
          ],
          heat,
        ),
      "weights[1][0]",
    )
    refused(
      () =>
        kernelLanguageEntropy(
          [
            [0, Infinity],
            [Infinity, 0],
          ],
          heat,
        ),
      "weights[0][1]",
    )
    refused(
      () =>
        kernelLanguageEntropy(
          [
            [0, NaN],
            [NaN, 0],
          ],
          heat,
        ),
      "weights[0][1]",
    )
    refused(() => kernelLanguageEntropy(weights, () => NaN), "kernel[0][0]")
    refused(() => kernelLanguageEntropy(weights, () => 0), "kernel[0][0]")
    for (const bad of [0, -1, NaN, Infinity]) {
      refused(() => heatKernel(bad), "time")
      refused(() => maternKernel(bad, 1), "nu")
      refused(() => maternKernel(1, bad), "kappa")
    }
    refused(() => maternKernel(1, 1e200), "2ν / κ²")
  })
})

describe("vonNeumannEntropy", () => {
  it.prop("of a block matrix is the discrete semantic entropy", [Ids], ([ids]) => {
    const entropy = vonNeumannEntropy(Similarity.fromClusters(ids))
    assert.closeTo(entropy, SemanticEntropy.discrete(byKey(ids)), 1e-12)
  })

  it("has the golden value of ids 0, 0, 1, 2, whatever the scale of the kernel", () => {
    const kernel = Similarity.fromClusters([0, 0, 1, 2])
    assert.closeTo(vonNeumannEntropy(kernel), 1.039720771, 1e-9)
    assert.closeTo(vonNeumannEntropy(kernel.map((row) => row.map((value) => value * 1e200))), 1.039720771, 1e-9)
    const rescaled = kernel.map((row, i) => row.map((value, j) => value * (i + 1) * (j + 1)))
    assert.closeTo(vonNeumannEntropy(rescaled), 1.039720771, 1e-9)
  })

  it("what is no kernel is refused", () => {
    refused(() => vonNeumannEntropy([]), "group of answers", "empty-group")
    refused(
      () =>
        vonNeumannEntropy([
          [1, 0],
          [0, 0],
        ]),
      "kernel[1][1]",
    )
    refused(
      () =>
        vonNeumannEntropy([
          [1, 0.5],
          [0.4, 1],
        ]),
      "kernel[1][0]",
    )
    refused(() => vonNeumannEntropy([[NaN]]), "kernel[0][0]")
    refused(
      () =>
        vonNeumannEntropy([
          [1, 1, 0],
          [1, 1, 1],
          [0, 1, 1],
        ]),
      "least eigenvalue of the kernel",
    )
  })
})
