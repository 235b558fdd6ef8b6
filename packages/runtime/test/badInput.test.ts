/** What cannot be right is refused with the reason and what to do; nothing is left behind. */
import { fileURLToPath } from "node:url"
import * as NodeServices from "@effect/platform-node/NodeServices"
import {
  Backend,
  CompletionScores,
  Decoder,
  DecoderBatch,
  ModelFiles,
  ModelFolder,
  Padding,
  Parameters,
  Policy,
  Safetensors,
} from "@seed-grpo/runtime"
import * as Tensors from "@seed-grpo/runtime/Tensors"
import * as tf from "@tensorflow/tfjs-core"
import { assert, layer } from "@effect/vitest"
import { Effect, FileSystem, Layer, Path, PlatformError } from "effect"

const fixture = (name: string): string => fileURLToPath(new URL(`./fixtures/${name}`, import.meta.url))

/** The files of a checkpoint, some of them changed. */
const changed = (name: string, change: (files: Map<string, Uint8Array>) => void) =>
  Effect.gen(function* () {
    const all = yield* ModelFiles.fromFolder(fixture(name))
    const files = new Map(
      yield* Effect.forEach(all.names, (file) => Effect.map(all.read(file), (bytes) => [file, bytes] as const)),
    )
    change(files)
    return ModelFiles.fromMemory(files)
  })

const withJson =
  (name: string, change: (json: { readonly [key: string]: unknown }) => object) => (files: Map<string, Uint8Array>) => {
    const json = JSON.parse(new TextDecoder().decode(files.get(name) ?? new TextEncoder().encode("{}"))) as {
      readonly [key: string]: unknown
    }
    files.set(name, new TextEncoder().encode(JSON.stringify(change(json))))
  }

const ids = (length: number, token = 5) => new Int32Array(length).fill(token)

/** A disk that can be read alone, as the operating system tells of it. */
const readOnly = Layer.effect(
  FileSystem.FileSystem,
  Effect.map(FileSystem.FileSystem, (fs) => {
    const refuse = (method: string) => (path: string) =>
      Effect.fail(
        PlatformError.systemError({
          _tag: "PermissionDenied",
          module: "FileSystem",
          method,
          description: "EROFS: read-only file system",
          pathOrDescriptor: path,
        }),
      )
    return FileSystem.FileSystem.of({
      ...fs,
      makeDirectory: refuse("makeDirectory"),
      open: (path, options) => (options?.flag === "w" ? refuse("open")(path) : fs.open(path, options)),
      rename: refuse("rename"),
      remove: refuse("remove"),
    })
  }),
).pipe(Layer.provide(NodeServices.layer), Layer.merge(Path.layer))

