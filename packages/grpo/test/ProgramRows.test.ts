/** Rows are dealt to parts that programs exist for, each once, and split where that saves more padding than it costs. */
import { Rng } from "@seed-grpo/core"
import { ProgramRows } from "@seed-grpo/grpo"
import { assert, describe, it } from "vitest"

const rowsOf = (lengths: ReadonlyArray<readonly [prompt: number, completion: number]>) =>
  lengths.map(([prompt, completion]) => ({ prompt: new Int32Array(prompt), completion: new Int32Array(completion) }))

const sizes = (completions: ReadonlyArray<number>) =>
  ProgramRows.deal(rowsOf(completions.map((length) => [8, length]))).map(({ length }) => length)

describe("deal", () => {
  it("takes each row once, longest completions first", () => {
    const key = Rng.key(0, "rows")
    for (let batch = 0; batch < 100; batch++) {
      const count = 1 + Math.floor(150 * Rng.uniform(key, [batch]))
      const rows = rowsOf(
        Array.from({ length: count }, (_, i) => [
          1 + Math.floor(40 * Rng.uniform(key, [batch, i, 0])),
          Math.floor(300 * Rng.uniform(key, [batch, i, 1]) ** 3),
        ]),
      )
      const order = ProgramRows.deal(rows).flat()
      assert.deepStrictEqual(
        order.toSorted((a, b) => a - b),
        rows.map((_, i) => i),
      )
      const lengths = order.map((i) => rows[i]!.completion.length)
      assert.deepStrictEqual(
        lengths,
        lengths.toSorted((a, b) => b - a),
      )
    }
  })

  it("leaves rows of equal length together", () => {
    assert.deepStrictEqual(sizes(Array.from({ length: 128 }, () => 32)), [128])
    assert.deepStrictEqual(sizes(Array.from({ length: 120 }, () => 32)), [120])
  })

  it("fills up no more than it has to", () => {
    assert.deepStrictEqual(sizes(Array.from({ length: 72 }, () => 32)), [64, 8])
    assert.deepStrictEqual(sizes(Array.from({ length: 100 }, () => 32)), [64, 32, 4])
    assert.deepStrictEqual(sizes([32]), [1])
  })

  it("takes long rows apart from short ones", () => {
    const tail = Array.from({ length: 128 }, (_, i) => (i % 16 === 0 ? 400 : 8))
    assert.deepStrictEqual(sizes(tail), [8, 8, 16, 32, 64])
  })

  it("does not split small batches, whose parts would cost more than their padding", () => {
    assert.deepStrictEqual(sizes([32, 8, 8, 8, 8, 8, 8, 8]), [8])
  })
})
