/**
 * A checkpoint in the layout of the Hugging Face hub: `config.json`, safetensors weights in one file or in shards with an
 * index, `tokenizer.json`. Or an adapter in peft's layout, which names the checkpoint that it belongs to.
 *
 * @since 0.1.0
 */
import { attempt } from "@seed-grpo/core/Attempt"
import { Effect, FileSystem, Path, type PlatformError } from "effect"
import * as BaseFolder from "./BaseFolder.ts"
import * as Dtype from "./Dtype.ts"
import { isObject } from "./internal/configJson.ts"
import * as Lora from "./Lora.ts"
import * as LoraConfig from "./LoraConfig.ts"
import * as ModelConfig from "./ModelConfig.ts"
import { fromFolder, type ModelFiles, ModelFolderError } from "./ModelFiles.ts"
import * as Parameters from "./Parameters.ts"
import * as Safetensors from "./Safetensors.ts"
import * as Tokenizer from "./Tokenizer.ts"
import * as Weights from "./Weights.ts"

/**
 * A checkpoint that was opened, with the texts that go back unchanged when it is saved.
 *
 * @since 0.1.0
 * @category models
 */
export interface Model {
  readonly config: ModelConfig.ModelConfig
  readonly tokenizer: Tokenizer.Tokenizer
  readonly weights: Weights.Weights
  /** The files beside the weights, as read: name → contents. */
  readonly companions: ReadonlyMap<string, Uint8Array>
  /** What the checkpoint asks for and is not done, in words. */
  readonly notices: ReadonlyArray<string>
}

/**
 * Everything that opening a checkpoint can fail with.
 *
 * @since 0.1.0
 * @category errors
 */
export type LoadError =
  | Weights.WeightsError
  | ModelConfig.ModelConfigError
  | Tokenizer.TokenizerError
  | LoraConfig.LoraError

const INDEX = "model.safetensors.index.json"
const SINGLE = "model.safetensors"
const ADAPTER = "adapter_model.safetensors"
const ADAPTER_CONFIG = "adapter_config.json"
const COMPANIONS = [
  "config.json",
  "tokenizer.json",
  "tokenizer_config.json",
  "special_tokens_map.json",
  "generation_config.json",
  "chat_template.jinja",
]

/** All that weights may be called; what a save leaves out of these is of an older checkpoint. */
const WEIGHTS = /^model(-\d{5}-of-\d{5})?\.safetensors(\.index\.json)?$/
const PICKLE = /\.(bin|pt|pth|pkl|ckpt)$/

/** Twice the largest tokenizer.json there is. */
const MAX_JSON = 64 << 20

const json = (files: ModelFiles, name: string): Effect.Effect<unknown, ModelFolderError> =>
  Effect.flatMap(files.read(name), (bytes) =>
    Effect.try({
      try: () => {
        if (bytes.length > MAX_JSON) throw new RangeError(`${bytes.length} bytes`)
        return JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes)) as unknown
      },
      catch: (cause) =>
        new ModelFolderError({
          reason: "not-json",
          at: `${files.place}/${name}`,
          expected: `JSON in UTF-8, of at most ${MAX_JSON} bytes`,
          found: cause instanceof Error ? cause.message : "something else",
          fix: "Download the file again.",
          cause,
        }),
    }),
  )

/** Where there are both, one file goes before shards, as in Transformers. */
const openWeights = Effect.fnUntraced(function* (files: ModelFiles) {
  const single = yield* files.has(SINGLE)
  if (!single && (yield* files.has(INDEX))) {
    return yield* Weights.fromShards(files, yield* json(files, INDEX), INDEX)
  }
  const pickle = files.names.find((name) => PICKLE.test(name))
  if (!single && pickle !== undefined) {
    return yield* Effect.fail(
      new ModelFolderError({
        reason: "pickle",
        at: files.place,
        expected: "weights in .safetensors files",
        found: `only ${pickle}, which can run any code when it is read`,
        fix: "Convert it where you trust it, with Transformers' `save_pretrained(..., safe_serialization=True)`.",
      }),
    )
  }
  return yield* Weights.fromFile(files, SINGLE)
})

