import { AnswerKey, Compare, Equivalence, Extract, Grade, Rational } from "../src/index.ts"
import { assert, describe, it } from "@effect/vitest"
import { Effect, Schema } from "effect"

const SmallInt = Schema.Int.check(Schema.isBetween({ minimum: -200, maximum: 200 }))
const Denominator = Schema.Int.check(Schema.isBetween({ minimum: 1, maximum: 200 }))

describe("Rational", () => {
  it("is in lowest terms with a positive denominator", () => {
    assert.deepStrictEqual(Rational.make(6n, -8n), { numerator: -3n, denominator: 4n })
    assert.strictEqual(Rational.make(1n, 0n), undefined)
    assert.strictEqual(Rational.divide(Rational.make(1n)!, Rational.make(0n)!), undefined)
  })

  it.prop("adds and multiplies like numbers", [SmallInt, Denominator, SmallInt, Denominator], ([a, b, c, d]) => {
    const x = Rational.make(BigInt(a), BigInt(b))!
    const y = Rational.make(BigInt(c), BigInt(d))!
    const value = ({ denominator, numerator }: Rational.Rational) => Number(numerator) / Number(denominator)
    assert.closeTo(value(Rational.add(x, y)), a / b + c / d, 1e-9)
    assert.closeTo(value(Rational.multiply(x, y)), (a / b) * (c / d), 1e-9)
    assert.isTrue(Rational.equals(Rational.subtract(Rational.add(x, y), y), x))
  })
})

describe("AnswerKey", () => {
  it.prop("every spelling of a fraction has its value", [SmallInt, Denominator], ([n, d]) => {
    const value = Rational.make(BigInt(n), BigInt(d))!
    const sign = n < 0 ? "-" : ""
    const spellings = [
      Rational.format(value),
      `${n * 3}/${d * 3}`,
      `${sign}\\frac{${Math.abs(n)}}{${d}}`,
      `$\\dfrac{${n}}{${d}}$.`,
      `${n * 100}/${d}\\%`,
      ...[Rational.toDecimal(value, 20)].filter((decimal) => decimal !== undefined),
    ]
    for (const spelling of spellings) {
      assert.strictEqual(AnswerKey.answerKey(spelling).key, Rational.format(value), spelling)
    }
  })

  it.each([
    ["(x+1)^2", "x^2+2x+1"],
    ["\\sin 2x", "2 \\cos x \\sin x"],
    ["\\{3, 1, 1\\}", "1, 3"],
    ["2x + 4y = 6", "x = 3 - 2y - 0x"],
    ["2 < x", "x > 2"],
    ["[0,1] \\cup [1,2)", "[0, 2)"],
    ["500 \\text{ cm}", "5 \\text{ m}"],
    ["x = 5", "5 = x"],
    ["\\text{East}", "east"],
  ])("%s and %s share a key", (a, b) => {
    if (a.includes("=") && a.includes("y")) return assert.strictEqual(Compare.compare(a, b).outcome, "equivalent")
    assert.strictEqual(AnswerKey.answerKey(a).key, AnswerKey.answerKey(b).key)
  })
})

describe("Extract", () => {
  it.each([
    ["first \\boxed{1}, then \\boxed{\\frac{3}{4}}", "\\frac{3}{4}", "boxed"],
    ["\\boxed{a \\} b}", "a \\} b", "boxed"],
    ["\\boxed{\\boxed{5}}", "\\boxed{5}", "boxed"],
    ["\\fbox{7}", "7", "boxed"],
    ["<answer> 12 </answer>", "12", "answer-tag"],
    ["6 * 7 = 42\n#### 42", "42", "hashes"],
    ["Hence the answer is 3.5.", "3.5", "phrase"],
    ["The final answer is $\\frac{1}{2}$. I hope it is correct.", "\\frac{1}{2}", "phrase"],
    ["Answer: (B)", "(B)", "phrase"],
    ["3/4", "3/4", "whole-response"],
    ["We then have 17 apples and that is it", "17", "last-number"],
  ])("%s → %s by %s", (text, answer, rule) => {
    const found = Extract.extract(text)
    assert.strictEqual(found?.answer, answer)
    assert.strictEqual(found?.rule, rule)
    assert.strictEqual(text.slice(found!.start, found!.end).trim(), answer)
  })

  it.each(["", "   ", "\\boxed{", "\\boxed{}", "<answer>", "no idea at all"])("%s has no answer", (text) => {
    assert.strictEqual(Extract.extract(text), undefined)
  })

  it("counts only what was asked for", () => {
    assert.strictEqual(Extract.extract("The answer is 7.", ["boxed"]), undefined)
    assert.strictEqual(Extract.extract("\\boxed{7}", ["answer-tag"]), undefined)
    const inside = Extract.extract("</think> <answer> It is \\boxed{7}. </answer>", ["answer-tag"])
    assert.strictEqual(inside?.answer, "7")
  })

  it("takes time in proportion to hostile input", () => {
    const hostile = [
      "\\boxed{".repeat(20_000),
      "answer is ".repeat(20_000),
      "<answer>".repeat(20_000),
      "$ ".repeat(50_000),
      "9,".repeat(50_000),
      "{".repeat(100_000),
      `${"(".repeat(5000)}1${",1)".repeat(5000)}`,
      `5 ${"ab ".repeat(6600)}1`,
    ]
    for (const text of hostile) {
      const started = performance.now()
      Grade.grade(["1"], text)
      assert.isBelow(performance.now() - started, 2000)
    }
  })
})

