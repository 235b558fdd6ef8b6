/** Adapters from the command line, as processes. */
import { readdirSync, readFileSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { assert, describe, it } from "vitest"
import { run, start, workplace } from "./support.ts"

const objective = { entropyBonus: 0.1 }
const trainArgs = (...more: ReadonlyArray<string>) => ["train", "--config", "run.json", "--backend", "cpu", ...more]

/** The adapter of the newest checkpoint, and its moments. */
const adapterIn = (folder: string) => {
  const checkpoints = join(folder, "checkpoints")
  const newest = join(checkpoints, readdirSync(checkpoints).toSorted().at(-1)!)
  const policy = join(newest, "policy")
  assert.sameMembers(readdirSync(policy), ["adapter_config.json", "adapter_model.safetensors"])
  return [join(policy, "adapter_model.safetensors"), join(newest, "optimizer.safetensors")].map((file) =>
    readFileSync(file).toString("base64"),
  )
}

describe("--lora-rank", () => {
  it("trains an adapter; a killed run is resumed bit for bit, and eval takes the run's folder", async () => {
    const folder = workplace({ objective, steps: 6, checkpoint: { every: 2 } })
    const straight = await run(trainArgs("--lora-rank", "2", "--out", "straight"), { cwd: folder })
    assert.strictEqual(straight.code, 0, straight.err)
    assert.match(straight.out, /of which the 464 of an adapter of rank 2 are trained on/)
    const config = JSON.parse(readFileSync(join(folder, "straight", "config.json"), "utf8")) as {
      readonly adapter: object
    }
    assert.deepInclude(config.adapter, { rank: 2, alpha: 16 })

    const first = start(trainArgs("--lora-rank", "2", "--out", "run"), { cwd: folder })
    await first.printed("step 3/6")
    first.child.kill("SIGKILL")
    await first.finished
    const resumed = await run(["train", "--resume", "run", "--backend", "cpu"], { cwd: folder })
    assert.strictEqual(resumed.code, 0, resumed.err)
    assert.match(resumed.out, /adapter of rank 2 are trained .* resumed after step/)
    assert.deepStrictEqual(adapterIn(join(folder, "run")), adapterIn(join(folder, "straight")))

    writeFileSync(join(folder, "few.jsonl"), '{"problem":"1+1=","answer":"2"}\n')
    const evalArgs = ["eval", "--model", "run", "--data", "few.jsonl", "--max-tokens", "4", "--backend", "cpu"]
    const evaluated = await run(evalArgs, { cwd: folder })
    assert.strictEqual(evaluated.code, 0, evaluated.err)
    assert.match(evaluated.out, /1 problems/)

    const second = await run(trainArgs("--model", "run", "--lora-rank", "2", "--out", "second"), { cwd: folder })
    assert.strictEqual(second.code, 1)
    assert.match(second.err, /expected a model without an adapter, to put one on, found one with an adapter of rank 2/)
  })

  it("--dry-run says how much is trained, and plans no second policy for the base as the reference", async () => {
    const kl = { coefficient: 0.1 }
    const folder = workplace({ reference: "initial", objective: { kl }, adapter: { targets: ["q_proj"], alpha: 4 } })
    const memory = async (...more: ReadonlyArray<string>) => {
      const { code, err, out } = await run(trainArgs("--dry-run", ...more), { cwd: folder })
      assert.strictEqual(code, 0, err)
      return { out, weights: /weights ([\d.]+ .B)/.exec(out)?.[1] }
    }
    const planned = await memory("--lora-rank", "3")
    // A and B of one projection from 16 to 16, of rank 3 over the file's 8.
    assert.match(planned.out, /the 96 of an adapter of rank 3 are trained$/m)
    writeFileSync(
      join(folder, "run.json"),
      readFileSync(join(folder, "run.json"), "utf8").replace('"reference":"initial"', '"reference":{"kind":"ema"}'),
    )
    assert.notStrictEqual((await memory("--lora-rank", "3")).weights, planned.weights)
  })

  it("0 is refused with its path", async () => {
    const { code, err } = await run(trainArgs("--lora-rank", "0"), { cwd: workplace() })
    assert.strictEqual(code, 1)
    assert.match(err, /adapter\.rank: Expected a value greater than 0/)
  })

  it("is an option of demo too", async () => {
    const folder = workplace()
    const { code, err, out } = await run(["demo", "--lora-rank", "4", "--steps", "1", "--out", "run"], { cwd: folder })
    assert.strictEqual(code, 0, err)
    assert.match(out, /the 20,736 of an adapter of rank 4 are trained/)
    assert.match(out, /step 1\/1/)
  })
})
