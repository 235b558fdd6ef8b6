import { readFileSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { assert, describe, it } from "vitest"
import { run, temporaryFolder } from "./support.ts"

interface Preview {
  readonly name: string
  readonly groups: number
  readonly mixed: number
  readonly scales: ReadonlyArray<number>
  readonly normalizedEntropies: ReadonlyArray<number>
  readonly summary?: { readonly spread: number; readonly massRemoved: number }
}

const input = (rows: ReadonlyArray<object>) => rows.map((row) => `${JSON.stringify(row)}\n`).join("")

const previewsOf = async (rows: ReadonlyArray<object>, ...args: ReadonlyArray<string>) => {
  const { err, out } = await run(["entropy", "preview", "--format", "jsonl", ...args], { input: input(rows) })
  const previews = out
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => JSON.parse(line) as Preview)
  return { err, out, named: (name: string) => previews.find((one) => one.name === name)!, previews }
}

const completion = (step: number, reward: number, normalizedEntropy: number) => ({
  step,
  problem: "1+1=",
  prompt: "1+1=",
  text: "2",
  reward,
  normalizedEntropy,
})

/** Two of four right, answers a, a, b, c: x = 0.75, and 0.969673462 as released. */
const SAME_GROUP = [
  ["responses", { answer: "1/2", responses: ["\\boxed{1/2}", "it is 0.5", "\\boxed{2}", "no idea at all"] }],
  ["several references", { golds: ["7", "1/2"], responses: ["\\boxed{1/2}", "it is 0.5", "\\boxed{2}", "\\boxed{3}"] }],
  ["rewards and a normalised entropy", { rewards: [1, 1, 0, 0], normalized: 0.75 }],
  ["a line of `seed-grpo entropy`, with a reward", { meanReward: 0.5, normalized: 0.75, answers: 4, responses: 4 }],
  ["an entropy in nats", { meanReward: 0.5, entropy: 1.0397207708399179, answers: 4 }],
] as const

