/**
 * A model by what people write: a folder, or a name on the Hugging Face hub.
 */
import * as NodeHttpClient from "@effect/platform-node/NodeHttpClient"
import * as Hub from "@seed-grpo/runtime/Hub"
import * as HubReference from "@seed-grpo/runtime/HubReference"
import { Checkpoint } from "@seed-grpo/trainer"
import { Effect, FileSystem, Path } from "effect"
import { progress } from "./Progress.ts"
import { UsageError } from "./UsageError.ts"

/** For `--help`. */
export const MODEL =
  "Hugging Face model: a folder, that of a run for its best or newest policy, or org/name[@revision] to download (HF_TOKEN, HF_HOME)"

const megabytes = (bytes: number): number => Math.max(1, Math.round(bytes / 1e6))

const download = Effect.fnUntraced(function* (name: string) {
  const tell = yield* progress(`Downloading ${name}, MB`)
  return yield* Hub.download(name, {
    onProgress: ({ bytes, totalBytes }) => tell(megabytes(bytes), megabytes(totalBytes)),
  }).pipe(Effect.provide(NodeHttpClient.layerNodeHttp))
})

/** In the folder of a run, the policy of its best checkpoint, or of its newest where no best one was kept. */
const policyIn = Effect.fnUntraced(function* (folder: string) {
  const fs = yield* FileSystem.FileSystem
  const path = yield* Path.Path
  const holds = (name: string) => Effect.orElseSucceed(fs.exists(path.join(folder, name)), () => false)
  if (yield* holds("best.json")) return (yield* Checkpoint.best(folder)).restored.modelFolder
  if (!(yield* holds("checkpoints"))) return folder
  return (yield* Checkpoint.newest(folder)).restored?.modelFolder ?? folder
})

/**
 * The folder of a model; a relative one starts at `from`. A folder that exists is never taken for a name. What is
 * downloaded lies in a folder named by its commit, so that a run that is resumed finds the same model.
 */
export const modelPlace = Effect.fn("modelPlace")(function* (model: string, from = ".") {
  const fs = yield* FileSystem.FileSystem
  const path = yield* Path.Path
  const folder = path.resolve(from, model)
  if (yield* Effect.orElseSucceed(fs.exists(folder), () => false)) return yield* policyIn(folder)
  if (HubReference.isReference(model)) return yield* download(model)
  return yield* Effect.fail(
    new UsageError({
      reason: "unknown-name",
      at: "model",
      expected: "a folder, or org/name[@revision] of the Hugging Face hub",
      found: model,
      fix: "Check the path or the name.",
    }),
  )
})
