/**
 * Semantic entropy of answers that arrive one by one, and when there are enough of them.
 *
 * A new answer whose key is known costs one look-up. Any other is compared with one answer of each cluster, so an answer
 * costs at most as many comparisons as there are clusters; if it means the same as several, they become one.
 *
 * @since 0.1.0
 */
import { bothWays, type CanonicalKey, type Equivalent, type Outcome } from "@seed-grpo/core/Equivalent"
import { Effect, Stream } from "effect"
import { fromCounts, normalized } from "./SemanticEntropy.ts"
import { Judge } from "./Judge.ts"
import type { JudgeError } from "./JudgeError.ts"
import type { UnreadablePolicy } from "./Unreadable.ts"

/**
 * What is known after some answers.
 *
 * @since 0.1.0
 * @category models
 */
export interface StreamingScore {
  /** Discrete semantic entropy so far, in nats; 0 over 0 answers when nothing has been read. */
  readonly entropy: number
  readonly normalized: number
  /** Answers that entered the estimate. */
  readonly answers: number
  readonly unread: number
  /** One answer of each cluster and how many mean the same, in order of first appearance. */
  readonly meanings: ReadonlyArray<{ readonly answer: string; readonly count: number }>
  /** Pairs that could not be decided. They count as different. */
  readonly undecided: number
  /** Whether more answers would not change the verdict, by the rule that was given. */
  readonly enough: boolean
}

/**
 * @since 0.1.0
 * @category models
 */
export interface StreamingOptions {
  readonly unreadable?: UnreadablePolicy
  /** A rule on the sizes of the clusters, such as those of `Stopping`. Default: never enough. */
  readonly enough?: (counts: ReadonlyArray<number>) => boolean
}

interface Meaning {
  readonly answer: string
  count: number
  final: boolean
}

/** The clusters so far; comparisons are up to the caller. */
const clusters = ({ enough = () => false, unreadable = "own-cluster" }: StreamingOptions) => {
  let meanings: Array<Meaning> = []
  const ofKey = new Map<string, Meaning>()
  let unread = 0
  let undecided = 0
  const score = (): StreamingScore => {
    const unreadCounts =
      unreadable === "left-out" || unread === 0
        ? []
        : unreadable === "shared-cluster"
          ? [unread]
          : Array(unread).fill(1)
    const counts = [...meanings.map(({ count }) => count), ...unreadCounts]
    const answers = counts.reduce((sum, count) => sum + count, 0)
    const entropy = answers === 0 ? 0 : fromCounts(counts)
    return {
      entropy,
      normalized: normalized(entropy, answers),
      answers,
      unread,
      meanings: meanings.map(({ answer, count }) => ({ answer, count })),
      undecided,
      enough: answers > 0 && enough(counts),
    }
  }
  return {
    score,
    /** Counts an answer that needs no comparison, and says whether there was no need. */
    known: (key: string | undefined): boolean => {
      const meaning = key === undefined ? undefined : ofKey.get(key)
      if (meaning !== undefined) meaning.count++
      else if (key === undefined) unread++
      return key === undefined || meaning !== undefined
    },
    /** Whom an answer must be compared with. */
    rivals: (final: boolean): ReadonlyArray<Meaning> => (final ? meanings.filter((one) => !one.final) : meanings),
    /** Counts an answer by the verdicts on it and each rival. */
    place: (
      answer: string,
      { final, key }: CanonicalKey,
      rivals: ReadonlyArray<Meaning>,
      verdicts: ReadonlyArray<Outcome>,
    ): void => {
      undecided += verdicts.filter((verdict) => verdict === "undecided").length
      const [first, ...others] = rivals.filter((_, index) => verdicts[index] === "equivalent")
      const meaning = first ?? { answer, count: 0, final }
      if (first === undefined) meanings.push(meaning)
      meaning.final &&= final
      meaning.count += 1
      for (const other of others) meaning.count += other.count
      meanings = meanings.filter((one) => !others.includes(one))
      for (const [name, its] of ofKey) if (others.includes(its)) ofKey.set(name, meaning)
      ofKey.set(key, meaning)
    },
  }
}

const isBlank = (answer: string | undefined): answer is undefined => answer === undefined || answer.trim() === ""

/**
 * A running score with a notion of meaning that is a function: each call counts an answer and says where things stand.
 *
 * @example
 * ```ts
 * import assert from "node:assert"
 * import { Equivalent } from "@seed-grpo/core"
 * import { StreamingScorer } from "@seed-grpo/entropy"
 *
 * const add = StreamingScorer.make(Equivalent.fromComparison((a, b) => Number(a) === Number(b)))
 * add("0.5")
 * add("2")
 * const { entropy, meanings } = add(".50")
 * assert.deepEqual(meanings, [{ answer: "0.5", count: 2 }, { answer: "2", count: 1 }])
 * assert.equal(entropy.toFixed(6), "0.636514")
 * ```
 *
 * @since 0.1.0
 * @category constructors
 */
export const make = (
  equivalent: Equivalent,
  options: StreamingOptions = {},
): ((answer: string | undefined) => StreamingScore) => {
  const state = clusters(options)
  return (answer) => {
    const canonical = isBlank(answer) ? undefined : equivalent.key(answer)
    if (!state.known(canonical?.key)) {
      const rivals = state.rivals(canonical!.final)
      const verdicts = rivals.map((rival) => bothWays(equivalent, rival.answer, answer!))
      state.place(answer!, canonical!, rivals, verdicts)
    }
    return state.score()
  }
}

/**
 * The running scores of a stream of answers, by the judge of the context: one score an answer, and none after there are
 * `enough`.
 *
 * @example
 * ```ts
 * import assert from "node:assert"
 * import { Judge, Stopping, StreamingScorer } from "@seed-grpo/entropy"
 * import { Effect, Stream } from "effect"
 *
 * const majority = Stopping.majority({ errorRate: 0.05 })
 * const enough = (counts: ReadonlyArray<number>) => majority(counts).decided
 * const scores = StreamingScorer.scores(Stream.fromIterable(Array(100).fill("42")), { enough })
 * const last = Effect.runSync(Stream.runLast(scores).pipe(Effect.provide(Judge.layerExact)))
 * assert(last._tag === "Some" && last.value.answers < 20)
 * ```
 *
 * @since 0.1.0
 * @category streams
 */
export const scores = <E, R>(
  answers: Stream.Stream<string | undefined, E, R>,
  options: StreamingOptions & { readonly question?: string } = {},
): Stream.Stream<StreamingScore, E | JudgeError, R | Judge> =>
  Stream.unwrap(
    Effect.gen(function* () {
      const { judge, key: keyOf } = yield* Judge
      const { question } = options
      const state = clusters(options)
      const add = Effect.fnUntraced(function* (answer: string | undefined) {
        const canonical = isBlank(answer) ? undefined : keyOf(answer)
        if (!state.known(canonical?.key)) {
          const rivals = state.rivals(canonical!.final)
          const pairs = rivals.map((rival) => [rival.answer, answer!] as const)
          const request = question === undefined ? { pairs } : { question, pairs }
          state.place(answer!, canonical!, rivals, pairs.length === 0 ? [] : yield* judge(request))
        }
        return state.score()
      })
      return answers.pipe(
        Stream.mapEffect(add),
        Stream.takeUntil(({ enough }) => enough),
      )
    }),
  )
