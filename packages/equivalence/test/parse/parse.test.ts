/**
 * The reader: what a text is taken for, where it stops making sense, and the readings of a comma.
 */
import { describe, expect, it } from "vitest"
import type { Expression } from "../../src/Expression.ts"
import { parse } from "../../src/Parse.ts"
import type { Reading } from "../../src/internal/parse/tokens.ts"
import { format } from "../../src/Rational.ts"

const r = String.raw

/** A tree in prefix notation, short enough to read. */
const show = (x: Expression): string => {
  const list = (items: ReadonlyArray<Expression>): string => items.map(show).join(" ")
  switch (x.type) {
    case "number":
      return format(x.value)
    case "symbol":
    case "constant":
      return x.name
    case "add":
      return `(+ ${list(x.terms)})`
    case "multiply":
      return `(* ${list(x.factors)})`
    case "negate":
      return `(- ${show(x.operand)})`
    case "divide":
      return `(/ ${show(x.numerator)} ${show(x.denominator)})`
    case "power":
      return `(^ ${show(x.base)} ${show(x.exponent)})`
    case "root":
      return `(root ${show(x.index)} ${show(x.radicand)})`
    case "apply":
      return `(${x.function} ${list(x.arguments)})`
    case "plusMinus":
      return `(${x.flip ? "∓" : "±"} ${x.left === undefined ? "" : `${show(x.left)} `}${show(x.right)})`
    case "sum":
    case "product":
      return `(${x.type} ${x.variable} ${show(x.lower)} ${show(x.upper)} ${show(x.body)})`
    case "integral":
      return `(∫ ${x.variable} ${x.lower && x.upper ? `${show(x.lower)} ${show(x.upper)} ` : ""}${show(x.body)})`
    case "limit":
      return `(lim ${x.variable} ${show(x.point)}${x.side === undefined ? "" : ` ${x.side}`} ${show(x.body)})`
    case "derivative":
      return `(d ${x.variable} ${x.order} ${show(x.body)})`
    case "quantity":
      return `${show(x.value)}'${x.unit}'`
    case "text":
      return `"${x.text}"`
    case "sequence":
      return `${x.open}${x.items.map(show).join(", ")}${x.close}`
    case "matrix":
      return `[${x.rows.map(list).join("; ")}]`
    case "relation":
      return x.operands
        .map((operand, index) => (index === 0 ? "" : ` ${x.operators[index - 1]} `) + show(operand))
        .join("")
    case "setOperation":
      return x.operands.map(show).join(` ${x.operator} `)
    case "setBuilder":
      return `{${show(x.element)} | ${x.conditions.map(show).join(", ")}}`
    case "namedSet":
      return x.name + (x.sign ?? "")
    case "based":
      return `${x.digits}#${x.base}`
    case "ratio":
      return x.terms.map(show).join(":")
    default:
      return x.type
  }
}

const read = (source: string, comma?: Reading["comma"]): string => {
  const parsed = parse(source, comma === undefined ? undefined : { comma })
  return parsed.outcome === "parsed" ? show(parsed.expression) : `expected ${parsed.expected} at ${parsed.start}`
}

describe("numbers", () => {
  it.each([
    ["12{,}345", "12345"],
    [r`1\,234\,567{,}5`, "2469135/2"],
    ["1 234", "1234"],
    ["1.234,5", "2469/2"],
    [r`0.1\overline{6}`, "1/6"],
    [r`0.\overline6`, "2/3"],
    ["0.(27)", "3/11"],
    ["1.5e-3", "3/2000"],
    ["3.2 x 10^5", "(* 16/5 (^ 10 5))"],
    [r`10\%`, "1/10"],
    [r`33\frac13\%`, "(/ (+ 33 (/ 1 3)) 100)"],
    ["1 1/2", "(+ 1 (/ 1 2))"],
    [r`2\frac12`, "(+ 2 (/ 1 2))"],
    ["½", "(/ 1 2)"],
    ["forty-two", "42"],
    ["664_7", "664#7"],
    [r`1A3_{16}`, "1A3#16"],
    [r`1011_{\text{two}}`, "1011#2"],
    ["１２３", "123"],
    ["1.234.567", "1234567"],
    ["0.58(3)", "7/12"],
    ["2.5(4)", "(* 5/2 4)"],
    ["0.06(5000)", "(* 3/50 5000)"],
    [r`1011_{\text{base } 2}`, "1011#2"],
  ])("%s is %s", (source, tree) => expect(read(source)).toBe(tree))

  it.each([
    ["1,234", "auto", "1234"],
    ["1,234", "separator", "1, 234"],
    ["3,5", "auto", "3, 5"],
    ["3,5", "decimal", "7/2"],
    ["(3,5)", "decimal", "(3, 5)"],
    ["1,234", "decimal", "1, 234"],
    ["(1,234)", "auto", "(1, 234)"],
    ["(1,234)", "thousands", "1234"],
    ["(1,000, 2)", "auto", "(1000, 2)"],
  ] as const)("%s with the comma read as %s is %s", (source, comma, tree) => expect(read(source, comma)).toBe(tree))

  it("tells where a comma may mean something else", () => {
    const ambiguous = (source: string) => {
      const parsed = parse(source)
      return parsed.outcome === "parsed" && parsed.ambiguousComma
    }
    expect([ambiguous("3,5"), ambiguous("3, 5"), ambiguous("3{,}5")]).toEqual([true, false, false])
  })
})

