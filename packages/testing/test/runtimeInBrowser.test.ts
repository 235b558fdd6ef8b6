/** The root in a browser, on WebAssembly and on WebGPU: a checkpoint is opened, and goes on with Transformers' tokens. */
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

const GPU_PAGE = `
import { Backend, Decoder, ModelFiles, ModelFolder, Parameters, Policy, Read } from "@seed-grpo/runtime"
import { tokenScores } from "@seed-grpo/runtime/layers/TokenScores"
import { layerWebGpu } from "@seed-grpo/runtime/WebGpuBackend"
import * as tf from "@tensorflow/tfjs-core"
import { Effect, Layer } from "effect"

export const page = ({ files, prompts, inputIds, attentionMask, targets, weights }) => {
  const bytes = (base64) => Uint8Array.from(atob(base64), (c) => c.charCodeAt(0))
  const contents = new Map(Object.entries(files).map(([name, base64]) => [name, bytes(base64)]))
  const policy = Layer.effect(Policy.Policy, Effect.flatMap(ModelFolder.open(ModelFiles.fromMemory(contents)), Policy.make))
  return Effect.gen(function* () {
    const { config, generate, parameters } = yield* Policy.Policy
    const { name, description } = yield* Backend.Backend
    const names = Object.keys(parameters())
    const { grads, value } = tf.valueAndGrads((...tensors) => {
      const current = Object.fromEntries(names.map((key, i) => [key, tensors[i]]))
      const { hidden } = Decoder.hiddenStates(current, config, {
        batch: inputIds.length,
        tokens: Int32Array.from(inputIds.flat()),
        mask: Uint8Array.from(attentionMask.flat()),
      })
      const scores = tokenScores(hidden, Decoder.outputHead(current, config), Int32Array.from(targets), 1)
      const logprobs = tf.reshape(tf.slice(scores, [0, 0], [-1, 1]), [-1])
      return tf.div(tf.neg(tf.sum(tf.mul(logprobs, weights))), weights.reduce((a, b) => a + b))
    })(Object.values(parameters()))
    let refused = "nothing"
    try {
      value.dataSync()
    } catch (error) {
      refused = error.reason
    }
    const [loss] = yield* Effect.promise(() => Read.take(value))
    const byName = Object.fromEntries(names.map((key, i) => [key, grads[i]]))
    const gradients = [...(yield* Effect.promise(() => Parameters.toHost(config, byName)))].map(([key, { data }]) => [
      key,
      Math.sqrt(data.reduce((sum, number) => sum + number ** 2, 0)),
    ])
    tf.dispose(grads)
    const rows = yield* generate({
      prompts: prompts.map((prompt) => Int32Array.from(prompt)),
      samples: 1,
      maxTokens: 6,
      temperature: 0,
      endTokens: [],
      uniform: () => 0,
    })
    return { name, description, refused, loss, gradients, tokens: rows.map(({ tokens }) => [...tokens]) }
  }).pipe(Effect.provide(Layer.provideMerge(policy, layerWebGpu)), Effect.runPromise)
}
`

const golden = JSON.parse(readFileSync(join(folder, "golden.json"), "utf8")) as {
  readonly input_ids: ReadonlyArray<ReadonlyArray<number>>
  readonly attention_mask: ReadonlyArray<ReadonlyArray<number>>
  readonly greedy: { readonly token_ids: ReadonlyArray<ReadonlyArray<number>> }
  readonly next_token_cross_entropy: {
    readonly labels: ReadonlyArray<ReadonlyArray<number>>
    readonly loss: number
    readonly gradients: { readonly [name: string]: { readonly l2: number } }
  }
}

const base64 = (file: string) => readFileSync(file).toString("base64")

const files = Object.fromEntries(
  readdirSync(folder)
    .filter((name) => name !== "golden.json")
    .map((name) => [name, base64(join(folder, name))]),
)

const prompts = golden.input_ids.map((row, b) => row.filter((_, t) => golden.attention_mask[b]![t] === 1))

describe("in a browser", () => {
  it("the root loads no Node module", async () => {
    const code = await bundle(`export * from "@seed-grpo/runtime"`, here)
    assert.notMatch(code, /from"node:|require\("node:/)
  })

  it.skipIf(!hasChromium())("generates what Transformers does", { timeout: 120_000 }, async () => {
    const runtime = createRequire(createRequire(import.meta.url).resolve("@seed-grpo/runtime/package.json"))
    const wasmFolder = dirname(runtime.resolve("@tensorflow/tfjs-backend-wasm/package.json"))
    const result = await inChromium<{
      readonly name: string
      readonly description: string
      readonly tokens: ReadonlyArray<ReadonlyArray<number>>
    }>(PAGE, here, {
      files,
      wasm: Object.fromEntries(
        ["", "-simd", "-threaded-simd"].map((kind) => {
          const name = `tfjs-backend-wasm${kind}.wasm`
          return [name, `data:application/wasm;base64,${base64(join(wasmFolder, "dist", name))}`]
        }),
      ),
      prompts,
    })
    assert.deepStrictEqual(result, {
      name: "wasm",
      description: "WebAssembly with SIMD, 1 thread",
      tokens: golden.greedy.token_ids,
    })
  })

  it.skipIf(!hasChromium())(
    "loss, gradients and tokens on WebGPU equal PyTorch's and Transformers'",
    { timeout: 300_000 },
    async () => {
      const labels = golden.next_token_cross_entropy.labels.map((row) => [...row.slice(1), -1])
      const result = await inChromium<{
        readonly name: string
        readonly description: string
        readonly refused: string
        readonly loss: number
        readonly gradients: ReadonlyArray<readonly [string, number]>
        readonly tokens: ReadonlyArray<ReadonlyArray<number>>
      }>(GPU_PAGE, fileURLToPath(new URL("../../runtime/test", import.meta.url)), {
        files,
        prompts,
        inputIds: golden.input_ids,
        attentionMask: golden.attention_mask,
        targets: labels.flat().map((id) => Math.max(id, 0)),
        weights: labels.flat().map((id) => (id >= 0 ? 1 : 0)),
      })
      assert.deepStrictEqual([result.name, result.refused], ["webgpu", "asynchronous"])
      assert.match(result.description, /^WebGPU on /)
      const { gradients, loss } = golden.next_token_cross_entropy
      assert.closeTo(result.loss, loss, 1e-5)
      assert.strictEqual(result.gradients.length, Object.keys(gradients).length)
      for (const [name, l2] of result.gradients)
        assert.closeTo(l2, gradients[name]!.l2, 1e-4 * gradients[name]!.l2, name)
      assert.deepStrictEqual(
        result.tokens,
        golden.greedy.token_ids.map((row) => row.slice(0, 6)),
      )
    },
  )
})
