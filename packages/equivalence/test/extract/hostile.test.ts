import * as Extract from "@seed-grpo/equivalence/Extract"
import { assert, describe, it, vi } from "@effect/vitest"

const UNITS = [
  ...'$*`{}("“_#\\\n\u0000\ud800选9',
  ..."final answer is |answer |answer:\n|is the answer |the answer is 5. |$ |$$|\\boxed{|\\boxed |\\boxed{1}|\\(|\\( \n\n|\\[".split(
    "|",
  ),
  ..."\\(1\\)|$x$ |$x$, |9,|9 |( 1, |therefore |so 1. |<answer>|<answer>1</answer>|####|\\begin{align}|\\\\ |\\text{".split(
    "|",
  ),
  ..."</think>|<|im_end|>|option A |A |1 = |$5 and |answer is $x$ because |x and y or ".split("|"),
  ..."(since |since $x>0$, |1. |\n- 5|are:\n- $x$|\n4.|Step 2: |5 million |not A, |A/|first B but |either 1 or 2. ".split(
    "|",
  ),
  ..."\nProblem: |the answer is 5.\nQuestion: |\\Rightarrow |&& |$x=1$ && |I cannot solve it |\\boxed{...}|<ans>".split(
    "|",
  ),
]

/** How many pattern matches an extraction takes: counted, not timed. */
const work = (text: string): number => {
  const exec = vi.spyOn(RegExp.prototype, "exec")
  const test = vi.spyOn(RegExp.prototype, "test")
  Extract.extract(text)
  const steps = exec.mock.calls.length + test.mock.calls.length
  vi.restoreAllMocks()
  return steps
}

describe("hostile input", () => {
  it("takes steps in proportion to its length", () => {
    for (const unit of UNITS) {
      const [short, long] = [work(unit.repeat(1000)), work(unit.repeat(4000))]
      assert.isAtMost(long, 6 * short + 4000, JSON.stringify(unit))
    }
  })

  it("keeps answers and candidates small", () => {
    for (const unit of UNITS) {
      const text = unit.repeat(5000)
      const found = Extract.extract(text)
      if (found === undefined) continue
      assert.isAtMost(found.answer.length, text.length, JSON.stringify(unit))
      assert.isAtMost(
        found.candidates.reduce((sum, one) => sum + one.length, 0),
        8 * text.length,
        JSON.stringify(unit),
      )
    }
  })

  it("finds an answer behind each", () => {
    for (const unit of UNITS.filter((one) => !/[\\{]$/.test(one) && !/im_end|boxed|Question/.test(one))) {
      assert.strictEqual(Extract.extract(`${unit.repeat(3000)}\n\n\\boxed{37}`)?.answer, "37", JSON.stringify(unit))
    }
  })

  it("goes through deeply nested boxes without a stack", () => {
    const depth = 60_000
    const found = Extract.extract(`${"\\boxed{".repeat(depth)}1${"}".repeat(depth)}`)
    assert.isDefined(found)
  })
})
