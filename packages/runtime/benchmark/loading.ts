/**
 * How much memory and time it takes to load a checkpoint, and to save it again:
 *
 *     node benchmark/loading.ts [--backends wasm,tensorflow] [--untied] [--folder FOLDER]
 *
 * The checkpoint has the shape of SmolLM2-135M (538 MB in float32) and random weights; `--untied` gives it an output head
 * of its own (651 MB). Every row is a process of its own. `peak` is the greatest resident memory of the process above what
 * it had before, in units of the weights in float32; `used` is the same after the model's first answer.
 */
import { spawnSync } from "node:child_process"
import { mkdtempSync, readFileSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { fileURLToPath } from "node:url"
import { parseArgs } from "node:util"
import * as NodeServices from "@effect/platform-node/NodeServices"
import { Rng } from "@seed-grpo/core"
import { Backend, Decoder, type Dtype, ModelConfig, ModelFolder, Padding, Parameters } from "@seed-grpo/runtime"
import { layerTensorFlow } from "@seed-grpo/runtime/TensorFlowBackend"
import * as tf from "@tensorflow/tfjs-core"
import { Console, Effect } from "effect"

const { values: flags } = parseArgs({
  options: {
    backends: { type: "string", default: "wasm,tensorflow" },
    untied: { type: "boolean", default: false },
    folder: { type: "string" },
    case: { type: "string" },
  },
})

const backends: Readonly<Record<string, typeof Backend.layerWasm>> = {
  wasm: Backend.layerWasm,
  cpu: Backend.layerCpu,
  tensorflow: layerTensorFlow,
}

const VARIANTS: ReadonlyArray<{ readonly dtype: Dtype.Dtype; readonly shards: number }> = [
  { dtype: "F32", shards: 1 },
  { dtype: "F32", shards: 5 },
  { dtype: "BF16", shards: 1 },
  { dtype: "BF16", shards: 5 },
  { dtype: "F16", shards: 1 },
]

const fixture = fileURLToPath(new URL("../test/fixtures/tiny-llama", import.meta.url))
const smollm = {
  ...(JSON.parse(readFileSync(join(fixture, "config.json"), "utf8")) as object),
  hidden_size: 576,
  intermediate_size: 1536,
  num_hidden_layers: 30,
  num_attention_heads: 9,
  num_key_value_heads: 3,
  head_dim: 64,
  vocab_size: 49_152,
  tie_word_embeddings: !flags.untied,
}
const config = ModelConfig.parse(smollm)
const weightBytes = 4 * Parameters.count(config)

/** Resident memory now, and at its greatest, in bytes: `VmRSS` and `VmHWM`. */
const resident = (field: "VmHWM" | "VmRSS"): number =>
  1024 * Number(new RegExp(`${field}:\\s*(\\d+)`).exec(readFileSync("/proc/self/status", "utf8"))![1])

/** Every parameter is a view of the same random numbers, which the slow back-end does not copy. */
const write = (folder: string, dtype: Dtype.Dtype, shards: number) =>
  Effect.gen(function* () {
    yield* Backend.Backend
    const specs = Parameters.specs(config)
    const sizes = specs.map(({ shape }) => shape.reduce((product, length) => product * length, 1))
    const key = Rng.key(0, "benchmark")
    const block = Float32Array.from({ length: 2 ** 16 }, (_, i) => 0.02 * Rng.normal(key, [i]))
    const numbers = new Float32Array(Math.max(...sizes))
    for (let at = 0; at < numbers.length; at += block.length) {
      numbers.set(block.subarray(0, Math.min(block.length, numbers.length - at)), at)
    }
    const parameters = Object.fromEntries(
      specs.map(({ kind, name, shape }, index) => [
        name,
        tf.tensor(numbers.subarray(0, sizes[index]), kind === "projection" ? shape.toReversed() : [...shape]),
      ]),
    )
    const bytes = Parameters.count(config) * (dtype === "F32" ? 4 : 2)
    const companions = new Map([
      ["config.json", new TextEncoder().encode(JSON.stringify(smollm))],
      ["tokenizer.json", new Uint8Array(readFileSync(join(fixture, "tokenizer.json")))],
    ])
    yield* ModelFolder.save(folder, config, companions, parameters, {
      dtype,
      maxShardBytes: shards === 1 ? bytes : bytes / (shards - 1),
    })
  }).pipe(Effect.provide([Backend.layerCpu, NodeServices.layer]))

const load = (folder: string, dtype: Dtype.Dtype) =>
  Effect.gen(function* () {
    yield* Backend.Backend
    tf.matMul(tf.ones([8, 8]), tf.ones([8, 8])).dataSync()
    const before = resident("VmRSS")
    const row: Array<string> = []
    const measured = Effect.fnUntraced(function* <A, E, R>(effect: Effect.Effect<A, E, R>) {
      const started = performance.now()
      const result = yield* effect
      const seconds = (performance.now() - started) / 1000
      row.push(`${((resident("VmHWM") - before) / weightBytes).toFixed(2)} | ${seconds.toFixed(1)}`)
      return result
    })
    const { parameters, companions } = yield* measured(
      Effect.gen(function* () {
        const { companions, weights } = yield* ModelFolder.load(folder)
        return { companions, parameters: yield* Parameters.load(config, weights) }
      }),
    )
    yield* measured(
      Effect.sync(() =>
        tf.tidy(() => {
          const { hidden } = Decoder.hiddenStates(parameters, config, Padding.left([Int32Array.of(1)]))
          return Decoder.logits(parameters, config, hidden).dataSync()
        }),
      ),
    )
    yield* measured(ModelFolder.save(join(folder, "saved"), config, companions, parameters, { dtype }))
    yield* Console.log(row.join(" | "))
  }).pipe(Effect.provide([backends[flags.case!]!, NodeServices.layer]))

const child = (...args: ReadonlyArray<string>) => {
  const { status, stderr, stdout } = spawnSync(
    process.execPath,
    [...process.execArgv, fileURLToPath(import.meta.url), ...(flags.untied ? ["--untied"] : []), ...args],
    { encoding: "utf8" },
  )
  if (status !== 0) throw new Error(stderr)
  return stdout.trim()
}

const all = Effect.gen(function* () {
  yield* Console.log(`${(weightBytes / 1e6).toFixed(0)} MB of weights in float32`)
  yield* Console.log("| back-end | checkpoint | load: peak | s | first answer: peak | s | save: peak | s |")
  yield* Console.log("| --- | --- | --- | --- | --- | --- | --- | --- |")
  for (const { dtype, shards } of VARIANTS) {
    const folder = mkdtempSync(join(tmpdir(), "loading-"))
    child("--case", `write ${dtype} ${shards}`, "--folder", folder)
    for (const backend of flags.backends.split(",")) {
      const row = child("--case", backend, "--folder", folder)
      yield* Console.log(`| ${backend} | ${dtype}, ${shards === 1 ? "one file" : `${shards} shards`} | ${row} |`)
      rmSync(join(folder, "saved"), { recursive: true })
    }
    rmSync(folder, { recursive: true })
  }
})

const [, dtype, shards] = /^write (\w+) (\d)$/.exec(flags.case ?? "") ?? []
const program =
  flags.case === undefined
    ? all
    : dtype === undefined
      ? load(flags.folder!, "F32")
      : write(flags.folder!, dtype as Dtype.Dtype, Number(shards))
await Effect.runPromise(program)
