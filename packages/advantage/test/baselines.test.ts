import {
  AdvantageError,
  Aggregation,
  Baseline,
  BatchStandardized,
  Centered,
  Deviation,
  KlPenalty,
  LeaveOneOut,
  NormalizeThenSum,
  OverlongPenalty,
  type Rewards,
  Standardized,
  Whitened,
} from "@seed-grpo/advantage"
import { assert, describe, it } from "@effect/vitest"
import { Schema } from "effect"

const Value = Schema.Union([
  Schema.Literals([0, 1, 0.1, 0.95]),
  Schema.Int.check(Schema.isBetween({ minimum: -3, maximum: 3 })),
  Schema.Undefined,
])
const Group = Schema.NonEmptyArray(Value)
const Groups = Schema.NonEmptyArray(Group)

/** One group that another baseline looks at as a batch of one. */
const baselines: { readonly [name: string]: Baseline.Baseline } = {
  centered: Centered.centered,
  standardized: Standardized.standardized(),
  "standardized, as open-instruct": Standardized.standardized({ epsilon: 1e-8, ddof: 0 }),
  "standardized, ε = 0": Standardized.standardized({ epsilon: 0 }),
  batchStandardized: BatchStandardized.batchStandardized(),
  "batchStandardized, ε = 0": BatchStandardized.batchStandardized({ epsilon: 0 }),
  leaveOneOut: LeaveOneOut.leaveOneOut,
  leaveOneOutStandardized: LeaveOneOut.leaveOneOutStandardized(),
  leaveOneOutWhitened: Whitened.leaveOneOutWhitened(),
  "leaveOneOutWhitened, ε = 0": Whitened.leaveOneOutWhitened({ epsilon: 0 }),
  normalizeThenSum: (groups) => NormalizeThenSum.normalizeThenSum()(groups.map((rewards) => [rewards])),
}

/** Those that look at one group at a time. */
const groupwise = new Set(["centered", "standardized", "leaveOneOut", "leaveOneOutStandardized"])

const sum = (values: ReadonlyArray<number>) => values.reduce((a, b) => a + b, 0)

for (const [name, baseline] of Object.entries(baselines)) {
  describe(name, () => {
    it.prop("sums to zero over each group, and gives a number for each reward", [Groups], ([groups]) => {
      const advantages = baseline(groups)
      assert.deepStrictEqual(
        advantages.map(({ length }) => length),
        groups.map(({ length }) => length),
      )
      for (const group of advantages) assert.closeTo(sum(group), 0, 1e-9)
    })

    it.prop("follows the order of rewards", [Groups], ([groups]) => {
      for (const [g, group] of baseline(groups).entries()) {
        const rewards = groups[g]!
        const scorable = new Set(rewards.filter((reward) => reward !== undefined))
        for (const [i, a] of rewards.entries()) {
          if (a === undefined || scorable.size < 2) assert.strictEqual(group[i], 0)
          for (const [j, b] of rewards.entries()) {
            if (a !== undefined && b !== undefined && a > b) assert.isAbove(group[i]!, group[j]!)
          }
        }
      }
    })

    it.prop("the order of completions and of groups does not matter", [Groups], ([groups]) => {
      const turned = baseline(groups.map((group) => group.toReversed()).toReversed())
      for (const [g, group] of baseline(groups).entries()) {
        const other = turned.at(-1 - g)!.toReversed()
        for (const [i, value] of group.entries()) assert.closeTo(value, other[i]!, 1e-12)
      }
    })

    it.prop("what could not be graded has no say", [Groups], ([groups]) => {
      const without = baseline(groups.map((group) => group.filter((reward) => reward !== undefined)))
      const kept = baseline(groups).map((group, g) => group.filter((_, i) => groups[g]![i] !== undefined))
      assert.deepStrictEqual(kept, without)
      const holes = [undefined, null, NaN] as const
      const others = groups.map((group, g) => group.map((reward, i) => reward ?? holes[(g + i) % 3]))
      assert.deepStrictEqual(baseline(others), baseline(groups))
    })

    it.prop("adding a constant to all rewards changes nothing", [Groups, Schema.Literals([-7, 0.5, 4])], (drawn) => {
      const [groups, constant] = drawn
      const moved = baseline(
        groups.map((group) => group.map((reward) => (reward === undefined ? undefined : reward + constant))),
      )
      for (const [g, group] of baseline(groups).entries()) {
        for (const [i, value] of group.entries()) assert.closeTo(moved[g]![i]!, value, 1e-9)
      }
    })

    if (groupwise.has(name)) {
      it.prop("groups do not look at each other", [Groups], ([groups]) => {
        assert.deepStrictEqual(
          baseline(groups),
          groups.flatMap((group) => baseline([group])),
        )
      })
    }

    it("equal rewards have exactly no advantage, whatever else is in the batch", () => {
      for (const equal of [[0.1, 0.1, 0.1], [0.7], [], [undefined, undefined], [0.95, undefined, 0.95], [0, -0, 0]]) {
        for (const batch of [[equal], [equal, [1, 0, 0]]]) {
          assert.isTrue(baseline(batch)[0]!.every((advantage) => Object.is(advantage, 0)))
        }
      }
      assert.deepStrictEqual(baseline([]), [])
    })

    it("nor have rewards that differ by rounding", () => {
      assert.deepStrictEqual(baseline([[0.1 + 0.2, 0.3, 0.3]]), [[0, 0, 0]])
      assert.deepStrictEqual(baseline([[1e9, 1e9 + 1e-6], [1]]), [[0, 0], [0]])
    })

    it("nothing is huge: one right among wrong ones, nearly equal rewards, float32's", () => {
      // Reported to NeMo-RL: 7 against 1 of a reward that float32 does not hold.
      const groups = [
        [0, ...Array<number>(7).fill(Math.fround(0.95))],
        [1, 0, 0, 0],
        [1, 1e-6, 0, 0],
        [Math.fround(0.35), 0.35, 0.35, 0.35],
        [1e-11, 0, 0, 0],
      ]
      for (const group of groups.flatMap((one) => baseline([one]))) {
        const bound = group.length / Math.sqrt(group.length - 1)
        for (const advantage of group) assert.isAtMost(Math.abs(advantage), bound + 1e-9)
      }
    })

    it("a reward that is infinite is an error", () => {
      for (const reward of [Infinity, -Infinity, 1e200]) {
        assert.throws(() => baseline([[reward, 0]]), AdvantageError.AdvantageError, /reward/)
      }
    })
  })
}