/** Options of a `generation_config.json` that would change what is sampled. */
const SAMPLING = ["temperature", "top_k", "top_p", "min_p", "repetition_penalty", "typical_p", "no_repeat_ngram_size"]

const noticesOf = (config: unknown, generation: unknown): ReadonlyArray<string> => {
  const asked = isObject(generation) ? SAMPLING.filter((key) => (generation[key] ?? null) !== null) : []
  return [
    ...(isObject(config) && config["auto_map"] !== undefined
      ? ["config.json names code of its own (auto_map); it is never run."]
      : []),
    ...(asked.length === 0 ? [] : [`generation_config.json asks for ${asked.join(", ")}; it is not applied.`]),
  ]
}

/**
 * Opens a checkpoint: everything is read and checked but the numbers of the weights.
 *
 * @since 0.1.0
 * @category constructors
 */
export const open = Effect.fn("ModelFolder.open")(function* (files: ModelFiles): Effect.fn.Return<Model, LoadError> {
  const configJson = yield* json(files, "config.json")
  const config = yield* attempt(ModelConfig.ModelConfigError, () => ModelConfig.parse(configJson))
  const tokenizerJson = yield* json(files, "tokenizer.json")
  const optional = (name: string) =>
    Effect.flatMap(files.has(name), (present) => (present ? json(files, name) : Effect.succeed({})))
  const tokenizerConfig = yield* optional("tokenizer_config.json")
  const tokenizer = yield* attempt(Tokenizer.TokenizerError, () =>
    Tokenizer.fromJson(tokenizerJson, tokenizerConfig, config.vocabularySize),
  )
  if (tokenizer.size > config.vocabularySize) {
    return yield* Effect.fail(
      new ModelFolderError({
        reason: "tokenizer-too-large",
        at: `${files.place}/tokenizer.json`,
        expected: `ids below the ${config.vocabularySize} rows of the embedding`,
        found: `ids up to ${tokenizer.size - 1}`,
        fix: "Use the tokenizer that belongs to this checkpoint.",
      }),
    )
  }
  const notices = noticesOf(configJson, yield* optional("generation_config.json"))
  const weights = yield* openWeights(files)
  const companions = new Map<string, Uint8Array>()
  for (const name of COMPANIONS) if (yield* files.has(name)) companions.set(name, yield* files.read(name))
  return { config, tokenizer, weights, companions, notices }
})

const adapterIn = Effect.fnUntraced(function* (files: ModelFiles) {
  const parsed = yield* json(files, ADAPTER_CONFIG)
  return yield* attempt(LoraConfig.LoraError, () => LoraConfig.parse(parsed))
})

/** With weights of its own a folder is a model, whatever else lies in it. */
const isAdapter = Effect.fnUntraced(function* (files: ModelFiles) {
  if (!(yield* files.has(ADAPTER_CONFIG))) return false
  return !(yield* files.has(SINGLE)) && !(yield* files.has(INDEX))
})

/**
 * Opens a checkpoint folder; of an adapter's folder, the base that it names with the adapter on.
 *
 * @since 0.1.0
 * @category constructors
 */
export const load = Effect.fn("ModelFolder.load")(function* (
  folder: string,
): Effect.fn.Return<Model, LoadError, FileSystem.FileSystem | Path.Path> {
  const files = yield* fromFolder(folder)
  if (!(yield* isAdapter(files))) return yield* open(files)
  const { baseModel } = yield* adapterIn(files)
  const base = yield* BaseFolder.ofAdapter(folder, baseModel)
  if (yield* isAdapter(base)) {
    const { rank } = yield* adapterIn(base)
    return yield* Effect.fail(LoraConfig.LoraError.hasAdapter(`${folder}/${ADAPTER_CONFIG}`, rank))
  }
  return yield* withAdapter(yield* open(base), files)
})

