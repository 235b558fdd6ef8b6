/**
 * A checkpoint folder in the layout of the Hugging Face hub: `config.json`, safetensors weights in one file or in shards
 * with an index, `tokenizer.json`.
 *
 * @since 0.1.0
 */
import { attempt } from "@seed-grpo/core/Attempt"
import { ExplainedError } from "@seed-grpo/core/ExplainedError"
import { Effect, FileSystem, Path } from "effect"
import * as ModelConfig from "./ModelConfig.ts"
import * as Safetensors from "./Safetensors.ts"
import * as Tokenizer from "./Tokenizer.ts"

/**
 * A checkpoint in memory, with the texts that go back unchanged when it is saved.
 *
 * @since 0.1.0
 * @category models
 */
export interface Model {
  readonly config: ModelConfig.ModelConfig
  readonly tokenizer: Tokenizer.Tokenizer
  readonly weights: Safetensors.HostTensors
  /** The files beside the weights, as read: name → contents. */
  readonly companions: ReadonlyMap<string, Uint8Array>
}

/**
 * Why a folder is not a usable checkpoint. What is wrong inside a file has the file's own error.
 *
 * @since 0.1.0
 * @category errors
 */
export class ModelFolderError extends ExplainedError<
  "no-folder" | "missing-file" | "not-json" | "unsafe-path" | "duplicate-tensor" | "tokenizer-too-large" | "unreadable"
> {
  readonly _tag = "ModelFolderError"
}

/**
 * Everything that loading a checkpoint can fail with.
 *
 * @since 0.1.0
 * @category errors
 */
export type LoadError =
  | ModelFolderError
  | ModelConfig.ModelConfigError
  | Safetensors.SafetensorsError
  | Tokenizer.TokenizerError

const INDEX = "model.safetensors.index.json"
const SINGLE = "model.safetensors"
const COMPANIONS = [
  "config.json",
  "tokenizer.json",
  "tokenizer_config.json",
  "special_tokens_map.json",
  "generation_config.json",
  "chat_template.jinja",
]

const json = (folder: string, name: string, bytes: Uint8Array): Effect.Effect<unknown, ModelFolderError> =>
  Effect.try({
    try: () => JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes)) as unknown,
    catch: (cause) =>
      new ModelFolderError({
        reason: "not-json",
        at: `${folder}/${name}`,
        expected: "JSON in UTF-8",
        found: cause instanceof Error ? cause.message : "something else",
        fix: "Download the file again.",
        cause,
      }),
  })

/** Names the tensor, so that one bad file among many shards is found. */
const inFile = (file: string) => (error: Safetensors.SafetensorsError) =>
  new Safetensors.SafetensorsError({
    reason: error.reason,
    at: `${file}: ${error.at}`,
    expected: error.expected,
    found: error.found,
    fix: error.fix,
    cause: error,
  })

const shardNames = (index: unknown, folder: string): Effect.Effect<ReadonlyArray<string>, ModelFolderError> => {
  const map = (index as { weight_map?: unknown } | null)?.weight_map
  const names = typeof map === "object" && map !== null ? [...new Set(Object.values(map))] : []
  const unsafe = names.find((name) => typeof name !== "string" || !/^[\w.-]+\.safetensors$/.test(name))
  return names.length === 0 || unsafe !== undefined
    ? Effect.fail(
        new ModelFolderError({
          reason: "unsafe-path",
          at: `${folder}/${INDEX}`,
          expected: "a weight_map from tensors to .safetensors files of this folder",
          found: JSON.stringify(unsafe) ?? "none",
          fix: "Download the index again; do not use a checkpoint whose index points elsewhere.",
        }),
      )
    : Effect.succeed((names as Array<string>).toSorted())
}

/**
 * Reads a checkpoint folder.
 *
 * @since 0.1.0
 * @category constructors
 */
