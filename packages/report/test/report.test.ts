import * as NodeServices from "@effect/platform-node/NodeServices"
import type { CompletionRecord, EvaluationRecord, RunEvent, StepRecord, StepTiming } from "@seed-grpo/core"
import { ClusterView, Escape, HtmlReport, RunFiles, TerminalView } from "@seed-grpo/report"
import { assert, describe, it } from "@effect/vitest"
import { Effect, FileSystem } from "effect"
import { parseHTML } from "linkedom"

const completion = (step: number, sample: number, change: Partial<CompletionRecord> = {}): CompletionRecord => ({
  step,
  problem: "1/2+1/4=",
  prompt: "1/2+1/4=",
  golds: ["3/4"],
  sample,
  text: "3/4",
  tokens: 4,
  finish: "stop",
  logprob: -1,
  answer: "3/4",
  reward: 1,
  cluster: 0,
  semanticEntropy: 0.5,
  normalizedEntropy: 0.25,
  scale: 0.8,
  advantageBefore: 0.5,
  advantage: 0.4,
  ...change,
})

const record = (step: number): StepRecord => ({
  kind: "step",
  step,
  reward: 0.5,
  semanticEntropy: 0.5,
  normalizedEntropy: 0.25,
  clusters: 2,
  allRight: 0.25,
  allWrong: 0.25,
  mixed: 0.5,
  unreadable: 0,
  truncated: 0,
  completionTokens: 4,
  scaleMean: 0.8,
  scaleMin: 0.7,
  scaleMax: 0.9,
  scaleHistogram: { mixed: 2, from: 0.7, to: 0.9, scales: [1, 1], before: [0.5, 0.5], after: [0.55, 0.45] },
  loss: 0,
  gradientNorm: 1,
  learningRate: 1e-3,
  ratio: 1,
  clippedLow: 0,
  clippedHigh: 0,
  klFromSampler: 0,
  firstRatio: 1,
  firstKlFromSampler: 0,
  tokenEntropy: 0.4,
  updatesApplied: 1,
  updatesWithoutSignal: 0,
  updatesNonFinite: 0,
})

const timing = (step: number): StepTiming => ({
  step,
  sample: 0.1,
  grade: 0.01,
  shape: 0.01,
  update: 0.2,
  total: 0.32,
  sampledTokens: 400,
  secondsPerStep: 0.32,
  secondsLeft: 3.2,
})

const evaluation: EvaluationRecord = { kind: "evaluation", step: 2, problems: 10, accuracy: 0.5, low: 0.24, high: 0.76 }

const stepEvent = (step: number, change: Partial<CompletionRecord> = {}): RunEvent => ({
  type: "step",
  record: record(step),
  timing: timing(step),
  completions: [0, 1, 2].map((sample) =>
    completion(step, sample, sample === 2 ? { cluster: 1, reward: 0, text: "2/6", answer: "2/6", ...change } : {}),
  ),
})

const START = { step: 0, records: 0, completions: 0 }

/** A run folder with two steps and an evaluation. */
const recorded = (change: Partial<CompletionRecord> = {}) =>
  Effect.gen(function* () {
    const fs = yield* FileSystem.FileSystem
    const folder = yield* fs.makeTempDirectoryScoped()
    yield* fs.writeFileString(`${folder}/config.json`, '{"steps":2}')
    yield* fs.writeFileString(`${folder}/environment.jsonl`, '{"node":"24"}\n')
    const append = yield* RunFiles.open(folder, START)
    yield* append(stepEvent(1, change))
    yield* append(stepEvent(2, change))
    yield* append({ type: "evaluation", record: evaluation })
    return folder
  })

describe("Escape", () => {
  it("shows what would change how text is shown", () => {
    assert.strictEqual(Escape.forTerminal("a\u001b]0;title\u0007\r\n\u202eb\u007f"), "a␛]0;title␇␍␊�b␡")
    assert.strictEqual(
      Escape.forHtml(`<script>alert("x")</script>&'`),
      "&lt;script&gt;alert(&quot;x&quot;)&lt;/script&gt;&amp;&#39;",
    )
    assert.notInclude(Escape.jsonForScript({ text: "</script><script>" }), "<")
    assert.deepStrictEqual(JSON.parse(Escape.jsonForScript({ text: "</script>\u2028" })), { text: "</script>\u2028" })
  })
})

describe("ClusterView", () => {
  it("groups by meaning, largest first, with its spellings", () => {
    const [group] = ClusterView.groupsOf([
      completion(1, 0, { text: "2/6", answer: "2/6", reward: 0, cluster: 1 }),
      completion(1, 1),
      completion(1, 2, { text: "0.75", answer: "0.75" }),
      completion(1, 3),
      completion(1, 4, { text: "?", answer: null, reward: 0, cluster: 2 }),
    ])
    assert.deepStrictEqual(
      group?.clusters.map(({ readable, right, spellings }) => ({ readable, right, spellings })),
      [
        {
          readable: true,
          right: true,
          spellings: [
            { text: "3/4", count: 2 },
            { text: "0.75", count: 1 },
          ],
        },
        { readable: true, right: false, spellings: [{ text: "2/6", count: 1 }] },
        { readable: false, right: false, spellings: [{ text: "?", count: 1 }] },
      ],
    )
    assert.strictEqual(group?.passRate, 0.6)
  })
})

