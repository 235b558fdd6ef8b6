/** Lanes have equal shapes, enough rows, and are no more than there are threads. */
import { readFileSync } from "node:fs"
import { ModelConfig } from "@seed-grpo/runtime"
import { assert, describe, it } from "vitest"
import { intoLanes, laneCount } from "../src/internal/lanes.ts"

const json = JSON.parse(readFileSync(new URL("./fixtures/tiny-qwen2/config.json", import.meta.url), "utf8")) as object
const small = ModelConfig.parse(json)
const large = ModelConfig.parse({ ...json, vocab_size: 2 ** 20 })

describe("laneCount", () => {
  const cases: ReadonlyArray<readonly [number, number, number, number]> = [
    // prompts, samples, threads, lanes
    [64, 1, 2, 2],
    [63, 1, 2, 1],
    [32, 1, 2, 1],
    [16, 8, 1, 1],
    [16, 8, 2, 2],
    [16, 8, 16, 4],
    [12, 32, 16, 4],
    [6, 64, 16, 2],
    [1, 512, 16, 1],
  ]
  for (const [prompts, samples, threads, lanes] of cases) {
    it(`${prompts} prompts × ${samples} on ${threads} threads: ${lanes}`, () => {
      assert.strictEqual(laneCount(small, prompts, samples, threads), lanes)
    })
  }

  it("is one where the weights come from memory", () => {
    assert.strictEqual(laneCount(large, 64, 8, 16), 1)
  })
})

describe("intoLanes", () => {
  it("deals rows in order", () => {
    const padded = { batch: 4, columns: 2, tokens: Int32Array.from([0, 1, 2, 3, 4, 5, 6, 7]), mask: new Uint8Array(8) }
    const lanes = intoLanes(padded, 2)
    assert.deepStrictEqual(
      lanes.map(({ batch, tokens }) => [batch, ...tokens]),
      [
        [2, 0, 1, 2, 3],
        [2, 4, 5, 6, 7],
      ],
    )
  })
})