export const load = Effect.fn("ModelFolder.load")(function* (
  folder: string,
): Effect.fn.Return<Model, LoadError, FileSystem.FileSystem | Path.Path> {
  const fs = yield* FileSystem.FileSystem
  const path = yield* Path.Path
  const present = yield* fs.readDirectory(folder).pipe(
    Effect.mapError(
      (cause) =>
        new ModelFolderError({
          reason: "no-folder",
          at: folder,
          expected: "a folder with config.json, tokenizer.json and safetensors weights",
          found: cause.message,
          fix: "Check the path of the model.",
          cause,
        }),
    ),
  )
  const read = Effect.fnUntraced(function* (name: string) {
    if (!present.includes(name)) {
      return yield* Effect.fail(
        new ModelFolderError({
          reason: "missing-file",
          at: folder,
          expected: `a file ${name}`,
          found: present.length === 0 ? "an empty folder" : present.toSorted().slice(0, 12).join(", "),
          fix: "Download the whole checkpoint.",
        }),
      )
    }
    return yield* fs.readFile(path.join(folder, name)).pipe(
      Effect.mapError(
        (cause) =>
          new ModelFolderError({
            reason: "unreadable",
            at: `${folder}/${name}`,
            expected: "a readable file",
            found: cause.message,
            fix: "Check the file's permissions.",
            cause,
          }),
      ),
    )
  })

  const config = yield* json(folder, "config.json", yield* read("config.json")).pipe(
    Effect.flatMap((parsed) => attempt(ModelConfig.ModelConfigError, () => ModelConfig.parse(parsed))),
  )
  const tokenizerJson = yield* json(folder, "tokenizer.json", yield* read("tokenizer.json"))
  const tokenizerConfig = present.includes("tokenizer_config.json")
    ? yield* json(folder, "tokenizer_config.json", yield* read("tokenizer_config.json"))
    : {}
  const tokenizer = yield* attempt(Tokenizer.TokenizerError, () => Tokenizer.fromJson(tokenizerJson, tokenizerConfig))
  if (tokenizer.size > config.vocabularySize) {
    return yield* Effect.fail(
      new ModelFolderError({
        reason: "tokenizer-too-large",
        at: `${folder}/tokenizer.json`,
        expected: `ids below the ${config.vocabularySize} rows of the embedding`,
        found: `ids up to ${tokenizer.size - 1}`,
        fix: "Use the tokenizer that belongs to this checkpoint.",
      }),
    )
  }

  const shards = present.includes(INDEX)
    ? yield* shardNames(yield* json(folder, INDEX, yield* read(INDEX)), folder)
    : [SINGLE]
  const weights = new Map<string, Safetensors.HostTensor>()
  for (const shard of shards) {
    const bytes = yield* read(shard)
    const tensors = yield* attempt(Safetensors.SafetensorsError, () => Safetensors.parse(bytes)).pipe(
      Effect.mapError(inFile(`${folder}/${shard}`)),
    )
    for (const [name, tensor] of tensors) {
      if (weights.has(name)) {
        return yield* Effect.fail(
          new ModelFolderError({
            reason: "duplicate-tensor",
            at: `${folder}/${shard}`,
            expected: `${name} in one shard`,
            found: "it in two",
            fix: "Download the checkpoint again.",
          }),
        )
      }
      weights.set(name, tensor)
    }
  }

  const companions = new Map<string, Uint8Array>()
  for (const name of COMPANIONS) if (present.includes(name)) companions.set(name, yield* read(name))
  return { config, tokenizer, weights, companions }
})

/**
 * The files of a checkpoint with other weights of the same architecture: name → contents.
 *
 * @since 0.1.0
 * @category conversions
 */
export const files = (
  companions: ReadonlyMap<string, Uint8Array>,
  weights: Safetensors.HostTensors,
): ReadonlyMap<string, Uint8Array> =>
  new Map([...companions, [SINGLE, Safetensors.serialize(weights, { format: "pt" })]])