layer(Backend.layerCpu)("a checkpoint", (it) => {
  const load = (files: ModelFiles.ModelFiles) =>
    Effect.flatMap(ModelFolder.open(files), ({ config, weights }) => Parameters.load(config, weights))

  it.effect.each([
    ["NaN", NaN],
    ["infinity", Infinity],
  ] as const)("with %s among its weights", ([found, value]) =>
    Effect.gen(function* () {
      const before = Tensors.live()
      const name = "model.layers.1.mlp.up_proj.weight"
      const files = yield* changed("tiny-qwen2", (all) => {
        const tensors = new Map(Safetensors.parse(all.get("model.safetensors")!))
        const { data, shape } = tensors.get(name)!
        tensors.set(name, { shape, data: data.with(7, value) })
        all.set("model.safetensors", Safetensors.serialize(tensors, { format: "pt" }))
      })
      const error = yield* Effect.flip(load(files))
      assert.strictEqual(error._tag === "ParametersError" && error.reason, "non-finite")
      assert.include(error.message, `${name}: expected finite numbers, found ${value} at index 7`, found)
      assert.strictEqual(Tensors.live(), before)
    }).pipe(Effect.provide(NodeServices.layer)),
  )

  it.effect("whose tensors are those of another architecture: all of them are named", () =>
    Effect.gen(function* () {
      const files = yield* changed(
        "tiny-qwen2",
        withJson("config.json", (json) => ({ ...json, model_type: "qwen3", num_hidden_layers: 1 })),
      )
      const error = yield* Effect.flip(load(files))
      assert.strictEqual(error._tag === "ParametersError" && error.reason, "other-tensors")
      for (const part of [
        "missing model.layers.0.self_attn.q_norm.weight",
        "unknown ",
        "model.layers.0.self_attn.q_proj.bias",
        "model.layers.1.mlp.down_proj.weight",
        " and not [",
      ]) {
        assert.include(error.found, part)
      }
    }).pipe(Effect.provide(NodeServices.layer)),
  )

  it.effect("that brings code and a way of sampling: told, and not done", () =>
    Effect.gen(function* () {
      const files = yield* changed("tiny-qwen2", (all) => {
        withJson("config.json", (json) => ({ ...json, auto_map: { AutoModel: "modeling.Evil" } }))(all)
        withJson("generation_config.json", (json) => ({ ...json, top_k: 3, typical_p: 0.5 }))(all)
        all.set("modeling.py", new TextEncoder().encode("raise SystemExit"))
      })
      const { companions, notices } = yield* ModelFolder.open(files)
      assert.match(notices[0]!, /auto_map.*never run/)
      assert.match(notices[1]!, /generation_config\.json asks for .*top_k.*typical_p.*not applied/)
      assert.strictEqual(notices.length, 2)
      assert.isFalse(companions.has("modeling.py"))
    }).pipe(Effect.provide(NodeServices.layer)),
  )

  it.effect("whose embedding has more rows than the tokenizer has tokens: rows of padding, which is usual", () =>
    Effect.gen(function* () {
      const files = yield* changed("tiny-qwen2", (all) => {
        withJson("config.json", (json) => ({ ...json, vocab_size: 520 }))(all)
        const tensors = new Map(Safetensors.parse(all.get("model.safetensors")!))
        for (const name of ["model.embed_tokens.weight", "lm_head.weight"]) {
          const tensor = tensors.get(name)
          if (tensor === undefined) continue
          const width = tensor.shape[1]!
          const data = new Float32Array(520 * width)
          data.set(tensor.data)
          tensors.set(name, { shape: [520, width], data })
        }
        all.set("model.safetensors", Safetensors.serialize(tensors, { format: "pt" }))
      })
      const { config, tokenizer } = yield* ModelFolder.open(files)
      assert.isBelow(tokenizer.size, config.vocabularySize)
      assert.strictEqual(tokenizer.decode(Int32Array.of(515)), "")
      Parameters.dispose(yield* load(files))
    }).pipe(Effect.provide(NodeServices.layer)),
  )

  it.effect.each([
    ["of another width", { hidden_size: 64 }, /q_proj\.lora_A\.weight as \[\d+, 48\] and not \[\d+, 64\]/],
    ["with fewer layers", { num_hidden_layers: 1 }, /unknown model\.layers\.1\..*lora_A\.weight/],
    ["with more layers", { num_hidden_layers: 3 }, /missing model\.layers\.2\..*lora_B\.weight/],
  ] as const)("with an adapter for a base %s", ([, change, found]) =>
    Effect.gen(function* () {
      const base = yield* changed(
        "tiny-qwen2",
        withJson("config.json", (json) => ({ ...json, ...change })),
      )
      const adapter = yield* ModelFiles.fromFolder(fixture("tiny-qwen2-lora"))
      const error = yield* Effect.flip(ModelFolder.withAdapter(yield* ModelFolder.open(base), adapter))
      assert.strictEqual(error._tag === "LoraError" && error.reason, "another-base")
      assert.match(error.found, found)
      assert.match(error.fix, /Use it with the model it was trained on/)
    }).pipe(Effect.provide(NodeServices.layer)),
  )

  it.effect("saved to a disk that can only be read", () =>
    Effect.gen(function* () {
      const { companions, config, weights } = yield* ModelFolder.load(fixture("tiny-qwen2"))
      const parameters = yield* Parameters.load(config, weights)
      const error = yield* Effect.flip(ModelFolder.save("somewhere", config, companions, parameters))
      assert.strictEqual(error.reason, "not-writable")
      assert.match(error.message, /somewhere: .*read-only file system.*Save to another folder/)
      Parameters.dispose(parameters)
    }).pipe(Effect.provide(readOnly)),
  )

  it.effect("is read from such a disk", () =>
    Effect.gen(function* () {
      Parameters.dispose(yield* load(yield* ModelFiles.fromFolder(fixture("tiny-qwen2"))))
    }).pipe(Effect.provide(readOnly)),
  )
})

