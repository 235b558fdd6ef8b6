/**
 * Who says whether two answers mean the same, as a service: plain text, mathematics, a language model that knows
 * entailment, a language model that is asked. Another notion of meaning is another layer.
 *
 * @since 0.1.0
 */
import * as Clusters from "@seed-grpo/core/Clusters"
import { bothWays, type CanonicalKey, type Equivalent, exact, type Outcome } from "@seed-grpo/core/Equivalent"
import { Context, Duration, Effect, Layer } from "effect"
import { JudgeError } from "./JudgeError.ts"

/**
 * Pairs of answers to one question.
 *
 * @since 0.1.0
 * @category models
 */
export interface JudgeRequest {
  readonly question?: string
  readonly pairs: ReadonlyArray<readonly [string, string]>
}

/**
 * @since 0.1.0
 * @category services
 */
export class Judge extends Context.Service<
  Judge,
  {
    /** Named in results, so that a number can be explained. */
    readonly name: string
    /** Answers with equal keys are never compared. */
    readonly key: (answer: string) => CanonicalKey
    /** One verdict a pair, whichever way round the pair is given. */
    readonly judge: (request: JudgeRequest) => Effect.Effect<ReadonlyArray<Outcome>, JudgeError>
  }
>()("@seed-grpo/entropy/Judge") {}

const threw = (what: string, cause: unknown): JudgeError =>
  new JudgeError({
    reason: "threw",
    at: what,
    expected: "a verdict",
    found: String(cause),
    fix: "Mend the comparison; it may say undecided.",
    cause,
  })

/**
 * A judge from a notion of meaning that is a function, such as `Cluster.math` of `@seed-grpo/equivalence`.
 *
 * @example
 * ```ts
 * import assert from "node:assert"
 * import { Equivalent } from "@seed-grpo/core"
 * import { Judge } from "@seed-grpo/entropy"
 * import { Effect } from "effect"
 *
 * const sameNumber = Equivalent.fromComparison((a, b) => Number(a) === Number(b), "number")
 * const { clusterIds } = Effect.runSync(
 *   Judge.cluster(["1/2", "0.5", ".50"]).pipe(Effect.provide(Judge.layerOf(sameNumber)))
 * )
 * assert.deepEqual(clusterIds, [0, 1, 1])
 * ```
 *
 * @since 0.1.0
 * @category layers
 */
export const layerOf = (equivalent: Equivalent): Layer.Layer<Judge> =>
  Layer.succeed(Judge)({
    name: equivalent.name,
    key: equivalent.key,
    judge: ({ pairs }) =>
      Effect.forEach(pairs, (pair) =>
        Effect.try({
          try: () => bothWays(equivalent, ...pair),
          catch: (cause) => {
            const [a, b] = pair.map((answer) => JSON.stringify(answer.slice(0, 60)))
            return threw(`the equivalence "${equivalent.name}" on ${a} and ${b}`, cause)
          },
        }),
      ),
  })

/**
 * Answers mean the same when they are the same text.
 *
 * @since 0.1.0
 * @category layers
 */
export const layerExact: Layer.Layer<Judge> = layerOf(exact)

/** The verdicts of a judge, if they are as many as the pairs. */
const oneEach = Effect.fnUntraced(function* ({ judge, name }: Judge["Service"], request: JudgeRequest) {
  const verdicts = yield* judge(request)
  if (verdicts.length === request.pairs.length) return verdicts
  return yield* Effect.fail(
    new JudgeError({
      reason: "malformed",
      at: `the judge "${name}"`,
      expected: `${request.pairs.length} verdicts`,
      found: `${verdicts.length}`,
      fix: "A judge must give one verdict a pair.",
    }),
  )
})

/**
 * @since 0.1.0
 * @category models
 */
export interface ClusterOptions {
  readonly question?: string
  /** Pairs that are compared at most. Default 500; a group of 8 has at most 28. */
  readonly budget?: number
  /** How long the judge may take over one group. What is not judged by then is undecided. Default: no limit. */
  readonly deadline?: Duration.Input
}

/** Pairs handed over at once: what was judged before a deadline is kept. */
const AT_ONCE = 32

/**
 * Clusters answers with the judge of the context. Pairs that the judge could not decide, and contradictions, are in the
 * result.
 *
 * @since 0.1.0
 * @category clustering
 */
export const cluster = Effect.fn("Judge.cluster")(function* (
  answers: ReadonlyArray<string | undefined>,
  { budget, deadline = Duration.infinity, question }: ClusterOptions = {},
): Effect.fn.Return<Clusters.Clusters, JudgeError, Judge> {
  const { key, name } = yield* Judge
  const plan = yield* Effect.try({
    try: () => Clusters.plan(answers, key, budget),
    catch: (cause) => threw(`the keys of the judge "${name}"`, cause),
  })
  const pairs = plan.pairs.map(([a, b]) => [plan.heads[a]!.answer, plan.heads[b]!.answer] as const)
  const verdicts: Array<Outcome> = []
  const judged = Effect.gen(function* () {
    while (verdicts.length < pairs.length) {
      const asked = pairs.slice(verdicts.length, verdicts.length + AT_ONCE)
      verdicts.push(
        ...(yield* oneEach(yield* Judge, { ...(question === undefined ? {} : { question }), pairs: asked })),
      )
    }
  })
  yield* Effect.timeoutOption(judged, deadline)
  while (verdicts.length < pairs.length) verdicts.push("undecided")
  return Clusters.join(plan, verdicts)
})

/**
 * Remembers the verdicts of the judge beneath, up to `capacity` pairs; the oldest are forgotten first. A verdict belongs to
 * the keys of a pair, whichever way round, and to the question. `undecided` is not remembered: it may have been a matter of
 * time.
 *
 * @since 0.1.0
 * @category layers
 */
export const layerCached = (capacity = 100_000): Layer.Layer<Judge, never, Judge> =>
  Layer.effect(
    Judge,
    Effect.gen(function* () {
      const beneath = yield* Judge
      const known = new Map<string, Outcome>()
      const nameOf = (question: string | undefined, pair: readonly [string, string]): string => {
        const [a, b] = pair.map((answer) => beneath.key(answer).key) as [string, string]
        return JSON.stringify(a < b ? [question, a, b] : [question, b, a])
      }
      return {
        ...beneath,
        judge: Effect.fnUntraced(function* ({ pairs, ...request }: JudgeRequest) {
          const names = pairs.map((pair) => nameOf(request.question, pair))
          const verdicts = new Map(names.map((name) => [name, known.get(name)]))
          const asked = new Map(names.flatMap((name, i) => (verdicts.get(name) ? [] : [[name, pairs[i]!] as const])))
          const said = asked.size === 0 ? [] : yield* oneEach(beneath, { ...request, pairs: [...asked.values()] })
          for (const [i, name] of [...asked.keys()].entries()) {
            verdicts.set(name, said[i])
            if (said[i] !== "undecided") known.set(name, said[i]!)
          }
          for (const oldest of known.keys()) {
            if (known.size <= capacity) break
            known.delete(oldest)
          }
          return names.map((name) => verdicts.get(name)!)
        }),
      }
    }),
  )
