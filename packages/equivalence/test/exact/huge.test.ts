import { assert, describe, it } from "@effect/vitest"
import { compare } from "../../src/Compare.ts"

describe("numbers too large to write out", () => {
  it.each([
    ["3^{123456789} \\bmod 7", "6"],
    ["2^{100} \\bmod 7", "2"],
    ["-2^{3} \\bmod 5", "2"],
    ["7^{10^9} \\bmod 10", "1"],
    ["1000! \\bmod 1009", "782"],
    ["\\frac{1000000!}{999999!}", "1000000"],
    ["\\frac{999998!}{1000000!}", "\\frac{1}{999999000000}"],
  ])("%s is %s", (a, b) => {
    assert.strictEqual(compare(a, b).outcome, "equivalent")
    assert.notStrictEqual(compare(a, `${b} + 1`).outcome, "equivalent")
  })
})
