import { existsSync } from "node:fs"
import { fileURLToPath } from "node:url"
import type { Completion } from "@seed-grpo/core"
import { Judgement, RewardFile, RewardFunction, type ScoredGroup } from "@seed-grpo/trainer"
import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import { completions, resumesExactly, steps, straight } from "./loop.ts"
import { config, platform } from "./support.ts"

const fixture = (name: string) => fileURLToPath(new URL(`./fixtures/rewards/${name}`, import.meta.url))

const graded = (texts: ReadonlyArray<string>, question = "1+1="): ScoredGroup.GradedGroup => ({
  group: {
    problem: { id: "p", question, golds: ["2"] },
    prompt: question,
    promptTokens: new Int32Array([1]),
    completions: texts.map(
      (text): Completion => ({
        text,
        tokens: new Int32Array(text.length),
        logprobs: new Float64Array(text.length),
        finish: "stop",
      }),
    ),
  },
  grades: texts.map((text) => ({
    correct: text === "2",
    extracted: undefined,
    verdict: { outcome: "undecided", stage: "none", reason: "" },
  })),
  rewards: texts.map((text) => (text === "2" ? 1 : 0)),
  clusterIds: texts.map(() => undefined),
})

const kinds = (judgements: ReadonlyArray<Judgement.Judgement>) =>
  judgements.map((one) => (typeof one === "number" ? one : one.kind))

describe("judgements", () => {
  it("only finite numbers are rewards", () => {
    assert.deepStrictEqual(
      kinds(Judgement.ofGroup([1, -0.5, undefined, null, NaN, Infinity, -1e151, "1", true, {}, 2n], 11)),
      [
        1,
        -0.5,
        "undetermined",
        "undetermined",
        "undetermined",
        ...Array.from({ length: 6 }, () => "not-a-number" as const),
      ],
    )
    for (const wrong of [[1], [1, 2, 3], "12", undefined, { length: 2 }]) {
      assert.deepStrictEqual(kinds(Judgement.ofGroup(wrong, 2)), ["wrong-length", "wrong-length"])
    }
  })
})

describe("functions of the same process", () => {
  const group = graded(["2", "33"])
  const judged = (source: RewardFunction.RewardSource) => Effect.map(source.judge(group), kinds)

  it.live("pure: its rewards, or what went wrong", () =>
    Effect.gen(function* () {
      const pure = (reward: () => ReadonlyArray<number | undefined>) => judged(RewardFunction.pure({ name: "r" }, reward))
      assert.deepStrictEqual(yield* pure(() => [0.5, undefined]), [0.5, "undetermined"])
      assert.deepStrictEqual(yield* pure(() => [0.5]), ["wrong-length", "wrong-length"])
      assert.deepStrictEqual(
        yield* pure(() => {
          throw new Error("no")
        }),
        ["threw", "threw"],
      )
    }),
  )

  it.live("effects: failures, defects and the deadline", () =>
    Effect.gen(function* () {
      const effect = (reward: Effect.Effect<ReadonlyArray<number>, unknown>, deadline = 30_000) =>
        judged(RewardFunction.effect({ name: "r", deadline }, () => reward))
      assert.deepStrictEqual(yield* effect(Effect.succeed([1, 2])), [1, 2])
      assert.deepStrictEqual(yield* effect(Effect.fail("no")), ["threw", "threw"])
      assert.deepStrictEqual(yield* effect(Effect.die(new Error("no"))), ["threw", "threw"])
      assert.deepStrictEqual(yield* effect(Effect.never, 20), ["late", "late"])
    }),
  )
})

