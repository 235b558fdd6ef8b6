import { EntropyPage } from "@seed-grpo/report"
import { assert, describe, it } from "@effect/vitest"
import { parseHTML } from "linkedom"

const member = (answer: string | null, cluster: number | null, text = `so ${answer}`): EntropyPage.EntropyMember => ({
  text,
  answer,
  cluster,
})

const row = (change: Partial<EntropyPage.EntropyRow> = {}): EntropyPage.EntropyRow => ({
  id: "a",
  prompt: "1/4 + 1/4 =",
  entropy: 0.562335145,
  normalized: 0.405639062,
  estimator: "discrete",
  answers: 4,
  clusters: 2,
  bounds: [0.562335145, 0.562335145],
  undecided: 0,
  inconsistent: 0,
  members: [member("2", 0), member("1/2", 1), member("0.5", 1), member("1/2", 1)],
  ...change,
})

const pageOf = (rows: ReadonlyArray<EntropyPage.EntropyRow>, title = "A page") => {
  const html = EntropyPage.render(rows, title)
  const { document } = parseHTML(html)
  const texts = (selector: string) => [...document.querySelectorAll(selector)].map((one) => one.textContent.trim())
  return { html, document, texts }
}

/** What must not be on a page, wherever it came from. */
const ATTACK = `</script></style><script>alert(1)</script><img src=x onerror="alert(2)">" onclick='alert(3)' \u202e\u0000\u001b[31m\u2028`

