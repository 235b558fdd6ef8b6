/**
 * A training step and decoding beside Transformers on PyTorch, with the same weights and tokens, in one run:
 *
 *     pip install -r benchmark/peers/requirements.txt
 *     node benchmark/peer.ts [--backend tensorflow|wasm] [--policy demo|small|25m] [--eager] [--threads N]
 *         [--no-peer] [--python python3]
 *
 * A step is what training runs: forward, cross-entropy of the completions, backward and AdamW; decoding is plain sampling at
 * temperature 1 with a key/value cache, without end tokens. On `tensorflow` both are compiled, unless --eager; decoding in as
 * many lanes as there are --threads and the policy's size allows.
 *
 * The two take turns, for the speed of a shared machine drifts: medians over all turns, and the median of each turn's ratio.
 */
import { type ChildProcess, spawn } from "node:child_process"
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { createInterface } from "node:readline"
import { fileURLToPath } from "node:url"
import { parseArgs } from "node:util"
import { Rng } from "@seed-grpo/core"
import {
  AdamW,
  CompiledUpdate,
  Optimizer,
  OptimizerStep,
  ParameterGroups,
  PolicyGradient,
  Supervised,
} from "@seed-grpo/grpo"
import { Backend, CompiledGeneration, Generation, ModelConfig, Parameters, Safetensors } from "@seed-grpo/runtime"
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
    turns: { type: "string", default: "7" },
    threads: { type: "string", default: String(navigator.hardwareConcurrency) },
    eager: { type: "boolean", default: false },
    "no-peer": { type: "boolean", default: false },
  },
})

const demo = fileURLToPath(new URL("../../cli/demo/policy/config.json", import.meta.url))

const large = {
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

const small = {
  ...large,
  vocab_size: 28,
  hidden_size: 128,
  intermediate_size: 352,
  num_hidden_layers: 4,
  num_attention_heads: 4,
}

/** Rows, and the columns of their prompts and completions. */
const workloads = {
  demo: { json: JSON.parse(readFileSync(demo, "utf8")) as object, sizes: [64, 16, 32], times: 3 },
  small: { json: small, sizes: [64, 16, 32], times: 3 },
  "25m": { json: large, sizes: [16, 16, 112], times: 1 },
} as const
const workload = workloads[flags.policy as keyof typeof workloads]
const backend = { wasm: Backend.layerWasm, tensorflow: layerTensorFlow }[flags.backend]
if (workload === undefined || backend === undefined)
  throw new Error("--policy demo|small|25m, --backend tensorflow|wasm")

const config = ModelConfig.parse(workload.json)
const host = Parameters.initialise(config, 1)
const [batch, prompt, completion] = workload.sizes
const ids = Array.from({ length: batch }, (_, b) =>
  Int32Array.from({ length: prompt + completion }, (__, t) => (7 * b + 13 * t * t + 5 * t) % config.vocabularySize),
)

type Work = "train" | "decode"

interface Timed {
  readonly seconds: ReadonlyArray<number>
  readonly loss: number
}

interface Peer {
  readonly versions: string
  readonly run: (work: Work, times: number) => Promise<Timed>
  readonly stop: () => void
}

/** A process that waits for requests. */
const startPeer = async (): Promise<Peer> => {
  const folder = mkdtempSync(join(tmpdir(), "seed-grpo-peer-"))
  writeFileSync(join(folder, "config.json"), JSON.stringify(workload.json))
  writeFileSync(join(folder, "model.safetensors"), Safetensors.serialize(host, { format: "pt" }))
  const script = fileURLToPath(new URL("./peers/transformers_speed.py", import.meta.url))
  const child: ChildProcess = spawn(flags.python, [script, folder, ...workload.sizes.map(String)], {
    stdio: ["pipe", "pipe", "inherit"],
  })
  const lines = createInterface({ input: child.stdout! })[Symbol.asyncIterator]()
  const read = async () => {
    const { done, value } = await lines.next()
    if (done === true) throw new Error("the peer ended: see its message above")
    return JSON.parse(value) as unknown
  }
  const versions = (await read()) as string
  return {
    versions,
    run: async (work, times) => {
      child.stdin!.write(`${JSON.stringify({ do: work, times })}\n`)
      return (await read()) as Timed
    },
    stop: () => {
      child.kill()
      rmSync(folder, { recursive: true })
    },
  }
}

const median = (values: ReadonlyArray<number>) => values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)]!

const adamW = AdamW.adamW({ beta1: 0.9, beta2: 0.999, epsilon: 1e-8 })
const learningRate = 0
const groups = ParameterGroups.byDecay(Parameters.specs(config), 0.01, () => true)

