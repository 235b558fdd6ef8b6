import { AdvantageEstimator } from "@seed-grpo/advantage"
import type { StepRecord } from "@seed-grpo/core"
import { Backend, Policy } from "@seed-grpo/runtime"
import { Evaluation, Pipeline, RunConfig, RunFolder, Statistics, Trainer, TrainStep } from "@seed-grpo/trainer"
import { Template } from "@seed-grpo/data"
import { assert, describe, it } from "@effect/vitest"
import { Effect, FileSystem, Layer } from "effect"
import { config, nothingTold, platform, runIn, temporaryRun } from "./support.ts"

describe("RunConfig", () => {
  const base = { model: "m", steps: 1, data: { kind: "arithmetic" } }

  it.effect.each([
    [{ ...base, stepz: 3 }, /stepz/],
    [{ ...base, steps: 0 }, /steps/],
    [{ ...base, steps: "many" }, /steps/],
    [{ ...base, model: undefined }, /model/],
    [{ ...base, sampling: { groupSize: 1 } }, /groupSize/],
    [{ ...base, sampling: { tempo: 1 } }, /tempo/],
    [{ ...base, sampling: { topK: 20 } }, /sampling\.topK: .* drawn from itself/],
    [{ ...base, sampling: { topP: 1 } }, /sampling\.topP: .* drawn from itself/],
    [{ ...base, optimizer: { learningRate: -1 } }, /learningRate/],
    [{ ...base, optimizer: { beta1: 1.5 } }, /beta1/],
    [{ ...base, advantage: { method: "ppo" } }, /method/],
    [{ ...base, advantage: { method: "grpo", strength: 1 } }, /strength/],
    [{ ...base, advantage: { method: "grpo", ddof: 2 } }, /ddof/],
    [{ ...base, advantage: { method: "rloo", epsilon: 1e-6 } }, /epsilon/],
    [{ ...base, advantage: { method: "seed-grpo", schedule: { from: 0 } } }, /steps/],
    [{ ...base, advantage: { method: "seed-grpo", modulation: "sideways" } }, /modulation/],
    [{ ...base, reward: { overlong: { buffer: 0 } } }, /buffer/],
    [{ ...base, reward: { overlong: { buffer: 3001 } } }, /reward\.overlong\.buffer: Expected at most .* 3000/],
    [{ ...base, optimizer: { schedule: "sine" } }, /schedule/],
    [{ ...base, optimizer: { schedule: { kind: "linear", cycles: 1 } } }, /schedule/],
    [{ ...base, optimizer: { schedule: { kind: "cosine", minimum: 2 } } }, /minimum/],
    [{ ...base, data: { kind: "files" } }, /train/],
    [{ ...base, template: "chatml" }, /template/],
    [[], /object/i],
  ] as const)("refuses %j with the path", ([json, message]) =>
    Effect.gen(function* () {
      const error = yield* Effect.flip(RunConfig.parse(json))
      assert.strictEqual(error._tag, "RunConfigError")
      assert.match(error.message, message)
    }),
  )

  it.effect("reports every problem at once", () =>
    Effect.gen(function* () {
      const error = yield* Effect.flip(RunConfig.parse({ ...base, steps: -1, seed: 0.5, typo: true }))
      for (const name of ["steps", "seed", "typo"]) assert.include(error.message, name)
    }),
  )

  it.effect("fills in the recipe's values, and reads back what it wrote", () =>
    Effect.gen(function* () {
      const parsed = yield* RunConfig.parse(base)
      assert.strictEqual(parsed.sampling.groupSize, 8)
      assert.strictEqual(parsed.sampling.maxTokens, 3000)
      assert.strictEqual(parsed.optimizer.learningRate, 1e-6)
      assert.strictEqual(parsed.objective.kind, "dr_grpo")
      assert.deepStrictEqual(yield* RunConfig.parseText(JSON.stringify(parsed), "x"), parsed)
    }),
  )

  it.effect("says that a file is not JSON", () =>
    Effect.gen(function* () {
      assert.strictEqual((yield* Effect.flip(RunConfig.parseText("{", "run.json"))).reason, "not-json")
    }),
  )
})

