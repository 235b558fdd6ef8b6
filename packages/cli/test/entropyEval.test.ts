import { writeFileSync } from "node:fs"
import { join } from "node:path"
import { assert, describe, it } from "vitest"
import { run, temporaryFolder } from "./support.ts"

interface Line {
  readonly score?: string
  readonly difference?: string
  readonly less?: string
  readonly rows?: number
  readonly wrong?: number
  readonly auroc: { readonly kind: string; readonly value: number; readonly reason?: string }
  readonly brier?: { readonly kind: string; readonly value: number }
}

const evaluate = async (rows: ReadonlyArray<object>, ...flags: ReadonlyArray<string>) => {
  const input = rows.map((row) => JSON.stringify(row)).join("\n")
  const finished = await run(["entropy", "eval", "--format", "jsonl", "--resamples", "100", ...flags], { input })
  const lines = finished.out.trim() === "" ? [] : finished.out.trim().split("\n")
  return { ...finished, lines: lines.map((line) => JSON.parse(line) as Line) }
}

const groups = [
  { id: "a", answer: "1/2", responses: ["\\boxed{1/2}", "0.5", "\\boxed{\\frac12}", "no idea at all"] },
  { id: "b", golds: ["7", "8"], responses: ["8", "8", "8", "8"] },
  { id: "c", answer: "3", responses: ["1", "2", "2", "3"] },
  { id: "d", answer: "5", responses: ["6", "5", "5", "6"] },
]

describe("seed-grpo entropy eval", () => {
  it("grades and clusters responses, and sets the scores side by side", async () => {
    const { code, lines } = await evaluate(groups)
    assert.strictEqual(code, 0)
    assert.deepStrictEqual(
      lines.map(({ difference, less, score }) => score ?? `${difference} less ${less}`),
      [
        "semantic entropy",
        "semantic sets",
        "1 − largest cluster",
        "entropy of exact text",
        "length of responses",
        "semantic entropy less semantic sets",
        "semantic entropy less 1 − largest cluster",
        "semantic entropy less entropy of exact text",
        "semantic entropy less length of responses",
      ],
    )
    const [entropy, sets, share, text] = lines
    // Right: a (3 of 4 say ½), b. Wrong: c (2 2s), d (a draw, won by the first). Entropies 0.56, 0, 1.04, 0.69.
    assert.deepInclude(entropy, { rows: 4, wrong: 2 })
    assert.strictEqual(entropy!.auroc.value, 1)
    // Sets 2, 1, 3, 2.
    assert.strictEqual(sets!.auroc.value, 0.875)
    // Shares 3/4, 1, 1/2, 1/2.
    assert.strictEqual(share!.auroc.value, 1)
    assert.closeTo(share!.brier!.value, (1 / 16 + 0 + 1 / 4 + 1 / 4) / 4, 1e-12)
    // As text, the halves of a are all different: 1.39 nats, and above both wrong rows.
    assert.strictEqual(text!.auroc.value, 0.5)
  })

  it.each([
    // Right in first place: a, b. d is wrong by 6.
    ["first", 2],
    // 1/4 + 0 + 3/4 + 1/2.
    ["mean", 1.5],
  ])("--correct %s", async (which, wrong) => {
    const { lines } = await evaluate(groups, "--correct", which)
    assert.strictEqual(lines[0]!.wrong, wrong)
    assert.strictEqual(lines[0]!.auroc.kind, "defined")
  })

  it("takes verdicts that come along, on the row or on each response", async () => {
    const { err, lines } = await evaluate([
      { responses: ["1", "2", "2"], correct: [true, false, false] },
      { responses: ["1", "1"], correct: true },
      { responses: ["1", "1"], correct: [true] },
    ])
    assert.deepInclude(lines[0], { rows: 2, wrong: 1 })
    assert.match(err, /line 3 left out: "correct" has 1 verdicts on 2 responses/)
  })

  it("takes any score, and does not mix it with measured ones", async () => {
    const uncertainties = [1.2, 0.9, 0.9, 0.4, 0.3, 0.1]
    const correct = [false, false, true, false, true, true]
    const rows: ReadonlyArray<object> = [
      ...uncertainties.map((uncertainty, index) => ({ uncertainty, correct: correct[index]! })),
      { responses: ["1"], answer: "1" },
      { uncertainty: 1 },
      { responses: ["1"] },
      { correct: true },
      { uncertainty: "high", correct: true },
    ]
    const { code, err, lines } = await evaluate(rows)
    assert.strictEqual(code, 1)
    assert.strictEqual(lines.length, 1)
    assert.strictEqual(lines[0]!.score, "uncertainty")
    assert.closeTo(lines[0]!.auroc.value, 0.833333333, 1e-9)
    assert.match(err, /line 7 left out: a mixture of rows/)
    assert.match(err, /line 8 left out: "uncertainty" needs "correct"/)
    assert.match(err, /line 9 left out: no "answer", "golds" or "correct"/)
    assert.match(err, /line 10 left out: neither "responses" nor "uncertainty"/)
    assert.match(err, /line 11 left out: .*uncertainty/)
  })

  it("says what the table means, and how little few rows say", async () => {
    const file = join(temporaryFolder(), "groups.jsonl")
    writeFileSync(file, groups.map((row) => JSON.stringify(row)).join("\n"))
    const { code, err, out } = await run(["entropy", "eval", file])
    assert.strictEqual(code, 0)
    assert.match(out, /^4 questions, 2 wrong: accuracy 0\.500 \[\.150, \.850\]/)
    assert.match(out, /semantic entropy +1\.000 \[\.\d+, 1\.000\] +/)
    assert.match(out, /answered +20 % +40 % +60 % +80 % +100 %\n +semantic entropy +100\.0 %/)
    assert.match(out, /in 100 of 100 pairs of a wrong and a right one/)
    assert.match(err, /4 rows are few/)
    assert.match(err, /only 2 of 4 answers are wrong/)
  })

  it("has a reason and no number where every answer is right", async () => {
    const { lines } = await evaluate([groups[1]!, groups[1]!])
    assert.hasAllKeys(lines[0]!.auroc, ["kind", "reason"])
    assert.strictEqual(lines[0]!.auroc.reason, "one-class")
    const { out } = await run(["entropy", "eval"], { input: JSON.stringify(groups[1]) })
    assert.match(out, /semantic entropy: no AUROC \(one class\)/)
    assert.notInclude(out, "NaN")
  })

  it("refuses input without a row in one line, and explains itself", async () => {
    const { code, err } = await run(["entropy", "eval"], { input: "" })
    assert.notStrictEqual(code, 0)
    assert.match(err, /standard input: expected rows with "responses" and "answer"/)
    const help = await run(["entropy", "eval", "--help"])
    assert.strictEqual(help.code, 0)
    assert.match(help.out, /ranks wrong answers above right ones/)
  })
})