describe("scale", () => {
  const doubled = (groups: ReadonlyArray<Rewards.Rewards>) =>
    groups.map((group) => group.map((reward) => (typeof reward === "number" ? 2 * reward : reward)))

  it.prop("centred and left-one-out advantages double with their rewards", [Groups], ([groups]) => {
    for (const baseline of [Centered.centered, LeaveOneOut.leaveOneOut]) {
      assert.deepStrictEqual(
        baseline(doubled(groups)),
        baseline(groups).map((group) => group.map((value) => 2 * value)),
      )
    }
  })

  it.prop("standardised ones stay, but for epsilon", [Groups], ([groups]) => {
    for (const baseline of [
      Standardized.standardized({ epsilon: 0 }),
      BatchStandardized.batchStandardized({ epsilon: 0 }),
      LeaveOneOut.leaveOneOutStandardized({ epsilon: 0 }),
      Whitened.leaveOneOutWhitened({ epsilon: 0 }),
    ]) {
      const other = baseline(doubled(groups))
      for (const [g, group] of baseline(groups).entries()) {
        for (const [i, value] of group.entries()) assert.closeTo(other[g]![i]!, value, 1e-12)
      }
    }
  })
})

describe("definitions", () => {
  const rewards = [1, 0, 0.5, 0, 0.25]
  const others = (i: number) => rewards.filter((_, j) => j !== i)

  it("leaveOneOut", () => {
    const [group] = LeaveOneOut.leaveOneOut([rewards])
    rewards.forEach((reward, i) => assert.closeTo(group![i]!, reward - sum(others(i)) / 4, 1e-15))
  })

  it("leaveOneOutStandardized is n / (n − 1) times GRPO", () => {
    const [group] = LeaveOneOut.leaveOneOutStandardized()([rewards])
    const [grpo] = Standardized.standardized()([rewards])
    group!.forEach((value, i) => assert.closeTo(value, (grpo![i]! * 5) / 4, 1e-15))
  })

  it("a whitened batch has deviation 1, over the completions that can be compared", () => {
    const groups = Whitened.leaveOneOutWhitened({ epsilon: 0 })([rewards, [1, 0], [1, undefined], [1, 1]])
    const compared = [...groups[0]!, ...groups[1]!, ...groups[3]!]
    assert.closeTo(sum(compared.map((value) => value ** 2)) / (compared.length - 1), 1, 1e-12)
  })

  it("divisor", () => {
    assert.closeTo(Deviation.divisor([1, 0, 0, 0], { epsilon: 0 }), 0.5, 1e-15)
    assert.closeTo(Deviation.divisor([1, 0, 0, 0], { epsilon: 0.1, ddof: 0 }), Math.sqrt(3) / 4 + 0.1, 1e-15)
    assert.deepStrictEqual(
      [[], [3]].map((values) => Deviation.divisor(values, { epsilon: 0.5 })),
      [0.5, 0.5],
    )
    assert.strictEqual(Deviation.divisor(Array<number>(8).fill(0.95), { epsilon: 0 }), 0)
  })

  it("a bounded one: (G − 1) / √G is reached by the one right answer", () => {
    const [group] = Standardized.standardized({ epsilon: 0 })([[1, 0, 0, 0, 0, 0, 0, 0]])
    assert.closeTo(group![0]!, 7 / Math.sqrt(8), 1e-12)
  })
})

