/**
 * Tensors that are read one at a time, so that a checkpoint never lies in memory twice.
 *
 * @since 0.1.0
 */
import { attempt } from "@seed-grpo/core/Attempt"
import { Effect } from "effect"
import { isObject } from "./internal/configJson.ts"
import { type ModelFiles, ModelFolderError } from "./ModelFiles.ts"
import * as Safetensors from "./Safetensors.ts"

/**
 * What reading a tensor can fail with.
 *
 * @since 0.1.0
 * @category errors
 */
export type WeightsError = ModelFolderError | Safetensors.SafetensorsError

/**
 * Tensors by name: their shapes are known, their numbers are read when they are asked for.
 *
 * @since 0.1.0
 * @category models
 */
export interface Weights {
  readonly shapes: ReadonlyMap<string, { readonly shape: ReadonlyArray<number> }>
  /** The name must be one of `shapes`. */
  readonly read: (name: string) => Effect.Effect<Safetensors.HostTensor, WeightsError>
}

/**
 * Tensors that are in memory already.
 *
 * @since 0.1.0
 * @category constructors
 */
export const fromHost = (tensors: Safetensors.HostTensors): Weights => ({
  shapes: tensors,
  read: (name) => Effect.succeed(tensors.get(name)!),
})

/**
 * All of them, in memory.
 *
 * @since 0.1.0
 * @category conversions
 */
export const toHost = ({ read, shapes }: Weights): Effect.Effect<Safetensors.HostTensors, WeightsError> =>
  Effect.map(
    Effect.forEach(shapes.keys(), (name) => Effect.map(read(name), (tensor) => [name, tensor] as const)),
    (tensors) => new Map(tensors),
  )

/** Names the file, so that one bad file among many shards is found. */
const inFile = (file: string) => (error: Safetensors.SafetensorsError) =>
  new Safetensors.SafetensorsError({
    reason: error.reason,
    at: `${file}: ${error.at}`,
    expected: error.expected,
    found: error.found,
    fix: error.fix,
    cause: error,
  })

/**
 * The tensors of one safetensors file. Only its header is read now.
 *
 * @since 0.1.0
 * @category constructors
 */
export const fromFile = Effect.fn("Weights.fromFile")(function* (
  files: ModelFiles,
  name: string,
): Effect.fn.Return<Weights, WeightsError> {
  const size = yield* files.size(name)
  const checked = <A>(run: () => A) =>
    attempt(Safetensors.SafetensorsError, run).pipe(Effect.mapError(inFile(`${files.place}/${name}`)))
  const start = yield* files.read(name, 0, Math.min(8, size))
  const length = yield* checked(() => Safetensors.headerLength(start, size))
  const header = yield* files.read(name, 8, 8 + length)
  const entries = yield* checked(() => Safetensors.entries(header, size))
  return {
    shapes: entries,
    read: (tensor) => {
      const entry = entries.get(tensor)!
      return Effect.map(files.read(name, entry.begin, entry.end), (bytes) => Safetensors.decode(entry, bytes))
    },
  }
})

const badIndex = (at: string, reason: "unsafe-path" | "other-shard", expected: string, found: string) =>
  new ModelFolderError({ reason, at, expected, found, fix: "Download the checkpoint again, from its author." })

/** `weight_map` of a parsed index: tensor → file of the same folder. */
const shardsOf = (index: unknown, at: string): Effect.Effect<ReadonlyMap<string, string>, ModelFolderError> => {
  const map = isObject(index) && isObject(index["weight_map"]) ? index["weight_map"] : {}
  const pairs = Object.entries(map)
  const unsafe = pairs.find(([, file]) => typeof file !== "string" || !/^[\w-][\w.-]*\.safetensors$/.test(file))
  return pairs.length === 0 || unsafe !== undefined
    ? Effect.fail(
        badIndex(
          at,
          "unsafe-path",
          "a weight_map from tensors to .safetensors files of this folder",
          JSON.stringify(unsafe?.[1]) ?? "none",
        ),
      )
    : Effect.succeed(new Map(pairs as Array<[string, string]>))
}

/**
 * The tensors of the shards that a parsed `model.safetensors.index.json` lists. Every tensor must lie in the shard that
 * the index says, and nowhere else.
 *
 * @since 0.1.0
 * @category constructors
 */
export const fromShards = Effect.fn("Weights.fromShards")(function* (
  files: ModelFiles,
  index: unknown,
  indexName: string,
): Effect.fn.Return<Weights, WeightsError> {
  const at = `${files.place}/${indexName}`
  const shardOf = yield* shardsOf(index, at)
  const names = [...new Set(shardOf.values())].toSorted()
  const shards = new Map(
    yield* Effect.forEach(names, (name) => Effect.map(fromFile(files, name), (shard) => [name, shard] as const)),
  )
  const shapes = new Map<string, { readonly shape: ReadonlyArray<number> }>()
  for (const [file, shard] of shards) {
    for (const [name, entry] of shard.shapes) {
      if (shardOf.get(name) !== file) {
        const found = `${name} in ${file}`
        return yield* Effect.fail(badIndex(at, "other-shard", `${name} in ${shardOf.get(name) ?? "no shard"}`, found))
      }
      shapes.set(name, entry)
    }
  }
  const absent = [...shardOf].find(([name]) => !shapes.has(name))
  if (absent !== undefined) {
    return yield* Effect.fail(badIndex(at, "other-shard", `${absent[0]} in ${absent[1]}`, "it in no shard"))
  }
  return { shapes, read: (name) => shards.get(shardOf.get(name)!)!.read(name) }
})
