import { readFileSync } from "node:fs"
import { AdvantageEstimator, Baseline, Modulation } from "@seed-grpo/advantage"
import { assert, describe, it } from "@effect/vitest"
import { Effect, Schema } from "effect"

const golden = JSON.parse(readFileSync(new URL("./fixtures/trl-advantages.json", import.meta.url), "utf8")) as {
  readonly cases: ReadonlyArray<{
    readonly num_generations: number
    readonly scale_rewards: "group" | "none"
    readonly rewards: ReadonlyArray<readonly [number | null]>
    readonly advantages: ReadonlyArray<number>
  }>
}

const Rewards = Schema.NonEmptyArray(Schema.Int.check(Schema.isBetween({ minimum: -3, maximum: 3 })))
const baselines = {
  centered: Baseline.centered,
  standardized: Baseline.standardized,
  leaveOneOut: Baseline.leaveOneOut,
}

describe("Baseline", () => {
  it.each(golden.cases.map((one, index) => ({ ...one, index })))(
    "equals TRL ($scale_rewards, G = $num_generations, case $index)",
    ({ advantages, num_generations: size, rewards, scale_rewards: scaling }) => {
      const baseline = scaling === "group" ? Baseline.standardized : Baseline.centered
      const flat = rewards.map(([reward]) => reward ?? undefined)
      const ours = Array.from({ length: flat.length / size }, (_, group) =>
        baseline(flat.slice(group * size, (group + 1) * size)),
      ).flat()
      assert.strictEqual(ours.length, advantages.length)
      ours.forEach((value, index) => assert.closeTo(value, advantages[index]!, 1e-6))
    },
  )

  it("leaveOneOut is what its definition says", () => {
    const rewards = [1, 0, 0.5, 0]
    const expected = rewards.map((reward, i) => reward - rewards.filter((_, j) => j !== i).reduce((a, b) => a + b) / 3)
    Baseline.leaveOneOut(rewards).forEach((value, index) => assert.closeTo(value, expected[index]!, 1e-15))
  })

  for (const [name, baseline] of Object.entries(baselines)) {
    it.prop(`${name} sums to zero and follows the order of rewards`, [Rewards], ([rewards]) => {
      const advantages = baseline(rewards)
      assert.closeTo(
        advantages.reduce((a, b) => a + b),
        0,
        1e-9,
      )
      assert.deepStrictEqual(baseline(rewards.toReversed()).toReversed(), advantages)
      for (const [i, a] of rewards.entries()) {
        for (const [j, b] of rewards.entries()) if (a > b) assert.isAbove(advantages[i]!, advantages[j]!)
      }
    })

    it(`${name} of equal rewards is exactly zero, and unscorable ones have no say`, () => {
      assert.deepStrictEqual(baseline([0.1, 0.1, 0.1]).map(Math.abs), [0, 0, 0])
      assert.deepStrictEqual(baseline([0.7]).map(Math.abs), [0])
      assert.deepStrictEqual(baseline([undefined, undefined]), [0, 0])
      const scored = baseline([1, 0, 0])
      assert.deepStrictEqual(baseline([1, undefined, 0, 0]), [scored[0]!, 0, scored[1]!, scored[2]!])
    })
  }
})

describe("Modulation", () => {
  const x = 0.583333333
  it.each([
    ["reciprocal", Modulation.reciprocal(0.0417), 0.976252654],
    ["linear", Modulation.linear(0.02), 0.988333333],
    ["exponential", Modulation.exponential(0.02), 0.988401125],
    ["focal", Modulation.focal(0.02), 0.982643024],
  ] as const)("%s has the golden value", (_, modulation, expected) => {
    assert.closeTo(modulation(x), expected, 1e-8)
  })

  it("is 1 without uncertainty, falls with it, and is never negative", () => {
    for (const modulation of [
      Modulation.reciprocal(1),
      Modulation.linear(1.5),
      Modulation.exponential(3),
      Modulation.focal(0.5),
    ]) {
      const scales = [0, 0.25, 0.5, 0.75, 1].map(modulation)
      assert.strictEqual(scales[0], 1)
      assert.isTrue(scales.every((scale, i) => scale >= 0 && (i === 0 || scale <= scales[i - 1]!)))
    }
  })

  it("is the identity at strength 0", () => {
    for (const modulation of [
      Modulation.none,
      Modulation.reciprocal(0),
      Modulation.linear(0),
      Modulation.exponential(0),
    ]) {
      assert.strictEqual(modulation(0.7), 1)
    }
  })
})

describe("AdvantageEstimator", () => {
  const group = { rewards: [1, 1, 0, 0], normalizedEntropy: 0.75 }

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
      const { advantages } = estimate(group)
      advantages.forEach((value, i) => assert.closeTo(value, i < 2 ? expected : -expected, 1e-8))
    }).pipe(Effect.provide(layer)),
  )

  it("scaling rewards is undone by standardising, which is why modulation comes last", () => {
    const scaled = Baseline.standardized(group.rewards.map((reward) => reward * 0.5))
    scaled.forEach((value, i) => assert.closeTo(value, Baseline.standardized(group.rewards)[i]!, 1e-3))
  })
})
