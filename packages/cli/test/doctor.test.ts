import { readFileSync, writeFileSync } from "node:fs"
import { createServer } from "node:http"
import type { AddressInfo } from "node:net"
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

  it("asks a server too, and fails where it says other log-probabilities than the model", async () => {
    const bodies: Array<string> = []
    const server = createServer((request, response) => {
      let text = ""
      request.on("data", (chunk: Buffer) => (text += chunk.toString()))
      request.on("end", () => {
        bodies.push(text)
        const choice = { token_ids: [1, 2], logprobs: { tokens: ["a", "b"], token_logprobs: [-90, -90] } }
        response.setHeader("content-type", "application/json")
        response.end(JSON.stringify({ choices: [choice] }))
      })
    })
    await new Promise<void>((listening) => server.listen(0, "127.0.0.1", listening))
    try {
      const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`
      const { code, err, out } = await run(args("policy", "--endpoint", url, "--served-model", "served"), {
        cwd: workplace(),
      })
      assert.strictEqual(code, 1, err)
      assert.match(out, /^✓ the server reads and writes the tokens of this model: 2 completions/m)
      assert.match(out, /^✗ server and trainer give the same log-probabilities: .*\n.*\n {2}fix: Serve the weights/m)
      assert.include(out, "2 of 10 checks failed")
      assert.strictEqual((JSON.parse(bodies[0]!) as { model: string }).model, "served")
    } finally {
      server.close()
    }
  })

  it("says in words that no server answers", async () => {
    const { code, err } = await run(args("policy", "--endpoint", "http://127.0.0.1:9/v1"), { cwd: workplace() })
    assert.strictEqual(code, 1)
    assert.match(err, /^seed-grpo: .*127\.0\.0\.1:9.*/m)
    assert.match(err, /Look whether the server runs/)
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
