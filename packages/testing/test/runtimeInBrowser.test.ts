/** The root and the WebAssembly back-end in a browser: a checkpoint is opened, and goes on with Transformers' tokens. */
import { readdirSync, readFileSync } from "node:fs"
import { createRequire } from "node:module"
import { dirname, join } from "node:path"
import { fileURLToPath } from "node:url"
import { bundle, hasChromium, inChromium } from "@seed-grpo/testing"
import { assert, describe, it } from "@effect/vitest"

const folder = fileURLToPath(new URL("../../runtime/test/fixtures/tiny-qwen2", import.meta.url))
const here = fileURLToPath(new URL(".", import.meta.url))

const PAGE = `
import { Backend, ModelFiles, ModelFolder, Policy } from "@seed-grpo/runtime"
import { Effect, Layer } from "effect"

export const page = ({ files, wasm, prompts }) => {
  const bytes = (base64) => Uint8Array.from(atob(base64), (c) => c.charCodeAt(0))
  const contents = new Map(Object.entries(files).map(([name, base64]) => [name, bytes(base64)]))
  const policy = Layer.effect(Policy.Policy, Effect.flatMap(ModelFolder.open(ModelFiles.fromMemory(contents)), Policy.make))
  return Effect.gen(function* () {
    const { generate } = yield* Policy.Policy
    const { name, description } = yield* Backend.Backend
    const rows = yield* generate({
      prompts: prompts.map((prompt) => Int32Array.from(prompt)),
      samples: 1,
      maxTokens: 16,
      temperature: 0,
      endTokens: [],
      uniform: () => 0,
    })
    return { name, description, tokens: rows.map(({ tokens }) => [...tokens]) }
  }).pipe(
    Effect.provide(Layer.provideMerge(policy, Backend.layerWasmFrom(wasm))),
    Effect.runPromise,
  )
}
`

const golden = JSON.parse(readFileSync(join(folder, "golden.json"), "utf8")) as {
  readonly input_ids: ReadonlyArray<ReadonlyArray<number>>
  readonly attention_mask: ReadonlyArray<ReadonlyArray<number>>
  readonly greedy: { readonly token_ids: ReadonlyArray<ReadonlyArray<number>> }
}

describe("in a browser", () => {
  it("the root loads no Node module", async () => {
    const code = await bundle(`export * from "@seed-grpo/runtime"`, here)
    assert.notMatch(code, /from"node:|require\("node:/)
  })

  it.skipIf(!hasChromium())("generates what Transformers does", { timeout: 120_000 }, async () => {
    const runtime = createRequire(createRequire(import.meta.url).resolve("@seed-grpo/runtime/package.json"))
    const wasmFolder = dirname(runtime.resolve("@tensorflow/tfjs-backend-wasm/package.json"))
    const base64 = (file: string) => readFileSync(file).toString("base64")
    const result = await inChromium<{
      readonly name: string
      readonly description: string
      readonly tokens: ReadonlyArray<ReadonlyArray<number>>
    }>(PAGE, here, {
      files: Object.fromEntries(
        readdirSync(folder)
          .filter((name) => name !== "golden.json")
          .map((name) => [name, base64(join(folder, name))]),
      ),
      wasm: Object.fromEntries(
        ["", "-simd", "-threaded-simd"].map((kind) => {
          const name = `tfjs-backend-wasm${kind}.wasm`
          return [name, `data:application/wasm;base64,${base64(join(wasmFolder, "dist", name))}`]
        }),
      ),
      prompts: golden.input_ids.map((row, b) => row.filter((_, t) => golden.attention_mask[b]![t] === 1)),
    })
    assert.deepStrictEqual(result, {
      name: "wasm",
      description: "WebAssembly with SIMD, 1 thread",
      tokens: golden.greedy.token_ids,
    })
  })
})
