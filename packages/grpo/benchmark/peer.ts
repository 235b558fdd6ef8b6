/**
 * A training step and decoding beside Transformers on PyTorch, with the same weights and tokens, in one run:
 *
 *     pip install -r benchmark/peers/requirements.txt
 *     node benchmark/peer.ts [--backend tensorflow|wasm] [--policy demo|25m] [--python python3]
 *
 * A step is forward, mean cross-entropy of the next tokens, backward and AdamW; decoding is plain sampling at temperature
 * 1 with a key/value cache, without end tokens. Medians after warm-up; the peer runs alone, before ours.
 */
import { spawnSync } from "node:child_process"
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { fileURLToPath } from "node:url"
import { parseArgs } from "node:util"
import { Rng } from "@seed-grpo/core"
import { AdamW } from "@seed-grpo/grpo"
import { Backend, CompletionScores, Generation, ModelConfig, Parameters, Safetensors } from "@seed-grpo/runtime"
import * as MatrixSpeed from "@seed-grpo/runtime/MatrixSpeed"
import { layerTensorFlow } from "@seed-grpo/runtime/TensorFlowBackend"
import * as Tensors from "@seed-grpo/runtime/Tensors"
import * as tf from "@tensorflow/tfjs-core"
import { Effect } from "effect"

const { values: flags } = parseArgs({
  options: {
    backend: { type: "string", default: "tensorflow" },
    policy: { type: "string", default: "demo" },
    python: { type: "string", default: "python3" },
    steps: { type: "string", default: "9" },
    "no-peer": { type: "boolean", default: false },
  },
})

const demo = fileURLToPath(new URL("../../cli/demo/policy/config.json", import.meta.url))

const qwen2 = {
  architectures: ["Qwen2ForCausalLM"],
  model_type: "qwen2",
  hidden_act: "silu",
  vocab_size: 8192,
  hidden_size: 384,
  intermediate_size: 1664,
  num_hidden_layers: 8,
  num_attention_heads: 6,
  num_key_value_heads: 2,
  max_position_embeddings: 512,
  rms_norm_eps: 1e-6,
  rope_theta: 10000,
  tie_word_embeddings: false,
  torch_dtype: "float32",
}

/** Rows and columns of a training batch; rows, prompt and new tokens of a generation. */
const workloads = {
  demo: { json: JSON.parse(readFileSync(demo, "utf8")) as object, train: [64, 48], decode: [64, 16, 32] },
  "25m": { json: qwen2, train: [16, 128], decode: [16, 16, 112] },
} as const
const workload = workloads[flags.policy as keyof typeof workloads]
const backend = { wasm: Backend.layerWasm, tensorflow: layerTensorFlow }[flags.backend]
if (workload === undefined || backend === undefined) throw new Error("--policy demo|25m, --backend tensorflow|wasm")

const config = ModelConfig.parse(workload.json)
const host = Parameters.initialise(config, 1)
const [batch, length] = workload.train
const [rows, prompt, fresh] = workload.decode

const tokens = (count: number, width: number): ReadonlyArray<Int32Array> =>
  Array.from({ length: count }, (_, b) =>
    Int32Array.from({ length: width }, (__, t) => (7 * b + 13 * t * t + 5 * t) % config.vocabularySize),
  )

interface Measured {
  readonly loss: number
  readonly train_ms: number
  readonly decode_tokens_per_second: number
  readonly versions: string
}

const peer = (): Measured => {
  const folder = mkdtempSync(join(tmpdir(), "seed-grpo-peer-"))
  try {
    writeFileSync(join(folder, "config.json"), JSON.stringify(workload.json))
    writeFileSync(join(folder, "model.safetensors"), Safetensors.serialize(host, { format: "pt" }))
    const script = fileURLToPath(new URL("./peers/transformers_speed.py", import.meta.url))
    const sizes = [batch, length, rows, prompt, fresh].map(String)
    const { status, stderr, stdout } = spawnSync(flags.python, [script, folder, ...sizes], { encoding: "utf8" })
    if (status !== 0) throw new Error(stderr)
    return JSON.parse(stdout.trim().split("\n").at(-1)!) as Measured
  } finally {
    rmSync(folder, { recursive: true })
  }
}

