/** Evaluations as configured, the best checkpoint, early stop. */
import type { EvaluationRecord, RunEvent } from "@seed-grpo/core"
import { Equivalence } from "@seed-grpo/equivalence"
import { Checkpoint, EarlyStop } from "@seed-grpo/trainer"
import { assert, describe, it } from "@effect/vitest"
import { Effect, FileSystem, Layer } from "effect"
import { capricious, evaluations, resumesExactly, steps, straight } from "./loop.ts"
import { config, nothingTold, platform, runIn, temporaryRun } from "./support.ts"

describe("EarlyStop", () => {
  const seen = (values: ReadonlyArray<number>, minDelta = 0) =>
    values.reduce(
      (watch: EarlyStop.Watch, value, step) => EarlyStop.after(watch, { step, value }, minDelta),
      EarlyStop.nothing,
    )

  it.each([
    [[], 0, { since: 0 }],
    [[0], 0, { best: { step: 0, value: 0 }, since: 0 }],
    [[0.5, 0.5, 0.4], 0, { best: { step: 0, value: 0.5 }, since: 2 }],
    [[0.5, 0.4, 0.6, 0.6], 0, { best: { step: 2, value: 0.6 }, since: 1 }],
    // Small gains do not add up to one: each is compared with the last that counted.
    [[0.5, 0.54, 0.56], 0.05, { best: { step: 2, value: 0.56 }, since: 0 }],
    [[0.5, 0.54, 0.55], 0.05, { best: { step: 0, value: 0.5 }, since: 2 }],
  ])("%j by more than %d", (values, minDelta, expected) => {
    assert.deepStrictEqual(seen(values, minDelta), expected)
  })

  it("needs a patience to be over", () => {
    const watch = seen([1, 0, 0])
    assert.deepStrictEqual(
      [undefined, 3, 2, 1].map((patience) => EarlyStop.isOver(watch, patience)),
      [false, false, true, true],
    )
  })
})

describe("evaluation", () => {
  it("options that nothing would read are refused", () => {
    for (const [change, message] of [
      [{ evaluation: { samples: 4 } }, /evaluation\.samples.*greedy/],
      [{ evaluation: { topP: 0.9 } }, /evaluation\.topP/],
      [{ evaluation: { temperature: 1, topP: 0 } }, /topP/],
      [{ evaluation: { minDelta: 0.1 } }, /minDelta.*patience/],
      [{ checkpoint: { best: "passAtSamples" } }, /checkpoint\.best.*samples/],
      [{ checkpoint: { best: "loss" } }, /best/],
      [{ data: { kind: "files", train: "a" }, checkpoint: { best: "accuracy" } }, /heldOut.*checkpoint\.best/],
      [{ data: { kind: "files", train: "a" }, evaluation: { patience: 1 } }, /heldOut.*evaluation\.patience/],
      [{ data: { kind: "arithmetic", curriculum: { floor: 0 } } }, /floor/],
      [{ sampling: { dynamic: { maxRounds: 0 } } }, /maxRounds/],
    ] as const) {
      assert.throws(() => config(change), message)
    }
  })

  it.live("several completions at a temperature: mean, interval, and how often one of them is right", () =>
    Effect.gen(function* () {
      const evaluation = { every: 2, problems: 40, samples: 5, temperature: 1, topP: 0.99, maxTokens: 3 }
      const { told } = yield* straight({ evaluation, steps: 2 })
      const [first] = evaluations(told) as [EvaluationRecord]
      assert.deepStrictEqual([first.problems, first.samples], [40, 5])
      assert.isAbove(first.accuracy, 0)
      assert.isAtLeast(first.passAtSamples!, first.accuracy)
      assert.isAtMost(first.passAtSamples!, 5 * first.accuracy)
      assert.isTrue(first.low <= first.accuracy && first.accuracy <= first.high)
      const greedy = evaluations((yield* straight({ steps: 2 })).told)[0]!
      assert.deepStrictEqual([greedy.samples, greedy.passAtSamples], [undefined, undefined])
    }).pipe(Effect.scoped, Effect.provide(platform)),
  )

  it.live("resumed again and again: bit for bit", () =>
    resumesExactly({ evaluation: { every: 2, problems: 5, samples: 3, temperature: 0.7, maxTokens: 4 } }).pipe(
      Effect.scoped,
      Effect.provide(platform),
    ),
  )
})

/** A grader to whom the held-out problems of each evaluation are right as often as a script says. */
const scripted = (right: ReadonlyArray<number>, seen: { evaluation: number }) =>
  Layer.effect(
    Equivalence.Equivalence,
    Effect.map(Effect.provide(Effect.service(Equivalence.Equivalence), capricious), (capricious) => {
      let asked = 0
      return {
        ...capricious,
        grade: (golds: ReadonlyArray<string>, text: string) =>
          Effect.map(capricious.grade(golds, text), (grade) => {
            if (seen.evaluation < 0) return grade
            asked = (asked % 5) + 1
            return { ...grade, correct: asked <= right[seen.evaluation]! }
          }),
      }
    }),
  )

