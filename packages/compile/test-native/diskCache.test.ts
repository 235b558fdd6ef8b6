/** Programs on disk between processes: found by the second one, and never taken when they are not what they were. */
import { execFile } from "node:child_process"
import { mkdtempSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { fileURLToPath } from "node:url"
import { promisify } from "node:util"
import { afterEach, assert, beforeEach, describe, it } from "vitest"

interface Told {
  readonly isOpen: boolean
  readonly folder: string
  readonly found: number
  readonly removed: number
  readonly added: number
  readonly flags?: string
  readonly rung: string
  readonly values: ReadonlyArray<number>
}

let root: string
let right: ReadonlyArray<number> | undefined

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "programs-"))
})
afterEach(() => rmSync(root, { recursive: true, force: true }))

const script = fileURLToPath(new URL("diskCache/process.ts", import.meta.url))

/** Whatever the cache does, the program runs on XLA with the same numbers to the bit. */
const start = async (environment: NodeJS.ProcessEnv = {}, ...given: ReadonlyArray<string>): Promise<Told> => {
  const env = { ...process.env, SEED_GRPO_COMPILE_CACHE: root, ...environment }
  const { stdout } = await promisify(execFile)(process.execPath, [script, ...given], { env })
  const told = JSON.parse(stdout) as Told
  assert.strictEqual(told.rung, "xla")
  right ??= told.values
  assert.deepStrictEqual(told.values, right)
  return told
}

const entries = (folder: string) =>
  readdirSync(folder)
    .filter((name) => name.includes("~"))
    .map((name) => join(folder, name))

describe("programs on disk", { timeout: 120_000 }, () => {
  it("are found by the second process, which compiles nothing", async () => {
    const first = await start()
    // The ladder's probe and the program.
    assert.deepInclude(first, { isOpen: true, found: 0, removed: 0, added: 2 })
    assert.isUndefined(first.flags)
    const second = await start()
    assert.deepInclude(second, { folder: first.folder, found: 2, removed: 0, added: 0 })
  })

  it("are removed and made anew when they were changed, cut short or renamed", async () => {
    const { folder } = await start()
    const [changed = "", cut = ""] = entries(folder)
    const content = readFileSync(changed)
    content[content.length >> 1]! ^= 1
    writeFileSync(changed, content)
    writeFileSync(cut, readFileSync(cut).subarray(0, 100))
    assert.deepInclude(await start(), { found: 0, removed: 2, added: 2 })
    const renamed = entries(folder).map((file) => {
      const other = file.replace(/__\d+__XLA/, "__1__XLA")
      renameSync(file, other)
      return other
    })
    assert.deepInclude(await start(), { found: 0, removed: 2, added: 2 })
    for (const file of renamed) assert.notInclude(entries(folder), file)
  })

  it("of another compiler are not looked at", async () => {
    const { folder } = await start()
    const other = await start({ XLA_FLAGS: "--xla_cpu_multi_thread_eigen=false" })
    assert.notStrictEqual(other.folder, folder)
    assert.deepInclude(other, { found: 0, removed: 0, added: 2 })
    assert.lengthOf(entries(folder), 2)
  })

  it("are left out where there can be no folder, or none is wanted", async () => {
    const file = join(root, "file")
    writeFileSync(file, "")
    for (const folder of ["off", file, join(file, "below")]) {
      assert.isFalse((await start({ SEED_GRPO_COMPILE_CACHE: folder })).isOpen)
    }
    // The user's own cache of TensorFlow stays what it is.
    const own = `--tf_xla_persistent_cache_directory=${root}`
    assert.deepInclude(await start({ TF_XLA_FLAGS: own }), { isOpen: false, flags: own })
  })

  it("of two processes at once are whole", async () => {
    const both = await Promise.all([start(), start()])
    for (const { found, removed } of both) assert.strictEqual(removed + found, 0)
    const third = await start()
    assert.deepInclude(third, { removed: 0, added: 0 })
    assert.isAtLeast(third.found, 2)
  })

  it("take no more than they may", async () => {
    const { folder } = await start({}, "1")
    assert.isEmpty(entries(folder))
  })
})
