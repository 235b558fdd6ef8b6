import { Clusters, Equivalent } from "@seed-grpo/core"
import { assert, describe, it } from "@effect/vitest"
import { Schema } from "effect"

const never = Equivalent.fromComparison(() => false)

/** Numbers, of which whole ones say all there is to say. */
const number: Equivalent.Equivalent = {
  name: "number",
  key: (answer) => ({ key: String(Number(answer)), final: !answer.includes(".") }),
  compare: (a, b) => Math.abs(Number(a) - Number(b)) < 0.06,
}

describe("cluster", () => {
  it("puts equal keys together and compares what is not final", () => {
    assert.deepStrictEqual(Clusters.cluster(["1", "01", "1.05", "7"], number).clusterIds, [0, 0, 0, 1])
  })

  it("compares each pair of heads once and final ones never", () => {
    const asked: Array<string> = []
    const { compare: _, ...keys } = number
    const counted = {
      ...keys,
      compare: (a: string, b: string) => {
        asked.push([a, b].toSorted().join(" "))
        return false
      },
    }
    Clusters.cluster(["1", "2", "3", "0.5", "1.5", "1", "0.5"], counted)
    assert.deepStrictEqual(asked.toSorted(), ["0.5 1", "0.5 1.5", "0.5 2", "0.5 3", "1 1.5", "1.5 2", "1.5 3"])
  })

  it("leaves places without an answer, and blanks, in no cluster", () => {
    const { clusterIds } = Clusters.cluster([undefined, "b", " \n", "a", "b"], Equivalent.exact)
    assert.deepStrictEqual(clusterIds, [undefined, 0, undefined, 1, 0])
    assert.deepStrictEqual(Clusters.cluster([], never).clusterIds, [])
  })

  // The judge that other implementations answer in four ways (0 ~ 2, 1 ~ 2, 0 ≁ 1).
  it("closes the chain of a judge that is not transitive, in any order, and reports it", () => {
    const judge = Equivalent.fromComparison((a, b) => a === "2" || b === "2")
    for (const order of [
      ["0", "1", "2"],
      ["2", "1", "0"],
      ["1", "2", "0"],
    ]) {
      const { clusterIds, contradictions } = Clusters.cluster(order, judge)
      assert.deepStrictEqual(clusterIds, [0, 0, 0])
      assert.deepStrictEqual(contradictions, [{ different: ["0", "1"], chain: ["0", "2", "1"] }])
    }
  })

  it("asks both ways round: one yes and one no are a no", () => {
    const oneWay = Equivalent.fromComparison((a, b) => a < b)
    assert.deepStrictEqual(Clusters.cluster(["x", "y"], oneWay).clusterIds, [0, 1])
  })

  it("keeps undecided pairs apart and says what joining them would give", () => {
    const judge = Equivalent.fromComparison((a, b) => (a + b === "ab" || a + b === "ba" ? "undecided" : "different"))
    const clusters = Clusters.cluster(["a", "b", "c"], judge)
    assert.deepStrictEqual(clusters.clusterIds, [0, 1, 2])
    assert.deepStrictEqual(clusters.undecided, [["a", "b"]])
    assert.deepStrictEqual(clusters.coarsest, [0, 0, 1])
  })

  it("an undecided pair that a chain decides is decided", () => {
    const judge = Equivalent.fromComparison((a, b) => ([a, b].includes("c") ? true : "undecided"))
    const clusters = Clusters.cluster(["a", "b", "c"], judge)
    assert.deepStrictEqual(clusters.clusterIds, [0, 0, 0])
    assert.deepStrictEqual(clusters.undecided, [])
  })

  it("stops at its budget, most frequent answers first, and says so", () => {
    const asked: Array<string> = []
    const judge = Equivalent.fromComparison((a, b) => {
      asked.push(a + b)
      return false
    })
    const clusters = Clusters.cluster(["a", "b", "c", "c", "d"], judge, 2)
    assert.deepStrictEqual(asked, ["ca", "cb"])
    assert.isTrue(clusters.overBudget)
    assert.deepStrictEqual(clusters.coarsest, [0, 0, 0, 0, 0])
    assert.strictEqual(clusters.compared, 2)
    assert.isFalse(Clusters.cluster(["a", "b"], judge).overBudget)
  })

  it("a thousand final keys cost no comparison, and one that is open costs a thousand", () => {
    const answers = Array.from({ length: 1000 }, (_, index) => `${index}`)
    assert.strictEqual(Clusters.cluster(answers, number, Infinity).compared, 0)
    assert.strictEqual(Clusters.cluster([...answers, "0.5"], number, Infinity).compared, 1000)
  })

  const Answers = Schema.Array(Schema.Literals(["1", "1.05", "1.1", "2", "2.0", "", "3.3"]))

  it.prop("is the same partition in any order of the answers", [Answers, Schema.Int], ([answers, seed]) => {
    const order = answers.map((_, index) => index).toSorted((a, b) => Math.sin(seed + a) - Math.sin(seed + b))
    const straight = Clusters.cluster(answers, number).clusterIds
    const shuffled = Clusters.cluster(
      order.map((index) => answers[index]),
      number,
    ).clusterIds
    for (const [i, from] of order.entries()) {
      for (const [j, to] of order.entries()) {
        assert.strictEqual(shuffled[i] === shuffled[j], straight[from] === straight[to])
      }
    }
  })
})

