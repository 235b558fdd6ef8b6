/**
 * Reward functions from outside: code that this project did not write, so each has a deadline, and what goes wrong in it costs
 * nothing but its own word. A completion that it cannot score is unscorable, and never wrong.
 *
 * @since 0.1.0
 */
import type { Rewards } from "@seed-grpo/advantage"
import type { RewardRecord } from "@seed-grpo/core"
import { Numeric } from "@seed-grpo/core"
import { Context, Duration, Effect } from "effect"
import { all, type Judgement, ofGroup, type Unscorable } from "./Judgement.ts"
import type { GradedGroup } from "./ScoredGroup.ts"

/**
 * A reward function that cannot fail: from a graded group to a judgement of each completion, `[G]`.
 *
 * @since 0.1.0
 * @category models
 */
export interface RewardSource {
  readonly name: string
  /** What its rewards are multiplied with; the verdict has 1. */
  readonly weight: number
  readonly judge: (graded: GradedGroup) => Effect.Effect<ReadonlyArray<Judgement>>
}

/**
 * Rewards of one function, with nothing where it could not tell.
 *
 * @since 0.1.0
 * @category conversions
 */
export const rewardsOf = (judgements: ReadonlyArray<Judgement>): Rewards.Rewards =>
  judgements.map((judgement) => (typeof judgement === "number" ? judgement : undefined))

const CLIPPED = 200

const threw = (error: unknown): Unscorable => ({
  kind: "threw",
  detail: (error instanceof Error ? `${error.name}: ${error.message}` : String(error)).slice(0, CLIPPED),
})

/**
 * @since 0.1.0
 * @category models
 */
export interface SourceOptions {
  readonly name: string
  /** Default 1. */
  readonly weight?: number
}

/**
 * A pure function of the graded group. What it throws makes the group unscorable by it. It runs where the trainer runs: what
 * does not end is for `RewardFile`.
 *
 * @since 0.1.0
 * @category constructors
 */
export const pure = (
  { name, weight = 1 }: SourceOptions,
  reward: (graded: GradedGroup) => Rewards.Rewards,
): RewardSource => ({
  name,
  weight,
  judge: (graded) =>
    Effect.sync(() => {
      const size = graded.group.completions.length
      try {
        return ofGroup(reward(graded), size)
      } catch (error) {
        return all(size, threw(error))
      }
    }),
})

/**
 * An effect of the graded group: a model that is asked, say. It is interrupted when it takes longer than `deadline`
 * milliseconds, 10,000 unless given. What it fails with makes the group unscorable by it, and so does a defect.
 *
 * @since 0.1.0
 * @category constructors
 */
export const effect = (
  { deadline = 10_000, name, weight = 1 }: SourceOptions & { readonly deadline?: number },
  reward: (graded: GradedGroup) => Effect.Effect<Rewards.Rewards, unknown>,
): RewardSource => ({
  name,
  weight,
  judge: (graded) => {
    const size = graded.group.completions.length
    return Effect.suspend(() => reward(graded)).pipe(
      Effect.map((rewards) => ofGroup(rewards, size)),
      Effect.catch((error) => Effect.succeed(all(size, threw(error)))),
      Effect.catchDefect((defect) => Effect.succeed(all(size, threw(defect)))),
      Effect.timeoutOption(Duration.millis(deadline)),
      Effect.map((found) =>
        found._tag === "Some" ? found.value : all(size, { kind: "late", detail: `no reward within ${deadline} ms` }),
      ),
    )
  },
})

/**
 * The reward functions from outside that count in a step, in the order of their weights; none unless they are provided.
 *
 * @since 0.1.0
 * @category services
 */
export const RewardFunctions: Context.Reference<ReadonlyArray<RewardSource>> = Context.Reference<
  ReadonlyArray<RewardSource>
>("@seed-grpo/trainer/RewardFunctions", { defaultValue: () => [] })

/** Groups judged side by side. */
const CONCURRENCY = 8

/**
 * Lets all reward functions from outside judge the groups of a batch.
 *
 * @since 0.1.0
 * @category stages
 */
export const judge = Effect.fnUntraced(function* (
  graded: ReadonlyArray<GradedGroup>,
): Effect.fn.Return<ReadonlyArray<GradedGroup>> {
  const sources = yield* RewardFunctions
  if (sources.length === 0) return graded
  return yield* Effect.forEach(
    graded,
    (group) =>
      Effect.map(
        Effect.forEach(sources, (source) => source.judge(group), { concurrency: sources.length }),
        (judged) => ({ ...group, judgements: judged }),
      ),
    { concurrency: CONCURRENCY },
  )
})

/**
 * What the functions gave in a step, in numbers.
 *
 * @since 0.1.0
 * @category conversions
 */
export const records = (
  sources: ReadonlyArray<RewardSource>,
  groups: ReadonlyArray<GradedGroup>,
): ReadonlyArray<RewardRecord> =>
  sources.map(({ name }, index) => {
    const judged = groups.flatMap((group) => group.judgements?.[index] ?? [])
    const rewards = judged.filter((one) => typeof one === "number")
    const unscorable: Record<string, number> = {}
    for (const one of judged) if (typeof one !== "number") unscorable[one.kind] = (unscorable[one.kind] ?? 0) + 1
    return { name, mean: rewards.length === 0 ? 0 : Numeric.mean(rewards), unscorable }
  })

/**
 * A word about each kind of failure that is not in `told` yet, which it is added to: the first of a kind is told, and all are
 * counted.
 *
 * @since 0.1.0
 * @category conversions
 */
export const firstFailures = (
  sources: ReadonlyArray<RewardSource>,
  groups: ReadonlyArray<GradedGroup>,
  told: Set<string>,
): ReadonlyArray<string> => {
  const words: Array<string> = []
  for (const { group, judgements: judged = [] } of groups) {
    for (const [index, { name }] of sources.entries()) {
      for (const [sample, one] of (judged[index] ?? []).entries()) {
        if (typeof one === "number" || told.has(`${index} ${one.kind}`)) continue
        told.add(`${index} ${one.kind}`)
        words.push(
          `reward function ${name} could not score completion ${sample} of problem ${group.problem.id} (${one.kind}: ` +
            `${one.detail}); it has no say there. From here on this is counted in the records of the steps`,
        )
      }
    }
  }
  return words
}
