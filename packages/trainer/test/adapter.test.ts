/** Runs that train an adapter and leave the model as it is. */
import { PolicyScores } from "@seed-grpo/grpo"
import { Backend, Lora, LoraConfig, ModelFolder, Parameters, Policy, Safetensors, Weights } from "@seed-grpo/runtime"
import * as Tensors from "@seed-grpo/runtime/Tensors"
import { tinyAdaptedModel, tinyModel } from "@seed-grpo/testing"
import { AdapterConfig, BatchPlan, Checkpoint, Pipeline, RunConfig, Trainer } from "@seed-grpo/trainer"
import { assert, describe, it } from "@effect/vitest"
import { Effect, FileSystem, Layer } from "effect"
import { config, killedAndResumed, nothingTold, platform, runIn, temporaryRun } from "./support.ts"

/** A tiny policy is never right: something else has to move it. */
const adapted = (change: object = {}) =>
  config({ adapter: { rank: 2, alpha: 4 }, objective: { entropyBonus: 0.1 }, ...change })

const kl = { coefficient: 0.1 }
const WEIGHTS = "adapter_model.safetensors"

/** What the active policy says of a completion. */
const scores = Effect.gen(function* () {
  const { config: model, parameters } = yield* Policy.Policy
  const rows = [{ prompt: Int32Array.of(3, 4), completion: Int32Array.of(5, 6, 7) }]
  const options = { temperature: 1, microBatchTokens: 64 }
  const [row] = yield* Effect.promise(() => PolicyScores.policyScores(parameters(), model, rows, options))
  return row!.logprobs
})

const isOfAdapter = (name: string) => /\.lora_[AB]\.weight$/.test(name)

