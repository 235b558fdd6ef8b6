import { Lexical, Similarity } from "@seed-grpo/entropy"
import { assert, describe, it } from "@effect/vitest"
import { Hundredths, Ids, refused, similarityOf } from "./similarityCases.ts"

describe("Similarity", () => {
  it.prop("a similarity matrix is left as it is", [Hundredths], ([hundredths]) => {
    const similarity = similarityOf(hundredths)
    assert.strictEqual(Similarity.validated(similarity), similarity)
    assert.deepStrictEqual(Similarity.symmetrized(similarity), similarity)
  })

  it.prop("clusters are blocks", [Ids], ([ids]) => {
    const similarity = Similarity.fromClusters(ids)
    for (const [i, row] of similarity.entries()) {
      for (const [j, value] of row.entries()) assert.strictEqual(value, ids[i] === ids[j] ? 1 : 0)
    }
  })

  it("pairwise asks once for each unordered pair, the earlier answer first", () => {
    const asked: Array<string> = []
    const similarity = Similarity.pairwise(["a", "b", "c"], (x, y) => {
      asked.push(x + y)
      return x === "a" && y === "c" ? 0.25 : 0.5
    })
    assert.deepStrictEqual(asked.toSorted(), ["ab", "ac", "bc"])
    assert.deepStrictEqual(similarity, [
      [1, 0.5, 0.25],
      [0.5, 1, 0.5],
      [0.25, 0.5, 1],
    ])
  })

  it("symmetrized averages both directions", () => {
    const weights = [
      [0, 0.5, 1],
      [0.25, 0, 0],
      [0, 1, 0],
    ]
    assert.deepStrictEqual(Similarity.symmetrized(weights), [
      [0, 0.375, 0.5],
      [0.375, 0, 0.5],
      [0.5, 0.5, 0],
    ])
  })

  it.each([
    ["no answers", [], "group of answers", "empty-group"],
    ["a missing entry", [[1, 0], [0]], "similarity[1]", "bad-value"],
    ["too many entries", [[1, 0]], "similarity[0]", "bad-value"],
    [
      "NaN",
      [
        [1, NaN],
        [NaN, 1],
      ],
      "similarity[0][1]",
      "bad-value",
    ],
    [
      "a value above 1",
      [
        [1, 0.5],
        [1.1, 1],
      ],
      "similarity[1][0]",
      "bad-value",
    ],
    [
      "a negative value",
      [
        [1, -0.5],
        [-0.5, 1],
      ],
      "similarity[0][1]",
      "bad-value",
    ],
    [
      "asymmetry",
      [
        [1, 0.5],
        [0.4, 1],
      ],
      "similarity[1][0]",
      "bad-value",
    ],
    [
      "a diagonal below 1",
      [
        [1, 0.5],
        [0.5, 0.9],
      ],
      "similarity[1][1]",
      "bad-value",
    ],
  ] as const)("%s is refused by its place", (_, matrix, at, reason) => {
    refused(() => Similarity.validated(matrix), at, reason)
  })

  it("the other constructors refuse as well", () => {
    refused(() => Similarity.fromClusters([]), "group of answers", "empty-group")
    refused(() => Similarity.pairwise([], Lexical.rougeL), "group of answers", "empty-group")
    refused(() => Similarity.pairwise(["a", "b"], () => NaN), "similarity[0][1]")
    refused(() => Similarity.symmetrized([[1, 2]]), "weights[0]")
    refused(() => Similarity.symmetrized([[Infinity]]), "weights[0][0]")
  })

  it("what rounding leaves passes", () => {
    const rounded = [
      [1 + 1e-12, 0.5],
      [0.5 + 1e-12, 1],
    ]
    assert.strictEqual(Similarity.validated(rounded), rounded)
  })
})
