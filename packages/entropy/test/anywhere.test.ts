/** What the package gives is the same wherever it runs, and what a browser must load is small. */
import { fileURLToPath } from "node:url"
import { bundle, hasChromium, inChromium } from "@seed-grpo/testing/Browser"
import { assert, describe, it } from "vitest"
import { goldens } from "./goldens.ts"

const folder = fileURLToPath(new URL(".", import.meta.url))

describe("anywhere", () => {
  it.each(goldens())("$name in Node", ({ expected, value }) => {
    assert.closeTo(value, expected, 1e-9)
  })

  it.skipIf(!hasChromium())(
    "the same numbers in Chromium",
    async () => {
      const program = `import { goldens } from "./goldens.ts"; const page = () => goldens()`
      const there = await inChromium<ReturnType<typeof goldens>>(program, folder, null)
      for (const [index, { name, value }] of goldens().entries()) {
        assert.closeTo(there[index]!.value, value, 1e-12, name)
      }
    },
    60_000,
  )

  it("the discrete path takes at most 6 kB, minified, and loads no Effect", async () => {
    const text = await bundle('export { semanticEntropy } from "../src/Score.ts"', folder)
    assert.isAtMost(Buffer.byteLength(text), 6000)
    assert.notInclude(text, "effect/")
  })

  it("nothing in it imports from Node", async () => {
    const text = await bundle('export * from "../src/index.ts"', folder)
    assert.notMatch(text, /(?:from|import|require)\s*\(?["'`]node:/)
  })
})
