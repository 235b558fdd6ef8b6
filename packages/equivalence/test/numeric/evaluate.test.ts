import { assert, describe, it } from "@effect/vitest"
import { Budget } from "../../src/internal/Budget.ts"
import type { Expression } from "../../src/Expression.ts"
import type { Ball } from "../../src/internal/numeric/Ball.ts"
import type { Context } from "../../src/internal/numeric/Evaluate.ts"
import { evaluate } from "../../src/internal/numeric/Evaluate.ts"
import { functions } from "../../src/internal/numeric/Functions.ts"
import { randomStream } from "../../src/internal/numeric/Generic.ts"
import type { Real } from "../../src/internal/numeric/Real.ts"
import { add, derivative, div, fn, integral, limit, mul, neg, pow, range, ratio, root, sub, x } from "./build.ts"
import { AT_COMPLEX, AT_FRACTIONS } from "./goldens.ts"

const NOWHERE: ReadonlyMap<string, Ball> = new Map()

const settings = (precision: number): Context => ({ precision, budget: new Budget(1e7), rigorous: true })

const at = (expression: Expression, precision = 128): Ball | undefined =>
  evaluate(expression, NOWHERE, settings(precision))

/** `a·2^shift·10^digits`, cut to an integer. */
const scaled = (m: bigint, e: number, digits: number): bigint => {
  const n = m * 10n ** BigInt(digits)
  return e >= 0 ? n << BigInt(e) : n >> BigInt(-e)
}

/** Checks that a ball holds a decimal, but for the last place of that, and is not much wider than `2^-bits` of it. */
const holds = (ball: Real, decimal: string, bits: number, label: string): void => {
  const [, sign, whole, fraction, exponent] = /^(-?)(\d+)\.?(\d*)(?:e([+-]?\d+))?$/.exec(decimal)!
  const digits = 90
  const places = digits + Number(exponent ?? 0) - fraction!.length
  const unit = 10n ** BigInt(places)
  const truth = BigInt(`${sign}${whole}${fraction}`) * unit
  const value = scaled(ball.m, ball.e, digits)
  const radius = scaled(ball.r, ball.e, digits) + 2n
  const gap = value > truth ? value - truth : truth - value
  const given = truth === 0n ? 0n : unit
  assert.isTrue(gap <= radius + given, `${label}: ${decimal} is outside`)
  const size = truth < 0n ? -truth : truth
  if (given > 0n) assert.isTrue(radius <= (size >> BigInt(bits)) + 10n ** 40n, `${label}: the ball is too wide`)
}