describe("EntropyPage", () => {
  it("a question as its meanings: largest first, a chip a response, a spelling written once", () => {
    const { document, texts } = pageOf([row()])
    const meanings = [...document.querySelectorAll(".question .strip .meaning")]
    assert.deepStrictEqual(
      meanings.map((one) => [one.className, one.querySelectorAll(".chip").length, one.textContent]),
      [
        ["meaning c0", 3, "0.51/2×3"],
        ["meaning c1", 1, "2"],
      ],
    )
    assert.deepStrictEqual(texts(".question li .chip"), ["1/2", "0.5", "1/2", "2"])
    assert.deepStrictEqual(texts(".question .value"), ["0.562"])
    assert.deepStrictEqual(texts(".question .note"), ["41 % of the greatest possible", "2 meanings, 4 answers"])
    assert.include(document.querySelector(".question .gauge i")!.getAttribute("style"), "width:40.6%")
    assert.strictEqual(document.querySelectorAll(".question .warning").length, 0)
    assert.strictEqual(document.querySelectorAll("figure svg").length, 1)
  })

  it.each([
    ["each a meaning of its own", [1, 2]],
    ["one meaning", [1, 1]],
    ["left out", [null, null]],
    ["a meaning of its own", [1]],
  ] as const)("responses without an answer stand apart: %s", (policy, clusters) => {
    const { document } = pageOf([row({ members: [member("1", 0), ...clusters.map((id) => member(null, id))] })])
    const last = [...document.querySelectorAll(".question .strip .meaning")].at(-1)!
    assert.strictEqual(last.className, "meaning unread")
    assert.strictEqual(last.querySelectorAll(".chip").length, clusters.length)
    assert.include(last.textContent, `no answer: ${policy}`)
  })

  it("says what the number does not: interval, bounds, and what the judge left open", () => {
    const { document, texts } = pageOf([
      row({
        interval: { low: 0.2, high: 9, level: 0.95, method: "bootstrap" },
        bounds: [0, 1.04],
        undecided: 1,
        inconsistent: 2,
        members: [{ ...member("1", 0), logprob: -0.25 }],
      }),
    ])
    assert.includeMembers(texts(".question .note"), [
      "95 % interval 0.20 – 9.00 (bootstrap)",
      "0.00 – 1.04 by how unreadable responses count",
    ])
    assert.strictEqual(document.querySelector(".question .gauge b")!.getAttribute("style"), "left:14.4%;right:0.0%")
    assert.deepStrictEqual(texts(".warning"), [
      "⚠ 1 pair undecided, and kept apart",
      "⚠ the judge contradicted itself 2 times",
    ])
    assert.include(texts(".cell").at(-1), "1 undecided pair and 2 contradictions")
    assert.include(texts("li")[0], "log-probability -0.250")
  })

  it("the most uncertain question is first, and figures are of all", () => {
    const entropies = [0.1, 2, 1]
    const { texts } = pageOf(entropies.map((entropy, index) => row({ id: `q${index}`, entropy })))
    assert.deepStrictEqual(texts(".prompt small"), ["q1", "q2", "q0"])
    assert.include(texts(".cell")[1], "1.033 nats")
  })

  it("nothing that was written elsewhere can leave its place", () => {
    const { document, html, texts } = pageOf(
      [
        row({
          id: ATTACK,
          prompt: `${ATTACK}\n${ATTACK}`,
          estimator: ATTACK,
          interval: { low: 0, high: 1, level: 0.9, method: ATTACK },
          members: [member(ATTACK, 0, ATTACK), member(null, 1, ATTACK)],
        }),
      ],
      ATTACK,
    )
    assert.strictEqual(document.querySelectorAll("script, img, [onclick], [onerror]").length, 0)
    assert.strictEqual([...document.querySelectorAll("style")].filter((one) => one.closest("svg") === null).length, 1)
    // oxlint-disable-next-line no-control-regex -- these must not be there
    assert.notMatch(html, /[\u0000\u001b\u202e\u2028]/)
    assert.include(html, "default-src 'none'; style-src 'unsafe-inline'; img-src data:")
    assert.include(texts("h1")[0], "<script>alert(1)</script>")
    assert.include(texts("li .text")[0], "␛[31m")
  })

  it("no question, no response, no prompt", () => {
    const empty = pageOf([])
    assert.deepStrictEqual(empty.texts("main"), ["There are no questions."])
    assert.notInclude(empty.html, "NaN")
    const bare: EntropyPage.EntropyRow = { ...row({ answers: 0, entropy: 0, normalized: 0, members: [] }) }
    const { id: _, prompt: __, ...nameless } = bare
    const { html, texts } = pageOf([nameless])
    assert.deepStrictEqual(texts(".prompt small"), ["question 1"])
    assert.notMatch(html, /NaN|Infinity|undefined/)
  })

  it("thousands of questions and texts of a megabyte still are a page", () => {
    const rows = Array.from({ length: 2_000 }, (_, index) => row({ id: `q${index}`, entropy: index / 1_000 }))
    const long = "\u{1f600}x\n".repeat(300_000)
    const huge = row({
      id: long,
      prompt: long,
      entropy: 9,
      members: Array.from({ length: 8 }, () => member(long, 0, long)),
    })
    const { html, texts } = pageOf([...rows, huge])
    assert.isBelow(html.length, 8_000_000)
    assert.strictEqual(texts(".question").length, 1_000)
    assert.deepStrictEqual(texts("section > .warning"), [
      "The 1,000 most uncertain questions are shown; 1,001 more are in the figures above only.",
    ])
    assert.include(texts(".cell")[0], "2,001")
    assert.include(texts("li .text")[0], "… 1,190,000 characters more")
    assert.isTrue(html.isWellFormed())
    const filling = row({ members: Array.from({ length: 8 }, () => member("1", 0, long)) })
    const full = pageOf(Array.from({ length: 100 }, () => filling))
    assert.isBelow(full.html.length, 6_000_000)
    assert.strictEqual(full.texts("li .text").at(-1), "… 1,200,000 characters more")
  })

  it("hundreds of responses are counted, not drawn", () => {
    const members = Array.from({ length: 300 }, (_, index) =>
      member(String(index < 200 ? 0 : index), Math.max(0, index - 199)),
    )
    const { document, texts } = pageOf([row({ answers: 300, clusters: 101, members })])
    assert.strictEqual(document.querySelectorAll(".question .strip .meaning").length, 32)
    assert.strictEqual(document.querySelector(".question .strip .meaning")!.querySelectorAll(".chip").length, 32)
    assert.include(texts(".question .strip")[0], "×200")
    assert.include(texts(".question .strip")[0], "and 69 meanings more")
  })
})
