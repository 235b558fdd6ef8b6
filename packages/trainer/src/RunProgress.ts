/**
 * What a run knows beside weights and moments, and cannot tell from its step: where its problems come from next, what it has
 * learned about them, how its evaluations went. A checkpoint holds it as JSON.
 *
 * @since 0.1.0
 */
import { ProblemOrder } from "@seed-grpo/data"
import { Schema } from "effect"
import { nothing } from "./EarlyStop.ts"
import type { ScoredGroup } from "./ScoredGroup.ts"

const Order = Schema.Struct({
  taken: Schema.Int,
  draws: Schema.Int,
  outcomes: Schema.Record(
    Schema.String,
    Schema.Struct({ reward: Schema.Finite, entropy: Schema.Finite, readable: Schema.Finite }),
  ),
})

const Measured = Schema.Struct({ step: Schema.Int, value: Schema.Finite })

/**
 * The best checkpoint on the disk, by which metric of the evaluations, and its value.
 *
 * @since 0.1.0
 * @category schemas
 */
export const Best = Schema.Struct({ ...Measured.fields, metric: Schema.String })

/**
 * @since 0.1.0
 * @category schemas
 */
export const RunProgress = Schema.Struct({
  order: Order,
  watch: Schema.Struct({ best: Schema.optionalKey(Measured), since: Schema.Int }),
  best: Schema.optionalKey(Best),
})

/**
 * @since 0.1.0
 * @category models
 */
export type RunProgress = typeof RunProgress.Type

/**
 * That of a run which has taken so many problems and knows nothing else.
 *
 * @since 0.1.0
 * @category constructors
 */
export const start = (taken: number): RunProgress => ({ order: ProblemOrder.after(taken), watch: nothing })

/**
 * What groups say of their problems, by the problems' ids; of a problem's last group where it has several.
 *
 * @since 0.1.0
 * @category conversions
 */
export const outcomes = (groups: ReadonlyArray<ScoredGroup>): Readonly<Record<string, ProblemOrder.Outcome>> =>
  Object.fromEntries(
    groups.map(({ entropy, grades, group, rewards }) => [
      group.problem.id,
      {
        reward: rewards.reduce((sum, reward) => sum + reward, 0) / rewards.length,
        entropy: entropy.normalized,
        readable: grades.filter(({ extracted }) => extracted !== undefined).length / grades.length,
      },
    ]),
  )
