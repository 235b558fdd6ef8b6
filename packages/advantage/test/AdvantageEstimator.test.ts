import {
  AdvantageError,
  AdvantageEstimator,
  Asymmetric,
  type Baseline,
  BatchStandardized,
  Centered,
  Difficulty,
  LeaveOneOut,
  Modulation,
  NormalizeThenSum,
  OverlongPenalty,
  ScaleHistogram,
  Scheduled,
  Standardized,
  Whitened,
} from "@seed-grpo/advantage"
import { assert, describe, it } from "@effect/vitest"
import { Effect, Schema } from "effect"

const group = { rewards: [1, 1, 0, 0], entropy: 1.039720771, normalizedEntropy: 0.75 }

const Reward = Schema.Literals([0, 1, 0.5])
const Drawn = Schema.NonEmptyArray(
  Schema.Struct({
    rewards: Schema.NonEmptyArray(Schema.Union([Reward, Schema.Undefined])),
    normalizedEntropy: Schema.Finite.check(Schema.isBetween({ minimum: 0, maximum: 1 })),
  }),
)
const groupsOf = (drawn: typeof Drawn.Type): ReadonlyArray<AdvantageEstimator.GradedGroup> =>
  drawn.map((one) => ({ ...one, entropy: one.normalizedEntropy * Math.log(one.rewards.length) }))

const Step = Schema.Int.check(Schema.isBetween({ minimum: 1, maximum: 40 }))

const baselines: { readonly [name: string]: Baseline.Baseline } = {
  centered: Centered.centered,
  standardized: Standardized.standardized(),
  batchStandardized: BatchStandardized.batchStandardized(),
  leaveOneOut: LeaveOneOut.leaveOneOut,
  leaveOneOutWhitened: Whitened.leaveOneOutWhitened(),
}

const ramp = Scheduled.ramp({ from: 0, to: 3, steps: 20 })

/** One scale for all completions of a group. */
const symmetric: { readonly [name: string]: Modulation.Modulation } = {
  none: Modulation.none,
  reciprocal: Modulation.reciprocal(1),
  linear: Modulation.linear(0.7),
  exponential: Modulation.exponential(2),
  focal: Modulation.focal(0.5),
  difficulty: Difficulty.difficulty(1),
  scheduled: Scheduled.scheduled(Modulation.reciprocal, ramp),
}

const bySign: { readonly [name: string]: Modulation.Modulation } = {
  asymmetric: Asymmetric.asymmetric(1.5),
  "asymmetric, scheduled": Scheduled.scheduled(Asymmetric.asymmetric, ramp),
  "example of one's own": Asymmetric.bySign({ right: Modulation.none, wrong: Modulation.reciprocal(1) }),
}

const sum = (values: ReadonlyArray<number>) => values.reduce((a, b) => a + b, 0)
const mass = (values: ReadonlyArray<number>) => sum(values.map(Math.abs))

