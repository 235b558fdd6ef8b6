import { readFileSync } from "node:fs"
import { EntropyError } from "@seed-grpo/entropy"
import { assert } from "@effect/vitest"
import { Schema } from "effect"

/**
 * Twenty similarity matrices of 1 to 16 answers, dense, sparse and of cosines, to three decimals, with what numpy and
 * scipy make of them: `eigh` of the normalised Laplacian; the von Neumann entropies of `expm(−0.3 L)`, `expm(−2 L)` and
 * `fractional_matrix_power(2ν/κ² I + L, −ν)` for (ν, κ) = (1, 1) and (2.5, 0.7), with the diagonal left out of the weights;
 * and `logsumexp` of the rows at τ = 1, at τ = 0.1, without the diagonal, and weighted by the softmax of the log-probs.
 */
export const { cases, symmetric } = JSON.parse(
  readFileSync(new URL("./fixtures/spectral.json", import.meta.url), "utf8"),
) as {
  readonly cases: ReadonlyArray<{
    readonly similarity: ReadonlyArray<ReadonlyArray<number>>
    readonly meanLogprobs: ReadonlyArray<number>
    readonly eigenvalues: ReadonlyArray<number>
    readonly eigenvalueSum: number
    readonly degree: number
    readonly eccentricity: number
    readonly heat03: number
    readonly heat2: number
    readonly matern: number
    readonly maternHalf: number
    readonly snne: number
    readonly snneCold: number
    readonly snneOthers: number | null
    readonly weightedSnne: number
  }>
  readonly symmetric: ReadonlyArray<{
    readonly matrix: ReadonlyArray<ReadonlyArray<number>>
    readonly values: ReadonlyArray<number>
  }>
}

export const goldenSimilarity = [
  [1, 0.9, 0.1, 0.2],
  [0.9, 1, 0.2, 0.1],
  [0.1, 0.2, 1, 0.8],
  [0.2, 0.1, 0.8, 1],
]

/** Hundredths above the diagonal, row by row: as many as fill a matrix are used. */
export const Hundredths = Schema.Array(Schema.Int.check(Schema.isBetween({ minimum: 0, maximum: 100 }))).check(
  Schema.isMaxLength(36),
)

export const similarityOf = (hundredths: ReadonlyArray<number>): ReadonlyArray<ReadonlyArray<number>> => {
  const n = Math.floor((1 + Math.sqrt(1 + 8 * hundredths.length)) / 2)
  const at = (i: number, j: number) => hundredths[(j * (j - 1)) / 2 + i]! / 100
  return Array.from({ length: n }, (_, i) =>
    Array.from({ length: n }, (_, j) => (i === j ? 1 : at(Math.min(i, j), Math.max(i, j)))),
  )
}

/** The same answers in another order: the last first. */
export const reordered = <A>(matrix: ReadonlyArray<ReadonlyArray<A>>): ReadonlyArray<ReadonlyArray<A>> =>
  matrix.map((row) => row.toReversed()).toReversed()

/** Small cluster ids of a group. */
export const Ids = Schema.NonEmptyArray(Schema.Int.check(Schema.isBetween({ minimum: 0, maximum: 4 }))).check(
  Schema.isMaxLength(12),
)

export const refused = (run: () => unknown, at: string, reason: EntropyError.EntropyError["reason"] = "bad-value") => {
  let thrown: unknown
  try {
    run()
  } catch (error) {
    thrown = error
  }
  assert.instanceOf(thrown, EntropyError.EntropyError)
  assert.strictEqual(thrown.reason, reason)
  assert.strictEqual(thrown.at, at)
}
