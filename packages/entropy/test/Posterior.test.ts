import { EntropyError, Interval, Posterior, Prior, SemanticEntropy } from "@seed-grpo/entropy"
import { key } from "@seed-grpo/core/Rng"
import { assert, describe, it } from "@effect/vitest"
import { Schema } from "effect"
import { readFileSync } from "node:fs"
import { digamma, trigamma } from "../src/internal/digamma.ts"
import { gamma } from "../src/internal/gamma.ts"
import { logGamma } from "../src/internal/logGamma.ts"

// scipy 1.17.1. `special`: psi, polygamma(1, ·) and gammaln. `posterior`: the integral over the prior mean of the
// entropy by `quad` with the concentration from `brentq`, and the moments of each Dirichlet by Wolpert & Wolf with one
// row and column per meaning.
interface Fixture {
  readonly special: ReadonlyArray<{ x: number; digamma: number; trigamma: number; logGamma: number }>
  readonly posterior: ReadonlyArray<{ counts: ReadonlyArray<number>; meanings: number; mean: number; variance: number }>
}
const fixture: Fixture = JSON.parse(readFileSync(new URL("fixtures/small-samples.json", import.meta.url), "utf8"))

const meanOf = (values: ArrayLike<number>) => Array.from(values).reduce((a, b) => a + b) / values.length

describe("functions of gamma", () => {
  it.each(fixture.special)("at $x", ({ x, ...expected }) => {
    for (const [found, wanted] of [
      [digamma(x), expected.digamma],
      [trigamma(x), expected.trigamma],
      [logGamma(x), expected.logGamma],
    ] as const) {
      assert.closeTo(found, wanted, 1e-12 * Math.max(1, Math.abs(wanted)))
    }
  })

  // Mean and variance of a gamma variate of scale 1 are both its shape.
  it.each([0.01, 0.3, 1, 2.5, 40])("variates of shape %d", (shape) => {
    const size = 20_000
    const values = Array.from({ length: size }, (_, draw) => gamma(key(3, "gamma"), shape, [draw, 0]))
    const fourth = 3 * shape ** 2 + 6 * shape
    assert.closeTo(meanOf(values), shape, 4 * Math.sqrt(shape / size))
    assert.closeTo(
      meanOf(values.map((value) => (value - shape) ** 2)),
      shape,
      4 * Math.sqrt((fourth - shape ** 2) / size),
    )
  })

  it("variates of shape ½ are half the squares of normal ones", () => {
    const values = Array.from({ length: 20_000 }, (_, draw) => gamma(key(4, "gamma"), 0.5, [draw, 1]))
    // P(χ²₁ ≤ 0.4549364) = ½ and P(χ²₁ ≤ 3.8414588) = 0.95
    const below = (x: number) => values.filter((value) => 2 * value <= x).length / values.length
    assert.closeTo(below(0.4549364), 0.5, 0.015)
    assert.closeTo(below(3.8414588), 0.95, 0.007)
  })
})

describe("posterior", () => {
  it.each(fixture.posterior)("moments after $counts of $meanings meanings", ({ counts, mean, meanings, variance }) => {
    const found = Posterior.moments(Posterior.after(counts, Prior.flat(meanings)))
    assert.closeTo(found.mean, mean, 5e-4)
    assert.closeTo(Math.sqrt(found.variance), Math.sqrt(variance), 5e-4)
  })

  it.each(fixture.posterior.filter(({ meanings }) => meanings < 32))(
    "draws after $counts of $meanings meanings have its moments",
    ({ counts, meanings }) => {
      const posterior = Posterior.after(counts, Prior.flat(meanings))
      const { mean, variance } = Posterior.moments(posterior)
      const draws = Posterior.samples(posterior, { size: 4000, seed: 9 })
      const squares = Array.from(draws, (draw) => (draw - mean) ** 2)
      const spread = Math.sqrt(meanOf(squares.map((square) => (square - variance) ** 2)))
      assert.closeTo(meanOf(draws), mean, 4 * Math.sqrt(variance / 4000))
      assert.closeTo(meanOf(squares), variance, (4 * spread) / Math.sqrt(4000))
    },
  )

  it("is about flat before it says anything: a tenth of the range holds about a tenth of the draws", () => {
    const draws = Posterior.samples(Posterior.after([1], Prior.flat(32)), { size: 4000 })
    for (let tenth = 0; tenth < 10; tenth++) {
      const within = draws.filter((draw) => Math.floor((10 * draw) / Math.log(32)) === tenth).length / 4000
      assert.closeTo(within, 0.1, 0.04)
    }
  })

  it("forgets the prior", () => {
    const counts = [70_000, 10_000, 10_000, 10_000]
    assert.closeTo(Posterior.bayesian(counts), SemanticEntropy.fromCounts(counts), 1e-3)
    assert.isBelow(Posterior.bayesian([100_000]), 1e-4)
  })

  const Counts = Schema.NonEmptyArray(Schema.Int.check(Schema.isBetween({ minimum: 1, maximum: 12 })))

  it.prop("lies in the range and does not depend on order", [Counts], ([counts]) => {
    const prior = Prior.flat(Math.max(2, counts.length))
    const posterior = Posterior.after(counts, prior)
    const { mean, variance } = Posterior.moments(posterior)
    assert.isAbove(mean, 0)
    assert.isBelow(mean, Math.log(prior.meanings))
    assert.isAtLeast(variance, 0)
    assert.closeTo(
      posterior.weights.reduce((a, b) => a + b),
      1,
      1e-12,
    )
    const turned = Posterior.after(counts.toReversed(), prior)
    assert.closeTo(Posterior.moments(turned).mean, mean, 1e-9)
    assert.deepStrictEqual(turned.counts, posterior.counts)
  })
})

