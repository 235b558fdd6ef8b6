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
 * The files of a folder.
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
  const present = <A>(name: string, found: Effect.Effect<A, ModelFolderError>) =>
    names.includes(name) ? found : Effect.fail(missing(here, name))
  const open = <A>(name: string, use: (file: string) => Effect.Effect<A, { readonly message: string }>) =>
    present(
      name,
      use(path.join(folder, name)).pipe(
        Effect.mapError((cause) => unreadable(`${folder}/${name}`, cause.message, cause)),
      ),
    )
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
    read: (name, begin, end) => Effect.map(find(name), (bytes) => bytes.slice(begin, end)),
  }
}

/**
 * Files below a web address, for browsers; parts of them are asked for by range. A server that sends the whole file all
 * the same is an error where a part was asked for: it would be sent again for every tensor.
 *
 * @since 0.1.0
 * @category constructors
 */
export const fromUrl = (address: string): ModelFiles => {
  const base = address.endsWith("/") ? address : `${address}/`
  const here = { place: address, names: [] }
  const request = (name: string, init: RequestInit) =>
    Effect.tryPromise({
      try: (signal) => fetch(new URL(name, base), { ...init, signal }),
      catch: (cause) => unreadable(`${base}${name}`, cause instanceof Error ? cause.message : String(cause), cause),
    })
  const found = Effect.fnUntraced(function* (name: string, init: RequestInit) {
    const response = yield* request(name, init)
    if (response.status === 404) return yield* Effect.fail(missing(here, name))
    if (!response.ok) return yield* Effect.fail(unreadable(`${base}${name}`, `status ${response.status}`))
    return response
  })
  return {
    ...here,
    has: (name) => Effect.map(request(name, { method: "HEAD" }), ({ ok }) => ok),
    size: (name) =>
      Effect.map(found(name, { method: "HEAD" }), ({ headers }) => Number(headers.get("content-length") ?? Number.NaN)),
    read: Effect.fnUntraced(function* (name, begin, end) {
      const ranged = begin !== undefined && end !== undefined
      // An empty range cannot be asked for.
      if (ranged && begin === end) return new Uint8Array()
      const response = yield* found(name, ranged ? { headers: { range: `bytes=${begin}-${end - 1}` } } : {})
      if (ranged && response.status !== 206) {
        return yield* Effect.fail(unreadable(`${base}${name}`, "a server that does not send parts of files"))
      }
      const buffer = yield* Effect.tryPromise({
        try: () => response.arrayBuffer(),
        catch: (cause) => unreadable(`${base}${name}`, String(cause), cause),
      })
      return new Uint8Array(buffer)
    }),
  }
}