/** Runs on five held-out problems, of which so many are right in each evaluation; every step is one evaluation. */
const runScripted = Effect.fnUntraced(function* (
  place: { readonly folder: string; readonly model: string },
  right: ReadonlyArray<number>,
  change: { readonly evaluation?: object; readonly checkpoint?: object },
  told = nothingTold(),
  onEvent: (event: RunEvent) => Effect.Effect<void> = () => Effect.void,
) {
  // An evaluation follows every event but another evaluation or what is told of one.
  const evaluated = (yield* Checkpoint.newest(place.folder)).restored?.cursor
  const seen = { evaluation: evaluated === undefined ? 0 : evaluated.records === 2 * evaluated.step ? evaluated.step : -1 }
  const files = yield* runIn(place, told, {
    config: config({
      ...change,
      steps: 6,
      evaluation: { every: 1, problems: 5, ...change.evaluation },
      checkpoint: { every: 1, keep: 1, ...change.checkpoint },
    }),
    instead: scripted(right, seen),
    onEvent: (event) =>
      Effect.suspend(() => {
        if (event.type === "evaluation") seen.evaluation = -1
        if (event.type === "step") seen.evaluation = event.record.step
        return onEvent(event)
      }),
  })
  return { told, files }
})

describe("early stop", () => {
  const change = { evaluation: { patience: 2 } }

  it.live("ends the run, saves it, and says why", () =>
    Effect.gen(function* () {
      const place = yield* temporaryRun
      const { told } = yield* runScripted(place, [1, 3, 3, 2], change)
      assert.deepStrictEqual(
        evaluations(told).map(({ accuracy }) => accuracy),
        [0.2, 0.6, 0.6, 0.4],
      )
      assert.strictEqual(steps(told).length, 3)
      assert.strictEqual(told.checkpoints.at(-1), 3)
      assert.deepStrictEqual(told.notices, [
        "ended after step 3 of 6: 2 evaluations without an improvement on 0.6 of step 1 (evaluation.patience)",
      ])
    }).pipe(Effect.scoped, Effect.provide(platform)),
  )

  it.live("resumed, the count goes on, and an ended run stays ended", () =>
    Effect.gen(function* () {
      const right = [1, 3, 3, 4, 2, 1, 5]
      const place = yield* temporaryRun
      const told = nothingTold()
      for (const last of [1, 2, 4]) {
        const died = yield* Effect.exit(
          runScripted(place, right, change, told, (event) =>
            event.type === "step" && event.record.step === last + 1 ? Effect.die("killed") : Effect.void,
          ),
        )
        assert.strictEqual(died._tag, "Failure")
      }
      yield* runScripted(place, right, change, told)
      const again = yield* runScripted(place, right, change, told)
      assert.strictEqual(steps(told).length, 5)
      assert.deepStrictEqual(
        evaluations(told).map(({ accuracy }) => accuracy),
        [0.2, 0.6, 0.6, 0.8, 0.4, 0.2],
      )
      assert.match(told.notices.at(-1)!, /ended after step 5.*0\.8 of step 3/)
      assert.strictEqual(again.told.notices.length, 2)
    }).pipe(Effect.scoped, Effect.provide(platform)),
  )

  it.live("is not had by small gains when minDelta asks for more", () =>
    Effect.gen(function* () {
      const { told } = yield* runScripted(yield* temporaryRun, [1, 2, 3, 4, 5, 5, 5], {
        evaluation: { patience: 2, minDelta: 0.5 },
      })
      assert.strictEqual(steps(told).length, 2)
    }).pipe(Effect.scoped, Effect.provide(platform)),
  )
})

