/**
 * Similarity of answers by the words they share, without any model.
 *
 * A word is a run of letters, marks and digits of any script, in lower case and Unicode's composed form (NFC). On ASCII
 * text this is exactly the tokenisation of `rouge_score`, which drops everything outside `[a-z0-9]`: there, two answers in
 * Greek share nothing. Scripts that put no space between words (Han, Hiragana, Katakana, Thai, Lao, Khmer, Myanmar) give
 * one word per character. Signs are dropped with the punctuation, as `rouge_score` does: `x + 1` and `x − 1`, or `5` and
 * `−5`, are the same words. For mathematical answers use clusters by value instead.
 *
 * @since 0.1.0
 */
import { mean } from "@seed-grpo/core/Numeric"
import { EntropyError } from "./EntropyError.ts"
import { longestCommonSubsequence } from "./internal/longestCommonSubsequence.ts"
import { pairwise, type SimilarityMeasure } from "./Similarity.ts"

const UNSPACED = String.raw`[\p{scx=Han}\p{scx=Hiragana}\p{scx=Katakana}\p{scx=Thai}\p{scx=Lao}\p{scx=Khmer}\p{scx=Myanmar}]`
const WORD = new RegExp(String.raw`(?=[\p{L}\p{N}])${UNSPACED}\p{M}*|(?:(?!${UNSPACED})[\p{L}\p{M}\p{N}])+`, "gu")

const words = (text: string): ReadonlyArray<string> => text.normalize("NFC").toLowerCase().match(WORD) ?? []

/** A measure on words. Two texts without any word are alike only if they are the same text. */
const onWords =
  (measure: (a: ReadonlyArray<string>, b: ReadonlyArray<string>) => number): SimilarityMeasure =>
  (a, b) => {
    if (a === b) return 1
    const [wordsA, wordsB] = [words(a), words(b)]
    return wordsA.length === 0 || wordsB.length === 0 ? 0 : measure(wordsA, wordsB)
  }

/** Greatest product of two texts' numbers of words that {@link rougeL} takes on. */
const MAX_WORD_PAIRS = 2 ** 34

/**
 * ROUGE-L (Lin, 2004): F1 of the longest common subsequence of words, `2 · lcs / (|a| + |b|)`. In `[0, 1]`, symmetric.
 * Equals `rouge_score` without stemming on ASCII text, but for two empty texts, which are alike here.
 *
 * Cost: `|a| · |b| / 32` steps; 131,072 words against as many take one or two seconds.
 *
 * @throws EntropyError when `|a| · |b|` exceeds 2³⁴.
 *
 * @example
 * ```ts
 * import assert from "node:assert"
 * import { Lexical } from "@seed-grpo/entropy"
 *
 * assert.equal(Lexical.rougeL("testing one two", "Testing two!"), 0.8)
 * assert.equal(Lexical.rougeL("στην Αθήνα", "Αθήνα"), 2 / 3)
 * ```
 *
 * @since 0.1.0
 * @category measures
 */
export const rougeL: SimilarityMeasure = onWords((a, b) => {
  if (a.length * b.length > MAX_WORD_PAIRS) {
    throw EntropyError.badValue("texts for ROUGE-L", "at most 2³⁴ pairs of words", `${a.length} × ${b.length}`)
  }
  return (2 * longestCommonSubsequence(a, b)) / (a.length + b.length)
})

/**
 * Jaccard index of the sets of words, `|A ∩ B| / |A ∪ B|`. In `[0, 1]`, symmetric. Lin et al. (2024) split at white space
 * instead, so that `42.` and `42` differ for them.
 *
 * @since 0.1.0
 * @category measures
 */
export const jaccard: SimilarityMeasure = onWords((a, b) => {
  const [setA, setB] = [new Set(a), new Set(b)]
  const shared = [...setA].filter((word) => setB.has(word)).length
  return shared / (setA.size + setB.size - shared)
})

const MAX_ORDER = 4

const ngrams = (tokens: ReadonlyArray<string>, order: number): ReadonlyMap<string, number> => {
  const counts = new Map<string, number>()
  for (let start = 0; start + order <= tokens.length; start++) {
    const ngram = tokens.slice(start, start + order).join(" ")
    counts.set(ngram, (counts.get(ngram) ?? 0) + 1)
  }
  return counts
}

/** Sentence BLEU of a non-empty candidate against one non-empty reference. */
const bleuOfWords = (candidate: ReadonlyArray<string>, reference: ReadonlyArray<string>): number => {
  const orders = Math.min(MAX_ORDER, candidate.length)
  let smoothing = 1
  let logPrecisions = 0
  for (let order = 1; order <= orders; order++) {
    const expected = ngrams(reference, order)
    let correct = 0
    for (const [ngram, count] of ngrams(candidate, order)) correct += Math.min(count, expected.get(ngram) ?? 0)
    if (order === 1 && correct === 0) return 0
    if (correct === 0) smoothing /= 2
    logPrecisions += Math.log((correct === 0 ? smoothing : correct) / (candidate.length - order + 1))
  }
  const brevity = Math.min(0, 1 - reference.length / candidate.length)
  return Math.exp(brevity + logPrecisions / orders)
}

/**
 * Sentence BLEU (Papineni et al., 2002) up to 4-grams, of a candidate against one reference. In `[0, 1]`, and **not**
 * symmetric. An order without a match counts as 1/2, 1/4, … matches ("exp" smoothing), and orders longer than the candidate
 * do not count, so that equal short answers score 1: this is `sentence_bleu` of sacrebleu with its defaults, on the words of
 * this module and divided by 100.
 *
 * @example
 * ```ts
 * import assert from "node:assert"
 * import { Lexical } from "@seed-grpo/entropy"
 *
 * assert.equal(Lexical.sentenceBleu("42", "42."), 1)
 * assert.equal(Lexical.sentenceBleu("the cat sat", "the cat sat down").toFixed(6), "0.716531")
 * ```
 *
 * @since 0.1.0
 * @category measures
 */
export const sentenceBleu: (candidate: string, reference: string) => number = onWords(bleuOfWords)

/**
 * Mean of {@link sentenceBleu} in both directions. In `[0, 1]`, symmetric.
 *
 * @since 0.1.0
 * @category measures
 */
export const bleu: SimilarityMeasure = onWords((a, b) => (bleuOfWords(a, b) + bleuOfWords(b, a)) / 2)

/**
 * Lexical similarity as an uncertainty (Fomicheva et al., 2020; Kuhn et al., 2023): the mean of a measure over unordered
 * pairs of answers, with its sign turned so that more is less certain. In `[−1, 0]`; −1 for a single answer, which agrees
 * with itself.
 *
 * @throws EntropyError when there is no answer or the measure leaves `[0, 1]`.
 *
 * @example
 * ```ts
 * import assert from "node:assert"
 * import { Lexical } from "@seed-grpo/entropy"
 *
 * assert.equal(Lexical.lexicalSimilarity(["in Paris", "Paris", "Rome"], Lexical.jaccard), -0.5 / 3)
 * assert.equal(Lexical.lexicalSimilarity(["Paris", "Paris"], Lexical.rougeL), -1)
 * ```
 *
 * @since 0.1.0
 * @category estimators
 */
export const lexicalSimilarity = (answers: ReadonlyArray<string>, measure: SimilarityMeasure): number => {
  const pairs = pairwise(answers, measure).flatMap((row, i) => row.slice(0, i))
  return pairs.length === 0 ? -1 : 0 - mean(pairs)
}