describe("intervals", () => {
  it("eight equal answers: the bootstrap is sure, the posterior is not", () => {
    assert.deepStrictEqual(Interval.bootstrap([8]), { low: 0, high: 0, level: 0.95, method: "basic-bootstrap" })
    const { high, low } = Interval.bayesian([8])
    assert.closeTo(low, 0, 1e-6)
    assert.closeTo(high, 0.9, 0.05)
  })

  it("hold their share of the posterior", () => {
    const { high, low } = Interval.bayesian([5, 2, 1], { level: 0.8, meanings: 8, seed: 1 })
    const draws = Posterior.samples(Posterior.after([5, 2, 1], Prior.flat(8)), { size: 8000, seed: 2 })
    assert.closeTo(draws.filter((draw) => draw < low).length / 8000, 0.1, 0.03)
    assert.closeTo(draws.filter((draw) => draw > high).length / 8000, 0.1, 0.03)
  })

  it("the bootstrap has the exact quantiles of resampling two answers", () => {
    // Resampled groups: both of one kind (½, entropy 0) or one of each (½, ln 2); so [2 ln 2 − ln 2, 2 ln 2 − 0].
    const { high, low } = Interval.bootstrap([1, 1])
    assert.closeTo(low, Math.log(2), 1e-12)
    assert.closeTo(high, 2 * Math.log(2), 1e-12)
  })

  it("the weighted bootstrap equals the discrete one where all answers weigh the same", () => {
    const ids = [0, 0, 0, 0, 0, 1, 1, 2]
    const weighted = Interval.bootstrapWeighted(
      ids,
      ids.map(() => -0.5),
    )
    const counted = Interval.bootstrap([5, 2, 1])
    assert.closeTo(weighted.low, counted.low, 1e-12)
    assert.closeTo(weighted.high, counted.high, 1e-12)
  })

  it("the weighted bootstrap leaves out answers of no likelihood", () => {
    const { high, low } = Interval.bootstrapWeighted([0, 0, 1], [-1, -1, -Infinity])
    assert.deepStrictEqual([low, high], [0, 0])
  })

  it("are keyed by the seed and grow with the level", () => {
    for (const interval of [Interval.bayesian, Interval.bootstrap]) {
      const at = (level: number, seed: number) => interval([5, 2, 1], { level, seed, size: 500 })
      assert.deepStrictEqual(at(0.9, 1), at(0.9, 1))
      assert.notDeepEqual(at(0.9, 1), at(0.9, 2))
      assert.isAtMost(at(0.9, 1).low, at(0.5, 1).low)
      assert.isAtLeast(at(0.9, 1).high, at(0.5, 1).high)
    }
  })
})

describe("bad input", () => {
  it.each([
    ["one meaning", () => Prior.flat(1), "bad-value"],
    ["half a meaning", () => Prior.flat(2.5), "bad-value"],
    ["more clusters than meanings", () => Posterior.bayesian([1, 1, 1], Prior.flat(2)), "bad-value"],
    ["no counts", () => Posterior.bayesian([]), "empty-group"],
    ["no draws", () => Interval.bayesian([3], { size: 0 }), "bad-value"],
    ["no resampled groups", () => Interval.bootstrap([3], { size: 0 }), "bad-value"],
    ["a level of 1", () => Interval.bayesian([3], { level: 1 }), "bad-value"],
    ["a level of 0", () => Interval.bootstrap([3], { level: 0 }), "bad-value"],
    ["an empty weighted group", () => Interval.bootstrapWeighted([], []), "empty-group"],
  ] as const)("%s is refused", (_, run, reason) => {
    let thrown: unknown
    try {
      run()
    } catch (error) {
      thrown = error
    }
    assert.instanceOf(thrown, EntropyError.EntropyError)
    assert.strictEqual(thrown.reason, reason)
  })
})