describe("functions", () => {
  it.each(AT_FRACTIONS)("%s of %s/%s", (name, n, d, re, im) => {
    for (const precision of [64, 96, 128, 256, 512]) {
      const value = at(fn(name, ratio(n, d)), precision)!
      assert.isDefined(value)
      holds(value.re, re, precision - 48, `${name} ${n}/${d} at ${precision}`)
      holds(value.im, im, precision - 48, `${name} ${n}/${d} at ${precision}, imaginary`)
    }
  })

  it.each(AT_COMPLEX)("%s of a complex number", (name, re, im) => {
    for (const precision of [64, 128, 256]) {
      const value = at(fn(name, sub(ratio(6, 5), mul(ratio(7, 10), "i"))), precision)!
      holds(value.re, re, precision - 12, `${name} at ${precision}`)
      holds(value.im, im, precision - 12, `${name} at ${precision}, imaginary`)
    }
  })

  it("has constants and powers", () => {
    holds(at(x("pi"))!.re, "3.141592653589793238462643383279502884197", 120, "π")
    holds(at(x("e"))!.re, "2.718281828459045235360287471352662497757", 120, "e")
    holds(at(pow(2, root(2)))!.re, "2.665144142690225188650297249873139848274", 120, "2^√2")
    holds(at(pow("i", "i"))!.re, "0.2078795763507619085469556198349787700339", 115, "i^i")
    holds(at(pow("e", mul("pi", root(163))))!.re, "262537412640768743.9999999999992500725972", 115, "Ramanujan")
    holds(at(root(neg(8), 3))!.re, "-2", 120, "a real root")
    holds(at(pow(neg(8), ratio(1, 3)))!.re, "1", 110, "the principal root")
    holds(at(fn("log", 8, 2))!.re, "3", 128, "log 8")
    holds(at(fn("degrees", 180))!.re, "3.141592653589793238462643383279502884197", 110, "180°")
    holds(at(fn("ln", fn("factorial", 10_000)))!.re, "82108.92783681435345538503006", 60, "10000!")
  })

  it("keeps what is exact", () => {
    const exact = (expression: Expression) => at(expression, 256)?.exact
    const is = (n: bigint, d = 1n) => ({ numerator: n, denominator: d })
    assert.deepStrictEqual(exact(add(ratio(1, 3), ratio(1, 6))), is(1n, 2n))
    assert.deepStrictEqual(exact(root(ratio(9, 4))), is(3n, 2n))
    assert.deepStrictEqual(exact(pow(ratio(8, 27), ratio(-2, 3))), is(9n, 4n))
    assert.deepStrictEqual(exact(fn("log", ratio(1, 8), 2)), is(-3n))
    assert.deepStrictEqual(exact(fn("floor", fn("sqrt", 2))), undefined)
    assert.deepStrictEqual(exact(fn("floor", mul(100, root(2)))), is(141n))
    assert.deepStrictEqual(exact(fn("ceil", ratio(-7, 2))), is(-3n))
    assert.deepStrictEqual(exact(fn("round", ratio(5, 2))), is(3n))
    assert.deepStrictEqual(exact(fn("mod", -7, 3)), is(2n))
    assert.deepStrictEqual(exact(fn("gcd", 84, -36)), is(12n))
    assert.deepStrictEqual(exact(fn("lcm", 4, 6, 10)), is(60n))
    assert.deepStrictEqual(exact(fn("max", 3, ratio(7, 2), -1)), is(7n, 2n))
    assert.deepStrictEqual(exact(fn("binomial", 52, 5)), is(2598960n))
    assert.deepStrictEqual(exact(fn("binomial", 5, 7)), is(0n))
    assert.deepStrictEqual(exact(fn("permutations", 10, 3)), is(720n))
    assert.deepStrictEqual(exact(fn("doubleFactorial", 9)), is(945n))
    assert.deepStrictEqual(exact(fn("factorial", 25)), is(15511210043330985984000000n))
    assert.deepStrictEqual(exact(range("sum", "k", 1, 100, pow("k", 3))), is(25502500n))
    assert.deepStrictEqual(exact(range("product", "k", 1, 5, "k")), is(120n))
    assert.deepStrictEqual(exact(range("sum", "k", 1, 0, "k")), is(0n))
    assert.deepStrictEqual(exact({ type: "based", digits: "2516", base: 8 }), is(1358n))
  })

  it("has nothing where there is no value", () => {
    for (const expression of [
      div(1, sub(ratio(1, 3), div(1, 3))),
      fn("ln", 0),
      pow(0, 0),
      pow(0, -1),
      fn("tan", div("pi", 2)),
      fn("factorial", -3),
      x("infinity"),
      x("unbound"),
      fn("nosuch", 1),
      pow(9, pow(9, pow(9, 9))),
      fn("exp", fn("exp", fn("exp", 100))),
      fn("factorial", fn("factorial", pow(10, 10))),
      { type: "text", text: "none" } as const,
    ]) {
      assert.isUndefined(at(expression))
    }
  })

  it("holds at low precision what it finds at high precision", () => {
    const next = randomStream("containment")
    const pick = <A>(items: ReadonlyArray<A>): A => items[next() % items.length]!
    const names = [...functions.keys(), "factorial"]
    const tree = (depth: number): Expression => {
      if (depth === 0)
        return pick([x((next() % 30) - 9), ratio((next() % 2000) - 999, 1 + (next() % 99)), x("pi"), x("i")])
      const [a, b] = [tree(depth - 1), tree(depth - 1)]
      return pick([
        add(a, b),
        mul(a, b),
        sub(a, b),
        div(a, b),
        pow(a, b),
        root(a, 2 + (next() % 3)),
        fn(pick(names), a),
      ])
    }
    let compared = 0
    for (let count = 0; count < 3000; count++) {
      const expression = tree(1 + (next() % 3))
      const good = at(expression, 512)
      if (good === undefined) continue
      for (const precision of [64, 96, 192]) {
        const rough = at(expression, precision)
        if (rough === undefined) continue
        for (const part of ["re", "im"] as const) {
          const [a, b] = [rough[part], good[part]]
          const e = Math.min(a.e, b.e)
          if (Math.max(a.e, b.e) - e > 10_000) continue
          const gap = (a.m << BigInt(a.e - e)) - (b.m << BigInt(b.e - e))
          const reach = (a.r << BigInt(a.e - e)) + (b.r << BigInt(b.e - e))
          assert.isTrue(
            (gap < 0n ? -gap : gap) <= reach,
            JSON.stringify(expression, (_, v) => (typeof v === "bigint" ? `${v}` : v)),
          )
          compared++
        }
      }
    }
    assert.isAbove(compared, 5000)
  })
})