describe("AdvantageEstimator", () => {
  it.effect.each([
    ["SEED as released", AdvantageEstimator.layerSeed(Modulation.reciprocal(0.0417)), 0.484836731],
    ["SEED at α = 1", AdvantageEstimator.layerSeed(Modulation.reciprocal(1)), 0.285714286],
    ["SEED linear 0.02", AdvantageEstimator.layerSeed(Modulation.linear(0.02)), 0.4925],
    ["Dr.GRPO", AdvantageEstimator.layerDrGrpo, 0.5],
    ["GRPO", AdvantageEstimator.layerGrpo, 0.5 / (Math.sqrt(1 / 3) + 1e-4)],
    ["RLOO", AdvantageEstimator.layerRloo, 2 / 3],
  ] as const)("%s", ([, layer, expected]) =>
    Effect.gen(function* () {
      const { estimate } = yield* AdvantageEstimator.AdvantageEstimator
      const [{ advantages }] = (yield* estimate([group], 1)) as [AdvantageEstimator.GroupAdvantages]
      advantages.forEach((value, i) => assert.closeTo(value, i < 2 ? expected : -expected, 1e-8))
    }).pipe(Effect.provide(layer)),
  )

  it("scaling rewards is undone by standardising, which is why modulation comes last", () => {
    const [scaled] = Standardized.standardized()([group.rewards.map((reward) => reward * 0.5)])
    const [plain] = Standardized.standardized()([group.rewards])
    scaled!.forEach((value, i) => assert.closeTo(value, plain![i]!, 1e-3))
    const [modulated] = AdvantageEstimator.modulated(Standardized.standardized(), Modulation.reciprocal(1))([group])
    modulated!.advantages.forEach((value, i) => assert.closeTo(value, plain![i]! / 1.75, 1e-12))
  })

  it("a modulation sees the group, the sign and the step", () => {
    const seen: Array<Modulation.ModulationContext> = []
    const estimate = AdvantageEstimator.modulated(Centered.centered, (context) => seen.push(context))
    estimate([{ ...group, rewards: [1, undefined, 0, 0] }], 7)
    estimate([{ ...group, rewards: [undefined] }])
    const known = { entropy: group.entropy, normalizedEntropy: 0.75 }
    const expected = [
      { meanReward: 1 / 3, step: 7 },
      { meanReward: 0, step: 0 },
    ].flatMap((one) => [-1, 0, 1].map((sign) => ({ ...known, ...one, sign })))
    assert.deepStrictEqual(
      seen.toSorted((a, b) => b.step - a.step || a.sign - b.sign),
      expected as ReadonlyArray<Modulation.ModulationContext>,
    )
  })

  it("a modulation looks at what the task gives, and not at what shapes it", () => {
    const shaping = [[-1, -1, -1, -0.5]]
    const estimate = AdvantageEstimator.modulated(Centered.centered, Difficulty.difficulty(1), [1, 2])
    const [{ before, scale }] = estimate([{ ...group, shaping }]) as [AdvantageEstimator.GroupAdvantages]
    assert.strictEqual(scale, 1.5)
    assert.deepStrictEqual(before, [0.25, 0.25, -0.75, 0.25])
  })

  it("several reward functions, standardised one by one", () => {
    const penalty = OverlongPenalty.overlongPenalty({ maxTokens: 10, buffer: 10 })
    const shaping = [[1, 9, 1, 9].map(penalty)]
    const estimate = AdvantageEstimator.aggregated(NormalizeThenSum.normalizeThenSum({ epsilon: 0, ddof: 0 }))
    const [{ advantages }] = estimate([{ ...group, shaping }]) as [AdvantageEstimator.GroupAdvantages]
    const expected = [Math.SQRT2, 0, 0, -Math.SQRT2]
    advantages.forEach((value, i) => assert.closeTo(value, expected[i]!, 1e-12))
  })

  it.effect("what cannot be estimated fails, and does not crash", () =>
    Effect.gen(function* () {
      const reasonOf = (estimate: AdvantageEstimator.Estimate, graded: AdvantageEstimator.GradedGroup) =>
        AdvantageEstimator.AdvantageEstimator.pipe(
          Effect.flatMap((service) => service.estimate([graded], 1)),
          Effect.flip,
          Effect.map(({ reason }) => reason),
          Effect.provide(AdvantageEstimator.layer(estimate)),
        )
      const { aggregated, modulated } = AdvantageEstimator
      assert.strictEqual(yield* reasonOf(modulated(Centered.centered), { ...group, rewards: [Infinity] }), "bad-reward")
      for (const scale of [-1, NaN, Infinity]) {
        assert.strictEqual(
          yield* reasonOf(
            modulated(Centered.centered, () => scale),
            group,
          ),
          "bad-scale",
        )
      }
      const gdpo = aggregated(NormalizeThenSum.normalizeThenSum({ weights: [1, 1] }))
      assert.strictEqual(yield* reasonOf(gdpo, group), "bad-weights")
      assert.strictEqual(yield* reasonOf(modulated(Centered.centered), { ...group, shaping: [[1]] }), "other-lengths")
    }),
  )

  it("but a bug stays a defect", () => {
    const estimate = AdvantageEstimator.modulated(Centered.centered, () => {
      throw new Error("bug")
    })
    const run = AdvantageEstimator.AdvantageEstimator.pipe(
      Effect.flatMap((service) => service.estimate([group], 1)),
      Effect.provide(AdvantageEstimator.layer(estimate)),
      Effect.catchTag("AdvantageError", () => Effect.void),
    )
    assert.throws(() => Effect.runSync(run), "bug")
    assert.isFalse(new Error("bug") instanceof AdvantageError.AdvantageError)
  })
})

