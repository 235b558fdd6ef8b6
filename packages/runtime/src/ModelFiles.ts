/**
 * Where the files of a checkpoint lie: a folder, memory, or a web server. They are read in parts, so that a tensor can be
 * taken out of a file that is larger than memory.
 *
 * @since 0.1.0
 */
import { ExplainedError } from "@seed-grpo/core/ExplainedError"
import { Effect, FileSystem, Option, Path } from "effect"

/**
 * Why the files of a checkpoint cannot be used. What is wrong inside a file has the file's own error.
 *
 * @since 0.1.0
 * @category errors
 */
export class ModelFolderError extends ExplainedError<
  | "no-folder"
  | "missing-file"
  | "not-json"
  | "unsafe-path"
  | "other-shard"
  | "pickle"
  | "tokenizer-too-large"
  | "unreadable"
  | "not-writable"
> {
  readonly _tag = "ModelFolderError"
}

/**
 * Files by name.
 *
 * @since 0.1.0
 * @category models
 */
export interface ModelFiles {
  /** Of all of them; for people. */
  readonly place: string
  readonly has: (name: string) => Effect.Effect<boolean, ModelFolderError>
  /** In bytes. */
  readonly size: (name: string) => Effect.Effect<number, ModelFolderError>
  /** Bytes `[begin, end)` of a file, or all of it. */
  readonly read: (name: string, begin?: number, end?: number) => Effect.Effect<Uint8Array, ModelFolderError>
  /** What is there, where that can be listed: for errors. */
  readonly names: ReadonlyArray<string>
}

const missing = (files: Pick<ModelFiles, "names" | "place">, name: string): ModelFolderError =>
  new ModelFolderError({
    reason: "missing-file",
    at: files.place,
    expected: `a file ${name}`,
    found: files.names.length === 0 ? "nothing" : files.names.toSorted().slice(0, 12).join(", "),
    fix: "Download the whole checkpoint.",
  })

const unreadable = (at: string, found: string, cause?: unknown): ModelFolderError =>
  new ModelFolderError({
    reason: "unreadable",
    at,
    expected: "a readable file",
    found,
    fix: "Check the file, and your right to read it.",
    cause,
  })

/**
 * The files of a folder. A link out of it is an error, but for the links to `blobs` that a snapshot in the hub's cache is
 * made of: a checkpoint from a stranger names no other file of this machine.
 *
 * @since 0.1.0
 * @category constructors
 */
