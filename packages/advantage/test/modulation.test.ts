import { Asymmetric, Difficulty, Modulation, Scheduled } from "@seed-grpo/advantage"
import { assert, describe, it } from "@effect/vitest"
import { Schema } from "effect"

const Share = Schema.Finite.check(Schema.isBetween({ minimum: 0, maximum: 1 }))
const Strength = Schema.Finite.check(Schema.isBetween({ minimum: 0, maximum: 8 }))
const SIGNS = [-1, 0, 1] as const

const at = (normalizedEntropy: number, more: Partial<Modulation.ModulationContext> = {}) => ({
  meanReward: 0.5,
  entropy: normalizedEntropy * Math.log(8),
  normalizedEntropy,
  sign: 1 as const,
  step: 1,
  ...more,
})

const ofUncertainty = {
  reciprocal: Modulation.reciprocal,
  linear: Modulation.linear,
  exponential: Modulation.exponential,
  focal: Modulation.focal,
}

/** Every modulation, by its strength. */
const all: { readonly [name: string]: (strength: number) => Modulation.Modulation } = {
  ...ofUncertainty,
  none: () => Modulation.none,
  asymmetric: Asymmetric.asymmetric,
  difficulty: Difficulty.difficulty,
  "GRPO-LEAD": (strength) =>
    Difficulty.grpoLead({ least: 0.4, most: 0.4 + strength, midpoint: 0.75, steepness: 1 + strength }),
  scheduled: (strength) =>
    Scheduled.scheduled(Modulation.reciprocal, Scheduled.ramp({ from: 0, to: strength, steps: 10 })),
  "asymmetric, scheduled": (strength) =>
    Scheduled.scheduled(Asymmetric.asymmetric, Scheduled.ramp({ from: strength, to: 0, steps: 3 })),
}

describe("every modulation", () => {
  for (const [name, of] of Object.entries(all)) {
    it.prop(
      `${name} is a finite factor of at least 0`,
      [Share, Share, Strength, Schema.Int.check(Schema.isBetween({ minimum: 0, maximum: 30 }))],
      ([normalizedEntropy, meanReward, strength, step]) => {
        for (const sign of SIGNS) {
          const scale = of(strength)(at(normalizedEntropy, { meanReward, sign, step }))
          assert.isTrue(scale >= 0 && scale < Infinity)
        }
      },
    )
  }
})

describe("of uncertainty", () => {
  const x = 0.583333333
  it.each([
    ["reciprocal", Modulation.reciprocal(0.0417), 0.976252654],
    ["linear", Modulation.linear(0.02), 0.988333333],
    ["exponential", Modulation.exponential(0.02), 0.988401125],
    ["focal", Modulation.focal(0.02), 0.982643024],
  ] as const)("%s has the golden value", (_, modulation, expected) => {
    assert.closeTo(modulation({ normalizedEntropy: x }), expected, 1e-8)
  })

  for (const [name, of] of Object.entries(ofUncertainty)) {
    it.prop(
      `${name}: 1 without uncertainty, falls with it, and stays within [0, 1]`,
      [Share, Share, Strength],
      (drawn) => {
        const [a, b, strength] = drawn
        const modulation = of(strength)
        assert.strictEqual(modulation(at(0)), 1)
        const [more, less] = [Math.max(a, b), Math.min(a, b)]
        assert.isAtMost(modulation(at(more)), modulation(at(less)))
        assert.isTrue(modulation(at(more)) >= 0 && modulation(at(less)) <= 1)
      },
    )

    it.prop(`${name} looks at nothing else, and is 1 at strength 0`, [Share, Share, Strength], ([a, b, strength]) => {
      const modulation: Modulation.Modulation = of(strength)
      const scales = SIGNS.map((sign) => modulation(at(a, { meanReward: b, entropy: 3 * b, sign, step: 7 })))
      assert.deepStrictEqual(new Set(scales), new Set([modulation(at(a))]))
      assert.strictEqual(of(0)(at(a)), 1)
    })
  }
})

