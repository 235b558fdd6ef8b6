/** Runs in which a tiny, untrained policy is right now and then, and what a run must survive. */
import type { CompletionRecord, EvaluationRecord, StepRecord } from "@seed-grpo/core"
import { Rng } from "@seed-grpo/core"
import { Equivalence } from "@seed-grpo/equivalence"
import { assert } from "@effect/vitest"
import { Deferred, Effect, Fiber, Layer } from "effect"
import { config, nothingTold, runIn, temporaryRun, type Told } from "./support.ts"

/**
 * A grader to whom some texts are right, in a share of the problems: what the policy never gets right, what it mostly gets
 * right, and what it gets right at times.
 */
export const capricious: Layer.Layer<Equivalence.Equivalence> = Layer.effect(
  Equivalence.Equivalence,
  Effect.map(Effect.provide(Effect.service(Equivalence.Equivalence), Equivalence.layerExact), (exact) => ({
    ...exact,
    grade: (golds: ReadonlyArray<string>, text: string) =>
      Effect.map(exact.grade(golds, text), () => ({
        correct: Rng.hash(golds[0]!) % 3 !== 0 && Rng.hash(text) % 4 === 0,
        extracted: {
          answer: text.slice(0, 1),
          start: 0,
          end: 1,
          rule: "boxed" as const,
          candidates: [text.slice(0, 1)],
          truncated: false,
        },
        verdict: { outcome: "undecided" as const, stage: "none" as const, reason: "a whim" },
      })),
  })),
)

export const steps = ({ records }: Told) => (records as Array<StepRecord>).filter(({ kind }) => kind === "step")
export const evaluations = ({ records }: Told) =>
  (records as Array<EvaluationRecord>).filter(({ kind }) => kind === "evaluation")
export const completions = (told: Told) => told.completions as Array<CompletionRecord>

export const straight = (change: object) =>
  Effect.gen(function* () {
    const told = nothingTold()
    const files = yield* runIn(yield* temporaryRun, told, { config: config(change), instead: capricious })
    return { told, weights: files.get("model.safetensors")! }
  })

/** Killed after every third step, interrupted after every other, and each time resumed: what is told and learned stays the same. */
export const resumesExactly = (change: object) =>
  Effect.gen(function* () {
    const expected = yield* straight(change)
    const last = steps(expected.told).at(-1)!.step
    const place = yield* temporaryRun
    const told = nothingTold()
    const options = { config: config(change), instead: capricious }
    for (let step = 1; step < last; step++) {
      const reached = yield* Deferred.make<void>()
      const fiber = yield* Effect.forkChild(
        runIn(place, told, {
          ...options,
          onEvent: (event) =>
            event.type !== "step" || event.record.step !== step
              ? Effect.void
              : step % 3 === 0
                ? Effect.andThen(Deferred.succeed(reached, undefined), Effect.die("killed"))
                : Deferred.succeed(reached, undefined),
        }),
      )
      yield* Deferred.await(reached)
      yield* Fiber.interrupt(fiber)
    }
    const files = yield* runIn(place, told, options)
    assert.deepStrictEqual(told.records, expected.told.records)
    assert.deepStrictEqual(told.completions, expected.told.completions)
    assert.deepStrictEqual(files.get("model.safetensors"), expected.weights)
    return { ...expected, place }
  })
