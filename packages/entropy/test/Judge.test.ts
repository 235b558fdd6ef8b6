import { Equivalent } from "@seed-grpo/core"
import { Cluster } from "@seed-grpo/equivalence"
import { EntropyScorer, Judge, JudgeError } from "@seed-grpo/entropy"
import { assert, describe, it } from "@effect/vitest"
import { Effect, Fiber, Layer } from "effect"
import { TestClock } from "effect/testing"

type Shape = Judge.Judge["Service"]

const open = (answer: string) => ({ key: answer, final: false })

describe("cluster", () => {
  it.effect("by mathematics, when it is composed", () =>
    Effect.gen(function* () {
      const { clusterIds } = yield* Judge.cluster(["\\frac12", "0.5", undefined, "x+1", "1+x"])
      assert.deepStrictEqual(clusterIds, [0, 0, undefined, 1, 1])
    }).pipe(Effect.provide(Judge.layerOf(Cluster.math()))),
  )

  it.effect("as plain text", () =>
    Effect.gen(function* () {
      assert.deepStrictEqual((yield* Judge.cluster(["1/2", "0.5", "1/2"])).clusterIds, [0, 1, 0])
    }).pipe(Effect.provide(Judge.layerExact)),
  )

  it.effect("a comparison that throws is a typed error that names it", () =>
    Effect.gen(function* () {
      const error = yield* Effect.flip(Judge.cluster(["a", "b"]))
      assert.instanceOf(error, JudgeError.JudgeError)
      assert.strictEqual(error.reason, "threw")
      assert.match(error.message, /"broken" on "a" and "b".*no opinion/)
    }).pipe(
      Effect.provide(
        Judge.layerOf(
          Equivalent.fromComparison(() => {
            throw new Error("no opinion")
          }, "broken"),
        ),
      ),
    ),
  )

  it.effect("what is not judged by the deadline is undecided; what was, is kept", () => {
    let calls = 0
    const slow: Shape = {
      name: "slow",
      key: open,
      judge: ({ pairs }) => (++calls === 1 ? Effect.succeed(pairs.map(() => "equivalent" as const)) : Effect.never),
    }
    return Effect.gen(function* () {
      const answers = Array.from({ length: 10 }, (_, index) => `${index}`)
      const fiber = yield* Effect.forkChild(Judge.cluster(answers, { deadline: "3 seconds" }))
      yield* TestClock.adjust("4 seconds")
      const { clusterIds, compared, undecided } = yield* Fiber.join(fiber)
      // The first 32 of 45 pairs are those of the first four heads, which joins everything.
      assert.deepStrictEqual(new Set(clusterIds).size, 1)
      assert.strictEqual(compared, 45)
      assert.deepStrictEqual(undecided, [])
      const never: Shape = { ...slow, judge: () => Effect.never }
      const second = yield* Effect.forkChild(
        Judge.cluster(["a", "b"], { deadline: "1 second" }).pipe(Effect.provideService(Judge.Judge, never)),
      )
      yield* TestClock.adjust("2 seconds")
      assert.deepStrictEqual((yield* Fiber.join(second)).undecided, [["a", "b"]])
    }).pipe(Effect.provideService(Judge.Judge, slow))
  })

  it.effect("a judge that gives too few verdicts is refused", () =>
    Effect.gen(function* () {
      const error = yield* Effect.flip(Judge.cluster(["a", "b", "c"]))
      assert.strictEqual(error.reason, "malformed")
      assert.match(error.message, /expected 3 verdicts, found 1/)
    }).pipe(
      Effect.provideService(Judge.Judge, { name: "curt", key: open, judge: () => Effect.succeed(["equivalent"]) }),
    ),
  )
})

describe("layerCached", () => {
  it.effect("asks about a pair once, whichever way round, and again only under another question", () => {
    const asked: Array<ReadonlyArray<unknown>> = []
    const beneath: Shape = {
      name: "counted",
      key: open,
      judge: ({ pairs, question }) => {
        asked.push([question, ...pairs.map((pair) => pair.join(""))])
        return Effect.succeed(pairs.map(([a]) => (a === "u" ? "undecided" : "different")))
      },
    }
    return Effect.gen(function* () {
      const { judge } = yield* Judge.Judge
      const once = yield* judge({
        pairs: [
          ["a", "b"],
          ["b", "a"],
          ["u", "v"],
        ],
      })
      assert.deepStrictEqual(once, ["different", "different", "undecided"])
      yield* judge({ pairs: [["b", "a"]] })
      yield* judge({ pairs: [["u", "v"]] })
      yield* judge({ question: "Which?", pairs: [["a", "b"]] })
      assert.strictEqual(asked.length, 3)
      assert.deepStrictEqual(asked[1], [undefined, "uv"])
      assert.deepStrictEqual(asked[2], ["Which?", "ab"])
    }).pipe(Effect.provide(Judge.layerCached().pipe(Layer.provide(Layer.succeed(Judge.Judge)(beneath)))))
  })

  it.effect("forgets the oldest beyond its capacity", () => {
    let calls = 0
    const beneath: Shape = {
      name: "counted",
      key: open,
      judge: ({ pairs }) => {
        calls++
        return Effect.succeed(pairs.map(() => "different"))
      },
    }
    return Effect.gen(function* () {
      const { judge } = yield* Judge.Judge
      for (const pair of ["ab", "cd", "ef", "cd", "ab"]) yield* judge({ pairs: [[pair[0]!, pair[1]!]] })
      assert.strictEqual(calls, 4)
    }).pipe(Effect.provide(Judge.layerCached(2).pipe(Layer.provide(Layer.succeed(Judge.Judge)(beneath)))))
  })
})

describe("scoreAnswers", () => {
  it.effect("is clustering and scoring, with everything that was doubtful in the result", () => {
    const doubtful = Equivalent.fromComparison((a, b) =>
      a + b === "xy" || a + b === "yx" ? "undecided" : a[0] === b[0],
    )
    return Effect.gen(function* () {
      const score = yield* EntropyScorer.scoreAnswers(["x", "y", "z", "z1", undefined])
      assert.strictEqual(score.clusters, 4)
      assert.strictEqual(score.undecided, 1)
      assert.strictEqual(score.unread, 1)
      // Left out and undecided pairs joined: two clusters of two.
      assert.closeTo(score.bounds[0], Math.LN2, 1e-12)
      assert.closeTo(score.bounds[1], score.entropy, 1e-12)
    }).pipe(Effect.provide(Layer.merge(Judge.layerOf(doubtful), EntropyScorer.layerDiscrete())))
  })
})