/**
 * A model with an adapter on, read from peft's `adapter_config.json` and `adapter_model.safetensors`. One that was trained on
 * another base is refused where their tensors differ; where all shapes are alike nothing tells, and its `baseModel` says what
 * it was trained on.
 *
 * @since 0.1.0
 * @category combinators
 */
export const withAdapter = Effect.fn("ModelFolder.withAdapter")(function* (
  model: Model,
  files: ModelFiles,
): Effect.fn.Return<Model, LoadError> {
  const adapter = yield* adapterIn(files)
  const stored = yield* Effect.flatMap(Weights.fromFile(files, ADAPTER), Weights.toHost)
  return yield* attempt(LoraConfig.LoraError, () => {
    const config = Lora.attach(model.config, adapter)
    return attached(model, config, Lora.fromPeft(config, stored))
  })
})

/**
 * A model with a fresh adapter on, which changes nothing until it is trained.
 *
 * @throws LoraError
 *
 * @since 0.1.0
 * @category combinators
 */
export const withFreshAdapter = (model: Model, adapter: LoraConfig.LoraConfig, seed: number): Model => {
  const config = Lora.attach(model.config, adapter)
  return attached(model, config, Lora.initialise(config, seed))
}

const attached = (model: Model, config: ModelConfig.ModelConfig, adapter: Safetensors.HostTensors): Model => ({
  ...model,
  config,
  weights: {
    shapes: new Map([...model.weights.shapes, ...adapter]),
    read: (name) => {
      const tensor = adapter.get(name)
      return tensor === undefined ? model.weights.read(name) : Effect.succeed(tensor)
    },
  },
})

/** `config.json` says which format the weights are in: a reader that trusts it would round them to another. */
const withDtype = (companions: Model["companions"], dtype: Dtype.Dtype): Model["companions"] => {
  const bytes = companions.get("config.json")
  const config: unknown = bytes === undefined ? undefined : JSON.parse(new TextDecoder().decode(bytes))
  if (!isObject(config)) return companions
  const said = { F32: "float32", F16: "float16", BF16: "bfloat16" }[dtype]
  const stale = ["dtype", "torch_dtype"].filter((key) => key in config && config[key] !== said)
  if (stale.length === 0) return companions
  const changed = { ...config, ...Object.fromEntries(stale.map((key) => [key, said])) }
  return new Map([
    ...companions,
    ["config.json", new TextEncoder().encode(`${JSON.stringify(changed, undefined, 2)}\n`)],
  ])
}

/**
 * The files of a checkpoint with other weights of the same architecture: name → contents. Of a policy with an adapter,
 * the adapter alone, as peft reads it.
 *
 * @since 0.1.0
 * @category conversions
 */
export const files = (
  { adapter }: ModelConfig.ModelConfig,
  companions: Model["companions"],
  weights: Safetensors.HostTensors,
): ReadonlyMap<string, Uint8Array> =>
  adapter === undefined
    ? new Map([...withDtype(companions, "F32"), [SINGLE, Safetensors.serialize(weights, { format: "pt" })]])
    : new Map([
        [ADAPTER_CONFIG, new TextEncoder().encode(`${JSON.stringify(LoraConfig.toJson(adapter), undefined, 2)}\n`)],
        [ADAPTER, Safetensors.serialize(weights, { format: "pt" })],
      ])

/**
 * @since 0.1.0
 * @category models
 */
export interface SaveOptions {
  /** `F32` unless something smaller is asked for. */
  readonly dtype?: Dtype.Dtype
  /** Weights that are larger go into several files with an index; 5 GB, as Transformers does. */
  readonly maxShardBytes?: number
}

