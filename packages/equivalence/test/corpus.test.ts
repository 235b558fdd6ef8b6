/**
 * Every labelled pair of the development corpus. A change that makes any of them worse is a failure here; one that makes a
 * known error right must take it off the list.
 */
import { readFileSync } from "node:fs"
import { assert, describe, it } from "@effect/vitest"
import { AnswerKey, Compare } from "../src/index.ts"
import { gradeRow, isOneWay, readCorpus } from "../benchmark/corpus.ts"

const rows = readCorpus(new URL("corpus.jsonl", import.meta.url).pathname)
/** Ids of pairs whose verdict is not their label. */
const known = JSON.parse(readFileSync(new URL("corpus-errors.json", import.meta.url), "utf8")) as ReadonlyArray<string>

describe("the development corpus", () => {
  it("has exactly the known errors", () => {
    const wrong = rows.filter((row) => (gradeRow(row).outcome === "equivalent") !== row.expected).map(({ id }) => id)
    assert.deepStrictEqual(wrong, known)
  })

  it("is decided alike when the arguments are swapped, but for inequalities and the intervals that solve them", () => {
    const asymmetric = rows.filter(({ answer, extract, gold }) => {
      if (extract !== null) return false
      return Compare.compare(gold, answer).outcome !== Compare.compare(answer, gold).outcome
    })
    for (const { answer, gold, id } of asymmetric) {
      assert.isTrue(isOneWay(gold, answer), `${id}: ${gold} and ${answer}`)
    }
  })

  it("has equal keys only where the pair is equivalent", () => {
    for (const { answer, extract, gold, id } of rows) {
      if (extract !== null || AnswerKey.answerKey(gold).key !== AnswerKey.answerKey(answer).key) continue
      assert.strictEqual(Compare.compare(gold, answer).outcome, "equivalent", `${id}: ${gold} and ${answer}`)
    }
  })
})