describe("asymmetric", () => {
  it("has the values of its formula", () => {
    const modulation = Asymmetric.asymmetric(2)
    const scales = SIGNS.map((sign) => modulation(at(0.25, { sign })))
    assert.deepStrictEqual(scales, [1 / 1.5, 1, 1.5])
  })

  const inner: ReadonlyArray<(strength: number) => Modulation.Modulation> = [
    Modulation.reciprocal,
    Difficulty.difficulty,
    (strength) => () => strength,
    (strength) => Difficulty.grpoLead({ least: 0, most: strength, midpoint: 0.5, steepness: 5 }),
  ]

  it.prop("right is never shrunk, wrong is never grown, whatever is inside", [Share, Share, Strength], (drawn) => {
    const [normalizedEntropy, meanReward, strength] = drawn
    for (const right of inner) {
      for (const wrong of inner) {
        const modulation = Asymmetric.bySign({ right: right(strength), wrong: wrong(strength) })
        const scale = (sign: -1 | 0 | 1) => modulation(at(normalizedEntropy, { meanReward, sign }))
        assert.isAtLeast(scale(1), 1)
        assert.isAtMost(scale(-1), 1)
        assert.strictEqual(scale(0), 1)
      }
    }
  })

  it.prop("uncertainty raises what is right and lowers what is wrong", [Share, Share, Strength], ([a, b, strength]) => {
    const modulation = Asymmetric.asymmetric(strength)
    const [more, less] = [Math.max(a, b), Math.min(a, b)]
    assert.isAtLeast(modulation(at(more, { sign: 1 })), modulation(at(less, { sign: 1 })))
    assert.isAtMost(modulation(at(more, { sign: -1 })), modulation(at(less, { sign: -1 })))
  })
})

describe("difficulty", () => {
  it.prop("falls with the mean reward, from 1 + α to 1", [Share, Share, Strength], ([a, b, strength]) => {
    const of = (meanReward: number) => Difficulty.difficulty(strength)({ meanReward })
    assert.isAtLeast(of(Math.min(a, b)), of(Math.max(a, b)))
    assert.deepStrictEqual([0, 1].map(of), [1 + strength, 1])
    assert.deepStrictEqual([-5, 7].map(of), [1 + strength, 1])
  })

  it.prop("GRPO-LEAD: right and wrong change places with the mean reward", [Share], ([meanReward]) => {
    const weight = Difficulty.grpoLead()
    assert.closeTo(weight({ meanReward, sign: 1 }), weight({ meanReward: 1 - meanReward, sign: -1 }), 1e-12)
  })

  // The released formula (A 0.4, B 1.5, x0 0.75, k 10), by PyTorch in float64.
  it.each([
    [0, 1.499391943],
    [0.125, 1.497880592],
    [0.5, 1.416556002],
    [0.75, 0.95],
    [1, 0.483443998],
  ])("GRPO-LEAD of %d", (meanReward, expected) => {
    assert.closeTo(Difficulty.grpoLead()({ meanReward, sign: 1 }), expected, 1e-9)
  })
})

describe("scheduled", () => {
  it("is the modulation with the strength of the step", () => {
    const strength = Scheduled.ramp({ from: 1, to: 0, steps: 4 })
    const modulation = Scheduled.scheduled(Modulation.linear, strength)
    for (const step of [-3, 0, 1, 2, 3, 4, 5, 1000]) {
      assert.strictEqual(modulation(at(0.5, { step })), Modulation.linear(strength(step))(at(0.5)))
    }
  })

  it("a ramp is straight and reaches its end", () => {
    const ramp = Scheduled.ramp({ from: 0.2, to: 1.2, steps: 5 })
    const expected = [0.2, 0.2, 0.4, 0.6, 0.8, 1, 1.2, 1.2]
    for (const [i, step] of [-1, 0, 1, 2, 3, 4, 5, 99].entries()) assert.closeTo(ramp(step), expected[i]!, 1e-12)
  })
})
