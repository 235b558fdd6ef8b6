/**
 * Equivalence in threads of its own, with a deadline that kills. Node only.
 *
 * The decision itself counts its work and needs no clock; this is the belt to those braces, and it keeps the caller's own
 * thread free.
 *
 * @since 0.1.0
 */
import { Worker } from "node:worker_threads"
import { Effect, Layer, Option, Pool } from "effect"
import type { CompareOptions, Verdict } from "./Compare.ts"
import { Equivalence, layerExact } from "./Equivalence.ts"
import { ALL_RULES, extract } from "./Extract.ts"
import type { Grade } from "./Grade.ts"
import type { Call } from "./worker/call.ts"

/**
 * @since 0.1.0
 * @category models
 */
export interface WorkerOptions {
  /** Threads. Default 1. */
  readonly size?: number
  /** Milliseconds that one call may take before its thread is killed. Default 2,000. */
  readonly deadline?: number
  readonly compare?: CompareOptions
}

const FILE = new URL(import.meta.url.endsWith(".ts") ? "./worker/thread.ts" : "./worker/thread.js", import.meta.url)

const acquireThread = Effect.acquireRelease(
  Effect.sync(() => new Worker(FILE, { resourceLimits: { maxOldGenerationSizeMb: 512 } })),
  (thread) => Effect.promise(() => thread.terminate()),
)

/** Asks a thread; nothing when it dies over the question. */
const ask = (thread: Worker, call: Call): Effect.Effect<Option.Option<unknown>> =>
  Effect.callback((resume) => {
    const settle = (result: Option.Option<unknown>) => {
      thread.off("message", onMessage)
      thread.off("error", onEnd)
      thread.off("exit", onEnd)
      resume(Effect.succeed(result))
    }
    const onMessage = (result: unknown) => settle(Option.some(result))
    const onEnd = () => settle(Option.none())
    thread.once("message", onMessage)
    thread.once("error", onEnd)
    thread.once("exit", onEnd)
    thread.postMessage(call)
    return Effect.sync(() => settle(Option.none()))
  })

/**
 * The decisions of `Equivalence.layerMath`, taken in a pool of threads. What passes the deadline, or kills its thread, is
 * undecided: not right when it is graded, and compared as plain text when it is clustered.
 *
 * @since 0.1.0
 * @category layers
 */
export const layerWorker = (options: WorkerOptions = {}): Layer.Layer<Equivalence> => {
  const { compare: settings = {}, deadline = 2000, size = 1 } = options
  return Layer.effect(
    Equivalence,
    Effect.gen(function* () {
      const pool = yield* Pool.make({ acquire: acquireThread, size })
      const run = (call: Call): Effect.Effect<Option.Option<unknown>> =>
        Pool.use(pool, (thread) =>
          Effect.gen(function* () {
            const answer = Option.flatten(yield* Effect.timeoutOption(ask(thread, call), deadline))
            if (Option.isNone(answer)) yield* Pool.invalidate(pool, thread)
            return answer
          }),
        )
      const late: Verdict = { outcome: "undecided", stage: "none", reason: `no decision within ${deadline} ms` }
      const exact = yield* Effect.provide(Effect.service(Equivalence), layerExact)
      return {
        compare: (gold, answer) =>
          Effect.map(run({ method: "compare", parameters: [gold, answer, settings] }), (found) =>
            Option.getOrElse(found as Option.Option<Verdict>, () => late),
          ),
        grade: (golds, response, rules = ALL_RULES) =>
          Effect.map(run({ method: "grade", parameters: [golds, response, rules, settings] }), (found) =>
            Option.getOrElse(found as Option.Option<Grade>, () => ({
              correct: false,
              extracted: extract(response, rules),
              verdict: late,
            })),
          ),
        cluster: (answers) =>
          Effect.flatMap(run({ method: "cluster", parameters: [answers, settings] }), (found) =>
            Option.match(found as Option.Option<ReadonlyArray<number | undefined>>, {
              onNone: () => exact.cluster(answers),
              onSome: Effect.succeed,
            }),
          ),
      }
    }),
  )
}
