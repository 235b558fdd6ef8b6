/** Folders that hold an adapter and name the model that it belongs to. */
import { fileURLToPath } from "node:url"
import * as NodeServices from "@effect/platform-node/NodeServices"
import { LoraConfig, ModelFiles, ModelFolder, Weights } from "@seed-grpo/runtime"
import { assert, describe, it } from "@effect/vitest"
import { Effect, FileSystem, Path } from "effect"

const fixture = (name: string): string => fileURLToPath(new URL(`./fixtures/${name}`, import.meta.url))

/** A folder with the fixture's adapter, which says that it belongs to `base`. */
const adapterOf = Effect.fnUntraced(function* (base: string) {
  const fs = yield* FileSystem.FileSystem
  const path = yield* Path.Path
  const folder = path.join(yield* fs.makeTempDirectoryScoped(), "adapter")
  yield* fs.makeDirectory(folder)
  const weights = "adapter_model.safetensors"
  yield* fs.copyFile(`${fixture("tiny-qwen2-lora")}/${weights}`, `${folder}/${weights}`)
  const text = yield* fs.readFileString(`${fixture("tiny-qwen2-lora")}/adapter_config.json`)
  const json = { ...(JSON.parse(text) as object), base_model_name_or_path: base }
  yield* fs.writeFileString(`${folder}/adapter_config.json`, JSON.stringify(json))
  return folder
})

const expected = Effect.gen(function* () {
  const base = yield* ModelFolder.load(fixture("tiny-qwen2"))
  return yield* ModelFolder.withAdapter(base, yield* ModelFiles.fromFolder(fixture("tiny-qwen2-lora")))
})

const same = Effect.fnUntraced(function* (found: ModelFolder.Model, wanted: ModelFolder.Model) {
  assert.deepStrictEqual(found.config, wanted.config)
  assert.deepStrictEqual(yield* Weights.toHost(found.weights), yield* Weights.toHost(wanted.weights))
})

describe("the folder of an adapter", () => {
  it.live("is the base that it names, by a path from the folder, with the adapter on", () =>
    Effect.gen(function* () {
      yield* same(yield* ModelFolder.load(fixture("tiny-qwen2-lora")), yield* expected)
    }).pipe(Effect.provide(NodeServices.layer)),
  )

  it.live("may name it by an absolute path, or by one from the current folder", () =>
    Effect.gen(function* () {
      const path = yield* Path.Path
      const model = yield* expected
      for (const base of [fixture("tiny-qwen2"), path.relative(process.cwd(), fixture("tiny-qwen2"))]) {
        const { config, weights } = yield* ModelFolder.load(yield* adapterOf(base))
        const adapter = { ...model.config.adapter!, baseModel: base }
        yield* same({ ...model, config, weights }, { ...model, config: { ...model.config, adapter } })
      }
    }).pipe(Effect.scoped, Effect.provide(NodeServices.layer)),
  )

  it.live.each([
    ["../gone", /Write the folder of that model there/],
    ["", /Write the folder of that model there/],
    ["Qwen/Qwen2.5-0.5B", /`seed-grpo download Qwen\/Qwen2\.5-0\.5B`/],
  ] as const)("whose base %j is not here: where that is written, and what to write", ([base, fix]) =>
    Effect.gen(function* () {
      const error = yield* Effect.flip(ModelFolder.load(yield* adapterOf(base)))
      assert.strictEqual(error._tag === "ModelFolderError" && error.reason, "no-folder")
      assert.match(error.at, /adapter\/adapter_config\.json: base_model_name_or_path$/)
      assert.strictEqual(error.found, JSON.stringify(base))
      assert.match(error.fix, fix)
    }).pipe(Effect.scoped, Effect.provide(NodeServices.layer)),
  )

  it.live("whose base is an adapter: refused, and not followed", () =>
    Effect.gen(function* () {
      const error = yield* Effect.flip(ModelFolder.load(yield* adapterOf(fixture("tiny-qwen2-lora"))))
      assert.strictEqual(error._tag === "LoraError" && error.reason, "has-adapter")
      const itself = yield* Effect.flip(ModelFolder.load(yield* adapterOf(".")))
      assert.strictEqual(itself._tag === "LoraError" && itself.reason, "has-adapter")
    }).pipe(Effect.scoped, Effect.provide(NodeServices.layer)),
  )

  it.live("with weights of its own is a model", () =>
    Effect.gen(function* () {
      const fs = yield* FileSystem.FileSystem
      const folder = yield* adapterOf("../gone")
      for (const name of ["config.json", "tokenizer.json", "model.safetensors"]) {
        yield* fs.copyFile(`${fixture("tiny-qwen2")}/${name}`, `${folder}/${name}`)
      }
      assert.isUndefined((yield* ModelFolder.load(folder)).config.adapter)
    }).pipe(Effect.scoped, Effect.provide(NodeServices.layer)),
  )

  it.live("takes no second adapter", () =>
    Effect.gen(function* () {
      const files = yield* ModelFiles.fromFolder(fixture("tiny-qwen2-lora"))
      const error = yield* Effect.flip(ModelFolder.withAdapter(yield* expected, files))
      assert.strictEqual(error._tag === "LoraError" && error.reason, "has-adapter")
    }).pipe(Effect.provide(NodeServices.layer)),
  )

  it("says its targets in one order, whatever order they were given in", () => {
    const json = (targets: ReadonlyArray<string>) =>
      LoraConfig.toJson({ rank: 2, alpha: 4, rankStabilised: false, targets, ranks: {}, alphas: {}, baseModel: "b" })
    assert.deepStrictEqual(json(["v_proj", "k_proj"]), json(["k_proj", "v_proj"]))
  })
})
