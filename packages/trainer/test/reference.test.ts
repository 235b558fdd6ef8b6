/** Runs with a reference policy. */
import { KlPenalty } from "@seed-grpo/advantage"
import type { StepRecord } from "@seed-grpo/core"
import { PolicyScores, ReferencePolicy } from "@seed-grpo/grpo"
import { Backend, Parameters, Policy } from "@seed-grpo/runtime"
import { tinyAdaptedModel } from "@seed-grpo/testing"
import { Pipeline, ReferenceConfig, ReferenceScores, RunConfig, TrainStep } from "@seed-grpo/trainer"
import { assert, describe, it } from "@effect/vitest"
import { Effect, FileSystem, Layer } from "effect"
import { config, killedAndResumed, nothingTold, platform, runIn, temporaryRun } from "./support.ts"

const parse = (change: object) => RunConfig.parse({ model: "m", steps: 1, data: { kind: "arithmetic" }, ...change })

const kl = { coefficient: 0.1 }
/** A tiny policy is never right: something else has to move it. */
const entropyBonus = 0.1
const runs: ReadonlyArray<readonly [string, object]> = [
  ["KL to the initial policy, in the loss", { reference: "initial", objective: { kl, entropyBonus } }],
  ["KL to the initial policy, in the reward", { reference: "initial", reward: { kl }, objective: { entropyBonus } }],
  [
    "KL to a moving average",
    { reference: { kind: "ema", decay: 0.5 }, objective: { kl, entropyBonus }, reward: { kl } },
  ],
]

