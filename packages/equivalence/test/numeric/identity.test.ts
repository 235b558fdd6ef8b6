import { assert, describe, it } from "@effect/vitest"
import { Budget, BudgetExhausted } from "../../src/internal/Budget.ts"
import type { Expression } from "../../src/Expression.ts"
import { fingerprint } from "../../src/internal/numeric/Fingerprint.ts"
import { constantRatio, differenceIsConstant, identity } from "../../src/internal/numeric/Identity.ts"
import { add, derivative, div, fn, integral, limit, mul, neg, pow, range, ratio, root, sub, x } from "./build.ts"

const options = (units = 1e6) => ({ seed: "test", budget: new Budget(units) })

const [a, n, v] = [x("a"), x("n"), x("x")]

const EQUAL: ReadonlyArray<readonly [string, Expression, Expression]> = [
  ["(√2+√3)²", pow(add(root(2), root(3)), 2), add(5, mul(2, root(6)))],
  ["√2/2", div(root(2), 2), div(1, root(2))],
  ["sin π", fn("sin", "pi"), x(0)],
  ["√[3]{2+√5} + √[3]{2-√5}", add(root(add(2, root(5)), 3), root(sub(2, root(5)), 3)), x(1)],
  ["e^iπ", pow("e", mul("i", "pi")), x(-1)],
  ["sin 75°", fn("sin", fn("degrees", 75)), div(add(root(6), root(2)), 4)],
  ["e^900", pow("e", 900), pow(pow("e", 450), 2)],
  ["10!/8!", div(fn("factorial", 10), fn("factorial", 8)), x(90)],
  ["sin² + cos²", add(pow(fn("sin", v), 2), pow(fn("cos", v), 2)), x(1)],
  ["√x² and |x|", root(pow(v, 2)), fn("abs", v)],
  ["√(1/n) and 1/√n", root(div(1, n)), div(1, root(n))],
  ["√(ab)", root(mul(a, v)), mul(root(a), root(v))],
  ["ln x²", fn("ln", pow(v, 2)), mul(2, fn("ln", v))],
  ["ln|x| and ln x", fn("ln", fn("abs", v)), fn("ln", v)],
  ["(-1)^n and cos nπ", pow(-1, n), fn("cos", mul(n, "pi"))],
  ["Σ k", range("sum", "k", 1, n, "k"), div(mul(n, add(n, 1)), 2)],
  ["Pascal", fn("binomial", n, "k"), add(fn("binomial", sub(n, 1), "k"), fn("binomial", sub(n, 1), sub("k", 1)))],
  ["n!/(n-1)!", div(fn("factorial", n), fn("factorial", sub(n, 1))), n],
  ["(x³-1)/(x-1)", div(sub(pow(v, 3), 1), sub(v, 1)), add(pow(v, 2), v, 1)],
  ["arcsin + arccos", add(fn("arcsin", v), fn("arccos", v)), div("pi", 2)],
  ["f(x+1) and f(1+x)", fn("f", add(v, 1)), fn("f", add(1, v))],
  ["e^ix", pow("e", mul("i", v)), add(fn("cos", v), mul("i", fn("sin", v)))],
  ["d/dx", derivative("x", 1, mul(v, fn("sin", v))), add(fn("sin", v), mul(v, fn("cos", v)))],
  ["∫₀ˣ", integral("t", 0, v, mul(2, "t")), pow(v, 2)],
  ["Σ 1/n²", range("sum", "n", 1, "infinity", div(1, pow(n, 2))), div(pow("pi", 2), 6)],
  ["lim", limit("h", 0, div(sub(pow(add(v, "h"), 2), pow(v, 2)), "h")), mul(2, v)],
]

const DIFFERENT: ReadonlyArray<readonly [string, Expression, Expression]> = [
  ["Ramanujan's constant", pow("e", mul("pi", root(163))), x(262537412640768744n)],
  ["√x² and x", root(pow(v, 2)), v],
  ["20!", fn("factorial", 20), add(fn("factorial", 20), 1)],
  ["2000!", fn("factorial", 2000), add(fn("factorial", 2000), 1)],
  ["10^-30", div(1, pow(10, 30)), div(2, pow(10, 30))],
  ["10^-300 and 0", div(1, pow(10, 300)), x(0)],
  ["x + 10^-30", add(v, div(1, pow(10, 30))), v],
  ["f and g", fn("f", v), fn("g", v)],
  ["f(x, y)", fn("f", v, a), fn("f", a, v)],
  ["sin 2x", fn("sin", mul(2, v)), mul(2, fn("sin", v))],
  ["2^n and n²", pow(2, n), pow(n, 2)],
  ["√-4", root(neg(4)), x(2)],
  ["d/dx", derivative("x", 1, pow(v, 2)), v],
  ["d/dx of a constant", derivative("x", 1, x(547_000)), sub(pow(v, 2), "y")],
  [
    "Fibonacci 1000 + 1",
    div(sub(pow(div(add(1, root(5)), 2), 900), pow(div(sub(1, root(5)), 2), 900)), root(5)),
    add(div(sub(pow(div(add(1, root(5)), 2), 900), pow(div(sub(1, root(5)), 2), 900)), root(5)), 1),
  ],
]

