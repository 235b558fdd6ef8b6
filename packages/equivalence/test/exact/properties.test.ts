import { describe, expect, it } from "vitest"
import { Budget } from "../../src/internal/Budget.ts"
import * as NormalForm from "../../src/internal/exact/NormalForm.ts"
import type { Expression } from "../../src/Expression.ts"
import { evaluate } from "./evaluate.ts"
import { choose, expression, shuffle, source } from "./random.ts"
import { integer } from "./read.ts"

const form = (of: Expression): NormalForm.NormalForm | undefined => NormalForm.normalForm(of, new Budget(2_000_000))
const same = (a: NormalForm.NormalForm, b: NormalForm.NormalForm): string =>
  NormalForm.compare(a, b, new Budget(5_000_000))

const POINTS = [
  [0.7312, 1.9171],
  [-1.3713, 0.6151],
  [2.1913, -0.8317],
  [-0.4711, -1.7133],
].map(
  ([x, y]) =>
    new Map([
      ["x", x!],
      ["y", y!],
    ]),
)

const COUNT = Number(process.env["EXACT_COUNT"] ?? 3000)
const SEED = Number(process.env["EXACT_SEED"] ?? 0)

describe("random expressions", () => {
  it("print the same in any order of terms and factors", () => {
    const random = source(SEED + 1)
    for (let i = 0; i < COUNT; i++) {
      const one = expression(1 + (i % 4), random)
      const [a, b] = [form(one), form(shuffle(one, random))]
      expect(
        b && NormalForm.print(b),
        JSON.stringify(one, (_, v: unknown) => (typeof v === "bigint" ? Number(v) : v)),
      ).toBe(a && NormalForm.print(a))
    }
  })

  it("have equal values when they print the same, or are proved equal, and not where proved different", () => {
    const random = source(SEED + 2)
    const seen = new Map<string, Array<Expression>>()
    const text = (of: Expression): string =>
      JSON.stringify(of, (_, v: unknown) => (typeof v === "bigint" ? Number(v) : v))
    const check = (a: Expression, b: Expression, equal: boolean): void => {
      let separated = false
      let defined = false
      for (const point of POINTS) {
        const [x, y] = [evaluate(a, point), evaluate(b, point)]
        if (!Number.isFinite(x) || !Number.isFinite(y) || Math.abs(x) > 1e8 || Math.abs(x) < 1e-3) continue
        defined = true
        const close = Math.abs(x - y) <= 1e-6 * (1 + Math.abs(x) + Math.abs(y))
        if (equal && !close) expect.fail(`${text(a)} and ${text(b)} at ${[...point.values()].join()}: ${x}, ${y}`)
        separated ||= !close
      }
      if (!equal && defined && !separated) expect.fail(`${text(a)} and ${text(b)} are proved different`)
    }
    for (let i = 0; i < 4 * COUNT; i++) {
      const one = expression(1 + (i % 3), random)
      const found = form(one)
      if (found === undefined) continue
      const key = NormalForm.print(found)
      const before = seen.get(key) ?? []
      for (const other of before.slice(0, 4)) check(one, other, true)
      if (before.length < 4) seen.set(key, [...before, one])
    }
    const keys = [...seen.values()].map((each) => each[0]!)
    const verdicts = { equal: 0, different: 0, unknown: 0 }
    for (let i = 0; i < COUNT; i++) {
      const [a, b] = [choose(keys, random), choose(keys, random)]
      const verdict = same(form(a)!, form(b)!) as keyof typeof verdicts
      verdicts[verdict]++
      if (verdict !== "unknown") check(a, b, verdict === "equal")
    }
    expect(verdicts.different).toBeGreaterThan(COUNT / 10)
  })

  it("obey the laws of rings and fields", () => {
    const random = source(SEED + 3)
    const add = (...terms: ReadonlyArray<Expression>): Expression => ({ type: "add", terms })
    const multiply = (...factors: ReadonlyArray<Expression>): Expression => ({ type: "multiply", factors })
    const divide = (numerator: Expression, denominator: Expression): Expression => ({
      type: "divide",
      numerator,
      denominator,
    })
    let equal = 0
    for (let i = 0; i < COUNT / 4; i++) {
      const [a, b, c] = [1, 2, 2].map((depth) => expression(depth, random)) as [Expression, Expression, Expression]
      const pairs: ReadonlyArray<readonly [Expression, Expression]> = [
        [multiply(a, add(b, c)), add(multiply(c, a), multiply(b, a))],
        [add(a, add(b, c)), add(add(c, a), b)],
        [divide(multiply(a, b), b), a],
        [add(divide(a, b), divide(c, b)), divide(add(a, c), b)],
        [add(divide(integer(1), b), divide(integer(1), c)), divide(add(b, c), multiply(c, b))],
        [
          { type: "power", base: add(a, b), exponent: integer(2) },
          add(multiply(a, a), multiply(integer(2), a, b), multiply(b, b)),
        ],
      ]
      for (const [left, right] of pairs) {
        const [x, y] = [form(left), form(right)]
        if (x === undefined || y === undefined) continue
        expect(same(x, y)).toBe("equal")
        equal++
      }
    }
    expect(equal).toBeGreaterThan(COUNT)
  })
})