describe("formulas", () => {
  it.each([
    [r`\frac12`, "(/ 1 2)"],
    [r`\frac km`, "(/ k m)"],
    [r`\sqrt2x`, "(* (root 2 2) x)"],
    [r`\sqrt[3]{x}`, "(root 3 x)"],
    ["-2^2", "(- (^ 2 2))"],
    ["2^-1", "(^ 2 -1)"],
    ["x^-1", "(^ x -1)"],
    ["a^b^c", "(^ a (^ b c))"],
    ["x^2_1", "(^ x_1 2)"],
    ["n2^{n-1}", "(* n (^ 2 (+ n -1)))"],
    [r`\sin^2 x`, "(^ (sin x) 2)"],
    [r`\sin^{-1}x`, "(arcsin x)"],
    [r`{\sin}^2 x\cos x`, "(* (^ (sin x) 2) (cos x))"],
    [r`\log_2 x`, "(log x 2)"],
    ["log10(5)", "(log 5 10)"],
    ["2sinx", "(* 2 (sin x))"],
    [r`\binom n2`, "(binomial n 2)"],
    [r`{}_5C_2`, "(binomial 5 2)"],
    ["n!", "(factorial n)"],
    ["5!=120", "(factorial 5) = 120"],
    ["5! = 120", "(factorial 5) = 120"],
    ["x!=3", "x ≠ 3"],
    [r`\log_23`, "(log 3 2)"],
    [r`\log_10 5`, "(log 5 10)"],
    ["k_BT", "(* k_B T)"],
    ["a_nx^n", "(* a_n (^ x n))"],
    ["v_max", "v_max"],
    [r`e^{in\theta}`, "(^ e (* i n theta))"],
    ["n^2-in", "(+ (^ n 2) (- (* i n)))"],
    ["re^{rt}", "(* r (^ e (* r t)))"],
    ["re(z)", "(re z)"],
    [r`\frac{P}{4mL^2}`, "(/ P (* 4 m (^ L 2)))"],
    ["8km + 2", "(+ (* 8 k m) 2)"],
    [r`\mu mg\cos\theta`, "(* mu m g (cos theta))"],
    [r`P_{5}^{2}`, "(permutations 5 2)"],
    [r`\left|x\right|`, "(abs x)"],
    ["∣x−1∣", "(abs (+ x -1))"],
    [r`\sum_{k=1}^n k`, "(sum k 1 n k)"],
    [r`\int^b_a x\,dx`, "(∫ x a b (* x 1))"],
    [r`\lim_{x\to0^+}\frac1x`, "(lim x 0 above (/ 1 x))"],
    [r`\frac{d}{dx}x^2`, "(d x 1 (^ x 2))"],
    [r`2\pm\sqrt3`, "(± 2 (root 2 3))"],
    [r`f^{\prime}(x)`, "(f' x)"],
    ["𝑥+1", "(+ x 1)"],
    [r`3{-}x`, "(+ 3 (- x))"],
    [r`30^{\circ}15'`, "(degrees (+ 30 (/ 15 60)))"],
    [r`\begin{vmatrix}1&2\\3&4\end{vmatrix}`, "(+ (* 1 1 4) (* -1 2 3))"],
  ])("%s is %s", (source, tree) => expect(read(source)).toBe(tree))
})

