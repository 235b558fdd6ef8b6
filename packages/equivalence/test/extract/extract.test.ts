import * as Extract from "@seed-grpo/equivalence/Extract"
import { assert, describe, it } from "@effect/vitest"
import { Schema } from "effect"

/** Answer and rule, and that the place holds the answer, or each member of a list. */
const check = (text: string, answer: string, rule?: Extract.ExtractionRule) => {
  const found = Extract.extract(text)!
  assert.isDefined(found, text)
  assert.strictEqual(found.answer, answer, text)
  if (rule !== undefined) assert.strictEqual(found.rule, rule, text)
  const place = text.slice(found.start, found.end)
  if (place !== found.answer) for (const part of answer.split(", ")) assert.include(place, part)
  assert.include(found.candidates, answer)
}

describe("boxes", () => {
  it.each([
    ["first \\boxed{1}, so it is \\boxed{\\frac{3}{4}}.", "\\frac{3}{4}"],
    ["\\boxed{\\boxed{5}}", "\\boxed{5}"],
    ["$\\fbox{7}$", "7"],
    ["\\framebox[2cm][c]{7}", "7"],
    ["so $\\boxed 5$.", "5"],
    ["$\\boxed\\frac12$", "\\frac12"],
    ["It is \\boxed 42 apples", "42"],
    ["\u0008oxed{42}", "42"],
    ["\\boxed{ $42$. }", "42"],
    ["\\boxed{**42**}", "42"],
    ["\\boxed{\\$42}", "\\$42"],
    ["put it in \\boxed{}, so \\boxed{3}", "3"],
    ["a stray { and \\boxed{3}", "3"],
    ["\\boxed{\\frac{1}{2 was wrong, it is \\boxed{5}", "5"],
    ["\\begin{align*}\nS &= T \\\\\n&= \\boxed{1/3}.\n\\end{align*}", "1/3"],
  ])("%s → %s", (text, answer) => {
    check(text, answer, "boxed")
  })

  it.each([
    ["\\boxed{1}\\boxed{2}", "1, 2"],
    ["$\\boxed{1}$, $\\boxed{2}$, or $\\boxed{3}$", "1, 2, 3"],
    ["\\[ \\boxed{-2} \\quad \\text{and} \\quad \\boxed{1}. \\]", "-2, 1"],
    ["$x=\\boxed{1}$, $y=\\boxed{2}$", "1, 2"],
    ["\\(\\boxed{1}\\) 或 \\(\\boxed{2}\\)", "1, 2"],
    ["\\boxed{5} \\boxed{5}", "5"],
  ])("%s is one list", (text, answer) => {
    check(text, answer, "boxed")
    assert.lengthOf(Extract.extract(text)!.candidates, 1)
  })

  it("that disagree are all candidates", () => {
    const found = Extract.extract("(a) \\boxed{12}, then much later (b) \\boxed{15}")
    assert.deepStrictEqual(found?.candidates, ["12", "15"])
  })

  it.each(["so \\boxed{\\frac{1}{2", "so $\\boxed{\\frac{1}{2$ and on", "<answer>\\frac{1}{2"])(
    "%s is cut off",
    (text) => {
      const found = Extract.extract(text)
      assert.strictEqual(found?.answer, "\\frac{1}{2")
      assert.isTrue(found?.truncated)
      assert.isFalse(Extract.extract("\\boxed{\\frac{1}{2}}")?.truncated)
    },
  )

  it.each(["\\boxed{}", "\\boxed{ }", "so x = 5 \\boxed{", "<answer></answer>", "\\framebox{}"])(
    "%s promises and does not tell",
    (text) => {
      assert.isUndefined(Extract.extract(text))
    },
  )
})

describe("thoughts, turns and tags", () => {
  it("counts what follows the last thought", () => {
    check("<think>\\boxed{1}</think> \\boxed{2}", "2")
    check("<think>\\boxed{1}</think><answer>2</answer>", "2", "answer-tag")
    assert.isUndefined(Extract.extract("<think> it is \\boxed{1} </think>"))
  })

  it("counts the whole text when a thought never ends", () => {
    check("<think> it is \\boxed{1}", "1")
  })

  it("ends with the turn", () => {
    check("So it is 5.<|im_end|>\n<|im_start|>user\nThe answer is 7.", "5")
  })

  it("reads tags and hashes", () => {
    check("<answer>\n$\\frac{1}{2}$\n</answer>", "\\frac{1}{2}", "answer-tag")
    check("<ANSWER>The value is 5.</ANSWER>", "5", "answer-tag")
    check("6 * 7 = 42\n#### 42", "42", "hashes")
    check("#### Step 1: take 5\nso\n#### 7\n", "7", "hashes")
    check("#### Final Answer\n\n12", "12", "phrase")
  })
})

