import { Rng } from "@seed-grpo/core"
import { assert, describe, it } from "@effect/vitest"

describe("Rng", () => {
  // Known answers of Random123 (DEShawResearch/random123: tests/kat_vectors, philox4x32 10).
  it.each([
    {
      key: [0, 0],
      counter: [0, 0, 0, 0],
      expected: [0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8],
    },
    {
      key: [0xffffffff, 0xffffffff],
      counter: [0xffffffff, 0xffffffff, 0xffffffff, 0xffffffff],
      expected: [0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd],
    },
    {
      key: [0xa4093822, 0x299f31d0],
      counter: [0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344],
      expected: [0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1],
    },
  ] as const)("philox matches Random123 %#", ({ key, counter, expected }) => {
    assert.deepStrictEqual(Rng.philox(key, counter), [...expected])
  })

  it("uniform numbers have the mean and variance of [0, 1)", () => {
    const key = Rng.key(1, "test")
    const values = Array.from({ length: 20_000 }, (_, i) => Rng.uniform(key, [i]))
    const mean = values.reduce((a, b) => a + b) / values.length
    const variance = values.reduce((a, b) => a + (b - mean) ** 2, 0) / values.length
    // Five standard errors: 5 · √(1/12 / 20000) and 5 · √(1/180 / 20000).
    assert.closeTo(mean, 1 / 2, 0.0103)
    assert.closeTo(variance, 1 / 12, 0.0027)
    assert.isTrue(values.every((value) => value >= 0 && value < 1))
  })

  it("normal numbers have mean 0 and variance 1", () => {
    const key = Rng.key(1, "normal")
    const values = Array.from({ length: 20_000 }, (_, i) => Rng.normal(key, [i]))
    const mean = values.reduce((a, b) => a + b) / values.length
    assert.closeTo(mean, 0, 0.036)
    assert.closeTo(values.reduce((a, b) => a + (b - mean) ** 2, 0) / values.length, 1, 0.05)
  })

  it("seed, stream and every coordinate change the number", () => {
    const numbers = [
      Rng.uniform(Rng.key(0, "a"), [1, 2, 3, 4]),
      Rng.uniform(Rng.key(1, "a"), [1, 2, 3, 4]),
      Rng.uniform(Rng.key(2 ** 40, "a"), [1, 2, 3, 4]),
      Rng.uniform(Rng.key(0, "b"), [1, 2, 3, 4]),
      Rng.uniform(Rng.key(0, "a"), [0, 2, 3, 4]),
      Rng.uniform(Rng.key(0, "a"), [1, 0, 3, 4]),
      Rng.uniform(Rng.key(0, "a"), [1, 2, 0, 4]),
      Rng.uniform(Rng.key(0, "a"), [1, 2, 3, 0]),
    ]
    assert.strictEqual(new Set(numbers).size, numbers.length)
  })

  it("permutation visits every index, and differs between epochs", () => {
    const key = Rng.key(3, "order")
    const first = Rng.permutation(key, 100, [0])
    assert.deepStrictEqual(
      first.toSorted((a, b) => a - b),
      Array.from({ length: 100 }, (_, i) => i),
    )
    assert.notDeepEqual(first, Rng.permutation(key, 100, [1]))
    assert.deepStrictEqual(first, Rng.permutation(key, 100, [0]))
  })
})