for (const [baselineName, baseline] of Object.entries(baselines)) {
  for (const [name, modulation] of [...Object.entries(symmetric), ...Object.entries(bySign)]) {
    describe(`${baselineName}, ${name}`, () => {
      const estimate = AdvantageEstimator.modulated(baseline, modulation)

      it.prop("no sign flips, no zero moves, and the scale is what is left of the mass", [Drawn, Step], (drawn) => {
        const groups = groupsOf(drawn[0])
        for (const { advantages, before, scale } of estimate(groups, drawn[1])) {
          for (const [i, advantage] of advantages.entries()) {
            if (modulation !== symmetric["focal"]) assert.strictEqual(Math.sign(advantage), Math.sign(before[i]!))
            assert.isAtLeast(advantage * before[i]!, 0)
            if (before[i] === 0) assert.isTrue(Object.is(advantage, 0))
          }
          assert.closeTo(mass(advantages), scale * mass(before), 1e-9)
        }
      })

      it.prop("the order of completions does not matter", [Drawn, Step], (drawn) => {
        const groups = groupsOf(drawn[0])
        const turned = estimate(
          groups.map((one) => ({ ...one, rewards: one.rewards.toReversed() })),
          drawn[1],
        )
        for (const [g, { advantages }] of estimate(groups, drawn[1]).entries()) {
          const other = turned[g]!.advantages.toReversed()
          for (const [i, value] of advantages.entries()) assert.closeTo(value, other[i]!, 1e-12)
        }
      })

      if (name in symmetric) {
        it.prop("advantages sum to zero, by one scale for the whole group", [Drawn, Step], (drawn) => {
          for (const { advantages, before, scale } of estimate(groupsOf(drawn[0]), drawn[1])) {
            assert.closeTo(sum(advantages), 0, 1e-9)
            assert.deepStrictEqual(
              advantages,
              before.map((advantage) => advantage * scale),
            )
          }
        })
      } else {
        it.prop(
          "advantages sum to M (s₊ − s₋) ≥ 0; right is never shrunk, wrong never grown",
          [Drawn, Step],
          (drawn) => {
            const groups = groupsOf(drawn[0])
            for (const [g, { advantages, before }] of estimate(groups, drawn[1]).entries()) {
              const { entropy, normalizedEntropy } = groups[g]!
              const factor = (sign: -1 | 1) =>
                modulation({ meanReward: NaN, entropy, normalizedEntropy, sign, step: drawn[1] })
              assert.closeTo(sum(advantages), (mass(before) / 2) * (factor(1) - factor(-1)), 1e-9)
              assert.isAtLeast(sum(advantages), -1e-9)
              for (const [i, advantage] of advantages.entries()) assert.isAtLeast(advantage, before[i]!)
            }
          },
        )
      }
    })
  }
}

describe("ScaleHistogram", () => {
  const scaledBy = (modulation: Modulation.Modulation, groups: ReadonlyArray<AdvantageEstimator.GradedGroup>) =>
    AdvantageEstimator.modulated(
      Centered.centered,
      modulation,
    )(groups).map((advantages, i) => ({
      normalizedEntropy: groups[i]!.normalizedEntropy,
      advantages,
    }))

  it.prop("counts every mixed group once, and shares add up to 1", [Drawn], ([drawn]) => {
    for (const modulation of [...Object.values(symmetric), ...Object.values(bySign)]) {
      const scaled = scaledBy(modulation, groupsOf(drawn))
      const { after, before, from, mixed, scales, to } = ScaleHistogram.histogram(scaled)
      assert.strictEqual(sum(scales), mixed)
      assert.isAtMost(from, to)
      assert.closeTo(sum(before), mixed === 0 ? 0 : 1, 1e-12)
      const left = scaled.some(({ advantages }) => mass(advantages.advantages) > 0)
      assert.closeTo(sum(after), left ? 1 : 0, 1e-12)
    }
  })

  it("one scale is one bar; none is none", () => {
    const one = ScaleHistogram.histogram(scaledBy(Modulation.none, [group, group]), 4)
    assert.deepStrictEqual(one, {
      mixed: 2,
      from: 1,
      to: 1,
      scales: [2, 0, 0, 0],
      before: [0, 0, 0, 1],
      after: [0, 0, 0, 1],
    })
    const none = ScaleHistogram.histogram(scaledBy(Modulation.none, [{ ...group, rewards: [1, 1] }]), 2)
    assert.deepStrictEqual(none, { mixed: 0, from: 1, to: 1, scales: [0, 0], before: [0, 0], after: [0, 0] })
  })

  it.prop("a common factor of all groups changes no share", [Drawn], ([drawn]) => {
    const shares = (modulation: Modulation.Modulation) =>
      ScaleHistogram.histogram(scaledBy(modulation, groupsOf(drawn))).after
    const half = shares((context) => 0.5 * Modulation.reciprocal(1)(context))
    for (const [i, share] of shares(Modulation.reciprocal(1)).entries()) assert.closeTo(half[i]!, share, 1e-12)
  })
})
