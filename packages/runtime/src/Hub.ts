/**
 * Models from the Hugging Face hub, into the cache that its other tools use.
 *
 * A file is resumed where it was cut off, checked against the hash that the hub lists (SHA-256 of large files, the git
 * blob's SHA-1 of small ones), and only then given its name. Pickled weights are never downloaded. `@huggingface/hub` was
 * looked at: it neither resumes nor checks hashes.
 *
 * In Node give it `NodeHttpClient.layerNodeHttp`: the `fetch` of Node 24 ends the process by a failed assertion when a
 * server closes the connection while a body is being written to disk.
 *
 * @since 0.1.0
 */
import { createHash, type Hash } from "node:crypto"
import { dirname, join, relative } from "node:path"
import { attempt } from "@seed-grpo/core/Attempt"
import { Clock, Duration, Effect, FileSystem, Option, Result, Schedule, Stream } from "effect"
import { Headers, HttpClient, HttpClientRequest, type HttpClientResponse } from "effect/http"
import * as HubCache from "./HubCache.ts"
import { HubError } from "./HubError.ts"
import * as HubReference from "./HubReference.ts"
import { isObject } from "./internal/configJson.ts"

/**
 * How far a download is, over all its files.
 *
 * @since 0.1.0
 * @category models
 */
export interface HubProgress {
  readonly file: string
  /** Of all files, those included that were there before. */
  readonly bytes: number
  readonly totalBytes: number
}

/**
 * @since 0.1.0
 * @category models
 */
export interface DownloadOptions {
  readonly onProgress?: (progress: HubProgress) => Effect.Effect<void>
  /** Attempts in a row that bring no byte before a download is given up; 5. */
  readonly retries?: number
  /** The first wait between attempts, doubled each time; 1 second. */
  readonly backoff?: Duration.Input
}

interface RemoteFile {
  readonly path: string
  readonly size: number
  /** The name of its contents in the cache: SHA-256 of a large file, else the git blob's SHA-1. */
  readonly etag: string
  readonly large: boolean
}

/** What a model folder is made of; an adapter's files are among them. */
const WANTED =
  /^(config\.json|generation_config\.json|tokenizer(_config)?\.json|special_tokens_map\.json|chat_template\.jinja|adapter_config\.json|[\w.-]+\.safetensors(\.index\.json)?)$/

const failure = (
  reason: HubError["reason"],
  at: string,
  expected: string,
  found: string,
  fix: string,
  cause?: unknown,
): HubError => new HubError({ reason, at, expected, found, fix, cause })

const refused = (at: string, status: number): HubError =>
  status === 401 || status === 403
    ? failure(
        "forbidden",
        at,
        "leave to download",
        `status ${status}`,
        "Accept the model's licence on its page, and set HF_TOKEN to a token of your account.",
      )
    : status === 404
      ? failure("not-found", at, "a model and a revision of that name", "none", "Check both on the model's page.")
      : failure("unreachable", at, "an answer", `status ${status}`, "Try again later.")

interface Attempted {
  readonly error: HubError
  readonly again: boolean
  readonly wait?: Duration.Duration
  /** Whether some bytes came before it was cut off. */
  readonly progressed?: boolean
}

const TRY_AGAIN = new Set([408, 425, 429, 500, 502, 503, 504])

const transport = (at: string, cause: unknown): Attempted => ({
  error: failure(
    "unreachable",
    at,
    "an answer",
    cause instanceof Error ? cause.message : String(cause),
    "Check the connection; the next attempt goes on where this one stopped.",
  ),
  again: true,
})

const notWritable = (at: string) => (cause: { readonly message: string }) =>
  failure(
    "not-writable",
    at,
    "a cache that can be written to",
    cause.message,
    "Free some space, or set HF_HOME to another folder.",
    cause,
  )

/** Of one download: the hub, the server that holds the file, and perhaps another before it. */
const MOST_REDIRECTS = 5