export const fromFolder = Effect.fn("ModelFiles.fromFolder")(function* (
  folder: string,
): Effect.fn.Return<ModelFiles, ModelFolderError, FileSystem.FileSystem | Path.Path> {
  const fs = yield* FileSystem.FileSystem
  const path = yield* Path.Path
  const names = yield* fs.readDirectory(folder).pipe(
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
  const here = { place: folder, names }
  const root = yield* Effect.orElseSucceed(fs.realPath(folder), () => folder)
  const snapshots = path.dirname(root)
  const roots = path.basename(snapshots) === "snapshots" ? [root, path.join(path.dirname(snapshots), "blobs")] : [root]
  const open = Effect.fnUntraced(function* <A>(
    name: string,
    use: (file: string) => Effect.Effect<A, { readonly message: string }>,
  ) {
    if (!names.includes(name)) return yield* Effect.fail(missing(here, name))
    const at = `${folder}/${name}`
    const orUnreadable = <B>(effect: Effect.Effect<B, { readonly message: string }>) =>
      Effect.mapError(effect, (cause) => unreadable(at, cause.message, cause))
    const file = yield* orUnreadable(fs.realPath(path.join(folder, name)))
    if (!roots.includes(path.dirname(file))) {
      return yield* Effect.fail(
        new ModelFolderError({
          reason: "unsafe-path",
          at,
          expected: "a file of this folder",
          found: `a link to ${file}`,
          fix: "Copy that file into the folder, if it belongs there.",
        }),
      )
    }
    return yield* orUnreadable(use(file))
  })
  const part = Effect.fnUntraced(function* (file: string, begin: number, end: number) {
    const handle = yield* fs.open(file)
    const bytes = new Uint8Array(end - begin)
    for (let at = 0; at < bytes.length;) {
      const read = yield* handle.read(bytes.subarray(at), { position: BigInt(begin + at) })
      if (read === 0) return yield* Effect.fail({ message: `only ${begin + at} bytes, not ${end}` })
      at += read
    }
    return bytes
  }, Effect.scoped)
  return {
    ...here,
    has: (name) => Effect.succeed(names.includes(name)),
    size: (name) => open(name, (file) => Effect.map(fs.stat(file), ({ size }) => Number(size))),
    read: (name, begin, end) =>
      open(name, (file) => (begin === undefined || end === undefined ? fs.readFile(file) : part(file, begin, end))),
  }
})

/**
 * Files that are in memory.
 *
 * @since 0.1.0
 * @category constructors
 */
export const fromMemory = (contents: ReadonlyMap<string, Uint8Array>, place = "memory"): ModelFiles => {
  const here = { place, names: [...contents.keys()] }
  const find = (name: string) =>
    Effect.fromOption(Option.fromUndefinedOr(contents.get(name))).pipe(Effect.mapError(() => missing(here, name)))
  return {
    ...here,
    has: (name) => Effect.succeed(contents.has(name)),
    size: (name) => Effect.map(find(name), ({ length }) => length),
    read: (name, begin, end) => Effect.map(find(name), (bytes) => new Uint8Array(bytes.subarray(begin, end))),
  }
}

/**
 * Files below a web address, for browsers; parts of them are asked for by range. From a server that sends no parts, whole
 * files are taken and kept: then a checkpoint is in memory once as it is stored, beside what it is read into.
 *
 * @since 0.1.0
 * @category constructors
 */
export const fromUrl = (address: string): ModelFiles => {
  const base = address.endsWith("/") ? address : `${address}/`
  const here = { place: address, names: [] }
  const kept = new Map<string, Uint8Array>()
  const request = <A>(name: string, init: RequestInit, use: (response: Response) => Promise<A>) =>
    Effect.tryPromise({
      try: async (signal) => {
        const response = await fetch(new URL(name, base), { ...init, signal })
        return { status: response.status, found: response.ok ? await use(response) : undefined }
      },
      catch: (cause) => unreadable(`${base}${name}`, cause instanceof Error ? cause.message : String(cause), cause),
    }).pipe(
      Effect.filterOrFail(
        // Stores of objects forbid what is not there.
        ({ found, status }) => found !== undefined || [403, 404, 410].includes(status),
        ({ status }) => unreadable(`${base}${name}`, `status ${status}`),
      ),
    )
  const existing = <A>(name: string, init: RequestInit, use: (response: Response) => Promise<A>) =>
    Effect.flatMap(request(name, init, use), ({ found }) =>
      found === undefined ? Effect.fail(missing(here, name)) : Effect.succeed(found),
    )
  const length = async ({ headers }: Response) => Number(headers.get("content-length") ?? Number.NaN)
  const body = async (response: Response) => ({
    partial: response.status === 206,
    bytes: new Uint8Array(await response.arrayBuffer()),
  })
  return {
    ...here,
    has: (name) => Effect.map(request(name, { method: "HEAD" }, length), ({ found }) => found !== undefined),
    size: (name) =>
      Effect.filterOrFail(existing(name, { method: "HEAD" }, length), Number.isSafeInteger, () =>
        unreadable(`${base}${name}`, "a server that does not say how long it is"),
      ),
    read: Effect.fnUntraced(function* (name, begin, end) {
      if (begin === undefined || end === undefined) return (yield* existing(name, {}, body)).bytes
      // An empty range cannot be asked for.
      if (begin === end) return new Uint8Array()
      let whole = kept.get(name)
      if (whole === undefined) {
        const { bytes, partial } = yield* existing(name, { headers: { range: `bytes=${begin}-${end - 1}` } }, body)
        if (partial && bytes.length === end - begin) return bytes
        if (partial)
          return yield* Effect.fail(unreadable(`${base}${name}`, `${bytes.length} bytes, not ${end - begin}`))
        whole = bytes
        kept.set(name, whole)
      }
      return end <= whole.length
        ? whole.slice(begin, end)
        : yield* Effect.fail(unreadable(`${base}${name}`, `only ${whole.length} bytes, not ${end}`))
    }),
  }
}
