import { Numeric } from "@seed-grpo/core"
import { assert, describe, it } from "@effect/vitest"
import { Schema } from "effect"

describe("Numeric", () => {
  it("logSumExp survives what exp cannot represent", () => {
    assert.closeTo(Numeric.logSumExp([-812.5, -640.25, -701, -655.75]), -640.25 + Math.log1p(Math.exp(-15.5)), 1e-12)
    assert.strictEqual(Numeric.logSumExp([]), -Infinity)
    assert.strictEqual(Numeric.logSumExp([-Infinity, -Infinity]), -Infinity)
    assert.strictEqual(Numeric.logSumExp([Infinity, 0]), Infinity)
  })

  it("standardDeviation divides by n − 1", () => {
    assert.closeTo(Numeric.standardDeviation([1, 0, 0, 0]), 0.5, 1e-15)
    assert.strictEqual(Numeric.standardDeviation([3]), 0)
    assert.strictEqual(Numeric.standardDeviation([0.1, 0.1, 0.1]), 0)
  })

  const Values = Schema.Array(Schema.Int.check(Schema.isBetween({ minimum: -1_000_000, maximum: 1_000_000 })))

  it.prop("sum of whole numbers is exact whatever the order", [Values], ([values]) => {
    const scaled = values.map((value, index) => value * 2 ** (index % 30))
    assert.strictEqual(Numeric.sum(scaled), Numeric.sum(scaled.toReversed()))
  })

  it.prop("logSumExp moves with a shift", [Values], ([values]) => {
    if (values.length === 0) return
    const small = values.map((value) => value / 1_000_000)
    assert.closeTo(Numeric.logSumExp(small.map((value) => value - 700)), Numeric.logSumExp(small) - 700, 1e-9)
  })
})