/** Our own two kinds of work, as a policy on this back-end does them. */
const startOurs = () => {
  let parameters = Parameters.fromHost(config, host)
  let state = Optimizer.initial(adamW, parameters)
  const compiled = flags.backend === "tensorflow" && !flags.eager
  const update = compiled ? CompiledUpdate.make() : undefined
  const generation = compiled ? CompiledGeneration.make(config, { threads: Number(flags.threads) }) : undefined
  const { gradient, step } = update ?? {
    gradient: PolicyGradient.policyGradient,
    step: OptimizerStep.step,
  }
  const rows = ids.map((row) => ({
    prompt: row.subarray(0, prompt),
    completion: row.subarray(prompt),
    oldLogprobs: new Float64Array(completion),
    advantage: 1,
  }))
  const key = Rng.key(0, "benchmark")
  const request: Generation.GenerationRequest = {
    prompts: rows.map((row) => row.prompt),
    samples: 1,
    maxTokens: completion,
    temperature: 1,
    endTokens: [],
    uniform: (row, token) => Rng.uniform(key, [row, token]),
  }
  const train = async () => {
    const { gradients, loss } = await gradient(Supervised.supervised, parameters, config, rows, { temperature: 1 })
    const next = step({ optimizer: adamW, groups, learningRate }, parameters, gradients, state, 1)
    tf.dispose(Object.values(gradients))
    Parameters.dispose(parameters)
    Optimizer.dispose(state)
    parameters = next.parameters
    state = next.state
    return loss
  }
  const decode = async () => {
    const session =
      generation === undefined ? Generation.start(parameters, config, request) : generation.start(parameters, request)
    while (await session.next());
    session.dispose()
    return 0
  }
  return {
    run: async (work: Work, times: number): Promise<Timed> => {
      const seconds: Array<number> = []
      let loss = 0
      for (let index = 0; index < times; index++) {
        const started = performance.now()
        loss = await (work === "train" ? train() : decode())
        seconds.push((performance.now() - started) / 1000)
      }
      return { seconds, loss }
    },
    /** Floating-point operations of a step, and of a call that decodes; none where nothing is compiled. */
    flops: () => (update === undefined ? 0 : Math.max(...update.explain().map(({ flops }) => flops))),
  }
}

const pause = () => new Promise((done) => setTimeout(done, 500))

const program = Effect.promise(async () => {
  const ours = startOurs()
  const theirs = flags["no-peer"] ? undefined : await startPeer()
  try {
    for (const work of ["train", "decode"] as const) {
      await ours.run(work, 2)
      await theirs?.run(work, 2)
    }
    const live = Tensors.live()
    console.log(
      `${Parameters.count(config)} parameters, ${batch} rows of ${prompt} + ${completion} tokens, turns: ${flags.turns}`,
    )
    if (theirs !== undefined) console.log(theirs.versions)
    for (const work of ["train", "decode"] as const) {
      const mine: Array<number> = []
      const others: Array<number> = []
      const speeds: Array<number> = []
      let losses = ""
      for (let turn = 0; turn < Number(flags.turns); turn++) {
        const first = await ours.run(work, workload.times)
        speeds.push(await MatrixSpeed.gigaflops(512))
        // PyTorch's threads go on spinning for a while after their work.
        const second = await theirs?.run(work, workload.times)
        await pause()
        mine.push(median(first.seconds))
        if (second !== undefined) others.push(median(second.seconds))
        if (work === "train") losses = `, loss ${first.loss.toFixed(5)} and ${second?.loss.toFixed(5) ?? "-"}`
      }
      const ratio =
        others.length === 0 ? "" : `, ratio ${median(others.map((other, i) => other / mine[i]!)).toFixed(2)}`
      if (work === "train") {
        const share = median(mine.map((seconds, i) => ours.flops() / seconds / 1e9 / speeds[i]!))
        console.log(
          `training step: ${(1000 * median(mine)).toFixed(1)} ms, peer ${(1000 * median(others)).toFixed(1)} ms${ratio}${losses}`,
        )
        console.log(
          `  ${(100 * share).toFixed(0)} % of the speed of bare products (${median(speeds).toFixed(0)} GFLOP/s)`,
        )
      } else {
        const speed = (seconds: number) => ((batch * completion) / seconds).toFixed(0)
        console.log(`decoding: ${speed(median(mine))} tokens/s, peer ${speed(median(others))} tokens/s${ratio}`)
      }
    }
    if (Tensors.live() !== live) throw new Error(`${Tensors.live() - live} tensors leaked`)
  } finally {
    theirs?.stop()
  }
})

await Effect.runPromise(Effect.provide(program, backend))