describe("RunFolder", () => {
  const started = { a: 1 }

  it.live("a second opener is refused while the first holds it, and served afterwards", () =>
    Effect.gen(function* () {
      const { folder } = yield* temporaryRun
      yield* Effect.scoped(
        Effect.gen(function* () {
          yield* RunFolder.create(folder, started)
          const error = yield* Effect.flip(Effect.scoped(RunFolder.open(folder)))
          assert.strictEqual(error.reason, "in-use")
          assert.include(error.message, `process ${process.pid}`)
        }),
      )
      const text = yield* Effect.scoped(RunFolder.open(folder))
      assert.deepStrictEqual(JSON.parse(text), started)
    }).pipe(Effect.scoped, Effect.provide(platform)),
  )

  it.live("a lock that a killed process left is taken over", () =>
    Effect.gen(function* () {
      const fs = yield* FileSystem.FileSystem
      const { folder } = yield* temporaryRun
      yield* Effect.scoped(RunFolder.create(folder, started))
      const host = (yield* Effect.promise(() => import("node:os"))).hostname()
      for (const left of [
        { pid: 2 ** 22 + 7, host, started: "1" },
        // The number of this very process, but of an earlier life.
        { pid: process.pid, host, started: "1" },
      ]) {
        yield* fs.writeFileString(`${folder}/run.lock`, JSON.stringify(left))
        yield* Effect.scoped(RunFolder.open(folder))
      }
      yield* fs.writeFileString(`${folder}/run.lock`, "half a li")
      yield* Effect.scoped(RunFolder.open(folder))
    }).pipe(Effect.scoped, Effect.provide(platform)),
  )

  it.live("a holder on another machine is believed", () =>
    Effect.gen(function* () {
      const fs = yield* FileSystem.FileSystem
      const { folder } = yield* temporaryRun
      yield* fs.writeFileString(`${folder}/run.lock`, JSON.stringify({ pid: 1, host: "elsewhere", started: null }))
      assert.match((yield* Effect.flip(Effect.scoped(RunFolder.create(folder, started)))).message, /on elsewhere/)
    }).pipe(Effect.scoped, Effect.provide(platform)),
  )

  it.live("a folder with a run is not overwritten, and one without cannot be resumed", () =>
    Effect.gen(function* () {
      const { folder } = yield* temporaryRun
      assert.strictEqual((yield* Effect.flip(Effect.scoped(RunFolder.open(folder)))).reason, "not-a-run")
      yield* Effect.scoped(RunFolder.create(folder, started))
      assert.strictEqual((yield* Effect.flip(Effect.scoped(RunFolder.create(folder, started)))).reason, "not-empty")
    }).pipe(Effect.scoped, Effect.provide(platform)),
  )
})