describe("identity", () => {
  it.each(EQUAL)("%s: equal", (_, left, right) => {
    const found = identity(left, right, options())
    assert.strictEqual(found.outcome, "equal", found.reason)
    assert.isBelow(found.errorProbability, 1e-4)
    assert.deepStrictEqual(identity(right, left, options()).outcome, "equal")
  })

  it.each(DIFFERENT)("%s: different", (_, left, right) => {
    const found = identity(left, right, options())
    assert.strictEqual(found.outcome, "different", found.reason)
    assert.deepStrictEqual(identity(right, left, options()), found)
  })

  it("does not claim what it cannot know", () => {
    for (const [left, right] of [
      [div(1, 0), div(1, 0)],
      [pow("e", 2000), add(pow("e", 2000), 1)],
      [fn("floor", div(v, 0)), v],
      [pow(9, pow(9, pow(9, 9))), x(1)],
      [range("sum", "n", 1, "infinity", div(1, n)), x(10)],
    ] as const) {
      assert.strictEqual(identity(left, right, options()).outcome, "unknown")
    }
  })

  it("takes complex values where a side is not real", () => {
    assert.strictEqual(identity(root(neg(4)), mul(2, "i"), options()).outcome, "equal")
    assert.strictEqual(identity(fn("sin", mul(n, "pi")), x(0), options()).outcome, "different")
    assert.strictEqual(identity(fn("log", x("e")), x(1), options()).outcome, "equal")
  })

  it("stops when the budget is spent", () => {
    const long = range("sum", "k", 1, 2000, range("sum", "j", 1, 2000, fn("sin", mul("j", "k"))))
    assert.throws(() => identity(long, x(1), options(20_000)), BudgetExhausted)
  })

  it("survives hostile numbers", () => {
    let tower: Expression = x(9)
    let nested: Expression = x(3)
    let squares: Expression = add(v, ratio(1, 3))
    for (let count = 0; count < 150; count++) {
      tower = pow(9, tower)
      if (count < 20) nested = fn("factorial", nested)
      squares = add(pow(squares, 2), 1)
    }
    for (const hostile of [
      tower,
      nested,
      squares,
      pow(9, pow(9, 9)),
      fn("factorial", pow(10, 10)),
      pow(ratio(10_000_001, 10_000_000), pow(10, 9)),
      range("sum", "k", 1, pow(10, 9), "k"),
      fn("sin", pow(10, 100_000)),
      pow(v, pow(v, pow(v, v))),
    ]) {
      const budget = new Budget(100_000)
      try {
        identity(hostile, add(hostile, 1), { seed: "hostile", budget })
      } catch (error) {
        assert.instanceOf(error, BudgetExhausted)
      }
    }
  })
})

describe("constantRatio", () => {
  it("finds the factor and its sign", () => {
    const line = sub(v, mul(2, "y"))
    assert.deepInclude(constantRatio(mul(-3, line), line, options()), { outcome: "equal", sign: -1 })
    assert.deepInclude(constantRatio(line, mul(root(2), line), options()), { outcome: "equal", sign: 1 })
    assert.strictEqual(constantRatio(line, sub(v, mul(3, "y")), options()).outcome, "different")
    assert.strictEqual(constantRatio(x(0), line, options()).outcome, "different")
    assert.deepInclude(constantRatio(x(6), neg(2), options()), { outcome: "equal", sign: -1 })
  })
})

describe("differenceIsConstant", () => {
  it("knows antiderivatives", () => {
    const same = (f: Expression, g: Expression) => differenceIsConstant(f, g, options()).outcome
    assert.strictEqual(same(fn("ln", fn("abs", sub(v, 1))), fn("ln", fn("abs", mul(3, sub(v, 1))))), "equal")
    assert.strictEqual(same(pow(fn("sin", v), 2), neg(div(fn("cos", mul(2, v)), 2))), "equal")
    assert.strictEqual(same(fn("arctan", v), neg(fn("arctan", div(1, v)))), "equal")
    assert.strictEqual(same(pow(v, 2), mul(pow(v, 2), ratio(1001, 1000))), "different")
  })
})

describe("fingerprint", () => {
  it("is the same for equals", () => {
    const key = (expression: Expression) => fingerprint(expression, options())
    for (const [name, left, right] of EQUAL) {
      const [one, other] = [key(left), key(right)]
      if (one !== undefined && other !== undefined && !/^(?:ln|√\(ab)/.test(name)) assert.strictEqual(one, other, name)
    }
    assert.strictEqual(key(x(5)), key(pow(root(5), 2)))
    assert.strictEqual(key(x("y")), key(add(v, neg(v), "y")))
    assert.strictEqual(key(pow(2, 100)), key(pow(root(2), 200)))
    assert.notStrictEqual(key(x(5)), key(add(5, div(1, pow(10, 25)))))
    assert.strictEqual(key(div(1, 0)), undefined)
  })
})
