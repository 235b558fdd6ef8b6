/**
 * Clusters of answers that mean the same, from any notion of meaning.
 *
 * First by canonical key, which costs one look-up an answer. Then one representative of each key, the head, is compared
 * with the others, each pair once, within a budget; what is found equivalent is joined, and chains are closed. Heads are
 * ordered by how often they occur and by their text, so the clusters do not depend on the order of the answers.
 *
 * `plan` says what must be compared and `join` uses the verdicts, so that whoever judges may be a function, a batch of a
 * language model, or a server; `cluster` does both with a function.
 *
 * @since 0.1.0
 */
import { chain, components } from "./Clustering.ts"
import { bothWays, type CanonicalKey, type Equivalent, type Outcome } from "./Equivalent.ts"

/**
 * All answers with one key.
 *
 * @since 0.1.0
 * @category models
 */
export interface Head extends CanonicalKey {
  /** Their least text: whoever came first does not matter. */
  readonly answer: string
  readonly count: number
}

/**
 * What must be compared.
 *
 * @since 0.1.0
 * @category models
 */
export interface Plan {
  /** In order of first appearance. */
  readonly heads: ReadonlyArray<Head>
  /** Head of each answer, `[n]`; nothing where there is no answer. */
  readonly headOf: ReadonlyArray<number | undefined>
  /** Pairs of heads to compare. */
  readonly pairs: ReadonlyArray<readonly [number, number]>
  /** Whether there were more. */
  readonly overBudget: boolean
}

/**
 * A judge contradicting itself: `a` and `b` were told apart, yet each member of `chain`, from `a` to `b`, was found to
 * mean the same as the next.
 *
 * @since 0.1.0
 * @category models
 */
export interface Contradiction {
  readonly different: readonly [string, string]
  readonly chain: ReadonlyArray<string>
}

/**
 * @since 0.1.0
 * @category models
 */
export interface Clusters {
  /** Cluster of each answer, `[n]`, numbered from 0 in order of first appearance; nothing where there is no answer. */
  readonly clusterIds: ReadonlyArray<number | undefined>
  /** How many pairs were compared. */
  readonly compared: number
  /** Pairs that the judge could not decide; they are kept apart. */
  readonly undecided: ReadonlyArray<readonly [string, string]>
  /** Whether the budget ended before all pairs were compared; what was not compared is kept apart. */
  readonly overBudget: boolean
  /** Cluster ids if everything undecided meant the same, and everything at all where pairs were left uncompared. */
  readonly coarsest: ReadonlyArray<number | undefined>
  readonly contradictions: ReadonlyArray<Contradiction>
}

/**
 * Pairs compared for one group, unless told otherwise: all pairs of 32 heads fit in.
 *
 * @since 0.1.0
 * @category constants
 */
export const DEFAULT_BUDGET = 500

/** Pairs of which at least one key is not final; frequent answers first, then by text. */
function* openPairs(heads: ReadonlyArray<Head>): Generator<readonly [number, number]> {
  const order = [...heads.keys()].sort((i, j) => {
    const [a, b] = [heads[i]!, heads[j]!]
    return b.count - a.count || (a.answer < b.answer ? -1 : 1)
  })
  const open = order.filter((index) => !heads[index]!.final)
  let passed = 0
  for (const [rank, i] of order.entries()) {
    if (!heads[i]!.final) passed++
    const others = heads[i]!.final ? open.slice(passed) : order.slice(rank + 1)
    for (const j of others) yield [i, j]
  }
}

/**
 * Groups answers by key and says which heads must be compared. Linear in the answers, and in the budget. A text of blanks
 * alone is no answer.
 *
 * @since 0.1.0
 * @category clustering
 */
