import { Accumulation } from "@seed-grpo/grpo"
import { tinyModel } from "@seed-grpo/testing"
import { BatchPlan } from "@seed-grpo/trainer"
import { assert, describe, it } from "@effect/vitest"
import { config } from "./support.ts"

const base: BatchPlan.BatchRequest = {
  problems: 640,
  steps: 10,
  problemsPerStep: 16,
  groupSize: 8,
  updatesPerStep: 4,
  microBatchTokens: 320,
  batchTokens: 4096,
  maxTokens: 20,
  promptTokens: 12,
  gradientCheckpointing: false,
  slots: 2,
  model: tinyModel().config,
}

describe("BatchPlan", () => {
  it("has nothing to say where everything divides", () => {
    const plan = BatchPlan.make(base)
    assert.deepStrictEqual(plan.notes, [])
    assert.deepStrictEqual(plan.updates, [32, 32, 32, 32])
    assert.deepInclude(plan, {
      rows: 128,
      longestRow: 32,
      rowsPerMicroBatch: 10,
      microBatches: 4,
      samplingBatches: 1,
      tokens: 4096,
      epochs: 0.25,
    })
  })

  it.each([
    [
      { updatesPerStep: 5 },
      [3, 3, 3, 3, 4].map((groups) => 8 * groups),
      /16 groups do not divide by 5 updates: they get 3, 3, 3, 3 and 4/,
    ],
    [{ updatesPerStep: 12 }, undefined, /they get 1 or 2\./],
    [{ updatesPerStep: 20 }, Array.from({ length: 16 }, () => 8), /cannot be dealt to 20 updates: there will be 16/],
    [{ problems: 7 }, undefined, /only 7 problems, so a step of 16 has some of them more than once/],
    [{ microBatchTokens: 31 }, undefined, /32 tokens, more than optimizer\.microBatchTokens \(31\)/],
    [{ batchTokens: 255 }, undefined, /256 tokens, more than sampling\.batchTokens \(255\)/],
    [{ maxTokens: 3000 }, undefined, /leaves 52 of 3000 tokens .* holds 64/],
  ] as const)("%j is spread and said", (change, updates, note) => {
    const plan = BatchPlan.make({ ...base, ...change })
    assert.isTrue(
      plan.notes.some((one) => note.test(one)),
      plan.notes.join("\n"),
    )
    if (updates !== undefined) assert.deepStrictEqual(plan.updates, updates)
    assert.strictEqual(
      plan.updates.reduce((a, b) => a + b, 0),
      plan.rows,
    )
  })

  it("counts micro-batches as the optimizer makes them of rows of the greatest length", () => {
    for (const microBatchTokens of [1, 32, 33, 100, 320, 1024, 10_000]) {
      const plan = BatchPlan.make({ ...base, microBatchTokens })
      const rows = Array.from({ length: 32 }, () => ({ prompt: new Int32Array(12), completion: new Int32Array(20) }))
      const parts = Accumulation.microBatches(rows, microBatchTokens)
      assert.strictEqual(plan.microBatches, parts.length, `${microBatchTokens}`)
      assert.strictEqual(plan.rowsPerMicroBatch, parts[0]!.length)
    }
  })

  it("smaller micro-batches, checkpointing and smaller batches of sampling need less memory", () => {
    const memory = (change: object) => BatchPlan.make({ ...base, ...change }).memory
    assert.isBelow(memory({ microBatchTokens: 64 }).activations, memory({}).activations)
    const deep = { model: { ...base.model, layers: 24 } }
    assert.isBelow(memory({ ...deep, gradientCheckpointing: true }).activations, memory(deep).activations / 4)
    assert.isBelow(memory({ batchTokens: 256 }).cache, memory({}).cache)
    assert.isBelow(memory({ slots: 0 }).total, memory({}).total)
  })

  it("says it in one line and in several", () => {
    const run = BatchPlan.ofRun(config(), { problems: 10, promptTokens: 6, slots: 2, model: base.model })
    const plan = BatchPlan.make(run)
    assert.match(BatchPlan.line(plan), /^8 completions a step in 2 updates, .* some .* MB of memory$/)
    assert.match(BatchPlan.lines(plan).join("\n"), /updates a step +2, of 4 completions/)
  })
})
