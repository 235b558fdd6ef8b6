/**
 * Groups answers by meaning.
 *
 * @since 0.1.0
 */
import { type AnswerKey, answerKey } from "./AnswerKey.ts"
import { compare, type CompareOptions, type Verdict } from "./Compare.ts"

/** More different keys than this are clusters as they are: answers so scattered have no meaning in common. */
const MAX_COMPARED = 32

const parentOf = (parents: Array<number>, at: number): number => {
  let root = at
  while (parents[root] !== root) root = parents[root]!
  return root
}

interface Head {
  readonly key: AnswerKey
  readonly answer: string
}

/** Keys of numbers say all there is to say, but for a decimal that rounds the other number. */
const settled = (a: Head, b: Head): boolean =>
  a.key.kind === "number" && b.key.kind === "number" && !/[.,]\d/.test(a.answer + b.answer)

/**
 * Cluster id of each answer, `[n]`, numbered from 0 in order of first appearance; nothing where there is no answer.
 *
 * Answers with one key are one cluster, which costs one reading an answer. Keys that differ are compared pair by pair, both
 * ways round, and those found equivalent are joined; so the clusters are the same in whatever order the answers come.
 *
 * @example
 * ```ts
 * import assert from "node:assert"
 * import { Cluster } from "@seed-grpo/equivalence"
 *
 * assert.deepEqual(Cluster.cluster(["1/2", "x", "0.5", undefined, "x = \\frac12"]), [0, 1, 0, undefined, 0])
 * ```
 *
 * @since 0.1.0
 * @category clustering
 */
export const cluster = (
  answers: ReadonlyArray<string | undefined>,
  options: CompareOptions = {},
  same: (gold: string, answer: string) => Verdict = (gold, answer) => compare(gold, answer, options),
): ReadonlyArray<number | undefined> => {
  const keys = answers.map((answer) => (answer === undefined ? undefined : answerKey(answer)))
  // Of all spellings with one key, the first in an order of its own is compared, whichever came first.
  const heads = new Map<string, Head>()
  for (const [index, key] of keys.entries()) {
    const answer = answers[index]
    if (key === undefined || answer === undefined) continue
    const known = heads.get(key.key)
    if (known === undefined || answer < known.answer) heads.set(key.key, { key, answer })
  }
  const distinct = [...heads.values()]
  const parents = distinct.map((_, index) => index)
  if (distinct.length <= MAX_COMPARED) {
    for (const [i, a] of distinct.entries()) {
      for (const [j, b] of distinct.entries()) {
        if (j <= i || settled(a, b)) continue
        if (same(a.answer, b.answer).outcome !== "equivalent") continue
        if (same(b.answer, a.answer).outcome === "equivalent") parents[parentOf(parents, i)] = parentOf(parents, j)
      }
    }
  }
  const place = new Map(distinct.map(({ key }, index) => [key.key, index] as const))
  const ids = new Map<number, number>()
  return keys.map((key) => {
    if (key === undefined) return undefined
    const root = parentOf(parents, place.get(key.key)!)
    if (!ids.has(root)) ids.set(root, ids.size)
    return ids.get(root)!
  })
}
