/**
 * Compiled programs stored on disk between processes: XLA's own cache, of which TensorFlow sees intact files only.
 *
 * TensorFlow finds a program by its operations and compares them one by one before it takes what was compiled. What it does
 * not look at (which TensorFlow and which processor it was made for) is in the name of the folder.
 *
 * @since 0.1.0
 */
import { folderForProcess } from "./internal/session.ts"
import { add, copyIntact, evict, ifPossible, names, writeWhole } from "./internal/diskStore.ts"

const fs = () => process.getBuiltinModule("node:fs")
const path = () => process.getBuiltinModule("node:path")
const os = () => process.getBuiltinModule("node:os")
const crypto = () => process.getBuiltinModule("node:crypto")

/**
 * @since 0.1.0
 * @category models
 */
export interface Options {
  /** The folder of TensorFlow's library: `deps/lib` of tfjs-node or tfjs-node-gpu. */
  readonly library: string
  /**
   * Where programs are kept. By default what `SEED_GRPO_COMPILE_CACHE` says, `off` for nowhere, or
   * `seed-grpo/programs` in `XDG_CACHE_HOME` or `~/.cache`.
   */
  readonly folder?: string
  /** Bytes to keep, of all versions together; the oldest programs go first. 256 MiB. */
  readonly limit?: number
}

/**
 * @since 0.1.0
 * @category models
 */
export interface DiskCache {
  /** Programs of this TensorFlow on this processor. */
  readonly folder: string
  /** Intact programs found at the start. */
  readonly found: number
  /** Those that were not what they had been, and were removed. */
  readonly removed: number
  /** Programs added by this process. */
  readonly added: () => number
  /** To be called when TensorFlow is loaded: it has read its flags, and processes that this one starts shall not. */
  readonly loaded: () => void
}

/** Changes when the way of storing does. */
const FORMAT = 1

const FLAGS = "TF_XLA_FLAGS"
const DIRECTORY = "--tf_xla_persistent_cache_directory="
/** In a library that can load what its XLA compiled for the processor, and has the flags that say so. */
const NEEDED = ["tf_xla_persistent_cache_directory", "tf_xla_persistent_cache_device_types", "cpu_aot_loader"]

interface Library {
  readonly file: string
  readonly bytes: number
  readonly modified: number
}

/** The largest file is the one that XLA is in. */
const libraryIn = (folder: string): Library | undefined =>
  (ifPossible(() => fs().readdirSync(folder)) ?? [])
    .flatMap((name) => {
      const file = path().join(folder, name)
      const found = fs().statSync(file, { throwIfNoEntry: false })
      return found?.isFile() === true ? [{ file, bytes: found.size, modified: found.mtimeMs }] : []
    })
    .toSorted((a, b) => b.bytes - a.bytes)[0]

const blocksOf = function* (file: string, size: number): Generator<Buffer> {
  const opened = fs().openSync(file, "r")
  // Texts that lie across two blocks are in the second, which begins before the first ends.
  const overlap = 64
  const block = Buffer.alloc(size)
  try {
    for (let at = 0; ; at += size - overlap) {
      const read = fs().readSync(opened, block, 0, size, at)
      yield block.subarray(0, read)
      if (read < size) return
    }
  } finally {
    fs().closeSync(opened)
  }
}

const hasAll = (file: string, texts: ReadonlyArray<string>): boolean => {
  const missing = new Set(texts)
  for (const block of blocksOf(file, 2 ** 24)) {
    for (const text of missing) if (block.includes(text)) missing.delete(text)
    if (missing.size === 0) return true
  }
  return false
}

/** Its size and time, and its first bytes: the names of its parts, and what its linker made of all of it. */
const identityOf = ({ bytes, file, modified }: Library): string => {
  const [head = Buffer.alloc(0)] = blocksOf(file, 2 ** 16)
  return `${bytes} ${modified} ${crypto().createHash("sha256").update(head).digest("hex")}`
}

/** What the processor can do; Linux tells all of it. */
const processor = (): string => {
  const told = ifPossible(() => fs().readFileSync("/proc/cpuinfo", "utf8"))
  const features = told === undefined ? undefined : /^(?:flags|Features)\s*:.*$/m.exec(told)?.[0]
  const cpus = os().cpus()
  return `${process.platform} ${process.arch} ${cpus.length} ${cpus[0]?.model} ${features ?? os().release()}`
}