describe("Trainer", () => {
  it.live("halts after so many updates without a finite loss, leaving the policy as it was", () =>
    Effect.gen(function* () {
      const place = yield* temporaryRun
      const broken = config({ optimizer: { haltAfterNonFinite: 2 } })
      const told = nothingTold()
      const nan: AdvantageEstimator.AdvantageEstimator["Service"] = {
        estimate: (groups) =>
          Effect.succeed(
            groups.map(({ rewards }) => ({
              before: rewards.map(() => NaN),
              scale: 1,
              advantages: rewards.map(() => NaN),
            })),
          ),
      }
      const { heldOut, train } = yield* Pipeline.problems(broken)
      const error = yield* Effect.gen(function* () {
        const { files } = yield* Policy.Policy
        const before = yield* files
        const failed = yield* Effect.flip(
          Trainer.train({
            config: broken,
            folder: place.folder,
            train,
            heldOut,
            restored: undefined,
            onEvent: (event) => Effect.sync(() => void (event.type === "step" && told.records.push(event.record))),
          }),
        )
        assert.deepStrictEqual(yield* files, before)
        return failed
      }).pipe(
        Effect.provide(
          // The same pipeline with one stage exchanged: the last layer wins.
          Layer.merge(
            Pipeline.layer(broken, place.model).pipe(Layer.provide(Backend.layerCpu)),
            Layer.succeed(AdvantageEstimator.AdvantageEstimator)(nan),
          ),
        ),
      )
      assert.strictEqual(error._tag, "TrainerError")
      assert.match(error.message, /2 updates in a row/)
    }).pipe(Effect.scoped, Effect.provide(platform)),
  )

  it.live("equal layers under other names give the same run", () =>
    Effect.gen(function* () {
      const [a, b] = [nothingTold(), nothingTold()]
      yield* runIn(yield* temporaryRun, a, { config: config({ advantage: { method: "dr-grpo" } }) })
      yield* runIn(yield* temporaryRun, b, {
        config: config({ advantage: { method: "seed-grpo", modulation: "linear", strength: 0 } }),
      })
      assert.deepStrictEqual(a.records, b.records)
    }).pipe(Effect.scoped, Effect.provide(platform)),
  )

  it.live.each([
    { advantage: { method: "grpo" } },
    { advantage: { method: "rloo" } },
    { advantage: { method: "rloo-standardized", scale: "batch" } },
    { advantage: { method: "gdpo" }, reward: { overlong: { buffer: 3, weight: 0.5 } } },
    {
      advantage: {
        method: "seed-grpo",
        baseline: "grpo-batch",
        modulation: "asymmetric",
        strength: 1,
        schedule: { steps: 2 },
      },
    },
    { optimizer: { learningRate: 1e-2, schedule: { kind: "cosine", minimum: 0.1 } } },
  ])("trains with %j instead", (change) =>
    Effect.gen(function* () {
      const told = nothingTold()
      yield* runIn(yield* temporaryRun, told, { config: config({ ...change, steps: 2 }) })
      assert.strictEqual(told.records.filter((record) => (record as { kind: string }).kind === "step").length, 2)
    }).pipe(Effect.scoped, Effect.provide(platform)),
  )

  it.live("a step tells how many groups were scaled, and that the scaling moves shares and loses none", () =>
    Effect.gen(function* () {
      const told = nothingTold()
      yield* runIn(yield* temporaryRun, told, { config: config({ problemsPerStep: 6, steps: 3 }) })
      const steps = (told.records as Array<StepRecord>).filter(({ kind }) => kind === "step")
      const total = (values: ReadonlyArray<number>) => values.reduce((a, b) => a + b, 0)
      for (const { mixed, scaleHistogram, scaleMax, scaleMin } of steps) {
        assert.strictEqual(scaleHistogram.mixed, Math.round(6 * mixed))
        assert.strictEqual(total(scaleHistogram.scales), scaleHistogram.mixed)
        assert.deepStrictEqual([scaleHistogram.from, scaleHistogram.to], [scaleMin, scaleMax])
        for (const shares of [scaleHistogram.before, scaleHistogram.after]) {
          assert.closeTo(total(shares), mixed > 0 ? 1 : 0, 1e-12)
        }
      }
      assert.strictEqual(steps.length, 3)
    }).pipe(Effect.scoped, Effect.provide(platform)),
  )

  it.live("a learning rate of 0 changes no weight, and every ratio is 1", () =>
    Effect.gen(function* () {
      const place = yield* temporaryRun
      const fs = yield* FileSystem.FileSystem
      const told = nothingTold()
      const files = yield* runIn(place, told, { config: config({ optimizer: { learningRate: 0 }, steps: 10 }) })
      assert.deepStrictEqual(
        files.get("model.safetensors"),
        yield* fs.readFile(`${place.model}/model.safetensors`).pipe(Effect.map((bytes) => new Uint8Array(bytes))),
      )
      for (const record of told.records as Array<{ kind: string; ratio?: number }>) {
        if (record.kind === "step") assert.closeTo(record.ratio!, 1, 1e-6)
      }
    }).pipe(Effect.scoped, Effect.provide(platform)),
  )

  it.live("prompts that are too long are left out and said so; when none fits, that is an error", () =>
    Effect.gen(function* () {
      const told = nothingTold()
      const run = (maxPromptTokens: number) =>
        temporaryRun.pipe(
          Effect.flatMap((place) =>
            runIn(place, told, {
              config: config({ sampling: { groupSize: 2, maxTokens: 3, maxPromptTokens }, steps: 1 }),
            }),
          ),
        )
      yield* run(6)
      assert.match(told.notices[0]!, /problems are longer than 6 tokens and left out/)
      const error = yield* Effect.flip(run(1))
      assert.strictEqual(error._tag, "TrainerError")
    }).pipe(Effect.scoped, Effect.provide(platform)),
  )
})

describe("Evaluation", () => {
  it.live("counts what does not fit as wrong, and says so", () =>
    Effect.gen(function* () {
      const place = yield* temporaryRun
      const seen: Array<number> = []
      const problems = ["1+1=", "1+".repeat(100), "2+2="].map((question) => ({
        id: question,
        question,
        golds: ["2"] as [string],
      }))
      const evaluated = yield* Evaluation.evaluate(problems, {
        template: Template.none,
        samples: 4,
        temperature: 1,
        maxTokens: 4,
        seed: 0,
        problemsAtOnce: 2,
        onProgress: (done) => Effect.sync(() => void seen.push(done)),
      }).pipe(Effect.provide(Pipeline.layer(config(), place.model).pipe(Layer.provide(Backend.layerCpu))))
      const summary = Evaluation.summarise(evaluated, 4)
      assert.strictEqual(summary.problems, 3)
      assert.strictEqual(summary.tooLong, 1)
      assert.deepStrictEqual(
        summary.passAt.map(({ k }) => k),
        [1, 2, 4],
      )
      assert.deepStrictEqual(seen, [2, 3])
    }).pipe(Effect.scoped, Effect.provide(platform)),
  )
})