describe("RunFiles", () => {
  it.live("reads what was written", () =>
    Effect.gen(function* () {
      const run = yield* RunFiles.read(yield* recorded())
      assert.deepStrictEqual(run.steps, [record(1), record(2)])
      assert.deepStrictEqual(run.evaluations, [evaluation])
      assert.deepStrictEqual(run.timings, [timing(1), timing(2)])
      assert.strictEqual(run.completions.length, 6)
      assert.deepStrictEqual(run.environment, [{ node: "24" }])
    }).pipe(Effect.scoped, Effect.provide(NodeServices.layer)),
  )

  it.live("rolls back to a checkpoint, half lines and all, and gives the same bytes again", () =>
    Effect.gen(function* () {
      const fs = yield* FileSystem.FileSystem
      const folder = yield* recorded()
      const names = ["metrics.jsonl", "completions.jsonl", "timings.jsonl"]
      const before = yield* Effect.forEach(names, (name) => fs.readFileString(`${folder}/${name}`))
      yield* fs.writeFileString(`${folder}/metrics.jsonl`, '{"kind":"st', { flag: "a" })
      yield* Effect.scoped(
        Effect.gen(function* () {
          const append = yield* RunFiles.open(folder, { step: 1, records: 1, completions: 3 })
          yield* append(stepEvent(2))
          yield* append({ type: "evaluation", record: evaluation })
        }),
      )
      assert.deepStrictEqual(yield* Effect.forEach(names, (name) => fs.readFileString(`${folder}/${name}`)), before)
    }).pipe(Effect.scoped, Effect.provide(NodeServices.layer)),
  )

  it.live("a record shorter than the checkpoint is an error, not a gap", () =>
    Effect.gen(function* () {
      const error = yield* Effect.flip(RunFiles.open(yield* recorded(), { step: 2, records: 9, completions: 6 }))
      assert.strictEqual(error.reason, "cut-short")
    }).pipe(Effect.scoped, Effect.provide(NodeServices.layer)),
  )

  it.live("a run that is being written is readable up to its last whole line", () =>
    Effect.gen(function* () {
      const fs = yield* FileSystem.FileSystem
      const folder = yield* recorded()
      yield* fs.writeFileString(`${folder}/completions.jsonl`, '{"step":3,"te', { flag: "a" })
      assert.strictEqual((yield* RunFiles.read(folder)).completions.length, 6)
    }).pipe(Effect.scoped, Effect.provide(NodeServices.layer)),
  )

  it.live("a folder that is no run is a typed error", () =>
    Effect.gen(function* () {
      assert.strictEqual((yield* Effect.flip(RunFiles.read("no-such-run"))).reason, "not-read")
    }).pipe(Effect.provide(NodeServices.layer)),
  )
})

describe("TerminalView", () => {
  it("a step in one line", () => {
    const line = TerminalView.stepLine(
      record(7),
      timing(7),
      { steps: 100, heldOut: evaluation },
      TerminalView.noColours,
    )
    assert.strictEqual(
      line,
      "step   7/100 │ reward 0.50 │ held-out  50 % │ entropy 0.50 nats │ groups ✓ 25 % ~ 50 % ✗ 25 % │  4.0k tok/s │ 0.32 s │ left 0:03",
    )
  })

  it("a group as its meanings, hostile text made harmless", () => {
    const event = stepEvent(1, { text: "\u001b[2J2/6" })
    const [group] = ClusterView.groupsOf(event.type === "step" ? event.completions : [])
    assert.deepStrictEqual(TerminalView.groupLines(group!, TerminalView.noColours), [
      "  1/2+1/4= gold 3/4  entropy 0.50 nats  advantages × 0.80",
      "    ✓ ██· 3/4 ×2",
      "    ✗ █·· ␛[2J2/6",
    ])
  })

  it("durations", () => {
    assert.deepStrictEqual([0, 59.6, 3599, 3600, -5].map(TerminalView.duration), [
      "0:00",
      "1:00",
      "59:59",
      "1:00:00",
      "0:00",
    ])
  })
})

describe("HtmlReport", () => {
  it.live("is one well-formed page with every curve, and text from models cannot leave its place", () =>
    Effect.gen(function* () {
      const fs = yield* FileSystem.FileSystem
      const attack = `</script><img src=x onerror="alert(1)"><script>alert(2)</script>`
      const folder = yield* recorded({ text: attack, answer: attack })
      const file = yield* HtmlReport.write(folder, attack)
      const html = yield* fs.readFileString(file)
      const { document } = parseHTML(html)
      assert.strictEqual(document.querySelectorAll("figure svg").length, 8)
      assert.strictEqual(document.querySelectorAll("script").length, 2)
      assert.strictEqual(document.querySelectorAll("img").length, 0)
      assert.notInclude(html, "http://www.example")
      const steps = JSON.parse(document.querySelector("#steps")!.textContent) as ReadonlyArray<{
        readonly groups: ReadonlyArray<{
          readonly clusters: ReadonlyArray<{ readonly members: ReadonlyArray<{ text: string }> }>
        }>
      }>
      assert.strictEqual(steps.length, 2)
      assert.strictEqual(steps[0]!.groups[0]!.clusters[1]!.members[0]!.text, attack)
      assert.include(document.querySelector("h1")!.textContent, "alert(1)")
    }).pipe(Effect.scoped, Effect.provide(NodeServices.layer)),
  )

  it.live("of a run without a step yet is a page that says so", () =>
    Effect.gen(function* () {
      const fs = yield* FileSystem.FileSystem
      const folder = yield* fs.makeTempDirectoryScoped()
      yield* fs.writeFileString(`${folder}/config.json`, "{}")
      yield* fs.writeFileString(`${folder}/environment.jsonl`, "")
      yield* RunFiles.open(folder, START)
      const html = yield* fs.readFileString(yield* HtmlReport.write(folder, "empty"))
      assert.include(html, "0 completions sampled")
    }).pipe(Effect.scoped, Effect.provide(NodeServices.layer)),
  )
})
