/** The README's tables are what `pnpm kernels` prints. */
import { readFileSync } from "node:fs"
import { assert, it } from "vitest"
import { compiledTable, refusedTable } from "../test-native/parity/table.ts"

it("the tables of kernels in the README", () => {
  const readme = readFileSync(new URL("../README.md", import.meta.url), "utf8")
  const [, found = ""] = readme.match(/<!-- kernels -->\n([^]*?)<!-- \/kernels -->/) ?? []
  assert.strictEqual(found.trim(), `${compiledTable()}\n\n${refusedTable()}`)
})