describe("answers", () => {
  it.each([
    [r`5\text{ cm}^2`, "5'cm^2'"],
    [r`\text{5 cm}`, "5'cm'"],
    [r`5{\rm\ cm}`, "5'cm'"],
    ["60 miles per hour", "60'miles per hour'"],
    ["9.8 m/s^2", "49/5'm/s^2'"],
    ["$5", "5'$'"],
    ["5cm", "5'cm'"],
    [r`12\sqrt{3} cm`, "(* 12 (root 2 3))'cm'"],
    ["5 ft 6 in", "(+ 5'ft' 6'in')"],
    ["(3 cm, 4 cm)", "(3'cm', 4'cm')"],
    ["x in R", "x ∈ R"],
    [r`\left( { - 2,3} \right]`, "(-2, 3]"],
    [r`\left\{ {1,2} \right\}`, "{1, 2}"],
    [r`\left\{ {x\left| {x > 2} \right.} \right\}`, "{x | x > 2}"],
    [r`\left[ {\begin{array}{*{20}{c}}1&2\\3&4\end{array}} \right]`, "[1 2; 3 4]"],
    [r`n\equiv 2 \pmod 4`, "n ≡ (modulo (mod 2 4) 4)"],
    [r`n ≡ 2 (\text{mod } 4)`, "n ≡ (modulo (mod 2 4) 4)"],
    [r`\mathbb{Z}_6`, "Z_6"],
    ["∠A = 60", "A = 60"],
    ["(1,2]", "(1, 2]"],
    ["]0,1[", "]0, 1["],
    [r`\{1, 2\}`, "{1, 2}"],
    ["{x | x > 2}", "{x | x > 2}"],
    [r`\{x\in\mathbb{R}\mid x>2\}`, "{x ∈ R | x > 2}"],
    [r`\mathbb{R}-\{0\}`, "R ∖ {0}"],
    ["(1,2) U (3,4)", "(1, 2) ∪ (3, 4)"],
    ["(1,2) (3,4)", "(1, 2), (3, 4)"],
    [r`k\pi (k\in\mathbb{Z})`, "(* k pi), k ∈ Z"],
    [r`k\pi, \text{ where } k \text{ is an integer}`, "(* k pi), k ∈ Z"],
    ["P(X > 3)", "(* P X > 3)"],
    [r`x \text{ or } y`, "x, y"],
    [r`1 \quad 2`, "1, 2"],
    ["1; 2; 3", "1, 2, 3"],
    ["2 : 3", "2:3"],
    ["1 to 2", "1:2"],
    [r`x\not=2`, "x ≠ 2"],
    [r`\begin{aligned}x&=1\\y&=2\end{aligned}`, "x = 1, y = 2"],
    [r`\begin{cases}1,&\text{if }x>0\\0,&x<0\end{cases}`, "1, x > 0, 0, x < 0"],
    [r`\bold{4}`, "4"],
    [r`\begin{pmatrix}1&2\\3&4\end{pmatrix}`, "[1 2; 3 4]"],
    ["<1, 2>", "⟨1, 2⟩"],
    [r`\boxed{\frac{1}{2}`, "(/ 1 2)"],
    [r`\left(3,4\right.`, "(3, 4)"],
  ])("%s is %s", (source, tree) => expect(read(source)).toBe(tree))
})

describe("what cannot be read", () => {
  it.each([
    ["1 + ", "expected an expression at 4"],
    ["4 2", "expected an operator at 2"],
    [r`\int x^2`, "expected a differential at 8"],
    [r`\sum x`, "expected the bounds of a sum at 5"],
    ["(1,2)) + 3", "expected the end at 5"],
    [r`\sin`, "expected the argument of a function at 4"],
  ])("%s: %s", (source, message) => expect(read(source)).toBe(message))

  it("is told with its place", () =>
    expect(parse("x + = 2")).toEqual({ outcome: "unreadable", expected: "an expression", start: 4, end: 5 }))

  it("takes bounded time for conditions upon conditions", () => {
    const start = performance.now()
    parse("for all ".repeat(2400))
    expect(performance.now() - start).toBeLessThan(200)
  })

  it("never throws", () => {
    for (const source of [
      "",
      "}",
      "\\",
      "{".repeat(3000),
      "^".repeat(50),
      "_",
      "\\left",
      "$$",
      "\\frac",
      "|",
      "a_",
      "\\begin{cases}",
      String.raw`\text{1`.repeat(2000),
    ]) {
      expect(["parsed", "unreadable"]).toContain(parse(source).outcome)
    }
  })
})