/** Asks, and gives the answer if it is a good one. The token goes to the hub alone, wherever that sends us. */
const ask = Effect.fnUntraced(function* (
  { endpoint, token }: HubCache.HubSettings,
  path: string,
  headers: Readonly<Record<string, string>>,
): Effect.fn.Return<HttpClientResponse.HttpClientResponse, Attempted, HttpClient.HttpClient> {
  const client = yield* HttpClient.HttpClient
  let url = new URL(`${endpoint}${path}`)
  for (let redirects = 0; ; redirects++) {
    const isHub = url.origin === new URL(endpoint).origin
    const authorization = isHub && Option.isSome(token) ? { authorization: `Bearer ${token.value}` } : {}
    const response = yield* client
      .execute(HttpClientRequest.get(url.href, { headers: { ...authorization, ...headers } }))
      .pipe(
        Effect.mapError(({ reason }) => transport(url.href, "cause" in reason ? reason.cause : reason)),
        Effect.provideService(HttpClient.TracerPropagationEnabled, false),
      )
    if (response.status >= 200 && response.status < 300) return response
    const location = response.headers["location"]
    if (
      response.status < 400 &&
      location !== undefined &&
      redirects < MOST_REDIRECTS &&
      URL.canParse(location, url.href)
    ) {
      url = new URL(location, url)
      continue
    }
    const after = Headers.parseRetryAfter(response.headers["retry-after"] ?? "")
    const now = yield* Clock.currentTimeMillis
    return yield* Effect.fail<Attempted>({
      error: refused(url.href, response.status),
      again: TRY_AGAIN.has(response.status),
      ...(Result.isSuccess(after) ? { wait: Headers.retryAfterDelay(after.success, now) } : {}),
    })
  }
})

const LONGEST_WAIT = Duration.minutes(2)

/** Tries again, after a while that doubles, or as long as the server asks for. */
const patiently =
  ({ backoff = "1 second", retries = 5 }: DownloadOptions) =>
  <A, R>(run: Effect.Effect<A, Attempted, R>): Effect.Effect<A, HubError, R> =>
    run.pipe(
      Effect.tapError(({ again, wait }) =>
        again && wait !== undefined ? Effect.sleep(Duration.min(wait, LONGEST_WAIT)) : Effect.void,
      ),
      Effect.retry({
        schedule: Schedule.exponential(backoff),
        times: retries,
        while: ({ again }) => again,
      }),
      Effect.mapError(({ error }) => error),
    )

const badAnswer = (at: string, expected: string, found: unknown): HubError =>
  failure("bad-answer", at, expected, JSON.stringify(found)?.slice(0, 200) ?? "nothing", "Check HF_ENDPOINT.")

const askJson = Effect.fnUntraced(function* (settings: HubCache.HubSettings, path: string) {
  const response = yield* ask(settings, path, {})
  return yield* Effect.mapError(response.json, (cause): Attempted => transport(`${settings.endpoint}${path}`, cause))
})

const readFile = (at: string, entry: unknown): RemoteFile | HubError | undefined => {
  if (!isObject(entry) || typeof entry["path"] !== "string") return badAnswer(at, "files", entry)
  const { lfs, oid, path, size, type } = entry
  if (type !== "file" || !WANTED.test(path)) return undefined
  const large = isObject(lfs)
  const etag = large ? lfs["oid"] : oid
  const bytes = large ? (lfs["size"] ?? size) : size
  const isHash = typeof etag === "string" && (large ? /^[0-9a-f]{64}$/ : /^[0-9a-f]{40}$/).test(etag)
  return isHash && Number.isSafeInteger(bytes) && (bytes as number) >= 0
    ? { path, size: bytes as number, etag, large }
    : badAnswer(at, "a size and a hash of each file", entry)
}

const listFiles = Effect.fnUntraced(function* (settings: HubCache.HubSettings, repository: string, commit: string) {
  const path = `/api/models/${repository}/tree/${commit}`
  const at = `${settings.endpoint}${path}`
  const answer = yield* askJson(settings, path)
  const entries: ReadonlyArray<unknown> = Array.isArray(answer) ? answer : []
  const files: Array<RemoteFile> = []
  for (const entry of entries) {
    const file = readFile(at, entry)
    if (file instanceof HubError) return yield* Effect.fail<Attempted>({ error: file, again: false })
    if (file !== undefined) files.push(file)
  }
  if (!files.some((file) => file.path.endsWith(".safetensors"))) {
    const error = failure(
      "no-safetensors",
      repository,
      "weights in .safetensors files",
      entries.length === 0 ? "no files" : "none: pickled weights are never read, they can run any code",
      "Use a repository that has them, or convert the weights where you trust them.",
    )
    return yield* Effect.fail<Attempted>({ error, again: false })
  }
  return files
})

