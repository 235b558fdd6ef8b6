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
import { byKey, chain, components } from "./Clustering.ts"
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
  /** Most frequent first. */
  readonly heads: ReadonlyArray<Head>
  /** Head of each answer, `[n]`; nothing where there is no answer. */
  readonly headOf: ReadonlyArray<number | undefined>
  /** Pairs of heads to compare. */
  readonly pairs: ReadonlyArray<readonly [number, number]>
  /** The first head that had to stay apart from some later ones, because the budget was spent. */
  readonly unaskedFrom: number | undefined
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
  /** Cluster ids if everything undecided and not compared meant the same: the coarsest reading. */
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

const byFrequency = (a: Head, b: Head): number => b.count - a.count || (a.answer < b.answer ? -1 : 1)

/** Pairs of which at least one key is not final, in the order of the heads. */
function* openPairs(heads: ReadonlyArray<Head>): Generator<readonly [number, number]> {
  const open = heads.flatMap(({ final }, index) => (final ? [] : [index]))
  let passed = 0
  for (let i = 0; i < heads.length; i++) {
    if (heads[i]!.final) for (let k = passed; k < open.length; k++) yield [i, open[k]!]
    else {
      passed++
      for (let j = i + 1; j < heads.length; j++) yield [i, j]
    }
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
  const keys = new Map<string, CanonicalKey>()
  const found = new Map<string, { answer: string; count: number; final: boolean }>()
  const read = answers.map((answer) => (answer === undefined || answer.trim() === "" ? undefined : answer))
  for (const answer of read) {
    if (answer === undefined) continue
    let canonical = keys.get(answer)
    if (canonical === undefined) keys.set(answer, (canonical = key(answer)))
    const head = found.get(canonical.key)
    if (head === undefined) found.set(canonical.key, { answer, count: 1, final: canonical.final })
    else {
      head.count++
      if (answer < head.answer) head.answer = answer
      head.final &&= canonical.final
    }
  }
  const heads = [...found].map(([name, head]): Head => ({ key: name, ...head })).sort(byFrequency)
  const place = new Map(heads.map((head, index) => [head.key, index]))
  const pairs: Array<readonly [number, number]> = []
  let unaskedFrom: number | undefined
  for (const pair of openPairs(heads)) {
    if (pairs.length === budget) {
      unaskedFrom = pair[0]
      break
    }
    pairs.push(pair)
  }
  const headOf = read.map((answer) => (answer === undefined ? undefined : place.get(keys.get(answer)!.key)!))
  return { heads, headOf, pairs, unaskedFrom }
}

/** Cluster ids of the answers from components of the heads. */
const idsOf = (headOf: Plan["headOf"], components: ReadonlyArray<number>): ReadonlyArray<number | undefined> => {
  const ids = byKey(headOf.flatMap((head) => (head === undefined ? [] : [components[head]])))
  let next = 0
  return headOf.map((head) => (head === undefined ? undefined : ids[next++]))
}

/**
 * Clusters from the verdicts on a plan's pairs, one each.
 *
 * @since 0.1.0
 * @category clustering
 */
export const join = ({ headOf, heads, pairs, unaskedFrom }: Plan, verdicts: ReadonlyArray<Outcome>): Clusters => {
  const withOutcome = (outcome: Outcome) => pairs.filter((_, index) => verdicts[index] === outcome)
  const [same, open] = [withOutcome("equivalent"), withOutcome("undecided")]
  const joined = components(heads.length, same)
  const clusterIds = idsOf(headOf, joined)
  const unasked = heads.flatMap((_, index) =>
    unaskedFrom === undefined || index <= unaskedFrom ? [] : [[unaskedFrom, index] as const],
  )
  const name = (index: number) => heads[index]!.answer
  return {
    clusterIds,
    compared: pairs.length,
    undecided: open.filter(([a, b]) => joined[a] !== joined[b]).map(([a, b]) => [name(a), name(b)]),
    overBudget: unaskedFrom !== undefined,
    coarsest:
      open.length + unasked.length === 0
        ? clusterIds
        : idsOf(headOf, components(heads.length, [...same, ...open, ...unasked])),
    contradictions:
      same.length < 2
        ? []
        : withOutcome("different")
            .filter(([a, b]) => joined[a] === joined[b])
            .map(([a, b]) => ({
              different: [name(a), name(b)],
              chain: chain(same, a, b).map(name),
            })),
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
