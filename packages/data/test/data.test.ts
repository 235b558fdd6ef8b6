import * as NodeServices from "@effect/platform-node/NodeServices"
import { Arithmetic, Batches, ProblemFile, Template } from "@seed-grpo/data"
import { Rational } from "@seed-grpo/equivalence"
import { assert, describe, it } from "@effect/vitest"
import { Effect, FileSystem } from "effect"

describe("Arithmetic", () => {
  it("computes what the question asks", () => {
    for (const problem of Arithmetic.allProblems()) {
      const [left, right] = Arithmetic.question(problem)
        .slice(0, -1)
        .split(/[+×÷]|(?<=\d)-/)
        .map((text) => text.split("/").map(Number))
        .map(([n, d = 1]) => n! / d) as [number, number]
      const value = { "+": left + right, "-": left - right, "×": left * right, "÷": left / right }[problem.operator]
      const { denominator, numerator } = problem.answer
      assert.closeTo(Number(numerator) / Number(denominator), value, 1e-12)
    }
  })

  it("splits without a common problem, by seed alone", () => {
    const ids = (problems: ReadonlyArray<Arithmetic.ArithmeticProblem>) => problems.map(Arithmetic.question)
    const { heldOut, train } = Arithmetic.split({ seed: 1, heldOut: 250 })
    const all = [...ids(heldOut), ...ids(train)]
    assert.strictEqual(heldOut.length, 250)
    assert.strictEqual(new Set(all).size, all.length)
    assert.strictEqual(all.length, Arithmetic.allProblems().length)
    assert.deepStrictEqual(ids(Arithmetic.split({ seed: 1, heldOut: 250 }).heldOut), ids(heldOut))
    assert.notDeepEqual(ids(Arithmetic.split({ seed: 2, heldOut: 250 }).heldOut), ids(heldOut))
  })

  it("gives problems with the exact answer", () => {
    const half = Arithmetic.allProblems().find((problem) => Arithmetic.question(problem) === "1/4+1/4=")!
    assert.isTrue(Rational.equals(half.answer, Rational.make(1n, 2n)!))
    assert.deepStrictEqual(Arithmetic.toProblem(half).golds, ["1/2"])
  })
})

describe("Batches", () => {
  const items = Array.from({ length: 10 }, (_, index) => index)

  it("visits everything once per epoch, across uneven steps", () => {
    const visited = Array.from({ length: 10 }, (_, step) => Batches.batchOf(items, { seed: 3, step, size: 3 })).flat()
    for (let epoch = 0; epoch < 3; epoch++) {
      assert.deepStrictEqual(
        visited.slice(epoch * 10, epoch * 10 + 10).toSorted((a, b) => a - b),
        items,
      )
    }
    assert.notDeepEqual(visited.slice(0, 10), visited.slice(10, 20))
  })

  it("gives more than an epoch when asked", () => {
    assert.strictEqual(Batches.batchOf([1, 2], { seed: 0, step: 0, size: 5 }).length, 5)
  })
})

describe("Template", () => {
  it("matches the recipe's texts", () => {
    assert.strictEqual(
      Template.qwenMath.render("Q?"),
      "<|im_start|>system\nPlease reason step by step, and put your final answer within \\boxed{}.<|im_end|>\n<|im_start|>user\nQ?<|im_end|>\n<|im_start|>assistant\n",
    )
    assert.isTrue(Template.r1.render("Q?").endsWith("</answer>.\nUser: Q?\nAssistant: <think>"))
  })
})

describe("ProblemFile", () => {
  it("reads every field, several golds, BOM and Windows line ends", () => {
    const { problems, rejected } = ProblemFile.parse(
      '\uFEFF{"id":"a","problem":"P","answer":"1.6","answers":["1.6","1.61"],"subject":"S","level":3}\r\n\r\n{"problem":"Q","answer":"2","extra":true}\r\n',
    )
    assert.deepStrictEqual(rejected, [])
    assert.deepStrictEqual(problems, [
      { id: "a", question: "P", golds: ["1.6", "1.61"], subject: "S", level: "3" },
      { id: "line-3", question: "Q", golds: ["2"] },
    ])
  })

  it.each([
    ["not json", /JSON/i],
    ["[]", /object/i],
    ["{}", /problem/],
    ['{"problem":"P"}', /empty/],
    ['{"problem":"P","answer":" "}', /empty/],
    ['{"problem":"P","answers":[]}', /empty/],
    ['{"problem":"P","answer":7}', /answer/],
    ['{"problem":"","answer":"7"}', /problem/],
    ['{"id":"ok","problem":"again","answer":"7"}', /used before/],
  ])("sets %s aside with the reason", (line, reason) => {
    const { problems, rejected } = ProblemFile.parse(`{"id":"ok","problem":"P","answer":"1"}\n${line}\n`)
    assert.strictEqual(problems.length, 1)
    assert.strictEqual(rejected[0]?.line, 2)
    assert.match(rejected[0]!.reason, reason)
  })

  const withFile = <A, E>(text: string, use: (path: string) => Effect.Effect<A, E, FileSystem.FileSystem>) =>
    Effect.gen(function* () {
      const fs = yield* FileSystem.FileSystem
      const path = yield* fs.makeTempFileScoped()
      yield* fs.writeFileString(path, text)
      return yield* use(path)
    }).pipe(Effect.scoped, Effect.provide(NodeServices.layer))

  const good = (index: number) => `{"problem":"P${index}","answer":"1"}`
  const many = Array.from({ length: 40 }, (_, index) => good(index))

  it.effect("goes on below the threshold and says what was set aside", () =>
    Effect.gen(function* () {
      const set = yield* withFile([...many, "oops"].join("\n"), (path) => ProblemFile.load(path))
      assert.strictEqual(set.problems.length, 40)
      assert.strictEqual(set.rejected[0]?.line, 41)
    }),
  )

  it.effect("refuses above it, naming the first bad line", () =>
    Effect.gen(function* () {
      const error = yield* Effect.flip(
        withFile([good(0), "oops", ...many.slice(1, 5)].join("\n"), (path) => ProblemFile.load(path)),
      )
      assert.strictEqual(error.reason, "too-many-bad-lines")
      assert.match(error.message, /1 of 6, the first in line 2/)
    }),
  )

  it.effect("refuses an empty file and a missing one", () =>
    Effect.gen(function* () {
      assert.strictEqual((yield* Effect.flip(withFile("\n\n", (path) => ProblemFile.load(path)))).reason, "empty")
      const missing = yield* Effect.flip(ProblemFile.load("no-such-file").pipe(Effect.provide(NodeServices.layer)))
      assert.strictEqual(missing.reason, "unreadable")
    }),
  )
})