describe("reference", () => {
  it.live.each(runs)("%s: 0 at the first step, and later not", ([, change]) =>
    Effect.gen(function* () {
      const told = nothingTold()
      yield* runIn(yield* temporaryRun, told, { config: config(change) })
      const records = (told.records as Array<StepRecord>).filter(({ kind }) => kind === "step")
      assert.closeTo(records[0]!.klToReference!, 0, 1e-6)
      assert.isAbove(Math.abs(records.at(-1)!.klToReference!), 1e-4)
    }).pipe(Effect.scoped, Effect.provide(platform)),
  )

  it.live.each(runs)("%s: killed and resumed is not killed, bit for bit", ([, change]) =>
    Effect.gen(function* () {
      const fs = yield* FileSystem.FileSystem
      const options = { config: config(change) }
      const { expected, place, resumed, straight, told } = yield* killedAndResumed(options)
      assert.deepStrictEqual(told.records, expected.records)
      assert.deepStrictEqual(told.completions, expected.completions)
      assert.deepStrictEqual(resumed.get("model.safetensors"), straight.get("model.safetensors"))
      const moves = typeof options.config.reference === "object"
      assert.strictEqual(yield* fs.exists(`${place.folder}/checkpoints/step-00000006/reference.safetensors`), moves)
    }).pipe(Effect.scoped, Effect.provide(platform)),
  )

  it.live("without one, nothing is said of KL", () =>
    Effect.gen(function* () {
      const told = nothingTold()
      yield* runIn(yield* temporaryRun, told, { config: config({ steps: 1 }) })
      assert.isTrue(told.records.every((record) => !("klToReference" in (record as object))))
    }).pipe(Effect.scoped, Effect.provide(platform)),
  )

  it.live("a checkpoint of a frozen reference is none of a moving one", () =>
    Effect.gen(function* () {
      const place = yield* temporaryRun
      yield* runIn(place, nothingTold(), { config: config({ steps: 2, ...runs[0]![1] }) })
      const error = yield* Effect.flip(runIn(place, nothingTold(), { config: config(runs[2]![1]) }))
      assert.strictEqual(error._tag, "ReferenceError")
    }).pipe(Effect.scoped, Effect.provide(platform)),
  )

  it.effect.each([
    [{ objective: { kl } }, /objective\.kl: Expected a reference/],
    [{ reward: { kl } }, /reward\.kl: Expected a reference/],
    [{ reference: "initial" }, /reference: Expected objective\.kl or reward\.kl beside it/],
    [{ reference: { kind: "ema", decay: 1.5 }, reward: { kl } }, /reference\.decay: Expected a value between 0 and 1/],
    [
      { reference: "initial", objective: { kl: { ...kl, estimator: "k1", corrected: false } } },
      /objective\.kl\.corrected: Expected a correction of k1/,
    ],
  ] as const)("refused with its path: %j", ([change, message]) =>
    Effect.gen(function* () {
      assert.match((yield* Effect.flip(parse(change))).message, message)
    }),
  )

  it.effect("with an adapter it is the base, whatever the adapter has learned", () =>
    Effect.gen(function* () {
      const { config: model, parameters, update } = yield* Policy.Policy
      const reference = (yield* ReferencePolicy.CurrentReference)!
      const rows = [{ prompt: Int32Array.of(3, 4), completion: Int32Array.of(5, 6, 7) }]
      const options = { temperature: 1, microBatchTokens: 64 }
      const byPolicy = Effect.promise(() => PolicyScores.policyScores(parameters(), model, rows, options))
      const [before] = yield* byPolicy
      assert.deepStrictEqual(yield* reference.logprobs(rows), [before!.logprobs])
      const host = yield* Effect.promise(() => Parameters.toHost(model, parameters()))
      const learned = new Map(
        [...host].map(([name, { data, shape }]) => [
          name,
          { shape, data: name.endsWith("lora_B.weight") ? data.map((_, i) => 0.1 + 0.01 * (i % 5)) : data },
        ]),
      )
      update(Parameters.fromHost(model, learned))
      const [after] = yield* byPolicy
      assert.notDeepEqual(after!.logprobs, before!.logprobs)
      assert.deepStrictEqual(yield* reference.logprobs(rows), [before!.logprobs])
    }).pipe(
      Effect.provide(
        ReferenceConfig.layer("initial", { temperature: 1, microBatchTokens: 64 }, undefined).pipe(
          Layer.provideMerge(
            Layer.effect(
              Policy.Policy,
              Effect.suspend(() => Policy.make(tinyAdaptedModel())),
            ),
          ),
          Layer.provide(Backend.layerCpu),
          Layer.provide(platform),
        ),
      ),
    ),
  )

  it.live("KL is taken off the verdicts, before advantages are computed", () =>
    Effect.gen(function* () {
      const { model } = yield* temporaryRun
      const { groups } = yield* TrainStep.measure({
        problems: [{ problem: { id: "p", question: "1+1=", golds: ["2"] }, prompt: "1+1=" }],
        groupSize: 4,
        maxTokens: 5,
        temperature: 1,
        stop: [],
        seed: 0,
        stream: "sampling",
        step: 1,
      }).pipe(
        Effect.provide(
          Pipeline.layer(config({ reference: "initial", reward: { kl } }), model).pipe(Layer.provide(Backend.layerCpu)),
        ),
      )
      const [plain] = groups
      assert.closeTo(ReferenceScores.meanKl(groups)!, 0, 1e-6)
      // As if the reference had said something else.
      const away = {
        ...plain!,
        referenceLogprobs: plain!.group.completions.map(({ logprobs }, i) => logprobs.map((l) => l - i)),
      }
      const rewards = yield* ReferenceScores.penalized(away).pipe(
        Effect.provideService(ReferenceScores.KlInReward, 0.5),
      )
      const kls = away.group.completions.map(({ tokens }, i) => i * tokens.length)
      const expected = KlPenalty.penalized(plain!.rewards, kls, 0.5)
      for (const [i, reward] of rewards.entries()) assert.closeTo(reward!, expected[i]!, 1e-9)
      assert.deepStrictEqual(yield* ReferenceScores.penalized(away), plain!.rewards)
      const tokens = away.group.completions.reduce((sum, one) => sum + one.tokens.length, 0)
      assert.closeTo(ReferenceScores.meanKl([away])!, kls.reduce((a, b) => a + b, 0) / tokens, 1e-9)
    }).pipe(Effect.scoped, Effect.provide(platform)),
  )
})