describe("any judge", () => {
  const NAMES = ["a", "b", "c", "d"] as const
  const PAIRS = ["ab", "ac", "ad", "bc", "bd", "cd"] as const
  const Verdict = Schema.Literals(["equivalent", "different", "undecided"])
  const Verdicts = Schema.Tuple([Verdict, Verdict, Verdict, Verdict, Verdict, Verdict])
  type Said = (typeof Verdicts)["Type"]

  const judgeOf = (verdicts: Said) =>
    Equivalent.fromComparison((a, b) => verdicts[PAIRS.indexOf([a, b].toSorted().join("") as (typeof PAIRS)[number])]!)

  /** By Warshall's closure instead of union–find. */
  const closure = (verdicts: Said) => {
    const same = NAMES.map((a) =>
      NAMES.map((b) => a === b || verdicts[PAIRS.indexOf([a, b].toSorted().join("") as "ab")] === "equivalent"),
    )
    for (const k of NAMES.keys())
      for (const i of NAMES.keys()) for (const j of NAMES.keys()) same[i]![j] ||= same[i]![k]! && same[k]![j]!
    return same
  }

  it.prop(
    "gives the closure of what it calls equivalent, and reports what goes against it",
    [Verdicts],
    ([verdicts]) => {
      const { clusterIds, contradictions, undecided } = Clusters.cluster(NAMES, judgeOf(verdicts))
      const same = closure(verdicts)
      for (const i of NAMES.keys()) {
        for (const j of NAMES.keys()) assert.strictEqual(clusterIds[i] === clusterIds[j], same[i]![j])
      }
      const against = (verdict: string, joined: boolean) =>
        PAIRS.filter(
          ([a, b], index) =>
            verdicts[index] === verdict && same[NAMES.indexOf(a as "a")]![NAMES.indexOf(b as "a")] === joined,
        ).length
      assert.strictEqual(contradictions.length, against("different", true))
      assert.strictEqual(undecided.length, against("undecided", false))
      for (const { chain, different } of contradictions) {
        assert.deepStrictEqual([chain[0], chain.at(-1)], [...different])
        for (const [index, link] of chain.slice(1).entries()) {
          assert.strictEqual(Equivalent.bothWays(judgeOf(verdicts), chain[index]!, link), "equivalent")
        }
      }
    },
  )

  it.prop(
    "whatever the undecided pairs turn out to be, the truth is no coarser than the coarsest",
    [Verdicts],
    ([verdicts]) => {
      const { coarsest } = Clusters.cluster(NAMES, judgeOf(verdicts))
      for (let bits = 0; bits < 64; bits++) {
        const resolved = verdicts.map((verdict, index) =>
          verdict === "undecided" ? ((bits >> index) & 1 ? "equivalent" : "different") : verdict,
        ) as unknown as Said
        const { clusterIds } = Clusters.cluster(NAMES, judgeOf(resolved))
        for (const i of NAMES.keys()) {
          for (const j of NAMES.keys())
            if (clusterIds[i] === clusterIds[j]) assert.strictEqual(coarsest[i], coarsest[j])
        }
      }
    },
  )
})

describe("together", () => {
  it.each([
    ["equivalent", "equivalent", "equivalent"],
    ["equivalent", "different", "different"],
    ["undecided", "different", "different"],
    ["equivalent", "undecided", "undecided"],
    ["undecided", "undecided", "undecided"],
  ] as const)("%s and %s make %s", (there, back, verdict) => {
    assert.strictEqual(Equivalent.together(there, back), verdict)
    assert.strictEqual(Equivalent.together(back, there), verdict)
  })
})

describe("memoized", () => {
  it("asks for a key once, forgets in time, and remembers no long text", () => {
    const asked: Array<string> = []
    const counted = Equivalent.memoized(
      {
        ...number,
        key: (answer) => {
          asked.push(answer)
          return number.key(answer)
        },
      },
      2,
    )
    for (const answer of ["1", "1", "2", "1", "3", "1", "4", "5", "6", "7", "1"]) counted.key(answer)
    assert.deepStrictEqual(asked, ["1", "2", "3", "4", "5", "6", "7", "1"])
    const long = "9".repeat(2000)
    assert.deepStrictEqual(counted.key(long), counted.key(long))
    assert.strictEqual(asked.filter((answer) => answer === long).length, 2)
  })

  it("compares a pair once in each direction, and not at all where there is no comparison", () => {
    const asked: Array<string> = []
    const counted = Equivalent.memoized(
      Equivalent.fromComparison((a, b) => {
        asked.push(a + b)
        return a < b
      }),
    )
    for (let time = 0; time < 2; time++) {
      assert.isTrue(counted.compare!("a", "b"))
      assert.isFalse(counted.compare!("b", "a"))
    }
    assert.deepStrictEqual(asked, ["ab", "ba"])
    assert.isUndefined(Equivalent.memoized(Equivalent.exact).compare)
  })
})