describe("seed-grpo entropy preview", () => {
  it.each(SAME_GROUP)("reads %s", async (_, row) => {
    const { err, named, previews } = await previewsOf([row])
    assert.strictEqual(err, "")
    assert.strictEqual(previews.length, 9)
    const { groups, mixed, scales, summary } = named("reciprocal α = 0.0417")
    assert.deepStrictEqual([groups, mixed, scales.length], [1, 1, 1])
    assert.closeTo(scales[0]!, 0.969673462, 1e-9)
    assert.closeTo(named("linear α = 1").scales[0]!, 0.25, 1e-9)
    assert.closeTo(summary!.massRemoved, 1 - 0.969673462, 1e-9)
  })

  it("reads the completions of a run: a group is a problem in a step", async () => {
    const rows = [completion(1, 1, 0.5), completion(1, 0, 0.5), completion(2, 1, 0), completion(2, 1, 0)]
    const { previews } = await previewsOf(rows, "--strength", "1")
    assert.deepStrictEqual(
      previews.map(({ groups, mixed, name, normalizedEntropies, scales }) => [
        name,
        groups,
        mixed,
        normalizedEntropies,
        scales,
      ]),
      [
        ["none", 2, 1, [0.5], [1]],
        ["reciprocal α = 1", 2, 1, [0.5], [1 / 1.5]],
        ["linear α = 1", 2, 1, [0.5], [0.5]],
        ["exponential α = 1", 2, 1, [0.5], [Math.exp(-0.5)]],
        ["focal γ = 1", 2, 1, [0.5], [0.5]],
      ],
    )
  })

  it("clusters and counts as told", async () => {
    const row = { answer: "1/2", responses: ["\\boxed{1/2}", "\\boxed{0.5}", "no idea at all"] }
    const { named } = await previewsOf([row], "--equivalence", "exact", "--unreadable", "left-out")
    assert.closeTo(named("none").normalizedEntropies[0]!, 1, 1e-12)
  })

  it("is a table with what it means in words", async () => {
    const rows = [
      { meanReward: 7 / 8, normalized: 0.181188148, size: 8 },
      { meanReward: 1 / 8, normalized: 1, size: 8 },
      { meanReward: 1, normalized: 0, size: 8 },
    ]
    const { code, out } = await run(["entropy", "preview", "-", "--strength", "0.0417"], { input: input(rows) })
    assert.strictEqual(code, 0)
    assert.include(out, "3 groups, 2 of them mixed")
    assert.match(out, /^reciprocal α = 0\.0417 +·+█ +0\.9600 – 0\.9925 +3\.3 % +2\.4 % +0\.8 %$/m)
    assert.include(out, "the most uncertain of 2 mixed groups learns 3.3 % less than the most certain one")
    assert.include(
      (await run(["entropy", "preview"], { input: input(rows.slice(2)) })).out,
      "None of 1 groups is mixed: nothing is learned from them",
    )
  })

  it("is a page, in a file", async () => {
    const [file, out] = [join(temporaryFolder(), "groups.jsonl"), join(temporaryFolder(), "scales.html")]
    writeFileSync(file, input(SAME_GROUP.map(([, row]) => row)))
    const finished = await run(["entropy", "preview", file, "--format", "html", "--out", out])
    assert.deepStrictEqual([finished.code, finished.out, finished.err], [0, "", ""])
    const html = readFileSync(out, "utf8")
    assert.include(html, "What uncertainty would change: groups.jsonl")
    assert.include(html, "<svg")
  })

  it.each([
    ["not json", /line 1 left out: /],
    ['{"responses":["1"]}', /line 1 left out: "answer" or "golds" is missing/],
    ['{"responses":[],"answer":"1"}', /line 1 left out: responses/],
    ['{"meanReward":2,"normalized":0,"size":8}', /line 1 left out: meanReward/],
    ['{"rewards":[0.5],"normalized":0}', /line 1 left out: rewards/],
    ['{"normalized":0,"size":8}', /line 1 left out: .*which responses are right/],
    ['{"meanReward":1,"size":8}', /line 1 left out: "normalized", .* is missing/],
    ['{"meanReward":1,"normalized":1}', /line 1 left out: .*how large is the group/],
    ['{"meanReward":0.5,"entropy":2,"answers":4}', /line 1 left out: an entropy of 2 nats is more than ln 4/],
    ['{"step":1,"problem":"p","reward":1}', /line 1 left out: normalizedEntropy/],
  ])("leaves out %s, and says so", async (line, message) => {
    const { code, err } = await run(["entropy", "preview", "--format", "jsonl"], { input: line })
    assert.strictEqual(code, 1)
    assert.match(err, message)
  })

  it.each(["", "1,", "-1", "0.1;1", "1e999"])("refuses the strengths %o", async (strength) => {
    const { code, err } = await run(["entropy", "preview", `--strength=${strength}`], { input: "" })
    assert.notStrictEqual(code, 0)
    assert.include(err, "--strength: expected numbers")
  })

  it("says what is wrong with a path", async () => {
    const read = await run(["entropy", "preview", "nowhere.jsonl"])
    assert.notStrictEqual(read.code, 0)
    assert.match(read.err, /nowhere\.jsonl: expected a file of JSON lines/)
    const written = await run(["entropy", "preview", "--out", "/nowhere/at/all.html"], { input: "" })
    assert.strictEqual(written.code, 1)
    assert.match(written.err, /all\.html: expected a file that can be written/)
  })

  it("leaves `seed-grpo entropy` as it is, and a file of its name is reached by its path", async () => {
    const folder = temporaryFolder()
    writeFileSync(join(folder, "preview"), '{"responses":["1/2","0.5"]}\n')
    const { code, out } = await run(["entropy", "./preview"], { cwd: folder })
    assert.strictEqual(code, 0)
    assert.strictEqual((JSON.parse(out) as { clusters: number }).clusters, 1)
  })
})