const startHash = ({ large, size }: RemoteFile): Hash =>
  large ? createHash("sha256") : createHash("sha1").update(`blob ${size}\0`)

/**
 * Brings one file to `part`, from where `part` ends now. Fails with `again` if it was cut off.
 */
const fetchFile = Effect.fnUntraced(function* (
  settings: HubCache.HubSettings,
  url: string,
  file: RemoteFile,
  part: string,
  onBytes: (bytes: number) => Effect.Effect<void>,
) {
  const fs = yield* FileSystem.FileSystem
  const at = `${settings.endpoint}${url}`
  const writable = Effect.mapError((cause: { readonly message: string }): Attempted => ({
    error: notWritable(part)(cause),
    again: false,
  }))
  const there = yield* Effect.orElseSucceed(
    Effect.map(fs.stat(part), ({ size }) => Number(size)),
    () => 0,
  )
  let done = there <= file.size ? there : 0
  if (done < file.size || file.size === 0) {
    const response = yield* ask(settings, url, done === 0 ? {} : { range: `bytes=${done}-` })
    // A server that ignores the range starts again, and so does the file.
    if (response.status !== 206) done = 0
    const started = done
    const cut = (cause: unknown): Attempted => ({ ...transport(at, cause), progressed: done > started })
    const handle = yield* writable(fs.open(part, { flag: done === 0 ? "w" : "a" }))
    yield* onBytes(done)
    yield* response.stream.pipe(
      Stream.mapError(cut),
      Stream.runForEach((chunk) => {
        done += chunk.length
        return done > file.size
          ? Effect.fail<Attempted>({ error: badAnswer(at, `${file.size} bytes`, "more"), again: false })
          : Effect.andThen(writable(handle.writeAll(chunk)), onBytes(done))
      }),
    )
    if (done < file.size) return yield* Effect.fail(cut(`only ${done} of ${file.size} bytes`))
    yield* writable(handle.sync)
  }
  const hash = startHash(file)
  yield* writable(Stream.runForEach(fs.stream(part), (chunk) => Effect.sync(() => void hash.update(chunk))))
  const found = hash.digest("hex")
  if (found === file.etag) return
  yield* writable(fs.remove(part))
  return yield* Effect.fail<Attempted>({
    error: failure(
      "wrong-hash",
      at,
      `contents with hash ${file.etag}`,
      found,
      "Try again; the partial file is removed.",
    ),
    again: true,
  })
}, Effect.scoped)

let claims = 0

/**
 * Takes the partial file that an earlier download left, so that no other process writes to it: the name holds the process
 * that owns it, and a file whose process is gone is free. It is given back when this download ends early.
 */
const claim = (blob: string) =>
  Effect.acquireRelease(
    Effect.gen(function* () {
      const fs = yield* FileSystem.FileSystem
      const mine = `${blob}.${process.pid}-${claims++}.incomplete`
      const names = yield* Effect.orElseSucceed(fs.readDirectory(dirname(blob)), () => [])
      const left = names.filter(
        (name) => name.startsWith(relative(dirname(blob), blob)) && name.endsWith(".incomplete"),
      )
      for (const name of left) {
        const owner = /\.(\d+)-\d+\.incomplete$/.exec(name)?.[1]
        if (owner !== undefined && isAlive(Number(owner))) continue
        // Another process may take it at the same moment; then this one starts afresh.
        const taken = yield* Effect.result(fs.rename(join(dirname(blob), name), mine))
        if (Result.isSuccess(taken)) break
      }
      return mine
    }),
    (mine) =>
      Effect.gen(function* () {
        const fs = yield* FileSystem.FileSystem
        yield* Effect.ignore(fs.rename(mine, `${blob}.incomplete`))
      }),
  )

const isAlive = (pid: number): boolean => {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    // Somebody else's process is alive too.
    return (error as NodeJS.ErrnoException).code === "EPERM"
  }
}