const policy = Policy.layer(fixture("tiny-qwen2")).pipe(Layer.provide([Backend.layerWasm, NodeServices.layer]))

layer(policy)("rows", (it) => {
  it.effect("that cannot be scored", () =>
    Effect.gen(function* () {
      const { config, parameters } = yield* Policy.Policy
      const before = Tensors.live()
      const reasonOf = (change: Partial<CompletionScores.ScoreRequest>) => {
        const request = { prompts: [ids(2)], completions: [ids(2)], temperature: 1, ...change }
        try {
          tf.tidy(() => void CompletionScores.completionScores(parameters(), config, request))
        } catch (error) {
          assert.instanceOf(error, CompletionScores.ScoreError)
          return error.reason
        }
        return "accepted"
      }
      const V = config.vocabularySize
      for (const [reason, change] of [
        ["accepted", {}],
        ["other-rows", { prompts: [] }],
        ["other-rows", { prompts: [ids(1), ids(1)] }],
        ["empty-prompt", { prompts: [ids(0)] }],
        ["empty-completion", { completions: [ids(0)] }],
        ["accepted", { completions: [ids(config.maxPositions - 2)] }],
        ["too-long", { completions: [ids(config.maxPositions - 1)] }],
        ["bad-token", { prompts: [ids(2, V)] }],
        ["bad-token", { completions: [ids(1, V)] }],
        ["bad-token", { completions: [ids(1, -1)] }],
        ["bad-temperature", { temperature: 0 }],
        ["bad-temperature", { temperature: NaN }],
      ] as const) {
        assert.strictEqual(reasonOf(change), reason, JSON.stringify(Object.keys(change)))
      }
      assert.strictEqual(Tensors.live(), before)
    }),
  )

  it.effect("that a decoder cannot read", () =>
    Effect.gen(function* () {
      const { config, parameters } = yield* Policy.Policy
      const reasonOf = (change: Partial<DecoderBatch.DecoderInput>) => {
        const input = { ...Padding.left([ids(3), ids(2)]), ...change }
        try {
          tf.tidy(() => void Decoder.hiddenStates(parameters(), config, input))
        } catch (error) {
          assert.instanceOf(error, DecoderBatch.DecoderInputError)
          return error.reason
        }
        return "accepted"
      }
      assert.strictEqual(reasonOf({}), "accepted")
      assert.strictEqual(reasonOf({ tokens: ids(6, config.vocabularySize) }), "bad-token")
      assert.strictEqual(reasonOf({ tokens: ids(6, -1) }), "bad-token")
      assert.strictEqual(reasonOf({ tokens: ids(5) }), "bad-shape")
      assert.strictEqual(reasonOf({ mask: ids(3) }), "bad-shape")
      assert.strictEqual(reasonOf({ batch: 0 }), "bad-shape")
      const long = config.maxPositions + 1
      assert.strictEqual(reasonOf({ batch: 1, tokens: ids(long), mask: ids(long, 1) }), "too-long")
    }),
  )
})