describe("estimates", () => {
  const n = x("n")
  const cases: ReadonlyArray<readonly [string, Expression, string | undefined]> = [
    ["Σ 1/n²", range("sum", "n", 1, "infinity", div(1, pow(n, 2))), "1.644934066848226436472415166646025189219"],
    [
      "Σ 1/n^(3/2)",
      range("sum", "n", 1, "infinity", pow(n, ratio(-3, 2))),
      "2.612375348685488343348567567924071630571",
    ],
    [
      "Leibniz",
      range("sum", "n", 0, "infinity", div(pow(-1, n), add(mul(2, n), 1))),
      "0.7853981633974483096156608458198757210493",
    ],
    [
      "Σ 1/n!",
      range("sum", "n", 0, "infinity", div(1, fn("factorial", n))),
      "2.718281828459045235360287471352662497757",
    ],
    ["Σ 1/2^n", range("sum", "n", 0, "infinity", div(1, pow(2, n))), "2"],
    ["Σ 1/n", range("sum", "n", 1, "infinity", div(1, n)), undefined],
    ["Σ 1/√n", range("sum", "n", 1, "infinity", pow(n, ratio(-1, 2))), undefined],
    ["Σ (-1)^n", range("sum", "n", 1, "infinity", pow(-1, n)), undefined],
    ["Π 1-1/n²", range("product", "n", 2, "infinity", sub(1, div(1, pow(n, 2)))), "0.5"],
    ["∫ sin", integral("x", 0, "pi", fn("sin", "x")), "2"],
    ["∫ ln", integral("x", 0, 1, fn("ln", "x")), "-1"],
    [
      "∫ 1/√(1-x²)",
      integral("x", 0, 1, div(1, root(sub(1, pow("x", 2))))),
      "1.570796326794896619231321691639751442099",
    ],
    [
      "∫ e^-x²",
      integral("x", neg("infinity"), "infinity", pow("e", neg(pow("x", 2)))),
      "1.772453850905516027298167483341145182798",
    ],
    [
      "∫ 1/(1+x²)",
      integral("x", 0, "infinity", div(1, add(1, pow("x", 2)))),
      "1.570796326794896619231321691639751442099",
    ],
    ["∫ √tan", integral("x", 0, div("pi", 2), root(fn("tan", "x"))), "2.221441469079183123507940495030346849307"],
    ["∫ 1/x", integral("x", 0, 1, div(1, "x")), undefined],
    ["lim sin x/x", limit("x", 0, div(fn("sin", "x"), "x")), "1"],
    ["lim (1+1/n)^n", limit("n", "infinity", pow(add(1, div(1, n)), n)), "2.718281828459045235360287471352662497757"],
    ["lim x ln x", limit("x", 0, mul("x", fn("ln", "x")), "above"), "0"],
    ["lim √(x²+x)-x", limit("x", "infinity", sub(root(add(pow("x", 2), "x")), "x")), "0.5"],
    ["lim |x|/x", limit("x", 0, div(fn("abs", "x"), "x")), undefined],
    ["lim sin 1/x", limit("x", 0, fn("sin", div(1, "x"))), undefined],
    ["lim (-1)^n", limit("n", "infinity", pow(-1, n)), undefined],
  ]

  it.each(cases)("%s", (label, expression, expected) => {
    const context = settings(128)
    const value = evaluate(expression, NOWHERE, context)
    if (expected === undefined) return assert.isUndefined(value)
    assert.isDefined(value)
    assert.isFalse(context.rigorous)
    holds(value.re, expected, 64, label)
  })

  it("differentiates", () => {
    const body = mul(pow("x", 3), fn("sin", "x"))
    const environment = new Map([["x", at(ratio(7, 4))!]])
    const second = evaluate(derivative("x", 2, body), environment, settings(128))!
    // 6x·sin x + 6x²·cos x - x³·sin x
    const truth = add(
      mul(6, "x", fn("sin", "x")),
      mul(6, pow("x", 2), fn("cos", "x")),
      neg(mul(pow("x", 3), fn("sin", "x"))),
    )
    const difference = evaluate(sub(derivative("x", 2, body), truth), environment, settings(192))!
    assert.isTrue(Math.abs(Number(difference.re.m)) <= difference.re.r)
    assert.isBelow(Number(second.re.r) * 2 ** second.re.e, 1e-30)
  })
})