describe("the best checkpoint", () => {
  const change = { checkpoint: { best: "accuracy" } }
  const right = [1, 2, 4, 3, 4, 1, 2]

  const kept = Effect.fnUntraced(function* (folder: string) {
    const fs = yield* FileSystem.FileSystem
    return (yield* fs.readDirectory(`${folder}/checkpoints`)).toSorted()
  })

  it.live("is kept beside the newest, and a file that people can read points to it", () =>
    Effect.gen(function* () {
      const fs = yield* FileSystem.FileSystem
      const place = yield* temporaryRun
      let atStep2: Uint8Array | undefined
      yield* runScripted(place, right, change, nothingTold(), (event) =>
        event.type === "checkpoint" && event.step === 2
          ? Effect.map(Effect.orDie(fs.readFile(`${event.path}/policy/model.safetensors`)), (bytes) => {
              atStep2 = bytes
            })
          : Effect.void,
      )
      assert.deepStrictEqual(yield* kept(place.folder), ["step-00000002", "step-00000006"])
      assert.deepStrictEqual(JSON.parse(yield* fs.readFileString(`${place.folder}/best.json`)), {
        checkpoint: "checkpoints/step-00000002",
        step: 2,
        value: 0.8,
        metric: "accuracy",
      })
      const { best, restored } = yield* Checkpoint.best(place.folder)
      assert.deepStrictEqual(best, { metric: "accuracy", step: 2, value: 0.8 })
      assert.strictEqual(restored.cursor.step, 2)
      assert.deepStrictEqual(yield* fs.readFile(`${restored.modelFolder}/model.safetensors`), atStep2)
    }).pipe(Effect.scoped, Effect.provide(platform)),
  )

  it.live("may be the policy that the run began with", () =>
    Effect.gen(function* () {
      const place = yield* temporaryRun
      yield* runScripted(place, [5, 4, 4, 4, 4, 4, 4], change)
      assert.deepStrictEqual(yield* kept(place.folder), ["step-00000000", "step-00000006"])
      assert.strictEqual((yield* Checkpoint.best(place.folder)).restored.cursor.step, 0)
    }).pipe(Effect.scoped, Effect.provide(platform)),
  )

  it.live("a run that is killed after every step, and resumed, keeps the same one", () =>
    Effect.gen(function* () {
      const expected = yield* temporaryRun
      const straightRun = yield* runScripted(expected, right, change)
      const place = yield* temporaryRun
      const told = nothingTold()
      for (let step = 1; step <= 6; step++) {
        yield* Effect.exit(
          runScripted(place, right, change, told, (event) =>
            event.type === "evaluation" && event.record.step === step ? Effect.die("killed") : Effect.void,
          ),
        )
      }
      const { files } = yield* runScripted(place, right, change, told)
      assert.deepStrictEqual(told.records, straightRun.told.records)
      assert.deepStrictEqual(files.get("model.safetensors"), straightRun.files.get("model.safetensors"))
      assert.deepStrictEqual(yield* kept(place.folder), yield* kept(expected.folder))
      assert.deepStrictEqual((yield* Checkpoint.best(place.folder)).best, (yield* Checkpoint.best(expected.folder)).best)
    }).pipe(Effect.scoped, Effect.provide(platform)),
  )

  it.live("without one, and with a pointer that says nothing, typed errors", () =>
    Effect.gen(function* () {
      const fs = yield* FileSystem.FileSystem
      const place = yield* temporaryRun
      assert.strictEqual((yield* Effect.flip(Checkpoint.best(place.folder))).reason, "no-best")
      yield* fs.writeFileString(`${place.folder}/best.json`, '{"checkpoint":"../../elsewhere"}')
      assert.strictEqual((yield* Effect.flip(Checkpoint.best(place.folder))).reason, "damaged")
    }).pipe(Effect.scoped, Effect.provide(platform)),
  )
})

describe("curriculum", () => {
  const change = {
    problemsPerStep: 4,
    data: { kind: "arithmetic", curriculum: { floor: 0.25 } },
    sampling: { groupSize: 4, maxTokens: 5 },
  }

  it.live("a problem that was unsure comes back, one that was certain does not", () =>
    Effect.gen(function* () {
      const { told } = yield* straight({ ...change, steps: 8 })
      const groups = (told.completions as ReadonlyArray<{ step: number; problem: string; reward: number; normalizedEntropy: number }>)
      const informative = new Set(
        groups.filter(({ normalizedEntropy, step }) => step < 8 && normalizedEntropy > 0).map(({ problem }) => problem),
      )
      const again = [...Map.groupBy(groups, ({ problem }) => problem)].filter(([, of]) => new Set(of.map(({ step }) => step)).size > 1)
      assert.isAbove(again.length, 3)
      for (const [problem] of again) assert.isTrue(informative.has(problem))
    }).pipe(Effect.scoped, Effect.provide(platform)),
  )

  it.live("resumed again and again: bit for bit", () =>
    resumesExactly(change).pipe(Effect.scoped, Effect.provide(platform)),
  )

  it.live("and with everything else at once", () =>
    resumesExactly({
      ...change,
      sampling: { ...change.sampling, dynamic: { maxRounds: 3, by: "total" } },
      reward: { overlong: { buffer: 2, weight: 0.1 } },
      evaluation: { every: 2, problems: 5, samples: 2, temperature: 1, patience: 3 },
      checkpoint: { every: 2, keep: 1, best: "passAtSamples" },
    }).pipe(Effect.scoped, Effect.provide(platform)),
  )
})
