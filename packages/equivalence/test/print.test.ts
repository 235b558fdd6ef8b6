import { assert, describe, it } from "@effect/vitest"
import { Compare, Parse, Print } from "../src/index.ts"

describe("print", () => {
  it.each([
    ["1/2x^2", "\\frac{1}{2} \\cdot x^{2}"],
    ["-3.50", "-3.50"],
    ["\\sin^2 2\\theta", "\\sin\\left(2 \\cdot \\theta\\right)^{2}"],
    ["a_{n+1} - (b - c)", "a_{n+1} - \\left(b - c\\right)"],
    ["x\\in[0,1)", "x \\in [0, 1)"],
    ["\\sum_{k=1}^n k^2", "\\sum_{k=1}^{n} k^{2}"],
  ])("%s", (source, expected) => {
    const parsed = Parse.parse(source)
    assert.strictEqual(parsed.outcome, "parsed")
    if (parsed.outcome === "parsed") assert.strictEqual(Print.print(parsed.expression), expected)
  })

  it.each([
    "\\frac{-b\\pm\\sqrt{b^2-4ac}}{2a}",
    "\\int_0^1 x^2\\,dx",
    "\\lim_{x\\to0}\\frac{\\sin x}{x}",
    "\\begin{pmatrix}1&2\\\\3&4\\end{pmatrix}",
    "(-\\infty,2)\\cup[3,5]",
    "\\{x\\mid x>2\\}",
    "\\{k\\pi : k\\in\\mathbb{Z}\\}",
    "664_7",
    "3:4:5",
    "5 \\text{ cm}",
    "\\binom{n}{k}k!",
    "\\lfloor x\\rfloor+|y|",
    "a=1, b=2",
    "30^\\circ",
    "\\log_2 8",
    "1, 2, \\ldots, n",
  ])("%s reads back", (source) => {
    const parsed = Parse.parse(source)
    if (parsed.outcome !== "parsed") return assert.fail(parsed.expected)
    assert.strictEqual(Compare.compare(source, Print.print(parsed.expression)).outcome, "equivalent")
  })
})
