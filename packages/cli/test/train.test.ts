import { existsSync, readFileSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { assert, beforeAll, describe, it } from "vitest"
import { outcome, run, start, workplace } from "./support.ts"

const trainArgs = (out: string) => ["train", "--config", "run.json", "--backend", "cpu", "--out", out]
const resumeArgs = (out: string) => ["train", "--resume", out, "--backend", "cpu"]

describe("seed-grpo train", () => {
  let straight: ReturnType<typeof outcome>

  beforeAll(async () => {
    const folder = workplace()
    const { code, err, out } = await run(trainArgs("straight"), { cwd: folder })
    assert.strictEqual(code, 0, err)
    assert.include(out, "step 12/12")
    assert.match(out, /^16 completions a step in 1 update, /m)
    assert.include(out, "held-out after step 12")
    const report = /Report: (.*report\.html)/.exec(out)?.[1]
    assert.isTrue(report !== undefined && existsSync(report))
    for (const name of ["config.json", "environment.jsonl", "metrics.jsonl", "completions.jsonl", "timings.jsonl"]) {
      assert.isTrue(existsSync(join(folder, "straight", name)), name)
    }
    assert.isFalse(existsSync(join(folder, "straight", "run.lock")))
    straight = outcome(join(folder, "straight"))
    assert.strictEqual(straight.metrics.trim().split("\n").length, 12 + 4)
    assert.strictEqual(straight.completions.trim().split("\n").length, 12 * 16)
  })

  it("Ctrl-C saves, and --resume gives what an uninterrupted run gives, bit for bit", async () => {
    const folder = workplace()
    const first = start(trainArgs("run"), { cwd: folder })
    await first.printed("step  6/12")
    first.child.kill("SIGINT")
    const stopped = await first.finished
    assert.strictEqual(stopped.code, 130)
    assert.include(stopped.err, "the last complete step is being saved")
    assert.include(stopped.err, "seed-grpo train --resume")
    assert.notInclude(stopped.out, "step 12/12")
    const { code, out } = await run(resumeArgs("run"), { cwd: folder })
    assert.strictEqual(code, 0)
    assert.match(out, /resumed after step ([6-9]|1[01])/)
    assert.deepStrictEqual(outcome(join(folder, "run")), straight)
  })

  it.each(["step  1/12", "step  5/12", "held-out after step 8", "step 11/12"])(
    "kill -9 after “%s”: resumed, and equal to an uninterrupted run, bit for bit",
    async (text) => {
      const folder = workplace()
      const first = start(trainArgs("run"), { cwd: folder })
      await first.printed(text)
      first.child.kill("SIGKILL")
      assert.strictEqual((await first.finished).signal, "SIGKILL")
      const { code, err } = await run(resumeArgs("run"), { cwd: folder })
      assert.strictEqual(code, 0, err)
      assert.deepStrictEqual(outcome(join(folder, "run")), straight)
    },
  )

  it("a second process on one run is refused, and the first goes on", async () => {
    const folder = workplace({ steps: 60 })
    const first = start(trainArgs("run"), { cwd: folder })
    await first.printed("step  1/60")
    const second = await run(resumeArgs("run"), { cwd: folder })
    assert.strictEqual(second.code, 1)
    assert.include(second.err, `process ${first.child.pid}`)
    const finished = await first.finished
    assert.strictEqual(finished.code, 0)
    assert.include(finished.out, "step 60/60")
  })

  it("--dry-run prints what a step comes to, says what does not divide, and leaves nothing behind", async () => {
    const folder = workplace({ optimizer: { updatesPerStep: 3, microBatchTokens: 64 } })
    const { code, err, out } = await run([...trainArgs("run"), "--dry-run"], { cwd: folder })
    assert.strictEqual(code, 0, err)
    assert.match(out, /completions a step +16/)
    assert.match(out, /updates a step +3, of 4 or 8 completions/)
    assert.match(out, /note: 4 groups do not divide by 3 updates: they get 1, 1 and 2/)
    assert.match(out, /memory, about +[\d.]+ MB/)
    assert.isFalse(existsSync(join(folder, "run")))
    writeFileSync(join(folder, "policy", "tokenizer.json"), "{}")
    const broken = await run([...trainArgs("run"), "--dry-run"], { cwd: folder })
    assert.strictEqual(broken.code, 1)
    assert.match(broken.err, /^seed-grpo: .*tokenizer/)
  })

  it("a folder that holds a run is not overwritten", async () => {
    const folder = workplace({ steps: 1 })
    assert.strictEqual((await run(trainArgs("run"), { cwd: folder })).code, 0)
    const again = await run(trainArgs("run"), { cwd: folder })
    assert.strictEqual(again.code, 1)
    assert.match(again.err, /expected a folder without a run, found a run\. Continue it with/)
  })

  it("options on the command line go over the file's; another method replaces the file's", async () => {
    const folder = workplace({ advantage: { method: "seed-grpo", strength: 1 } })
    const args = [...trainArgs("run"), "--steps", "2", "--seed", "5", "--group-size", "3", "--method", "grpo"]
    assert.strictEqual((await run(args, { cwd: folder })).code, 0)
    const config = JSON.parse(readFileSync(join(folder, "run", "config.json"), "utf8")) as Record<string, unknown>
    const advantage = { method: "grpo", scale: "group", epsilon: 1e-4, ddof: 1 }
    assert.deepInclude(config, { steps: 2, seed: 5, advantage })
    assert.deepInclude(config["sampling"], { groupSize: 3, maxTokens: 8 })
  })

  it("trains on problem files without a configuration; a bad line is named and left out", async () => {
    const folder = workplace()
    const good = Array.from({ length: 30 }, (_, i) => JSON.stringify({ problem: `${i}+1=`, answer: `${i + 1}` }))
    writeFileSync(join(folder, "train.jsonl"), [...good, '{"problem":"1+1="}'].join("\n"))
    writeFileSync(join(folder, "test.jsonl"), good.slice(0, 5).join("\n"))
    const args = ["train", "--model", "policy", "--data", "train.jsonl", "--held-out", "test.jsonl", "--out", "run"]
    const sizes = [
      "--steps",
      "2",
      "--problems-per-step",
      "3",
      "--group-size",
      "2",
      "--max-tokens",
      "5",
      "--backend",
      "cpu",
    ]
    const { code, err, out } = await run([...args, ...sizes], { cwd: folder })
    assert.strictEqual(code, 0, err)
    assert.match(err, /train\.jsonl line 31 set aside: the reference answer is empty/)
    assert.include(out, "30 problems, 5 held out")
    assert.include(out, "held-out after step 2")
  })

  const refusals: ReadonlyArray<readonly [string, (folder: string) => void, RegExp]> = [
    [
      "an unknown option",
      (f) => writeFileSync(join(f, "run.json"), '{"model":"policy","steps":1,"data":{"kind":"arithmetic"},"lr":1}'),
      /lr/,
    ],
    [
      "a value of the wrong type",
      (f) => writeFileSync(join(f, "run.json"), '{"model":"policy","steps":"1","data":{"kind":"arithmetic"}}'),
      /steps/,
    ],
    ["a file that is not JSON", (f) => writeFileSync(join(f, "run.json"), "steps: 1"), /run\.json: expected JSON/],
    [
      "a model folder without weights",
      (f) => writeFileSync(join(f, "run.json"), `{"model":".","steps":1,"data":{"kind":"arithmetic"}}`),
      /expected a file config\.json, found/,
    ],
    [
      "a truncated checkpoint",
      (f) => writeFileSync(join(f, "policy", "model.safetensors"), "short"),
      /model\.safetensors: safetensors file: expected at least 8 bytes/,
    ],
    [
      "a lying header",
      (f) => writeFileSync(join(f, "policy", "model.safetensors"), Buffer.from([255, 255, 255, 255, 0, 0, 0, 0, 1])),
      /safetensors header length/,
    ],
    [
      "an architecture that is not understood",
      (f) => writeFileSync(join(f, "policy", "config.json"), '{"model_type":"mamba"}'),
      /expected one of qwen2, qwen3, llama, mistral, found "mamba"/,
    ],
  ]

  it.each(refusals)("%s is refused in words, without a stack", async (_, damage, message) => {
    const folder = workplace()
    damage(folder)
    const { code, err } = await run(trainArgs("run"), { cwd: folder })
    assert.strictEqual(code, 1)
    assert.match(err, message)
    assert.match(err, /^seed-grpo: /)
    assert.notMatch(err, /\n\s+at /)
  })
})