describe("Compare", () => {
  it.each([
    ["3/4", "0.75", "equivalent"],
    ["x = 5", "5", "equivalent"],
    ["5 \\text{ cm}", "5", "equivalent"],
    ["\\{1, 2\\}", "\\{2,1\\}", "equivalent"],
    ["1, 2", "2, 1", "equivalent"],
    ["(1,2)", "(1,2]", "different"],
    ["(1,2)", "(2,1)", "different"],
    ["0.333", "1/3", "different"],
    ["Yes", "yes", "equivalent"],
    ["yes", "no", "different"],
    ["2x+1", "1+2x", "equivalent"],
    ["2x+1", "2x+", "undecided"],
    ["", "", "undecided"],
  ])("%s and %s are %s", (a, b, outcome) => {
    assert.strictEqual(Compare.compare(a, b).outcome, outcome)
    assert.strictEqual(Compare.compare(b, a).outcome, outcome)
  })
})

describe("Grade", () => {
  it("is right when any reference answer matches", () => {
    assert.isTrue(Grade.grade(["1.6", "1.61"], "\\boxed{1.61}").correct)
  })

  it("is wrong when boxes disagree, whichever is right", () => {
    for (const gold of ["1", "2"]) assert.isFalse(Grade.grade([gold], "\\boxed{1}. So \\boxed{2}").correct)
    assert.isTrue(Grade.grade(["1/2"], "\\boxed{0.5}, that is \\boxed{\\frac12}").correct)
  })

  it("takes boxes that or joins for one answer when they mean the same", () => {
    const response = "The answer is $\\boxed{\\frac34}$, or \\boxed{0.75} as a decimal."
    assert.isTrue(Grade.grade(["3/4"], response).correct)
    assert.isFalse(Grade.grade(["0.7"], response).correct)
    assert.isFalse(Grade.grade(["1"], "\\boxed{1} or \\boxed{2}").correct)
    assert.isTrue(Grade.grade(["1, 2"], "\\boxed{1} or \\boxed{2}").correct)
  })

  it("is never right when the response or the reference is empty", () => {
    assert.isFalse(Grade.grade(["3"], "").correct)
    assert.isFalse(Grade.grade([""], "\\boxed{}").correct)
    assert.isFalse(Grade.grade([], "\\boxed{3}").correct)
  })
})

describe("layers", () => {
  const answers = ["3/4", "0.75", undefined, "\\frac{6}{8}", "1/2", undefined]

  it.effect("math puts every spelling of a value into one cluster", () =>
    Effect.gen(function* () {
      const { cluster } = yield* Equivalence.Equivalence
      assert.deepStrictEqual(yield* cluster(answers), [0, 0, undefined, 0, 1, undefined])
    }).pipe(Effect.provide(Equivalence.layerMath)),
  )

  it.effect("exact keeps spellings apart", () =>
    Effect.gen(function* () {
      const { cluster, grade } = yield* Equivalence.Equivalence
      assert.deepStrictEqual(yield* cluster(answers), [0, 1, undefined, 2, 3, undefined])
      assert.isFalse((yield* grade(["3/4"], "\\boxed{0.75}")).correct)
      assert.isTrue((yield* grade(["3/4"], "\\boxed{3/4}")).correct)
    }).pipe(Effect.provide(Equivalence.layerExact)),
  )
})
