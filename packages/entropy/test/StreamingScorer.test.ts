import { Equivalent } from "@seed-grpo/core"
import { Judge, Score, StreamingScorer } from "@seed-grpo/entropy"
import { assert, describe, it } from "@effect/vitest"
import { Effect, Option, Schema, Stream } from "effect"

const number = Equivalent.fromComparison((a, b) => Number(a) === Number(b), "number")

describe("a streaming scorer", () => {
  const Answers = Schema.Array(Schema.Literals(["1", "1.0", "2", "2.", "3", "", "01"]))

  it.prop("has, after each answer, the score of the answers so far", [Answers], ([answers]) => {
    for (const unreadable of ["own-cluster", "shared-cluster", "left-out"] as const) {
      const add = StreamingScorer.make(number, { unreadable })
      for (const [index, answer] of answers.entries()) {
        const streamed = add(answer)
        const whole = Score.semanticEntropy(answers.slice(0, index + 1), { equivalent: number, unreadable })
        assert.closeTo(streamed.entropy, whole.entropy, 1e-12)
        assert.strictEqual(streamed.answers, whole.answers)
        assert.strictEqual(streamed.unread, whole.unread)
      }
    }
  })

  it("compares a new answer once with each cluster, and a known one with none", () => {
    let calls = 0
    const add = StreamingScorer.make(
      Equivalent.fromComparison(() => {
        calls++
        return false
      }),
    )
    for (const answer of ["a", "b", "c", "b", "a"]) add(answer)
    assert.strictEqual(calls, 3)
  })

  it("joins clusters that a new answer shows to be one", () => {
    const near = Equivalent.fromComparison((a, b) => Math.abs(Number(a) - Number(b)) < 1.5)
    const add = StreamingScorer.make(near)
    assert.strictEqual(add("1").meanings.length, 1)
    assert.strictEqual(add("3").meanings.length, 2)
    assert.strictEqual(add("3").meanings.length, 2)
    assert.deepStrictEqual(add("2").meanings, [{ answer: "1", count: 4 }])
    assert.deepStrictEqual(add("3").meanings, [{ answer: "1", count: 5 }])
    assert.strictEqual(add("3").entropy, 0)
  })

  it("counts what could not be decided", () => {
    const add = StreamingScorer.make(Equivalent.fromComparison(() => "undecided"))
    add("a")
    assert.strictEqual(add("b").undecided, 1)
    assert.strictEqual(add("b").undecided, 1)
    assert.strictEqual(add("c").undecided, 3)
  })

  it("nothing read is an entropy of 0 over 0 answers, and never enough", () => {
    const add = StreamingScorer.make(number, { unreadable: "left-out", enough: () => true })
    const { answers, enough, entropy, unread } = add(undefined)
    assert.deepStrictEqual({ answers, enough, entropy, unread }, { answers: 0, enough: false, entropy: 0, unread: 1 })
    assert.isTrue(add("1").enough)
  })

  it.effect("a stream asks the judge, passes the question on, and ends when there are enough", () =>
    Effect.gen(function* () {
      const asked: Array<unknown> = []
      const judge = Judge.Judge.of({
        name: "counted",
        key: (answer) => ({ key: answer, final: false }),
        judge: (request) => {
          asked.push(request)
          return Effect.succeed(request.pairs.map(([a, b]) => (Number(a) === Number(b) ? "equivalent" : "different")))
        },
      })
      const last = yield* StreamingScorer.scores(Stream.make("1", "1.0", "2", "1", "never drawn"), {
        question: "How many?",
        enough: (counts) => counts.reduce((sum, count) => sum + count, 0) === 4,
      }).pipe(Stream.runLast, Effect.provideService(Judge.Judge, judge))
      assert.deepStrictEqual(Option.getOrThrow(last).meanings, [
        { answer: "1", count: 3 },
        { answer: "2", count: 1 },
      ])
      assert.deepStrictEqual(asked, [
        { question: "How many?", pairs: [["1", "1.0"]] },
        { question: "How many?", pairs: [["1", "2"]] },
      ])
    }),
  )

  it.effect("final keys are never given to the judge", () =>
    Effect.gen(function* () {
      const last = yield* StreamingScorer.scores(Stream.make("a", "b", "a")).pipe(
        Stream.runLast,
        Effect.provideService(Judge.Judge, {
          name: "final",
          key: (answer) => ({ key: answer, final: true }),
          judge: () => Effect.die("asked"),
        }),
      )
      assert.strictEqual(Option.getOrThrow(last).meanings.length, 2)
    }),
  )
})
