/**
 * From functions that throw explained errors to effects that fail with them.
 *
 * @since 0.1.0
 */
import { Effect } from "effect"
import type { ExplainedError } from "./ExplainedError.ts"

/**
 * Lifts a function that throws `E` into an effect that fails with it. Anything else it throws is a bug, and stays a
 * defect.
 *
 * @example
 * ```ts
 * import assert from "node:assert"
 * import { Effect } from "effect"
 * import { Attempt, ExplainedError } from "@seed-grpo/core"
 *
 * class RangeFailure extends ExplainedError.ExplainedError<"too-big"> {
 *   readonly _tag = "RangeFailure"
 * }
 * const small = (n: number) => {
 *   if (n > 9) {
 *     throw new RangeFailure({ reason: "too-big", at: "n", expected: "at most 9", found: `${n}`, fix: "Pass less." })
 *   }
 *   return n
 * }
 * const failed = Attempt.attempt(RangeFailure, () => small(10)).pipe(Effect.flip)
 * assert.equal(Effect.runSync(failed).reason, "too-big")
 * ```
 *
 * @since 0.1.0
 * @category conversions
 */
export const attempt = <A, E extends ExplainedError<string>>(
  errorClass: abstract new (...args: never) => E,
  thunk: () => A,
): Effect.Effect<A, E> =>
  Effect.suspend(() => {
    try {
      return Effect.succeed(thunk())
    } catch (error) {
      return error instanceof errorClass ? Effect.fail(error) : Effect.die(error)
    }
  })

/**
 * The same of a function that is asynchronous.
 *
 * @since 0.1.0
 * @category conversions
 */
export const attemptPromise = <A, E extends ExplainedError<string>>(
  errorClass: abstract new (...args: never) => E,
  evaluate: () => Promise<A>,
): Effect.Effect<A, E> =>
  Effect.promise(async () => {
    try {
      return Effect.succeed(await evaluate())
    } catch (error) {
      return error instanceof errorClass ? Effect.fail(error) : Effect.die(error)
    }
  }).pipe(Effect.flatten)
