/**
 * Where the base of an adapter lies: peft keeps no weights of it beside the adapter, only its name.
 *
 * @since 0.1.0
 */
import { Effect, FileSystem, Path } from "effect"
import { fromFolder, type ModelFiles, ModelFolderError } from "./ModelFiles.ts"

/**
 * The files of the folder that `base_model_name_or_path` of an adapter names. A relative path starts at the adapter's folder,
 * so that both can be moved together, or else, as in peft, at the current one. The hub is never asked: a name that is no folder is
 * an error that says what to write instead.
 *
 * @example
 * ```ts
 * import assert from "node:assert"
 * import * as NodeServices from "@effect/platform-node/NodeServices"
 * import { Effect } from "effect"
 * import { BaseFolder } from "@seed-grpo/runtime"
 *
 * const nowhere = BaseFolder.ofAdapter("runs/adapter", "org/name").pipe(Effect.flip, Effect.provide(NodeServices.layer))
 * const error = await Effect.runPromise(nowhere)
 * assert.equal(error.reason, "no-folder")
 * assert.match(error.fix, /seed-grpo download org\/name/)
 * ```
 *
 * @since 0.1.0
 * @category constructors
 */
export const ofAdapter = Effect.fn("BaseFolder.ofAdapter")(function* (
  adapterFolder: string,
  baseModel: string,
): Effect.fn.Return<ModelFiles, ModelFolderError, FileSystem.FileSystem | Path.Path> {
  const fs = yield* FileSystem.FileSystem
  const path = yield* Path.Path
  const places = baseModel === "" ? [] : [path.resolve(adapterFolder, baseModel), path.resolve(baseModel)]
  for (const place of places) {
    if (yield* Effect.orElseSucceed(fs.exists(place), () => false)) return yield* fromFolder(place)
  }
  const isName = /^[\w.-]+\/[\w.-]+$/.test(baseModel) && !baseModel.startsWith(".")
  return yield* Effect.fail(
    new ModelFolderError({
      reason: "no-folder",
      at: `${adapterFolder}/adapter_config.json: base_model_name_or_path`,
      expected: "the folder of the model that the adapter was trained on",
      found: JSON.stringify(baseModel),
      fix: isName
        ? `Download it, for instance with \`seed-grpo download ${baseModel}\`, and write its folder there.`
        : "Write the folder of that model there.",
    }),
  )
})
