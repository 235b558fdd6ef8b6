/** Lanes have equal shapes, enough rows, and are no more than there are threads. */
import { ModelConfig } from "@seed-grpo/runtime"
import { assert, describe, it } from "vitest"
import { intoLanes, laneCount } from "../src/internal/lanes.ts"

const json = {
  architectures: ["Qwen2ForCausalLM"],
  model_type: "qwen2",
  hidden_act: "silu",
  vocab_size: 28,
  hidden_size: 128,
  intermediate_size: 352,
  num_hidden_layers: 4,
  num_attention_heads: 4,
  num_key_value_heads: 2,
  max_position_embeddings: 512,
  rms_norm_eps: 1e-6,
  rope_theta: 10000,
  tie_word_embeddings: false,
}
const small = ModelConfig.parse(json)
const large = ModelConfig.parse({ ...json, vocab_size: 65_536 })

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