describe("several reward functions", () => {
  it.each([
    [[[1, 0]], [1, 2], "bad-weights", /expected 1 finite numbers/],
    [
      [
        [1, 0],
        [1, 0],
      ],
      [1, NaN],
      "bad-weights",
      /1, NaN/,
    ],
    [[[1, 0], [1]], [1, 1], "other-lengths", /reward function 2/],
    [[[1, 0]], [Infinity], "bad-weights", /Infinity/],
  ] as const)("%j with weights %j is an error", (functions, weights, reason, message) => {
    for (const run of [
      () => Aggregation.weightedSum(functions, weights),
      () => NormalizeThenSum.normalizeThenSum({ weights })([functions]),
    ]) {
      try {
        run()
        assert.fail("accepted")
      } catch (error) {
        assert.instanceOf(error, AdvantageError.AdvantageError)
        assert.strictEqual(error.reason, reason)
        assert.match(error.message, message)
      }
    }
  })

  it("one that drowns another in the sum does not when each is standardised first", () => {
    const [right, tokens] = [
      [1, 0, 1, 0],
      [-900, -100, -500, -300],
    ]
    const signs = (advantages: Baseline.Advantages) =>
      advantages[0]!.map((value) => Math.sign(Number(value.toFixed(9))))
    const weights = [1, 0.5]
    assert.deepStrictEqual(
      signs(Centered.centered([Aggregation.weightedSum([right, tokens], weights)])),
      [-1, 1, -1, 1],
    )
    assert.deepStrictEqual(signs(NormalizeThenSum.normalizeThenSum({ weights })([[right, tokens]])), [1, -1, 1, -1])
  })

  it("no group, or no function, is no advantage", () => {
    assert.deepStrictEqual(NormalizeThenSum.normalizeThenSum()([]), [])
    assert.deepStrictEqual(NormalizeThenSum.normalizeThenSum()([[]]), [[]])
  })
})

describe("penalties", () => {
  it.each([
    [{ maxTokens: 10, buffer: 11 }],
    [{ maxTokens: 10, buffer: -1 }],
    [{ maxTokens: 10, buffer: 2.5 }],
    [{ maxTokens: NaN, buffer: 2 }],
  ])("an overlong penalty of %j is an error", (options) => {
    assert.throws(() => OverlongPenalty.overlongPenalty(options), AdvantageError.AdvantageError, /buffer/)
  })

  it.prop(
    "the overlong penalty falls from 0 to −1 and never rises",
    [
      Schema.Int.check(Schema.isBetween({ minimum: 1, maximum: 400 })),
      Schema.Int.check(Schema.isBetween({ minimum: 0, maximum: 400 })),
    ],
    ([maxTokens, cut]) => {
      const penalty = OverlongPenalty.overlongPenalty({ maxTokens, buffer: cut % (maxTokens + 1) })
      const values = Array.from({ length: maxTokens + 3 }, (_, tokens) => penalty(tokens))
      assert.strictEqual(values[0], 0)
      assert.strictEqual(values.at(-1), -1)
      assert.isTrue(values.every((value, i) => i === 0 || value <= values[i - 1]!))
    },
  )

  it("KL is per completion, and lengths have to agree", () => {
    assert.strictEqual(KlPenalty.sequenceKl(new Float64Array(0), []), 0)
    assert.throws(() => KlPenalty.sequenceKl([-1], [-1, -2]), AdvantageError.AdvantageError, /expected 1 numbers/)
    assert.throws(() => KlPenalty.penalized([1], [1, 2], 0.1), AdvantageError.AdvantageError, /KL of completions/)
  })
})
