import { readFileSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { assert, describe, it } from "vitest"
import { run, temporaryFolder, workplace } from "./support.ts"

describe("seed-grpo", () => {
  it("explains itself", async () => {
    const { code, out } = await run(["--help"])
    assert.strictEqual(code, 0)
    for (const name of ["demo", "train", "eval", "entropy", "verify", "report", "doctor", "native"])
      assert.include(out, name)
  })

  it.each(["train", "eval", "entropy", "verify", "report", "doctor", "demo"])(
    "%s --help has a description",
    async (name) => {
      const { code, out } = await run([name, "--help"])
      assert.strictEqual(code, 0)
      assert.match(out, /DESCRIPTION/i)
    },
  )

  it("an unknown flag is an error", async () => {
    assert.notStrictEqual((await run(["train", "--modle", "x"])).code, 0)
  })
})

describe("seed-grpo verify", () => {
  it.each([
    ["3/4", "so it is \\boxed{75\\%}", 0, /^equivalent: .*stage exact.*\n.*\n +answer +75\\% \(boxed/],
    ["3/4", "the answer is 0.7.", 1, /^different/],
    ["3/4", "no idea, sorry", 1, /^undecided: no answer was found/],
  ])("%s against %s", async (gold, response, code, message) => {
    const finished = await run(["verify", gold, response])
    assert.strictEqual(finished.code, code)
    assert.match(finished.out, message)
  })
})

describe("seed-grpo verify FILE", () => {
  const rows = [
    { id: "a", gold: "1/2", answer: "0.5" },
    { id: "b", gold: 1 },
    { id: "c", gold: "$x^2$", answer: "thus $\\boxed{x\\cdot x}$", extract: "latex" },
    { id: "d", gold: "x>1", answer: "(1,\\infty)", options: { allowSetRelationComp: true } },
    { id: "e", gold: "7", answer: "first \\boxed{5}. Then \\boxed{7}", extract: "latex" },
  ]

  it("writes a verdict for every row, and names the rows that it leaves out", async () => {
    const [file, out] = [join(temporaryFolder(), "rows.jsonl"), join(temporaryFolder(), "verdicts.jsonl")]
    writeFileSync(file, rows.map((row) => JSON.stringify(row)).join("\n"))
    const finished = await run(["verify", file, "--out", out])
    assert.strictEqual(finished.code, 1)
    assert.match(finished.err, /line 2 left out: .*gold/)
    assert.match(finished.err, /3 equivalent, 0 different, 1 undecided, 1 lines left out/)
    const verdicts = readFileSync(out, "utf8")
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line) as Record<string, unknown>)
    assert.deepStrictEqual(
      verdicts.map(({ id, verdict }) => [id, verdict]),
      [
        ["a", "equivalent"],
        ["c", "equivalent"],
        ["d", "equivalent"],
        ["e", "undecided"],
      ],
    )
    assert.hasAllKeys(verdicts[0], ["id", "verdict", "stage", "reason", "goldKey", "answerKey", "ms"])
    assert.strictEqual(verdicts[0]!["goldKey"], "1/2")
  })

  it("says what is wrong with a path", async () => {
    const finished = await run(["verify", "nowhere.jsonl"])
    assert.notStrictEqual(finished.code, 0)
    assert.match(finished.err, /nowhere\.jsonl: expected a file of JSON lines, or two arguments/)
  })
})