const link = Effect.fnUntraced(function* (blob: string, pointer: string) {
  const fs = yield* FileSystem.FileSystem
  yield* fs.makeDirectory(dirname(pointer), { recursive: true })
  if (yield* fs.exists(pointer)) return
  yield* (
    fs
      .symlink(relative(dirname(pointer), blob), pointer)
      // Windows keeps links for administrators; and another process may have been faster.
      .pipe(Effect.catch(() => fs.copyFile(blob, pointer)))
  )
})

const fetchSnapshot = Effect.fnUntraced(function* (
  settings: HubCache.HubSettings,
  reference: HubReference.HubReference,
  options: DownloadOptions,
) {
  const fs = yield* FileSystem.FileSystem
  const { repository, revision } = reference
  const wait = patiently(options)
  const info = `/api/models/${repository}/revision/${encodeURIComponent(revision)}`
  const model = yield* wait(askJson(settings, info))
  const commit = isObject(model) ? model["sha"] : undefined
  if (typeof commit !== "string" || !/^[0-9a-f]{40}$/.test(commit)) {
    return yield* Effect.fail(badAnswer(`${settings.endpoint}${info}`, "a commit as sha", model))
  }
  const files = yield* wait(listFiles(settings, repository, commit))
  const folder = HubCache.folderOf(settings.cache, reference)
  const writable = Effect.mapError(notWritable(folder))
  yield* writable(fs.makeDirectory(join(folder, "blobs"), { recursive: true }))
  const totalBytes = files.reduce((sum, { size }) => sum + size, 0)
  let before = 0
  for (const file of files) {
    const blob = join(folder, "blobs", file.etag)
    const onBytes = (bytes: number) =>
      options.onProgress?.({ file: file.path, bytes: before + bytes, totalBytes }) ?? Effect.void
    const present = yield* Effect.orElseSucceed(
      Effect.map(fs.stat(blob), ({ size }) => Number(size) === file.size),
      () => false,
    )
    if (!present) {
      yield* Effect.scoped(
        Effect.flatMap(claim(blob), (part) =>
          Effect.andThen(
            wait(
              fetchFile(settings, `/${repository}/resolve/${commit}/${file.path}`, file, part, onBytes).pipe(
                // Cut off again and again, it still comes to its end.
                Effect.retry({
                  schedule: Schedule.spaced(options.backoff ?? "1 second"),
                  while: ({ again, progressed }) => again && progressed === true,
                }),
              ),
            ),
            writable(fs.rename(part, blob)),
          ),
        ),
      )
    }
    before += file.size
    yield* onBytes(0)
    yield* writable(link(blob, join(folder, "snapshots", commit, file.path)))
  }
  // A commit needs no reference to itself, and what names one must not be left half written.
  if (commit !== revision) {
    const ref = join(folder, "refs", revision)
    yield* writable(fs.makeDirectory(dirname(ref), { recursive: true }))
    const part = `${ref}.${process.pid}-${claims++}`
    yield* writable(fs.writeFileString(part, commit))
    yield* writable(fs.rename(part, ref))
  }
  return join(folder, "snapshots", commit)
})

/**
 * Downloads a model, or finds it in the cache, and gives the folder of its snapshot. The hub is asked each time what the
 * revision is now; without a connection, or with `HF_HUB_OFFLINE`, what the cache has of it is taken.
 *
 * @since 0.1.0
 * @category constructors
 */
export const download = Effect.fn("Hub.download")(function* (
  name: string,
  options: DownloadOptions = {},
): Effect.fn.Return<string, HubError, FileSystem.FileSystem | HttpClient.HttpClient> {
  const reference = yield* attempt(HubError, () => HubReference.parse(name))
  const settings = yield* HubCache.settings
  const cached = yield* HubCache.snapshot(settings.cache, reference)
  if (!settings.offline) {
    return yield* fetchSnapshot(settings, reference, options).pipe(
      Effect.catchIf(
        (error) => error.reason === "unreachable" && Option.isSome(cached),
        () => Effect.succeed(Option.getOrThrow(cached)),
      ),
    )
  }
  return yield* Effect.fromOption(cached).pipe(
    Effect.mapError(() =>
      failure(
        "offline",
        name,
        `it in the cache ${settings.cache}`,
        "nothing of this revision",
        "Unset HF_HUB_OFFLINE, or download it where there is a connection.",
      ),
    ),
  )
})
