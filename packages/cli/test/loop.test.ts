/** Options of the loop, as processes. */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { assert, describe, it } from "vitest"
import { outcome, run, start, workplace } from "./support.ts"

const trainArgs = (out: string, config = "run.json") => ["train", "--config", config, "--backend", "cpu", "--out", out]

const LENGTH = "export const reward = ({ text }) => -text.length / 10\n"

describe("the loop of seed-grpo train", () => {
  it("reward files lie beside the configuration; with one that loops, a killed run is resumed bit for bit", async () => {
    const loop = {
      steps: 5,
      reward: { functions: [{ file: "rewards/length.mjs", weight: 0.5, deadline: 30_000 }] },
      sampling: { groupSize: 4, maxTokens: 8, dynamic: { maxRounds: 2, by: "total" } },
      data: { kind: "arithmetic", curriculum: {} },
      checkpoint: { every: 2, best: "accuracy" },
    }
    const folder = workplace(loop)
    mkdirSync(join(folder, "rewards"))
    writeFileSync(join(folder, "rewards", "length.mjs"), LENGTH)
    const straight = await run(trainArgs("straight"), { cwd: folder })
    assert.strictEqual(straight.code, 0, straight.err)
    const config = JSON.parse(readFileSync(join(folder, "straight", "config.json"), "utf8")) as {
      readonly reward: { readonly functions: ReadonlyArray<{ readonly file: string }> }
    }
    assert.strictEqual(config.reward.functions[0]?.file, join(folder, "rewards", "length.mjs"))

    const first = start(trainArgs("run"), { cwd: folder })
    await first.printed("step 3/5")
    first.child.kill("SIGKILL")
    await first.finished
    const resumed = await run(["train", "--resume", "run", "--backend", "cpu"], { cwd: folder })
    assert.strictEqual(resumed.code, 0, resumed.err)
    assert.deepStrictEqual(outcome(join(folder, "run")), outcome(join(folder, "straight")))

    const best = JSON.parse(readFileSync(join(folder, "run", "best.json"), "utf8")) as { readonly checkpoint: string }
    assert.isTrue(existsSync(join(folder, "run", best.checkpoint, "policy", "model.safetensors")))
    writeFileSync(join(folder, "few.jsonl"), '{"problem":"1+1=","answer":"2"}\n')
    const evalArgs = ["eval", "--model", "run", "--data", "few.jsonl", "--max-tokens", "4", "--backend", "cpu"]
    const evaluated = await run(evalArgs, { cwd: folder })
    assert.strictEqual(evaluated.code, 0, evaluated.err)
    assert.include(evaluated.err, join("run", best.checkpoint))
    assert.match(evaluated.out, /1 problems/)
  }, 300_000)

  it("a reward file without a function is refused before anything is sampled", async () => {
    const folder = workplace({ reward: { functions: [{ file: "nothing.mjs" }] } })
    writeFileSync(join(folder, "nothing.mjs"), "export const reword = 1\n")
    const { code, err } = await run(trainArgs("run"), { cwd: folder })
    assert.strictEqual(code, 1)
    assert.match(err, /nothing\.mjs: expected a module that exports reward\(completion, problem\)/)
  })

  it("ends when evaluations get no better, and says so", async () => {
    const folder = workplace({ optimizer: { learningRate: 0 }, evaluation: { every: 1, problems: 5, patience: 2 } })
    const { code, err, out } = await run(trainArgs("run"), { cwd: folder })
    assert.strictEqual(code, 0, err)
    assert.match(err, /info: ended after step 2 of 12: 2 evaluations without an improvement on 0/)
    assert.include(out, "Done.")
    const again = await run(["train", "--resume", "run", "--backend", "cpu"], { cwd: folder })
    assert.strictEqual(again.code, 0, again.err)
    assert.match(again.err, /ended after step 2/)
  })
})
