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
    ["(A) is false since 4 is even.\n(B) is false.\n(D) is false.\nHence only (C) remains.", "C"],
    ["Option A is wrong. Option C is wrong too. So B.", "B"],
    ["The answer is not A. It is B.", "B"],
    ["It is not A or B. It is C.", "C"],
    ["I first thought B, but it is C", "C"],
    ["A, B, and D are incorrect. Therefore, C", "C"],
    ["The answer is C. A is wrong.", "C"],
    ["Answer: (B) D is the midpoint", "B"],
    ["We first compute B. Then C is the answer", "C"],
  ])("string: %s → %s", (text, answer) => {
    assert.strictEqual(Extract.extractFor(text, "string", { strings })?.answer, answer)
  })

  it("all options together are no option", () => {
    assert.strictEqual(Extract.extractFor("The answer is A, B, C or D", "string", { strings })?.answer, "A, B, C, D")
    for (const text of ["Answer: A B C D", "Answer: A/B/C/D", "Answer: (A) (B) (C) (D)"]) {
      assert.strictEqual(Extract.extractFor(text, "string", { strings })?.answer, "A, B, C, D")
    }
    assert.isUndefined(Extract.extractFor("The answer is Q", "string", { strings }))
    assert.isUndefined(Extract.extractFor("The correct option cannot be A", "string", { strings }))
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

/** What is found, whatever the place: alignment marks and delimiters inside a list are left out of an answer. */
const answers = (table: ReadonlyArray<readonly [string, string | undefined]>) => {
  it.each(table)("%s → %s", (text, answer) => {
    assert.strictEqual(Extract.extract(text)?.answer, answer)
  })
}

describe("rows of equations", () => {
  answers([
    ["$$\\begin{aligned} 3x+2 &= 23\\\\ 3x &= 21\\\\ x &= 7 \\end{aligned}$$", "x = 7"],
    ["\\begin{align*}\n3x &= 21 \\\\\n\\Rightarrow x &= 7.\n\\end{align*}", "x = 7"],
    ["\\begin{align*}\n3x &= 21 && \\text{given} \\\\\nx &= 7 && \\text{so}\n\\end{align*}", "x = 7"],
    ["So $2x = 4 \\Rightarrow x = 2$.", "x = 2"],
    ["$\\therefore x = 10$", "x = 10"],
    ["∴ x = 10", "x = 10"],
    ["So $p \\Rightarrow q$.", "p \\Rightarrow q"],
    [
      "Thus $A = \\begin{pmatrix} 1 & 2 \\\\ 3 & 4 \\end{pmatrix}$",
      "A = \\begin{pmatrix} 1 & 2 \\\\ 3 & 4 \\end{pmatrix}",
    ],
  ])
})

describe("conditions", () => {
  answers([
    ["We have $n(n+1) = 182$, and therefore $n = 13$ (since $n>0$).", "n = 13"],
    ["Since $n>0$, $n = 13$.", "n = 13"],
    ["Since $n>0$ and $n<20$, $n = 13$.", "n = 13"],
    ["Therefore $n^2 = 169$ and since $n>0$ we get $n = 13$.", "n = 13"],
    ["Hence $x=13$, where $x \\in \\mathbb{N}$.", "x=13"],
    ["Hence $n=13$ for $k=2$, $l=3$.", "n=13"],
    ["For $k=2$, $n=13$.", "n=13"],
    ["Hence, $x = 2$, since the other root ($x=-3$) is negative.", "x = 2"],
    ["The value of $f(2)$ when $x=3$ is 7.", "7"],
    ["If she sells 5, she earns 10.", "10"],
    ["The only solution in integers where $x>0$ is $x = 13$.", "x = 13"],
    ["The 2 curves meet only when $x = 3$.", "x = 3"],
    ["The maximum is reached when $x = 3$.", "x = 3"],
    ["So the total is 45 for 3 tickets.", "45"],
    ["He works for 5 hours, so he gets $50 for the day.", "$50"],
  ])
})

describe("items and labels", () => {
  answers([
    ["The solutions are:\n- $x = -2$\n- $x = 5$", "x = -2, x = 5"],
    ["**Final Answer**\n\n1. $x = -2$\n2. $x = 5$\n\nI hope this helps.", "x = -2, x = 5"],
    ["The two roots are:\n\n* 3\n* 5\n", "3, 5"],
    ["The answer is:\n\n- 42", "42"],
    ["**Solution:**\n- $3x = 21$\n- $x = 7$", "x = 7"],
    ["The facts are:\n- $a = 3$\n- $b = 4$\n\nSo the answer is 5.", "5"],
    ["Problem: find 1+1. Step 1: understand the problem. Step 2:", undefined],
    ["1. First we note that n is even.\n2. Then n = 2k.\n3. Since k is odd,\n4.", undefined],
    ["## Step 1: Understand\n## Step 2: Compute\nWe", undefined],
    ["The problem has 3 parts. I cannot solve it.", undefined],
    ["I don't know. Maybe 5?", "5"],
    ["So x = 5. I could not find any other.", "x = 5"],
    ["So the total is\n12.", "12"],
    ["There are 3 cases. Case 1 gives 2, case 2 gives 5, so the total is 7.", "7"],
  ])
})

describe("words that belong to a number", () => {
  answers([
    ["The train arrives at 4:30 AM.", "4:30 AM"],
    ["They meet at **4:30 AM**.", "4:30 AM"],
    ["The answer is 4:30 a.m.", "4:30 a.m"],
    ["It leaves at 4:30 p.m. on Monday.", "4:30 p.m"],
    ["It leaves at $4:30$ PM.", "4:30 PM"],
    ["The company earned **$2.5 million**.", "$2.5 million"],
    ["The company earned $2.5$ million dollars.", "2.5 million"],
    ["So the plant has a mass of 3 thousand kilograms.", "3 thousand"],
    ["So I am 5 years old.", "5"],
    ["There are hundreds of people, namely 345.", "345"],
  ])
})

describe("wrappings", () => {
  answers([
    ["Final answer: 10 (i.e., 4 + 6).", "10"],
    ["Ans. 17", "17"],
    ["<final_answer>10</final_answer>", "10"],
    ["<ans>10</ans>", "10"],
    ["Mary's age: 52", "52"],
    ["Mary's age = 57 - 5 = 52.", "57 - 5 = 52"],
    ["\\[ \\bbox[5px, border: 2px solid red]{17} \\]", "17"],
    ["\\boxed{10 \\text{ (when } x = 2)}", "10"],
    ["\\boxed{x \\text{ if } x > 2}", "x \\text{ if } x > 2"],
    ["Thus, the answer must be either 51 or 52. Since it is even, it's 52.", "52"],
    ["The answer is either 3 or 5.", "3, 5"],
  ])

  it.each(["...", "answer", "\\text{your answer}", "\\ldots", "<your answer here>"])(
    "\\boxed{%s} is no answer",
    (one) => {
      assert.deepStrictEqual(Extract.extract(`Write \\boxed{${one}}. So \\boxed{5}`)?.candidates, ["5"])
      assert.isUndefined(Extract.extract(`\\boxed{${one}}`))
    },
  )

  it("what was taken back does not count", () => {
    assert.deepStrictEqual(Extract.extract("\\boxed{11}\n\nHold on, let me recompute. \\boxed{12}")?.candidates, ["12"])
  })

  answers([
    ["The answer is 5.\n\nProblem: What is 2 + 2?\nThe answer is 4.", "5"],
    ["Problem: What is 1 + 2?\n#### 3\n\nProblem: What is 2 + 2?\n#### 4", "3"],
    ["\\boxed{5}\n\n**Question:** What is 2 + 2? \\boxed{4}", "5"],
    ["Put it into \\boxed{}.\n\nProblem: What is 2 + 2?\n\\boxed{4}", "4"],
    ["Question 1: the answer is 3\nQuestion 2: the answer is 4.", "4"],
  ])
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
