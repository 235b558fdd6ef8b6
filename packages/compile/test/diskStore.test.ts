/** Entries that are what they were, and no others. */
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, utimesSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { afterEach, assert, beforeEach, describe, it } from "vitest"
import * as DiskCache from "../src/DiskCache.ts"
import { add, copyIntact, evict, names } from "../src/internal/diskStore.ts"

let root: string
let store: string
let own: string

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "store-"))
  store = join(root, "programs", "key")
  own = join(root, "own")
  mkdirSync(store, { recursive: true })
  mkdirSync(own)
})
afterEach(() => rmSync(root, { recursive: true, force: true }))

const name = (i: number) => `xla_compile_cache__${i}__7__XLA_CPU_JIT.pb`

const put = (i: number, content: string): string => {
  writeFileSync(join(own, name(i)), content)
  assert.isTrue(add(store, join(own, name(i))))
  rmSync(join(own, name(i)))
  return join(
    store,
    readdirSync(store).find((file) => file.startsWith(name(i)))!,
  )
}

describe("a store of programs", () => {
  it("gives back what was put in, and leaves other files alone", () => {
    put(1, "one")
    put(2, "")
    writeFileSync(join(store, "library"), "stores")
    assert.deepStrictEqual(copyIntact(store, own), { intact: 2, removed: 0 })
    assert.deepStrictEqual([...names(own)].toSorted(), [name(1), name(2)])
    assert.strictEqual(readFileSync(join(own, name(1)), "utf8"), "one")
    assert.include(readdirSync(store), "library")
  })

  it("removes what was changed", () => {
    writeFileSync(put(1, "one"), "two")
    put(2, "two")
    assert.deepStrictEqual(copyIntact(store, own), { intact: 1, removed: 1 })
    assert.deepStrictEqual(names(own), [name(2)])
    assert.lengthOf(readdirSync(store), 1)
  })

  it("takes no file of another name, and none where it cannot", () => {
    writeFileSync(join(own, "else.pb"), "one")
    assert.isFalse(add(store, join(own, "else.pb")))
    writeFileSync(join(own, name(1)), "one")
    assert.isFalse(add(join(root, "nowhere"), join(own, name(1))))
    assert.isEmpty(readdirSync(store))
  })

  it("loses the oldest first, and what was never finished", () => {
    for (const i of [1, 2, 3]) utimesSync(put(i, "1234"), 10_000 + i, 10_000 + i)
    writeFileSync(join(store, "unfinished-1-x"), "")
    utimesSync(join(store, "unfinished-1-x"), 1, 1)
    evict(join(root, "programs"), 8)
    copyIntact(store, own)
    assert.deepStrictEqual([...names(own)].toSorted(), [name(2), name(3)])
    assert.lengthOf(readdirSync(store), 2)
  })

  it("is not opened for a library that cannot load programs", () => {
    const library = join(root, "lib")
    mkdirSync(library)
    writeFileSync(join(library, "libtensorflow.so.2"), "tf_xla_persistent_cache_directory")
    const before = process.env["TF_XLA_FLAGS"]
    for (let i = 0; i < 2; i++) {
      assert.isUndefined(DiskCache.open({ library, folder: join(root, "cache") }))
      assert.strictEqual(process.env["TF_XLA_FLAGS"], before)
    }
    const [key] = readdirSync(join(root, "cache"))
    assert.strictEqual(readFileSync(join(root, "cache", key!, "library"), "utf8"), "does not store")
  })
})