const median = async <A>(run: () => A | Promise<A>, warmUp: number, times: number) => {
  const durations: Array<number> = []
  let value = await run()
  for (let index = 1; index < warmUp + times; index++) {
    const started = performance.now()
    value = await run()
    if (index >= warmUp) durations.push(performance.now() - started)
  }
  return [durations.toSorted((a, b) => a - b)[Math.floor(durations.length / 2)]!, value] as const
}

const ours = async (): Promise<Measured> => {
  let parameters = Parameters.fromHost(config, host)
  const key = Rng.key(0, "benchmark")
  const [decodeMs] = await median(
    () =>
      Generation.generate(parameters, config, {
        prompts: tokens(rows, prompt),
        samples: 1,
        maxTokens: fresh,
        temperature: 1,
        endTokens: [],
        uniform: (row, token) => Rng.uniform(key, [row, token]),
      }),
    2,
    5,
  )
  const names = Object.keys(parameters)
  let state = AdamW.initial(parameters)
  const ids = tokens(batch, length)
  const request = {
    prompts: ids.map((row) => row.subarray(0, 1)),
    completions: ids.map((row) => row.subarray(1)),
    temperature: 1,
  }
  const step = () => {
    const { grads, value } = tf.valueAndGrads((...tensors: Array<tf.Tensor>) => {
      const current = Object.fromEntries(names.map((name, index) => [name, tensors[index]!]))
      return tf.neg(tf.mean(CompletionScores.completionScores(current, config, request).logprobs))
    })(names.map((name) => parameters[name]!))
    const gradients = Object.fromEntries(names.map((name, index) => [name, grads[index]!]))
    const next = AdamW.update(
      { learningRate: 0, beta1: 0.9, beta2: 0.999, epsilon: 1e-8, weightDecay: 0.01 },
      parameters,
      gradients,
      state,
    )
    const loss = value.dataSync()[0]!
    tf.dispose([value, grads])
    Parameters.dispose(parameters)
    AdamW.dispose(state)
    parameters = next.parameters
    state = next.state
    return loss
  }
  step()
  const before = Tensors.live()
  const [train, loss] = await median(step, 3, Number(flags.steps))
  if (Tensors.live() !== before) throw new Error(`${Tensors.live() - before} tensors leaked`)
  return { loss, train_ms: train, decode_tokens_per_second: (1000 * rows * fresh) / decodeMs, versions: "" }
}

const program = Effect.gen(function* () {
  const theirs = flags["no-peer"] ? undefined : peer()
  const { description } = yield* Backend.Backend
  const speed = yield* Effect.promise(() => MatrixSpeed.gigaflops(512))
  console.log(`${description}, ${speed.toFixed(0)} GFLOP/s; ${Parameters.count(config)} parameters`)
  const mine = yield* Effect.promise(ours)
  console.log(`training step ${batch} x ${length}: ${mine.train_ms.toFixed(1)} ms, loss ${mine.loss.toFixed(5)}`)
  console.log(
    `decoding ${rows} rows, ${prompt} + ${fresh} tokens: ${mine.decode_tokens_per_second.toFixed(0)} tokens/s`,
  )
  if (theirs === undefined) return
  console.log(`${theirs.versions}: ${theirs.train_ms.toFixed(1)} ms, loss ${theirs.loss.toFixed(5)}`)
  console.log(`  generate: ${theirs.decode_tokens_per_second.toFixed(0)} tokens/s`)
  console.log(
    `ratio: training ${(theirs.train_ms / mine.train_ms).toFixed(2)}, ` +
      `decoding ${(mine.decode_tokens_per_second / theirs.decode_tokens_per_second).toFixed(2)}`,
  )
})

await Effect.runPromise(Effect.provide(program, backend))
