/**
 * Files by content: an entry's name ends with the hash of the name before it and of what is in it, so that one that was
 * cut short, changed or renamed is known as such. Files appear whole, by renaming.
 */

// Looked up when a program is stored, which happens in Node only: this package can be bundled for browsers.
const fs = () => process.getBuiltinModule("node:fs")
const path = () => process.getBuiltinModule("node:path")

const ENTRY = /^(xla_compile_cache__[\w.-]+)~([0-9a-f]{64})$/
const UNFINISHED = "unfinished-"

/** What a folder that is full, read-only or gone answers with: the cache is left alone then. */
const UNWRITABLE = new Set(["EACCES", "EPERM", "EROFS", "ENOSPC", "EDQUOT", "ENOENT", "ENOTDIR", "EEXIST"])

/** Runs what touches the disk; where the disk does not let it, there is nothing. */
export const ifPossible = <A>(run: () => A): A | undefined => {
  try {
    return run()
  } catch (cause) {
    if (UNWRITABLE.has((cause as NodeJS.ErrnoException).code ?? "")) return undefined
    throw cause
  }
}

const hashOf = (name: string, content: Uint8Array): string =>
  process.getBuiltinModule("node:crypto").createHash("sha256").update(`${name}\n`).update(content).digest("hex")

interface Stored {
  readonly file: string
  readonly bytes: number
  readonly modified: number
}

const filesIn = (folder: string): ReadonlyArray<Stored> =>
  (ifPossible(() => fs().readdirSync(folder)) ?? []).flatMap((name) => {
    const file = path().join(folder, name)
    // Another process may have removed it since.
    const found = fs().lstatSync(file, { throwIfNoEntry: false })
    return found?.isFile() === true ? [{ file, bytes: found.size, modified: found.mtimeMs }] : []
  })

/** Writes a file that is there whole or not at all. */
export const writeWhole = (folder: string, name: string, content: Uint8Array | string): void => {
  const unfinished = path().join(folder, `${UNFINISHED}${process.pid}-${name.slice(-16)}`)
  try {
    fs().writeFileSync(unfinished, content, { mode: 0o600 })
    fs().renameSync(unfinished, path().join(folder, name))
  } finally {
    ifPossible(() => fs().rmSync(unfinished, { force: true }))
  }
}

/** Copies the intact entries of `store` to `folder`, under their own names, and removes the others. */
export const copyIntact = (store: string, folder: string): { readonly intact: number; readonly removed: number } => {
  let intact = 0
  let removed = 0
  for (const { file } of filesIn(store)) {
    const [, name, hash] = ENTRY.exec(path().basename(file)) ?? []
    if (name === undefined) continue
    const content = ifPossible(() => fs().readFileSync(file))
    if (content === undefined) continue
    if (hashOf(name, content) === hash) {
      fs().writeFileSync(path().join(folder, name), content, { mode: 0o600 })
      intact++
    } else {
      ifPossible(() => fs().rmSync(file, { force: true }))
      removed++
    }
  }
  return { intact, removed }
}

/** The files of `folder` by name. */
export const names = (folder: string): ReadonlyArray<string> => filesIn(folder).map(({ file }) => path().basename(file))

/** Adds a file to the store as an entry; whether the disk let it. */
export const add = (store: string, file: string): boolean =>
  ifPossible(() => {
    const content = fs().readFileSync(file)
    const name = path().basename(file)
    const entry = `${name}~${hashOf(name, content)}`
    if (!ENTRY.test(entry)) return false
    writeWhole(store, entry, content)
    return true
  }) ?? false

const HOUR = 3_600_000

/** Removes the oldest entries of all stores in `root` until `limit` bytes are left, and what was begun and never finished. */
export const evict = (root: string, limit: number): void => {
  const all = (ifPossible(() => fs().readdirSync(root)) ?? []).flatMap((store) => filesIn(path().join(root, store)))
  const newest = all.reduce((latest, { modified }) => Math.max(latest, modified), 0)
  let bytes = all.reduce((sum, one) => sum + one.bytes, 0)
  for (const { bytes: own, file, modified } of all.toSorted((a, b) => a.modified - b.modified)) {
    const abandoned = path().basename(file).startsWith(UNFINISHED) && modified < newest - HOUR
    if (bytes <= limit && !abandoned) continue
    ifPossible(() => fs().rmSync(file, { force: true }))
    bytes -= own
  }
}
