import { assert, describe, it } from "@effect/vitest"
import { symmetricEigen } from "../src/internal/symmetricEigen.ts"
import { cases, Hundredths, similarityOf, symmetric } from "./similarityCases.ts"

const dot = (a: ArrayLike<number>, b: ArrayLike<number>) =>
  Array.from(a, (x, i) => x * b[i]!).reduce((x, y) => x + y, 0)

const verify = (matrix: ReadonlyArray<ReadonlyArray<number>>, scale: number) => {
  const { values, vectors } = symmetricEigen(matrix)
  for (const [k, vector] of vectors.entries()) {
    for (const [i, row] of matrix.entries()) assert.closeTo(dot(row, vector), values[k]! * vector[i]!, 1e-13 * scale)
    for (const [l, other] of vectors.entries()) assert.closeTo(dot(vector, other), k === l ? 1 : 0, 1e-13)
    if (k > 0) assert.isAtLeast(values[k]!, values[k - 1]!)
  }
  assert.closeTo(
    values.reduce((x, y) => x + y, 0),
    matrix.reduce((trace, row, i) => trace + row[i]!, 0),
    1e-13 * scale,
  )
}

describe("symmetricEigen", () => {
  it.each(symmetric)("has numpy's eigenvalues %#", ({ matrix, values }) => {
    const scale = Math.max(...values.map(Math.abs))
    symmetricEigen(matrix).values.forEach((value, k) => assert.closeTo(value, values[k]!, 1e-14 * scale))
    verify(matrix, scale)
  })

  it.prop("A v = λ v, orthonormal, ascending, with the trace of A", [Hundredths], ([hundredths]) => {
    verify(similarityOf(hundredths), 10)
  })

  it("neither over- nor underflows", () => {
    for (const scale of [1e-300, 1e300]) {
      const { values } = symmetricEigen([
        [0, scale],
        [scale, 0],
      ])
      assert.closeTo(values[0]! / scale, -1, 1e-15)
      assert.closeTo(values[1]! / scale, 1, 1e-15)
    }
  })

  it("zero and one have the unit vectors", () => {
    assert.deepStrictEqual(symmetricEigen([[7]]).values, [7])
    const { values, vectors } = symmetricEigen([
      [0, 0],
      [0, 0],
    ])
    assert.deepStrictEqual(values, [0, 0])
    assert.deepStrictEqual(
      vectors.map((vector) => [...vector]),
      [
        [1, 0],
        [0, 1],
      ],
    )
  })

  it("64 answers take a handful of sweeps", () => {
    const large = Array.from({ length: 64 }, (_, i) => Array.from({ length: 64 }, (_, j) => 1 / (1 + Math.abs(i - j))))
    verify(large, 64)
  })

  it("the fixture holds matrices of one answer and of many", () => {
    const lengths = cases.map(({ similarity }) => similarity.length)
    assert.deepStrictEqual([Math.min(...lengths), Math.max(...lengths), lengths.length], [1, 16, 20])
  })
})