export const plan = (
  answers: ReadonlyArray<string | undefined>,
  key: Equivalent["key"],
  budget: number = DEFAULT_BUDGET,
): Plan => {
  if (!(budget >= 0)) throw new RangeError(`a budget of ${budget} pairs: expected at least 0`)
  const heads: Array<{ -readonly [Field in keyof Head]: Head[Field] }> = []
  const ofText = new Map<string, number | undefined>()
  const ofKey = new Map<string, number>()
  const headOf = answers.map((answer) => {
    if (answer === undefined) return undefined
    let at = ofText.get(answer)
    if (at === undefined) {
      if (answer.trim() === "") return undefined
      const canonical = key(answer)
      at = ofKey.get(canonical.key) ?? heads.length
      ofKey.set(canonical.key, at)
      ofText.set(answer, at)
      const head = heads[at]
      if (head === undefined) heads.push({ ...canonical, answer, count: 0 })
      else {
        if (answer < head.answer) head.answer = answer
        head.final &&= canonical.final
      }
    }
    heads[at]!.count++
    return at
  })
  const pairs: Array<readonly [number, number]> = []
  let spent = false
  if (heads.length > 1 && heads.some(({ final }) => !final)) {
    for (const pair of openPairs(heads)) {
      spent = pairs.length >= budget
      if (spent) break
      pairs.push(pair)
    }
  }
  return { heads, headOf, pairs, overBudget: spent }
}

/**
 * Clusters from the verdicts on a plan's pairs, one each.
 *
 * @since 0.1.0
 * @category clustering
 */
export const join = ({ headOf, heads, overBudget, pairs }: Plan, verdicts: ReadonlyArray<Outcome>): Clusters => {
  // Heads are numbered in order of first appearance, and so are clusters.
  const idsBy = (components: ReadonlyArray<number>) =>
    headOf.map((head) => (head === undefined ? undefined : components[head]!))
  const oneMeaning = () => idsBy(heads.map(() => 0))
  if (pairs.length === 0) {
    const coarsest = overBudget ? oneMeaning() : headOf
    return { clusterIds: headOf, coarsest, compared: 0, undecided: [], overBudget, contradictions: [] }
  }
  const withOutcome = (outcome: Outcome) => pairs.filter((_, index) => verdicts[index] === outcome)
  const [same, open, apart] = [withOutcome("equivalent"), withOutcome("undecided"), withOutcome("different")]
  const joined = components(heads.length, same)
  const clusterIds = idsBy(joined)
  const text = (index: number) => heads[index]!.answer
  return {
    clusterIds,
    coarsest: overBudget
      ? oneMeaning()
      : open.length === 0
        ? clusterIds
        : idsBy(components(heads.length, [...same, ...open])),
    compared: pairs.length,
    undecided: open.filter(([a, b]) => joined[a] !== joined[b]).map(([a, b]) => [text(a), text(b)]),
    overBudget,
    contradictions: apart
      .filter(([a, b]) => joined[a] === joined[b])
      .map(([a, b]) => ({ different: [text(a), text(b)], chain: chain(same, a, b).map(text) })),
  }
}

/**
 * Clusters answers with a notion of meaning that is a function.
 *
 * @example
 * ```ts
 * import assert from "node:assert"
 * import { Clusters, Equivalent } from "@seed-grpo/core"
 *
 * // A judge with a tolerance is not transitive; the chain is closed, and reported.
 * const near = Equivalent.fromComparison((a, b) => Math.abs(Number(a) - Number(b)) < 1.5)
 * const { clusterIds, contradictions } = Clusters.cluster(["1", "3", "2", undefined, "9"], near)
 * assert.deepEqual(clusterIds, [0, 0, 0, undefined, 1])
 * assert.deepEqual(contradictions, [{ different: ["1", "3"], chain: ["1", "2", "3"] }])
 * ```
 *
 * @since 0.1.0
 * @category clustering
 */
export const cluster = (
  answers: ReadonlyArray<string | undefined>,
  equivalent: Equivalent,
  budget?: number,
): Clusters => {
  const planned = plan(answers, equivalent.key, budget)
  const verdicts = planned.pairs.map(([a, b]) =>
    bothWays(equivalent, planned.heads[a]!.answer, planned.heads[b]!.answer),
  )
  return join(planned, verdicts)
}