describe("functions in files", () => {
  const make = (name: string, options: object = {}) =>
    RewardFile.make({ file: fixture(name), weight: 1, deadline: 1500, memory: 128, ...options })

  it.live("of a completion, of a group, in TypeScript, asynchronous", () =>
    Effect.gen(function* () {
      assert.deepStrictEqual(yield* (yield* make("length.mjs")).judge(graded(["12345"])), [0.55])
      const group = yield* make("group.ts", { name: "brevity", weight: 0.5 })
      assert.deepStrictEqual([group.name, group.weight], ["brevity", 0.5])
      assert.deepStrictEqual(yield* group.judge(graded(["2", "3333"])), [1.75, 0])
      assert.deepStrictEqual(kinds(yield* group.judge(graded(["2", "3"], "short"))), ["wrong-length", "wrong-length"])
      assert.deepStrictEqual(yield* group.judge(graded(["22", "3"])), [0, 0.5])
    }).pipe(Effect.scoped),
  )

  // Each costs its own word, and the completions around it are scored.
  const fatal: ReadonlyArray<readonly [string, Judgement.UnscorableKind]> = [
    ["loop", "late"],
    ["never", "late"],
    ["exit", "crashed"],
    ["kill", "crashed"],
    ["unhandled", "crashed"],
    ["map", "memory"],
    ["array", "memory"],
    ["strings", "memory"],
    ["buffers", "memory"],
  ]

  it.live.each(fatal)(
    "%s: %s",
    ([act, kind]) =>
      Effect.gen(function* () {
        // Where memory runs out the deadline must not come first.
        const source = yield* make("hostile.mjs", kind === "memory" ? { deadline: 60_000 } : {})
        assert.deepStrictEqual(kinds(yield* source.judge(graded(["1234", act, "12"]))), [4, kind, 2])
      }).pipe(Effect.scoped),
    120_000,
  )

  it.live("what is no reward is told by its kind, and the process lives on", () =>
    Effect.gen(function* () {
      const source = yield* make("hostile.mjs", { deadline: 30_000 })
      const acts: Record<string, Judgement.UnscorableKind> = {
        throw: "threw",
        reject: "threw",
        nan: "undetermined",
        nothing: "undetermined",
        infinite: "not-a-number",
        huge: "not-a-number",
        text: "not-a-number",
        object: "not-a-number",
        symbol: "not-a-number",
        // None of these is possible in there.
        abort: "threw",
        write: "threw",
        spawn: "threw",
      }
      assert.deepStrictEqual(kinds(yield* source.judge(graded(Object.keys(acts)))), Object.values(acts))
      assert.isFalse(existsSync(fixture("written.txt")))
    }).pipe(Effect.scoped),
  )

  it.live("sees no environment, and prints nothing", () =>
    Effect.gen(function* () {
      const source = yield* make("hostile.mjs")
      assert.deepStrictEqual(yield* source.judge(graded(["environment", "print"])), [0, 0.25])
    }).pipe(Effect.scoped),
  )

  it.live("an interrupted call leaves no answer behind for the next one", () =>
    Effect.gen(function* () {
      const source = yield* make("hostile.mjs", { deadline: 60_000 })
      assert.isTrue((yield* Effect.timeoutOption(source.judge(graded(["loop"])), 100))._tag === "None")
      assert.deepStrictEqual(yield* source.judge(graded(["123"])), [3])
    }).pipe(Effect.scoped),
  )

  it.live.each([
    ["nothing.mjs", "no-function", /exports reward\(completion, problem\).*none of these/],
    ["broken.mjs", "not-loaded", /not today/],
    ["absent.mjs", "not-loaded", /absent\.mjs/],
  ] as const)("%s is refused when the run starts", ([name, reason, message]) =>
    Effect.gen(function* () {
      const error = yield* Effect.flip(make(name))
      assert.strictEqual(error.reason, reason)
      assert.match(error.message, message)
    }).pipe(Effect.scoped),
  )
})

describe("a run with reward functions", () => {
  const functions = [{ file: fixture("length.mjs"), weight: 0.5 }, { file: fixture("moody.mjs"), name: "moody" }]
  const change = { reward: { functions } }

  it.live("tells what they gave, and counts what they could not score", () =>
    Effect.gen(function* () {
      const { told } = yield* straight({ ...change, advantage: { method: "dr-grpo" }, steps: 3 })
      for (const record of steps(told)) {
        const of = completions(told).filter(({ step }) => step === record.step)
        const [length, moody] = record.rewards!
        assert.deepStrictEqual(length!.unscorable, {})
        const missing = of.filter(({ shaping }) => shaping![1] === null)
        assert.deepStrictEqual(
          missing.map(({ text }) => text.length % 3),
          missing.map(() => 0),
        )
        assert.strictEqual(moody!.unscorable["threw"] ?? 0, missing.length)
        const given = of.flatMap(({ shaping }) => shaping![0] ?? [])
        assert.closeTo(length!.mean, given.reduce((a, b) => a + b, 0) / given.length, 1e-12)
        // The advantage is that of the weighted sum: 1 for the verdict, 0.5 and 1.
        const group = of.slice(0, 4)
        const totals = group.map(({ reward, shaping }) => reward + 0.5 * shaping![0]! + (shaping![1] ?? 0))
        const mean = totals.reduce((a, b) => a + b, 0) / 4
        for (const [index, { advantage }] of group.entries()) assert.closeTo(advantage, totals[index]! - mean, 1e-12)
      }
      const words = told.notices.filter((notice) => notice.includes("could not score"))
      assert.strictEqual(words.length, 1)
      assert.match(words[0]!, /moody .*threw: Error: not a multiple/)
    }).pipe(Effect.scoped, Effect.provide(platform)),
  )

  it.live("resumed again and again: bit for bit", () =>
    resumesExactly({ reward: { functions: functions.slice(1) } }).pipe(Effect.scoped, Effect.provide(platform)),
    60_000,
  )

  it("has its options checked", () => {
    for (const functions of [[{}], [{ file: "" }], [{ file: "a", deadline: 0 }], [{ file: "a", memory: 0.5 }]]) {
      assert.throws(() => config({ reward: { functions } }), /functions/)
    }
  })
})