describe("options of sampling beside the temperature", () => {
  const problem = { id: "1+1=", question: "1+1=", golds: ["2"] as [string] }
  const cuts = [{ topK: 2 }, { topP: 0.9 }, { minP: 0.1 }, { repetitionPenalty: 1.1 }]

  it.live("are refused in a training step, with the reason", () =>
    Effect.gen(function* () {
      const place = yield* temporaryRun
      const request = { problems: [{ problem, prompt: "1+1=" }], groupSize: 2, maxTokens: 2, temperature: 1 }
      const rest = { stop: [], seed: 0, stream: "sampling", step: 1 }
      const step = (options: object) => TrainStep.measure({ ...request, ...rest, ...options })
      yield* Effect.gen(function* () {
        for (const cut of cuts) {
          const error = yield* Effect.flip(step(cut))
          assert.strictEqual(error._tag, "SamplingError")
          assert.match(error.message, /drew itself.*importance ratio/)
        }
        assert.strictEqual((yield* step({ topK: 0, topP: 1, minP: 0, repetitionPenalty: 1 })).groups.length, 1)
      }).pipe(Effect.provide(Pipeline.layer(config(), place.model).pipe(Layer.provide(Backend.layerCpu))))
    }).pipe(Effect.scoped, Effect.provide(platform)),
  )

  it.live("are free in evaluation", () =>
    Effect.gen(function* () {
      const place = yield* temporaryRun
      const texts = (options: Pick<Evaluation.EvaluationOptions, "temperature" | "topK">) =>
        Evaluation.evaluate([problem], { template: Template.none, samples: 3, maxTokens: 6, seed: 0, ...options }).pipe(
          Effect.map(([one]) => one!.graded!.group.completions.map(({ text }) => text)),
        )
      yield* Effect.gen(function* () {
        const [greedy, sampled] = [yield* texts({ temperature: 0 }), yield* texts({ temperature: 1 })]
        assert.notDeepEqual(sampled, greedy)
        assert.deepStrictEqual(yield* texts({ temperature: 1, topK: 1 }), greedy)
      }).pipe(Effect.provide(Pipeline.layer(config(), place.model).pipe(Layer.provide(Backend.layerCpu))))
    }).pipe(Effect.scoped, Effect.provide(platform)),
  )
})

describe("Statistics", () => {
  // R: binom::binom.confint(13, 30, methods = "wilson"), and (0, 10), (10, 10).
  it.each([
    [13, 30, 0.2738, 0.608],
    [0, 10, 0, 0.2775],
    [10, 10, 0.7225, 1],
  ])("wilson(%i of %i)", (successes, trials, low, high) => {
    const estimate = Statistics.wilson(successes, trials)
    assert.closeTo(estimate.low, low, 1e-4)
    assert.closeTo(estimate.high, high, 1e-4)
  })

  it("passAtK counts subsets", () => {
    for (const [n, c, k] of [
      [5, 2, 3],
      [8, 1, 8],
      [6, 0, 2],
      [6, 6, 1],
    ] as const) {
      const subsets = Array.from({ length: 2 ** n }, (_, bits) => bits).filter(
        (bits) => bits.toString(2).replaceAll("0", "").length === k,
      )
      const hits = subsets.filter((bits) => (bits & (2 ** c - 1)) !== 0)
      assert.closeTo(Statistics.passAtK({ n, c, k }), hits.length / subsets.length, 1e-12)
    }
  })

  it("bootstrapMean is repeatable and brackets the mean", () => {
    const values = Array.from({ length: 40 }, (_, index) => index % 4)
    const estimate = Statistics.bootstrapMean(values)
    assert.deepStrictEqual(Statistics.bootstrapMean(values), estimate)
    assert.strictEqual(estimate.value, 1.5)
    // 1.96 standard errors are 0.35.
    assert.closeTo(estimate.low, 1.15, 0.06)
    assert.closeTo(estimate.high, 1.85, 0.06)
  })
})