describe("phrases", () => {
  it.each([
    ["So the answer is: 5", "5"],
    ["**Answer:** 5", "5"],
    ["**Answer: 5**", "5"],
    ["## Final Answer\n\n42", "42"],
    ["**Final Answer**\n\n\\( x = 5 \\)", "x = 5"],
    ["Final Answer: The final answer is $(0,1)$. I hope it is correct.", "(0,1)"],
    ["Final Answer: The largest $n$ is 34.", "34"],
    ["The answer to the problem is 12 apples.", "12 apples"],
    ["The answer is\n\\[\n42\n\\]", "42"],
    ["The answer is $\\$45$.", "\\$45"],
    ["Therefore the answer is $640.", "$640"],
    ["The answer is 1,234.", "1,234"],
    ["The answer is 12 3/5.", "12 3/5"],
    ["The answer is x^2 + 3x - 1.", "x^2 + 3x - 1"],
    ["The answer is y = 2x + 1.", "y = 2x + 1"],
    ["The answer is {1, 2, 3}.", "{1, 2, 3}"],
    ["The answer is 3 or 4.", "3, 4"],
    ["The answers are $2$, $3$, and $5$.", "2, 3, 5"],
    ["The answer is $n = 5$ since $5 > 3$.", "n = 5"],
    ["The answer is 42 because 40+2=42.", "42"],
    ["The answer is odd.", "odd"],
    ["The answer is 10!", "10!"],
    ["The answer is not 5.\nThe answer is 6.", "6"],
    ["Answer: 41 was a wrong guess.\nAnswer: 42", "42"],
    ["Thus $x <= 2$ is our answer.", "x <= 2"],
    ["We arrive at the answer 42.", "42"],
    ['{"answer": "5"}', "5"],
    ["So the correct answer is choice **B**.", "B"],
    ["Answer: (D) $\\frac{1}{2}$", "(D)"],
    ["The answer is (B) 12 apples.", "(B) 12 apples"],
    ["Answer $ \\frac{1}{2} \\$ = \\frac{10}{9} $", "\\frac{1}{2} \\$ = \\frac{10}{9}"],
  ])("%s → %s", (text, answer) => {
    check(text, answer, "phrase")
  })

  it.each([
    ["答案是 $\\frac{3}{4}$。", "\\frac{3}{4}"],
    ["故答案为 2 或 3。", "2, 3"],
    ["所以选C。", "C"],
    ["La réponse finale est 7.", "7"],
    ["Por lo tanto, la respuesta es $x=2$.", "x=2"],
    ["Die Antwort lautet: 42.", "42"],
    ["A resposta é 9.", "9"],
    ["Ответ: $x=3$.", "x=3"],
    ["したがって、答えは12です。", "12"],
    ["따라서 답: 12", "12"],
    ["La risposta è 8.", "8"],
    ["इसलिए उत्तर 12 है।", "12"],
  ])("%s → %s", (text, answer) => {
    check(text, answer, "phrase")
  })
})

