import { readFileSync } from "node:fs"
import { Lexical } from "@seed-grpo/entropy"
import { assert, describe, it } from "@effect/vitest"
import { Schema } from "effect"
import { longestCommonSubsequence } from "../src/internal/longestCommonSubsequence.ts"
import { refused } from "./similarityCases.ts"

// rougeL by rouge_score's formula (torchmetrics has the same numbers in 32 bits), jaccard by nltk, BLEU by sacrebleu's
// `sentence_bleu(a, [b])`, all on lower-cased runs of [a-z0-9].
const golden = JSON.parse(readFileSync(new URL("./fixtures/lexical.json", import.meta.url), "utf8")) as {
  readonly pairs: ReadonlyArray<{
    readonly a: string
    readonly b: string
    readonly rougeL: number
    readonly jaccard: number
    readonly sentenceBleu: number
  }>
}

const Letters = Schema.Array(Schema.Literals(["a", "b", "c", "d"])).check(Schema.isMaxLength(80))

/** The table of the definition. */
const lcsByTable = (a: ReadonlyArray<string>, b: ReadonlyArray<string>) => {
  const table = Array.from({ length: a.length + 1 }, () => Array.from({ length: b.length + 1 }, () => 0))
  for (const [i, x] of a.entries()) {
    for (const [j, y] of b.entries()) {
      table[i + 1]![j + 1] = x === y ? table[i]![j]! + 1 : Math.max(table[i]![j + 1]!, table[i + 1]![j]!)
    }
  }
  return table[a.length]![b.length]!
}

describe("longestCommonSubsequence", () => {
  it.prop("has the length that the table gives", [Letters, Letters], ([a, b]) => {
    assert.strictEqual(longestCommonSubsequence(a, b), lcsByTable(a, b))
  })

  it("carries across many words", () => {
    const a = Array.from({ length: 1000 }, (_, i) => `${(i * 7919) % 97}`)
    const b = Array.from({ length: 900 }, (_, i) => `${(i * 104_729) % 89}`)
    assert.strictEqual(longestCommonSubsequence(a, b), lcsByTable(a, b))
    assert.strictEqual(longestCommonSubsequence(a, a), 1000)
  })
})

describe("measures", () => {
  it.each(golden.pairs)("equal the Python packages %#", ({ a, b, rougeL, jaccard, sentenceBleu }) => {
    assert.closeTo(Lexical.rougeL(a, b), rougeL, 1e-12)
    assert.closeTo(Lexical.jaccard(a, b), jaccard, 1e-12)
    assert.closeTo(Lexical.sentenceBleu(a, b), sentenceBleu, 1e-12)
  })

  const measures = { rougeL: Lexical.rougeL, jaccard: Lexical.jaccard, bleu: Lexical.bleu }

  for (const [name, measure] of Object.entries(measures)) {
    it.prop(`${name} is symmetric, in [0, 1], and 1 for the same words`, [Letters, Letters], ([a, b]) => {
      const [x, y] = [a.join(" "), b.join(" ")]
      const value = measure(x, y)
      assert.isAtLeast(value, 0)
      assert.isAtMost(value, 1)
      assert.strictEqual(measure(y, x), value)
      if (a.length > 0) assert.strictEqual(measure(x, `${x.toUpperCase()}!`), 1)
    })
  }

  it.prop("any two texts have a similarity", [Schema.String, Schema.String], ([a, b]) => {
    for (const measure of Object.values(measures)) {
      assert.strictEqual(measure(a, a), 1)
      assert.isTrue(measure(a, b) >= 0 && measure(a, b) <= 1)
    }
  })

  it("BLEU is not symmetric, its mean is", () => {
    const [a, b] = ["the cat sat", "the cat sat down"]
    assert.notStrictEqual(Lexical.sentenceBleu(a, b), Lexical.sentenceBleu(b, a))
    assert.closeTo(Lexical.bleu(a, b), (Lexical.sentenceBleu(a, b) + Lexical.sentenceBleu(b, a)) / 2, 1e-15)
  })

  it("other scripts have words", () => {
    assert.strictEqual(Lexical.jaccard("Река Сена", "река Нева"), 1 / 3)
    // Composed and decomposed é; one word, not "caf".
    assert.strictEqual(Lexical.jaccard("café", "cafe\u0301"), 1)
    assert.strictEqual(Lexical.jaccard("café", "caf"), 0)
    // A word per character, and none for the full stop.
    assert.strictEqual(Lexical.rougeL("北京市。", "北京"), 0.8)
    assert.strictEqual(Lexical.jaccard("हिन्दी", "हिन्दी है"), 1 / 2)
    // Thai: the vowel mark belongs to its consonant.
    assert.strictEqual(Lexical.rougeL("กิน", "กา"), 0)
    assert.strictEqual(Lexical.rougeL("GPT是模型", "模型GPT"), 4 / 7)
  })

  it("texts without words are alike only if they are the same", () => {
    assert.strictEqual(Lexical.rougeL("", ""), 1)
    assert.strictEqual(Lexical.rougeL("?", "!"), 0)
    assert.strictEqual(Lexical.bleu("", "Paris"), 0)
  })

  it("signs are dropped", () => {
    assert.strictEqual(Lexical.jaccard("x + 1", "x - 1"), 1)
  })

  it("long texts are compared, and too long ones refused", () => {
    const text = (words: number, repeat: number) => Array.from({ length: words }, (_, i) => `${i % repeat}`).join(" ")
    // 2 · lcs / (a + b), where the shorter text is the beginning of the longer.
    assert.strictEqual(Lexical.rougeL(text(20_000, 3), text(10_000, 3)), 2 / 3)
    assert.strictEqual(Lexical.rougeL(text(20_000, 9999), text(10_000, 9999)), 2 / 3)
    refused(() => Lexical.rougeL(text(200_000, 7), text(200_001, 7)), "texts for ROUGE-L")
  })
})

describe("lexicalSimilarity", () => {
  const answers = ["in Paris", "Paris", "Rome", "It is in Paris"]

  it("is the mean over pairs, with its sign turned", () => {
    // Pairs: 1/2, 0, 1/2; 0, 1/4; 0.
    assert.closeTo(Lexical.lexicalSimilarity(answers, Lexical.jaccard), -1.25 / 6, 1e-15)
  })

  it.each([Lexical.rougeL, Lexical.jaccard, Lexical.bleu])("order does not matter %#", (measure) => {
    const value = Lexical.lexicalSimilarity(answers, measure)
    assert.closeTo(Lexical.lexicalSimilarity(answers.toReversed(), measure), value, 1e-15)
    assert.isTrue(value < 0 && value > -1)
  })

  it("has its ends", () => {
    assert.strictEqual(Lexical.lexicalSimilarity(["a", "a", "a"], Lexical.rougeL), -1)
    assert.strictEqual(Lexical.lexicalSimilarity(["a", "b", "c"], Lexical.rougeL), 0)
    assert.strictEqual(Lexical.lexicalSimilarity(["a"], Lexical.rougeL), -1)
    refused(() => Lexical.lexicalSimilarity([], Lexical.rougeL), "group of answers", "empty-group")
    refused(() => Lexical.lexicalSimilarity(["a", "b"], () => 2), "similarity[0][1]")
  })
})
