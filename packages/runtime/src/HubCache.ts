/**
 * The cache that all of Hugging Face's tools share: what one has downloaded, the others find.
 *
 * `models--org--name/blobs/<etag>` holds contents, `snapshots/<commit>/<file>` links to them, `refs/<revision>` names the
 * commit of a branch or tag.
 *
 * @since 0.1.0
 */
import { homedir } from "node:os"
import { join } from "node:path"
import { Config, Effect, FileSystem, Option } from "effect"
import type { HubReference } from "./HubReference.ts"

/**
 * Where things are, and how the hub is asked: from the environment variables that Hugging Face's tools read.
 *
 * @since 0.1.0
 * @category models
 */
export interface HubSettings {
  /** `HF_ENDPOINT` */
  readonly endpoint: string
  /** `HF_HUB_CACHE`, or `hub` in `HF_HOME`. */
  readonly cache: string
  /** `HF_TOKEN`, or the token that was saved by a login. */
  readonly token: Option.Option<string>
  /** `HF_HUB_OFFLINE` */
  readonly offline: boolean
}

const text = (name: string) =>
  Effect.map(Config.option(Config.String(name)), (found) => Option.filter(found, (value) => value !== ""))

/**
 * Reads the settings of this process.
 *
 * @since 0.1.0
 * @category constructors
 */
export const settings = Effect.gen(function* () {
  const fs = yield* FileSystem.FileSystem
  const general = Option.getOrElse(yield* text("XDG_CACHE_HOME"), () => join(homedir(), ".cache"))
  const home = Option.getOrElse(yield* text("HF_HOME"), () => join(general, "huggingface"))
  const cache = Option.getOrElse(yield* text("HF_HUB_CACHE"), () => join(home, "hub"))
  const endpoint = Option.getOrElse(yield* text("HF_ENDPOINT"), () => "https://huggingface.co")
  const offline = Option.getOrElse(yield* text("HF_HUB_OFFLINE"), () => "")
  const saved = Option.getOrElse(yield* text("HF_TOKEN_PATH"), () => join(home, "token"))
  const token = yield* text("HF_TOKEN")
  return {
    endpoint: endpoint.replace(/\/+$/, ""),
    cache,
    offline: ["1", "true", "yes", "on"].includes(offline.toLowerCase()),
    token: Option.isSome(token)
      ? token
      : yield* Effect.map(Effect.option(fs.readFileString(saved)), (found) =>
          Option.filter(
            Option.map(found, (value) => value.trim()),
            (value) => value !== "",
          ),
        ),
  } satisfies HubSettings
}).pipe(Effect.orDie)

/**
 * The folder of a model.
 *
 * @since 0.1.0
 * @category destructors
 */
export const folderOf = (cache: string, { repository }: HubReference): string =>
  join(cache, `models--${repository.replaceAll("/", "--")}`)

const COMMIT = /^[0-9a-f]{40}$/

/**
 * The snapshot of a revision that is in the cache, if any: `refs` are written when a snapshot is complete.
 *
 * @since 0.1.0
 * @category destructors
 */
export const snapshot = Effect.fnUntraced(function* (
  cache: string,
  reference: HubReference,
): Effect.fn.Return<Option.Option<string>, never, FileSystem.FileSystem> {
  const fs = yield* FileSystem.FileSystem
  const folder = folderOf(cache, reference)
  const commit = COMMIT.test(reference.revision)
    ? Option.some(reference.revision)
    : yield* Effect.option(fs.readFileString(join(folder, "refs", reference.revision)))
  if (Option.isNone(commit)) return Option.none()
  const found = join(folder, "snapshots", commit.value.trim())
  const present = yield* Effect.orElseSucceed(fs.exists(join(found, "config.json")), () => false)
  return present ? Option.some(found) : Option.none()
})