const keyOf = (library: Library): string =>
  crypto()
    .createHash("sha256")
    .update(JSON.stringify([FORMAT, identityOf(library), processor(), process.env["XLA_FLAGS"], process.env[FLAGS]]))
    .digest("hex")
    .slice(0, 32)

/** A folder of this user's that nobody else may write to. */
const isOwn = (folder: string): boolean => {
  const { mode, uid } = fs().statSync(folder)
  return process.getuid === undefined || (uid === process.getuid() && (mode & 0o022) === 0)
}

/** Looks through the library once, and remembers what it found. */
const canStore = (library: Library, store: string): boolean => {
  const note = path().join(store, "library")
  const known = ifPossible(() => fs().readFileSync(note, "utf8"))
  if (known === "stores" || known === "does not store") return known === "stores"
  const stores = hasAll(library.file, NEEDED)
  ifPossible(() => writeWhole(store, "library", stores ? "stores" : "does not store"))
  return stores
}

const defaultFolder = (): string | undefined => {
  const wanted = process.env["SEED_GRPO_COMPILE_CACHE"]
  if (wanted === "off") return undefined
  if (wanted !== undefined && wanted !== "") return wanted
  const home = process.env["XDG_CACHE_HOME"]
  return path().join(
    home === undefined || home === "" ? path().join(os().homedir(), ".cache") : home,
    "seed-grpo",
    "programs",
  )
}

/** Stores what TensorFlow has compiled since the last time. */
let store: () => void = () => {}

/**
 * Prepares TensorFlow's flags, before TensorFlow is loaded. `undefined` where nothing is stored: it is not wanted, the
 * user's own flags name another folder, the folder cannot be written, or TensorFlow cannot load what it has compiled.
 *
 * @example
 * ```ts
 * import assert from "node:assert"
 * import { DiskCache } from "@seed-grpo/compile"
 *
 * const cache = DiskCache.open({ library: "/no/tensorflow/here" })
 * // import "@tensorflow/tfjs-node"
 * cache?.loaded()
 * assert.equal(cache, undefined)
 * ```
 *
 * @since 0.1.0
 * @category constructors
 */
export const open = ({
  folder: root = defaultFolder(),
  library: libraries,
  limit = 2 ** 28,
}: Options): DiskCache | undefined => {
  const library = libraryIn(libraries)
  const given = process.env[FLAGS]
  if (root === undefined || library === undefined || given?.includes(DIRECTORY) === true) return undefined
  const folder = path().join(root, keyOf(library))
  const isReady = ifPossible(() => {
    fs().mkdirSync(folder, { recursive: true, mode: 0o700 })
    return isOwn(root) && isOwn(folder) && canStore(library, folder)
  })
  if (isReady !== true) return undefined
  // Everything that TensorFlow reads was checked here, and is in a folder that is this process's own.
  const own = ifPossible(folderForProcess)
  if (own === undefined) return undefined
  const { intact, removed } = copyIntact(folder, own)
  const known = new Set(names(own))
  let added = 0
  process.once("exit", () => fs().rmSync(own, { recursive: true, force: true }))
  store = () => {
    const fresh = names(own).filter((name) => !known.has(name) && name.endsWith(".pb"))
    for (const name of fresh) {
      known.add(name)
      if (add(folder, path().join(own, name))) added++
    }
    if (fresh.length > 0) evict(root, limit)
  }
  // Of programs for the processor: what XLA makes for a GPU it has to try out there.
  process.env[FLAGS] = [
    ...(given === undefined ? [] : [given]),
    `${DIRECTORY}${own}`,
    "--tf_xla_persistent_cache_device_types=CPU",
  ].join(" ")
  return {
    folder,
    found: intact,
    removed,
    added: () => added,
    loaded: () => {
      if (given === undefined) Reflect.deleteProperty(process.env, FLAGS)
      else process.env[FLAGS] = given
    },
  }
}

/**
 * Stores what was compiled since the last call; programs call it after their first run.
 *
 * @internal
 */
export const storeNew = (): void => store()
