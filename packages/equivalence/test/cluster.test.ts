import { assert, describe, it } from "@effect/vitest"
import { AnswerKey, Cluster, Compare } from "../src/index.ts"
import { Schema } from "effect"

/** Answers in clusters that anyone can check: the first letter names the meaning. */
const ANSWERS: ReadonlyArray<readonly [string, string]> = [
  ["a", "1/3"],
  ["a", "\\frac{2}{6}"],
  ["a", "0.3333333"],
  ["a", "33.3333333\\%"],
  ["b", "0.333"],
  ["c", "\\sqrt{8}"],
  ["c", "2\\sqrt2"],
  ["c", "8^{1/2}"],
  ["d", "\\{1, 2\\}"],
  ["d", "2, 1"],
  ["d", "x = 1 \\text{ or } x = 2"],
  ["e", "(1, 2)"],
  ["f", "(x+1)^2"],
  ["f", "x^2 + 2x + 1"],
  ["g", "2x + y = 3"],
  ["g", "4x + 2y - 6 = 0"],
  ["h", "\\text{East}"],
  ["h", "east"],
  ["i", "["],
  ["j", "\\gcd(12,18)=6"],
  ["j", "6"],
  ["k", "\\log_2 32=5"],
  ["l", "x>1 \\text{ and } x<4"],
  ["l", "1<x<4"],
  ["m", "x>1 \\text{ or } x<4"],
  ["n", "5 \\text{ ft } 3 \\text{ in}"],
  ["n", "63 \\text{ in}"],
  ["o", "8"],
]

/** Pairs of places that are in one cluster. */
const together = (ids: ReadonlyArray<number | undefined>) => ids.map((id) => ids.map((other) => id === other))

describe("cluster", () => {
  it("puts equal meanings together and others apart", () => {
    const meanings = ANSWERS.map(([meaning]) => meaning)
    const ids = Cluster.cluster(ANSWERS.map(([, answer]) => answer))
    assert.deepStrictEqual(
      together(ids),
      meanings.map((one) => meanings.map((other) => one === other)),
    )
  })

  it("numbers clusters in order of first appearance and leaves missing answers out", () => {
    assert.deepStrictEqual(Cluster.cluster([undefined, "2", "1/2", undefined, "4/2", "0.5"]), [
      undefined,
      0,
      1,
      undefined,
      0,
      1,
    ])
    assert.deepStrictEqual(Cluster.cluster([]), [])
  })

  it.prop(
    "does not depend on order",
    [Schema.Array(Schema.Int.check(Schema.isBetween({ minimum: 0, maximum: ANSWERS.length - 1 })))],
    ([picks]) => {
      const few = picks.slice(0, 8)
      const answers = few.map((pick) => ANSWERS[pick]![1])
      const forwards = Cluster.cluster(answers)
      const backwards = Cluster.cluster(answers.toReversed()).toReversed()
      assert.deepStrictEqual(together(forwards), together(backwards))
    },
  )

  it("never separates what is equivalent both ways round", () => {
    const answers = ANSWERS.map(([, answer]) => answer)
    const ids = Cluster.cluster(answers)
    for (const [i, a] of answers.entries()) {
      for (const [j, b] of answers.entries()) {
        if (Compare.compare(a, b).outcome !== "equivalent" || Compare.compare(b, a).outcome !== "equivalent") continue
        assert.strictEqual(ids[i], ids[j], `${a} and ${b}`)
      }
    }
  })

  it("a tolerance joins numbers whose keys differ, and a short decimal rounds nothing", () => {
    assert.deepStrictEqual(Cluster.cluster(["5", "6", "9"], { tolerance: 1 }), [0, 0, 1])
    assert.deepStrictEqual(Cluster.cluster(["0.333", "1/3", "0.33"], { decimalPlaces: 3 }), [0, 0, 1])
    assert.deepStrictEqual(Cluster.cluster(["0.333333", "1/3", "0.33333"]), [0, 0, 1])
  })
})

describe("keys of plain numbers", () => {
  const Digits = Schema.Int.check(Schema.isBetween({ minimum: 0, maximum: 999_999 }))

  // A blank in front leaves the number to the parser.
  it.prop("are what the parser gives", [Digits, Digits, Schema.Boolean], ([a, b, negative]) => {
    const sign = negative ? "-" : ""
    for (const answer of [`${a}`, `${a}.${b}`, `${a}.0${b}0`, `\\frac{${a}}{${b}}`, `\\dfrac{${a}}{${2 * a}}`]) {
      const { key, kind } = AnswerKey.answerKey(` ${sign}${answer}`)
      assert.deepStrictEqual(AnswerKey.answerKey(sign + answer), { key, kind }, sign + answer)
    }
  })
})