describe("a run with an adapter", () => {
  it.live("trains the adapter alone, and its checkpoint gives the policy that was trained", () =>
    Effect.gen(function* () {
      const options = adapted()
      const { folder, model } = yield* temporaryRun
      const { heldOut, train } = yield* Pipeline.problems(options)
      const before = yield* Weights.toHost(tinyModel().weights)
      const trained = yield* Effect.gen(function* () {
        const policy = yield* Policy.Policy
        const untrained = yield* scores
        const run = { config: options, folder, train, heldOut, restored: undefined, onEvent: () => Effect.void }
        yield* Trainer.train(run)
        const host = yield* Effect.promise(() => Parameters.toHost(policy.config, policy.parameters()))
        for (const [name, { data }] of host) {
          if (name.endsWith("lora_B.weight"))
            assert.isTrue(
              data.some((value) => value !== 0),
              name,
            )
          if (!isOfAdapter(name)) assert.deepStrictEqual(data, before.get(name)!.data, name)
        }
        const after = yield* scores
        assert.notDeepEqual(after, untrained)
        return after
      }).pipe(Effect.provide(Pipeline.layer(options, model).pipe(Layer.provide(Backend.layerCpu)), { local: true }))
      const { restored } = yield* Checkpoint.newest(folder)
      const loaded = Policy.layer(restored!.modelFolder).pipe(Layer.provide(Backend.layerCpu))
      assert.deepStrictEqual(yield* Effect.provide(scores, loaded, { local: true }), trained)
    }).pipe(Effect.scoped, Effect.provide(platform)),
  )

  it.live("has checkpoints as peft writes them, with the adapter and its moments and no more", () =>
    Effect.gen(function* () {
      const fs = yield* FileSystem.FileSystem
      const place = yield* temporaryRun
      yield* runIn(place, nothingTold(), {
        config: adapted({ steps: 2, adapter: { rank: 2, targets: ["v_proj", "mlp.up_proj"] } }),
      })
      const { restored } = yield* Checkpoint.newest(place.folder)
      const { modelFolder, optimizer } = restored!
      assert.sameMembers(yield* fs.readDirectory(modelFolder), ["adapter_config.json", WEIGHTS])
      const json = JSON.parse(yield* fs.readFileString(`${modelFolder}/adapter_config.json`)) as object
      const expected = { peft_type: "LORA", r: 2, lora_alpha: 16, base_model_name_or_path: place.model }
      assert.deepInclude(json, { ...expected, target_modules: ["mlp.up_proj", "v_proj"] })
      const tensors = Safetensors.parse(new Uint8Array(yield* fs.readFile(`${modelFolder}/${WEIGHTS}`)))
      const layer = "base_model.model.model.layers.0"
      assert.deepStrictEqual(Object.fromEntries([...tensors].map(([name, { shape }]) => [name, [...shape]])), {
        [`${layer}.self_attn.v_proj.lora_A.weight`]: [2, 16],
        [`${layer}.self_attn.v_proj.lora_B.weight`]: [8, 2],
        [`${layer}.mlp.up_proj.lora_A.weight`]: [2, 16],
        [`${layer}.mlp.up_proj.lora_B.weight`]: [24, 2],
      })
      assert.strictEqual(optimizer.moments.size, 2 * tensors.size)
      assert.isTrue([...optimizer.moments.keys()].every(isOfAdapter))
    }).pipe(Effect.scoped, Effect.provide(platform)),
  )

  const runs: ReadonlyArray<readonly [string, object]> = [
    ["no reference", {}],
    ["its base as the reference", { reference: "initial", objective: { kl, entropyBonus: 0.1 } }],
    ["a moving average as the reference", { reference: { kind: "ema", decay: 0.5 }, reward: { kl } }],
  ]

  it.live.each(runs)("with %s: killed and resumed is not killed, bit for bit", ([, change]) =>
    Effect.gen(function* () {
      const options = { config: adapted(change) }
      const { expected, resumed, straight, told } = yield* killedAndResumed(options)
      assert.deepStrictEqual(told.records, expected.records)
      assert.deepStrictEqual(told.completions, expected.completions)
      assert.deepStrictEqual(resumed.get(WEIGHTS), straight.get(WEIGHTS))
    }).pipe(Effect.scoped, Effect.provide(platform)),
  )

  it.live("is resumed where its model lies by now, and says so in its next checkpoint", () =>
    Effect.gen(function* () {
      const fs = yield* FileSystem.FileSystem
      const place = yield* temporaryRun
      yield* runIn(place, nothingTold(), { config: adapted({ steps: 2 }) })
      const moved = { ...place, model: `${place.folder}/moved` }
      yield* fs.rename(place.model, moved.model)
      const error = yield* Effect.flip(runIn(place, nothingTold(), { config: adapted() }))
      assert.strictEqual(error._tag === "ModelFolderError" && error.reason, "no-folder")
      const files = yield* runIn(moved, nothingTold(), { config: adapted() })
      const straight = yield* runIn(yield* temporaryRun, nothingTold(), { config: adapted() })
      assert.deepStrictEqual(files.get(WEIGHTS), straight.get(WEIGHTS))
      const { restored } = yield* Checkpoint.newest(place.folder)
      assert.strictEqual((yield* ModelFolder.load(restored!.modelFolder)).config.adapter?.baseModel, moved.model)
    }).pipe(Effect.scoped, Effect.provide(platform)),
  )

  it.live("an adapter that was trained before is trained further where none is asked for", () =>
    Effect.gen(function* () {
      const first = yield* temporaryRun
      yield* runIn(first, nothingTold(), { config: adapted({ steps: 2 }) })
      const { restored } = yield* Checkpoint.newest(first.folder)
      const second = { ...(yield* temporaryRun), model: restored!.modelFolder }
      const { adapter: _adapter, ...further } = adapted({ steps: 2 })
      const files = yield* runIn(second, nothingTold(), { config: further })
      assert.notDeepEqual(
        files.get(WEIGHTS),
        new Uint8Array(yield* (yield* FileSystem.FileSystem).readFile(`${restored!.modelFolder}/${WEIGHTS}`)),
      )
      const error = yield* Effect.flip(
        runIn({ ...second, folder: `${second.folder}/other` }, nothingTold(), { config: adapted() }),
      )
      assert.strictEqual(error._tag === "LoraError" && error.reason, "has-adapter")
    }).pipe(Effect.scoped, Effect.provide(platform)),
  )

  it.live("holds its base once: a reference with the adapter off has no tensors of its own", () =>
    Effect.gen(function* () {
      const { model } = yield* temporaryRun
      const tensors = (options: RunConfig.RunConfig) => {
        const before = Tensors.live()
        const pipeline = Pipeline.layer(options, model).pipe(Layer.provide(Backend.layerCpu))
        return Effect.provide(
          Effect.sync(() => Tensors.live() - before),
          pipeline,
          { local: true },
        )
      }
      const reference = { reference: "initial", reward: { kl } }
      const alone = yield* tensors(adapted())
      assert.strictEqual(yield* tensors(adapted(reference)), alone)
      const whole = yield* tensors(config())
      assert.isAbove(yield* tensors(config(reference)), whole)
    }).pipe(Effect.scoped, Effect.provide(platform)),
  )

  it("is planned with one policy, and moments of what is trained", () => {
    const memory = (options: RunConfig.RunConfig, model = tinyAdaptedModel().config) =>
      BatchPlan.make(BatchPlan.ofRun(options, { problems: 10, promptTokens: 6, slots: 2, model })).memory
    const model = tinyAdaptedModel().config
    const [all, trained] = [Parameters.count(model), Parameters.countTrainable(model)]
    assert.isBelow(trained, all / 2)
    assert.deepInclude(memory(adapted()), { weights: 4 * all, moments: 4 * 2 * trained })
    assert.strictEqual(memory(adapted({ reference: "initial", reward: { kl } })).weights, 4 * all)
    assert.strictEqual(memory(adapted({ reference: { kind: "ema" }, reward: { kl } })).weights, 4 * (all + trained))
    const plain = Lora.base(model)
    const initial = config({ reference: "initial", reward: { kl } })
    assert.strictEqual(memory(initial, plain).weights, 4 * 2 * Parameters.count(plain))
  })
})

