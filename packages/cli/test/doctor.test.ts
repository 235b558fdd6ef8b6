import { readFileSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { Safetensors } from "@seed-grpo/runtime"
import { assert, describe, it } from "vitest"
import { run, workplace } from "./support.ts"

const args = (model: string, ...more: ReadonlyArray<string>) => [
  "doctor",
  "--training",
  "--model",
  model,
  "--backend",
  "cpu",
  "--max-tokens",
  "8",
  ...more,
]

describe("seed-grpo doctor --training", () => {
  it("passes on a model that trains as it should, and says what was measured", async () => {
    const folder = workplace()
    const { code, err, out } = await run(args("policy"), { cwd: folder })
    assert.strictEqual(code, 0, err + out)
    assert.strictEqual(out.match(/^✓ /gm)?.length, 7, out)
    assert.match(out, /importance ratio is 1: off by \d\.\de[-+]\d+ at most/)
    assert.match(out, /log-probabilities: \d\.\de[-+]\d+ nats apart at most, of \d+ tokens/)
    assert.include(out, "All 7 checks passed")
  })

  it("fails with exit code 1 and a remedy where decoding and training are farther apart than they may be", async () => {
    const folder = workplace()
    const { code, out } = await run(args("policy", "--tolerance", "1e-12"), { cwd: folder })
    assert.strictEqual(code, 1)
    assert.match(out, /^✗ the importance ratio is 1: .*\n.*\n {2}fix: Compare the temperature/m)
    assert.match(out, /^✓ a learning rate of 0 moves nothing/m)
    assert.match(out, /\d of 7 checks failed/)
  })

  it("fails in words on a model with NaN in its weights", async () => {
    const folder = workplace()
    const file = join(folder, "policy", "model.safetensors")
    const tensors = Safetensors.parse(new Uint8Array(readFileSync(file)))
    tensors.get("model.norm.weight")!.data.fill(NaN)
    writeFileSync(file, Safetensors.serialize(tensors))
    const { code, err } = await run(args("policy"), { cwd: folder })
    assert.strictEqual(code, 1)
    assert.match(err, /^seed-grpo: /m)
    assert.match(err, /finite|NaN/)
    assert.notMatch(err, /\n\s+at /)
  })

  it("asks for a model", async () => {
    const { code, err } = await run(["doctor", "--training"])
    assert.strictEqual(code, 1)
    assert.match(err, /expected --model MODEL/)
  })

  it("teaches", async () => {
    const { out } = await run(["doctor", "--help"])
    assert.match(out, /leave every weight the same bits/)
    assert.match(out, /--tolerance/)
  })
})