describe("without an announcement", () => {
  it.each([
    ["$x=1$ and $x=2$", "x=1, x=2", "whole-response"],
    ["3/4", "3/4", "whole-response"],
    ["No solution", "No solution", "whole-response"],
    ["Step 1. See 5.\n\n**C**", "C", "choice"],
    ["Clearly, option D fits the 3 clues.", "D", "phrase"],
    ["Hence $n=3$ is the only solution of $x^2=9$ in $\\mathbb{N}$.", "n=3", "phrase"],
    ["There are 45. Thus there are 12 ways that meet the three conditions. I hope it is correct.", "12", "conclusion"],
    ["P(A) = (1/2) / (3/4) Therefore, the probability that Alice wins is 2/3.", "2/3", "conclusion"],
    ["We get: $$\\frac{a}{b} \\geq 2.$$ Therefore, the error increases by 100%.", "100%", "conclusion"],
    ["Therefore, $a = 1$, $b = 2$, and $c = 3$.", "a = 1, b = 2, c = 3", "conclusion"],
    ["Therefore x = 5 and y = 6.", "x = 5, y = 6", "conclusion"],
    ["因此，一共有**858颗**糖果。", "858", "conclusion"],
    ["We find that $x \\neq 3$.", "x \\neq 3", "conclusion"],
    ["Here $x \\neq 3$ holds.", "x \\neq 3", "math"],
    ["First\n\\begin{align*}\nx &= 1 \\\\\n&= 2.\n\\end{align*}", "2", "math"],
    ["The two numbers are 3 and 5.", "3, 5", "last-number"],
    ["The total is 45.\n\nLet me know if you have 3 questions!", "45", "last-number"],
    ["It costs $5 and $6, so $11 in all.", "$11", "conclusion"],
    ["Soucis : 2,74 $ a..", "2,74", "last-number"],
  ] as const)("%s → %s by %s", (text, answer, rule) => {
    check(text, answer, rule)
  })

  it("takes amounts of money for no formula", () => {
    assert.isUndefined(Extract.extract("costs $5 and $6", ["math"]))
    check("He pays $5 and gets $3. Then $x = 2$.", "x = 2", "math")
    check("\\$5 is less than $y = 7$ here.", "y = 7", "math")
  })
})

describe("targets", () => {
  const strings = ["A", "B", "C", "D"]

  it.each([
    ["(C) Cecile", "C"],
    ["Alina and the answer is\n(C) Cecile", "C"],
    ["thinking about it I think the correct answer is C", "C"],
    ["Let C be the centre of the circle. The answer is B.", "B"],
    ["A number is odd, so the answer is D because A is wrong.", "D"],
    ["\\boxed{\\text{b}}", "b"],
    ["réponse est C non A", "C"],
    ["答案是C", "C"],
    ["I think A is best", "A"],
  ])("string: %s → %s", (text, answer) => {
    assert.strictEqual(Extract.extractFor(text, "string", { strings })?.answer, answer)
  })

  it("all options together are no option", () => {
    assert.strictEqual(Extract.extractFor("The answer is A, B, C or D", "string", { strings })?.answer, "A, B, C, D")
    assert.isUndefined(Extract.extractFor("The answer is Q", "string", { strings }))
  })

  it("prefers what was asked for", () => {
    assert.strictEqual(Extract.extractFor("Thus $x = 5$ has 3 digits", "latex")?.answer, "x = 5")
    assert.strictEqual(Extract.extractFor("Thus $x = 5$ has 3 digits", "expr")?.answer, "3")
    assert.strictEqual(Extract.extractFor("It is 7.", "string", { targets: ["string", "expr"], strings })?.answer, "7")
  })

  it("puts the final phrase before a box when asked to", () => {
    const text = "\\boxed{1}. The final answer is 2."
    assert.strictEqual(Extract.extractFor(text, "latex")?.answer, "1")
    assert.strictEqual(Extract.extractFor(text, "latex", { boxedPriority: 50 })?.answer, "2")
  })
})

describe("properties", () => {
  const Number3 = Schema.Int.check(Schema.isBetween({ minimum: -999, maximum: 999 }))
  const endings = [
    (n: number) => `\\boxed{${n}}`,
    (n: number) => `The final answer is $${n}$.`,
    (n: number) => `**Answer:** ${n}`,
    (n: number) => `<answer>${n}</answer>`,
    (n: number) => `#### ${n}`,
    (n: number) => `Therefore, the total is ${n}.`,
  ]

  it.prop("earlier text and space around do not matter", [Number3, Number3], ([n, other]) => {
    for (const ending of endings) {
      for (const noise of [
        `We try ${other}.\n\n`,
        `Let $x = ${other}$ and $y > 0$.\n`,
        "It costs $5 and $6.\n",
        "a { b\n",
      ]) {
        for (const text of [ending(n), noise + ending(n), `\n  ${noise}${ending(n)} \n\n`]) {
          assert.strictEqual(Extract.extract(text)?.answer, String(n), text)
        }
      }
    }
  })

  it.prop("never throws, and places lie in the text", [Schema.String], ([text]) => {
    for (const source of [text, `$${text}`, `\\boxed{${text}`, `the answer is ${text}`]) {
      const found = Extract.extract(source)
      if (found === undefined) continue
      assert.isAtLeast(found.start, 0)
      assert.isAtMost(found.end, source.length)
      assert.isBelow(found.start, found.end)
      assert.deepStrictEqual(Extract.extract(source), found)
    }
  })
})