describe("seed-grpo entropy", () => {
  it("scores rows from standard input", async () => {
    const input = `${JSON.stringify({ id: "a", prompt: "?", responses: ["\\boxed{1/2}", "0.5", "2", "no idea at all"] })}\n`
    const { code, out } = await run(["entropy"], { input })
    assert.strictEqual(code, 0)
    const row = JSON.parse(out) as Record<string, unknown>
    assert.deepInclude(row, {
      id: "a",
      prompt: "?",
      answers: 4,
      clusters: 3,
      estimator: "discrete",
      unreadable: "own-cluster",
    })
    assert.closeTo(row["entropy"] as number, 1.039720771, 1e-9)
    assert.deepStrictEqual(row["clusterIds"], [0, 0, 1, 2])
    assert.deepStrictEqual(row["answersFound"], ["1/2", "0.5", "2", null])
  })

  it("scores a file as a table, by exact text, without unreadable responses", async () => {
    const file = join(temporaryFolder(), "answers.jsonl")
    writeFileSync(file, `${JSON.stringify({ responses: ["1/2", "0.5", "no idea at all"] })}\n`)
    const { out } = await run([
      "entropy",
      file,
      "--format",
      "table",
      "--equivalence",
      "exact",
      "--unreadable",
      "left-out",
    ])
    assert.match(out, /^0\.693 \[0\.\d\d, \d\.\d\d\] row 1/)
    assert.include(out, "1 question, mean semantic entropy 0.693 nats (discrete, answers equal by exact")
  })

  it("names bad lines, goes on, and says so in its exit code", async () => {
    const { code, err, out } = await run(["entropy"], { input: '{"responses":[]}\n{"responses":["1"]}\nnot json\n' })
    assert.strictEqual(code, 1)
    assert.match(err, /line 1 left out/)
    assert.match(err, /line 3 left out/)
    assert.strictEqual(out.trim().split("\n").length, 1)
  })

  it("a missing file is one clear line", async () => {
    const { code, err } = await run(["entropy", "no-such-file.jsonl"])
    assert.notStrictEqual(code, 0)
    assert.include(err, "no-such-file.jsonl")
  })
})

describe("seed-grpo eval", () => {
  it("measures a set with several golds, leaves empty ones out by line, and writes the details", async () => {
    const folder = workplace()
    const problems = [
      { problem: "1+1=", answer: "2" },
      { problem: "1+2=", answers: ["3", "3.0"] },
      { problem: "+".repeat(100), answer: "0" },
      ...Array.from({ length: 30 }, (_, index) => ({ problem: `${index}-1=`, answer: `${index - 1}` })),
      { problem: "1+3=", answer: "" },
    ]
    writeFileSync(join(folder, "set.jsonl"), problems.map((one) => JSON.stringify(one)).join("\n"))
    const flags = [
      "--template",
      "none",
      "--samples",
      "4",
      "--temperature",
      "1",
      "--max-tokens",
      "6",
      "--top-p",
      "0.95",
      "--backend",
      "cpu",
    ]
    const args = ["eval", "--model", "policy", "--data", "set.jsonl", "--out", "result.json", ...flags]
    const { code, err, out } = await run(args, { cwd: folder })
    assert.strictEqual(code, 0, err)
    assert.match(err, /set\.jsonl line 34 left out: the reference answer is empty/)
    assert.match(out, /33 problems · greedy pass@1 .*% \[.*\] · avg@4 .* · pass@2 .* · pass@4 .* · 1 prompts too long/)
    const result = JSON.parse(readFileSync(join(folder, "result.json"), "utf8")) as {
      readonly settings: { readonly topP: number }
      readonly sets: ReadonlyArray<{ readonly sampled: { readonly problemsGraded: ReadonlyArray<unknown> } }>
    }
    assert.strictEqual(result.settings.topP, 0.95)
    assert.strictEqual(result.sets[0]?.sampled.problemsGraded.length, 33)
  })

  it.each([
    [["--benchmark", "aime24"], /--data-dir FOLDER/],
    [["--benchmark", "gpqa", "--data-dir", "."], /expected aime24, amc, .* found gpqa/],
    [[], /--benchmark NAMES --data-dir FOLDER, or --data FILE/],
    [["--data", "missing.jsonl"], /missing\.jsonl/],
  ])("%j is refused in words", async (args, message) => {
    const { code, err } = await run(["eval", "--model", "policy", ...args], { cwd: workplace() })
    assert.notStrictEqual(code, 0)
    assert.match(err, message)
  })
})

describe("seed-grpo doctor", () => {
  it("says what works, and for what does not the command that helps", async () => {
    const { code, out } = await run(["doctor"])
    assert.strictEqual(code, 0)
    assert.match(out, /✓ wasm +WebAssembly/)
    assert.match(out, /✓ cpu/)
    assert.match(out, /✓ tensorflow .* through @tensorflow\/tfjs-node|✗ tensorflow .*seed-grpo native install/)
    assert.match(out, /✓ webgpu +WebGPU on |✗ webgpu .*(driver|npm install)/)
  })
})