describe("adapter", () => {
  const parse = (adapter: object) => RunConfig.parse({ model: "m", steps: 1, data: { kind: "arithmetic" }, adapter })

  it.effect("has rank 8 and alpha 16, on every projection, unless told otherwise", () =>
    Effect.gen(function* () {
      const { adapter } = yield* parse({})
      assert.deepStrictEqual(adapter, {
        rank: 8,
        alpha: 16,
        rankStabilised: false,
        targets: [...LoraConfig.ALL_LINEAR],
      })
    }),
  )

  it.effect.each([
    [{ rank: 0 }, /adapter\.rank: Expected a value greater than 0/],
    [{ rank: 1.5 }, /adapter\.rank: Expected an integer/],
    [{ alpha: 0 }, /adapter\.alpha: Expected a value greater than 0/],
    [{ targets: [] }, /adapter\.targets: Expected a value with a length of at least 1/],
    [{ dropout: 0.1 }, /adapter\.dropout: Expected no excess property/],
  ] as const)("refused with its path: %j", ([change, message]) =>
    Effect.gen(function* () {
      const error = yield* Effect.flip(parse(change))
      assert.strictEqual(error.reason, "invalid")
      assert.match(error.message, message)
    }),
  )

  const starting = (adapter: object, model: ModelFolder.Model = tinyModel(), seed = 0) =>
    Effect.flatMap(parse(adapter), (run) => AdapterConfig.adapted({ ...run, seed }, model, "m"))

  it.effect.each([
    [["q_proj", "qproj"], "qproj"],
    [["lm_head"], "lm_head"],
    [["proj"], "proj"],
  ] as const)("targets %j: %s is refused by its name, with those that there are", ([targets, found]) =>
    Effect.gen(function* () {
      const error = yield* Effect.flip(starting({ targets }))
      assert.strictEqual(error.reason, "no-target")
      assert.strictEqual(error.found, found)
      assert.match(error.fix, /Choose among q_proj, k_proj, .*down_proj/)
    }).pipe(Effect.provide(platform)),
  )

  it.effect("a second one on a model that has one is refused", () =>
    Effect.gen(function* () {
      const error = yield* Effect.flip(starting({}, tinyAdaptedModel()))
      assert.strictEqual(error.reason, "has-adapter")
      assert.match(error.message, /found one with an adapter of rank 2\. Ask for no adapter/)
    }).pipe(Effect.provide(platform)),
  )

  it.effect("begins as the seed says, and changes nothing", () =>
    Effect.gen(function* () {
      const first = yield* starting({ rank: 2 })
      const host = yield* Weights.toHost(first.weights)
      assert.deepStrictEqual(yield* Weights.toHost((yield* starting({ rank: 2 })).weights), host)
      assert.notDeepEqual(yield* Weights.toHost((yield* starting({ rank: 2 }, tinyModel(), 1)).weights), host)
      const said = (model: ModelFolder.Model) =>
        Effect.provide(scores, Layer.effect(Policy.Policy, Policy.make(model)).pipe(Layer.provide(Backend.layerCpu)), {
          local: true,
        })
      assert.deepStrictEqual(yield* said(first), yield* said(tinyModel()))
    }).pipe(Effect.provide(platform)),
  )
})
