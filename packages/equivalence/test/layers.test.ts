import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import { layerCas } from "../src/Cas.ts"
import { layerWorker } from "../src/EquivalenceWorker.ts"
import { Equivalence } from "../src/index.ts"

const program = Effect.gen(function* () {
  const { cluster, compare, grade } = yield* Equivalence.Equivalence
  return {
    verdict: yield* compare("\\frac{\\pi}{2}", "pi/2"),
    grade: yield* grade(["3/4", "7"], "so \\boxed{75\\%}"),
    clusters: yield* cluster(["1/2", undefined, "x", "0.5"]),
  }
})

describe("layerWorker", () => {
  it.effect("decides as layerMath does", () =>
    Effect.gen(function* () {
      const here = yield* Effect.provide(program, Equivalence.layerMath)
      const there = yield* Effect.provide(program, layerWorker({ size: 2 }))
      assert.deepStrictEqual(there, here)
    }),
  )

  it.live("is undecided after the deadline, and goes on with a new thread", () =>
    Effect.gen(function* () {
      const { cluster, compare } = yield* Equivalence.Equivalence
      // No thread starts within a millisecond.
      assert.strictEqual((yield* compare("1/2", "0.5")).outcome, "undecided")
      assert.match((yield* compare("1/2", "0.5")).reason, /no decision within 1 ms/)
      assert.deepStrictEqual(yield* cluster(["1/2", "0.5", "1/2"]), [0, 1, 0])
    }).pipe(Effect.provide(layerWorker({ deadline: 1 }))),
  )

  it.live("answers many calls at once, each with its own verdict", () =>
    Effect.gen(function* () {
      const { compare } = yield* Equivalence.Equivalence
      const outcomes = yield* Effect.forEach(
        Array.from({ length: 40 }, (_, index) => index),
        (index) => Effect.map(compare(`${index}`, `\\frac{${2 * (index - (index % 2))}}{2}`), ({ outcome }) => outcome),
        { concurrency: "unbounded" },
      )
      assert.deepStrictEqual(
        outcomes,
        outcomes.map((_, index) => (index % 2 === 0 ? "equivalent" : "different")),
      )
    }).pipe(Effect.provide(layerWorker({ size: 2, deadline: 20_000 }))),
  )
})

describe("layerCas", () => {
  it.effect("decides what the other stages leave open, and nothing else", () =>
    Effect.gen(function* () {
      const { cluster, compare, grade } = yield* Equivalence.Equivalence
      assert.strictEqual((yield* compare("\\frac{\\pi^2}{6}", "\\zeta(2)")).stage, "cas")
      assert.strictEqual((yield* compare("\\frac{\\pi^2}{5}", "\\zeta(2)")).outcome, "undecided")
      assert.strictEqual((yield* compare("1/2", "0.5")).stage, "exact")
      assert.strictEqual((yield* compare("2.55e-10", "3.55e-10")).outcome, "different")
      assert.isTrue((yield* grade(["\\frac{\\pi^2}{6}"], "\\boxed{\\zeta(2)}")).correct)
      assert.deepStrictEqual(yield* cluster(["\\zeta(2)", "x", "\\frac{\\pi^2}{6}"]), [0, 1, 0])
    }).pipe(Effect.provide(layerCas)),
  )

  it.effect("is what layerMath leaves undecided", () =>
    Effect.gen(function* () {
      const { compare } = yield* Equivalence.Equivalence
      assert.strictEqual((yield* compare("\\frac{\\pi^2}{6}", "\\zeta(2)")).outcome, "undecided")
    }).pipe(Effect.provide(Equivalence.layerMath)),
  )
})