/** Consecutive tensors that fit into a file together, or one that does not. */
const shardsOf = (specs: ReadonlyArray<Parameters.ParameterSpec>, dtype: Dtype.Dtype, maxBytes: number) => {
  const shards: Array<Array<Parameters.ParameterSpec>> = []
  let total = 0
  let filled = 0
  for (const spec of specs) {
    const bytes = spec.shape.reduce((product, length) => product * length, Dtype.size(dtype))
    total += bytes
    const shard = shards.at(-1)
    if (shard === undefined || filled + bytes > maxBytes) {
      shards.push([spec])
      filled = bytes
    } else {
      shard.push(spec)
      filled += bytes
    }
  }
  return { shards, total }
}

const nameOf = (shard: number, count: number): string => {
  const padded = (number: number) => `${number}`.padStart(5, "0")
  return count === 1 ? SINGLE : `model-${padded(shard + 1)}-of-${padded(count)}.safetensors`
}

/**
 * Writes a policy without an adapter (see `Lora.merge`) as a checkpoint folder, tensor by tensor, so that memory does not
 * grow with its size. Every file is written under another name, and all are renamed once all are complete, the index last:
 * when the disk is full, a checkpoint that was there before is there still.
 *
 * @since 0.1.0
 * @category conversions
 */
export const save = Effect.fn("ModelFolder.save")(
  function* (
    folder: string,
    config: ModelConfig.ModelConfig,
    companions: Model["companions"],
    parameters: Parameters.Parameters,
    { dtype = "F32", maxShardBytes = 5_000_000_000 }: SaveOptions = {},
  ) {
    const fs = yield* FileSystem.FileSystem
    const path = yield* Path.Path
    yield* fs.makeDirectory(folder, { recursive: true })
    const written: Array<string> = []
    const part = (name: string) => path.join(folder, `.${name}.part`)
    yield* Effect.addFinalizer(() =>
      Effect.forEach(written, (name) => Effect.ignore(fs.remove(part(name), { force: true })), { discard: true }),
    )
    const write = (name: string, fill: (file: FileSystem.File) => Effect.Effect<void, PlatformError.PlatformError>) => {
      written.push(name)
      return Effect.scoped(
        Effect.flatMap(fs.open(part(name), { flag: "w" }), (file) => Effect.andThen(fill(file), file.sync)),
      )
    }
    const { shards, total } = shardsOf(Parameters.specs(config), dtype, maxShardBytes)
    for (const [index, shard] of shards.entries()) {
      yield* write(nameOf(index, shards.length), (file) =>
        Effect.andThen(
          file.writeAll(Safetensors.head(shard, dtype, { format: "pt" })),
          Effect.forEach(
            shard,
            (spec) =>
              Effect.flatMap(
                Effect.promise(() => Parameters.download(spec, parameters[spec.name]!)),
                ({ data }) => file.writeAll(Dtype.encode(dtype, data)),
              ),
            { discard: true },
          ),
        ),
      )
    }
    for (const [name, bytes] of withDtype(companions, dtype)) yield* write(name, (file) => file.writeAll(bytes))
    if (shards.length > 1) {
      const weight_map = Object.fromEntries(
        shards.flatMap((shard, index) => shard.map(({ name }) => [name, nameOf(index, shards.length)])),
      )
      const text = JSON.stringify({ metadata: { total_size: total }, weight_map }, undefined, 2)
      yield* write(INDEX, (file) => file.writeAll(new TextEncoder().encode(`${text}\n`)))
    }
    const before = yield* fs.readDirectory(folder)
    for (const name of written) yield* fs.rename(part(name), path.join(folder, name))
    for (const name of before) {
      if (WEIGHTS.test(name) && !written.includes(name)) yield* fs.remove(path.join(folder, name))
    }
  },
  Effect.scoped,
  (saved, folder) =>
    Effect.mapError(
      saved,
      (cause) =>
        new ModelFolderError({
          reason: "not-writable",
          at: folder,
          expected: "a folder that can be written to",
          found: cause.message,
          fix: "Save to another folder, or free some space; what was there before is still there.",
          cause,
        }),
    ),
)
