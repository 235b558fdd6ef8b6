/**
 * A whole GRPO step beside TRL's `GRPOTrainer`, with the same weights, prompts and rewards, in one run:
 *
 *     pip install -r benchmark/peers/requirements.txt
 *     node benchmark/trl.ts [--backend tensorflow|wasm] [--tokens 32] [--turns 9] [--no-peer] [--python python3]
 *
 * A step samples 16 prompts × 8 completions of up to 32 --tokens, rewards each, and updates the policy once (0.75 M parameters;
 * Dr.GRPO, AdamW). A completion is right when it has an even number of characters: about half are, so every group has a signal.
 * Ours clusters answers and measures semantic entropy besides. The learning rate is 0, so that every step is like the first.
 *
 * The two take turns, for the speed of a shared machine drifts: medians over all turns, and the median of each turn's ratio.
 */
import { type ChildProcess, spawn } from "node:child_process"
import { copyFileSync, mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { createInterface } from "node:readline"
import { fileURLToPath } from "node:url"
import { parseArgs } from "node:util"
import * as NodeServices from "@effect/platform-node/NodeServices"
import { Clustering, type Problem } from "@seed-grpo/core"
import { Equivalence } from "@seed-grpo/equivalence"
import { Backend, ModelConfig, Parameters, Policy, Safetensors } from "@seed-grpo/runtime"
import { layerTensorFlow } from "@seed-grpo/runtime/TensorFlowBackend"
import * as Tensors from "@seed-grpo/runtime/Tensors"
import { Pipeline, RunConfig, TrainStep } from "@seed-grpo/trainer"
import { Console, Effect, Layer } from "effect"

const { values: flags } = parseArgs({
  options: {
    backend: { type: "string", default: "tensorflow" },
    python: { type: "string", default: "python3" },
    tokens: { type: "string", default: "32" },
    turns: { type: "string", default: "9" },
    "no-peer": { type: "boolean", default: false },
  },
})
const backend = { wasm: Backend.layerWasm, tensorflow: layerTensorFlow }[flags.backend]
if (backend === undefined) throw new Error("--backend tensorflow|wasm")

const [PROMPTS, SAMPLES, TOKENS] = [16, 8, Number(flags.tokens)] as const

const model = {
  architectures: ["Qwen2ForCausalLM"],
  model_type: "qwen2",
  hidden_act: "silu",
  vocab_size: 28,
  hidden_size: 128,
  intermediate_size: 352,
  num_hidden_layers: 4,
  num_attention_heads: 4,
  num_key_value_heads: 2,
  max_position_embeddings: 512,
  rms_norm_eps: 1e-6,
  rope_theta: 10000,
  tie_word_embeddings: false,
  eos_token_id: 0,
  torch_dtype: "float32",
}

const problems = Array.from({ length: PROMPTS }, (_, i): Problem => {
  const question = `${(37 * i + 12) % 90}+${(53 * i + 40) % 100}=`
  return { id: question, question, golds: ["?"] }
})

/** What both reward. */
const verdict = { outcome: "equivalent", stage: "text", reason: "an even number of characters" } as const
const even = Layer.succeed(Equivalence.Equivalence)({
  compare: () => Effect.succeed(verdict),
  grade: (_, text) =>
    Effect.succeed({
      correct: text.length % 2 === 0,
      extracted: {
        answer: text.slice(0, 1),
        start: 0,
        end: Math.min(1, text.length),
        rule: "whole-response",
        candidates: [text.slice(0, 1)],
        truncated: false,
      },
      verdict,
    }),
  cluster: (answers) => Effect.succeed(Clustering.byKey(answers.map((answer) => answer ?? ""))),
})

interface Step {
  readonly seconds: number
  readonly tokens: number
}

/** A process that takes a step for each line. */
const startPeer = async (folder: string) => {
  const script = fileURLToPath(new URL("./peers/trl_step.py", import.meta.url))
  const sizes = [PROMPTS, SAMPLES, TOKENS].map(String)
  const child: ChildProcess = spawn(flags.python, [script, folder, ...sizes], { stdio: ["pipe", "pipe", "inherit"] })
  const lines = createInterface({ input: child.stdout! })[Symbol.asyncIterator]()
  const read = async () => {
    const { done, value } = await lines.next()
    if (done === true) throw new Error("the peer ended: see its message above")
    return JSON.parse(value) as unknown
  }
  return {
    versions: (await read()) as string,
    step: async (): Promise<Step> => {
      child.stdin!.write("\n")
      return (await read()) as Step
    },
    stop: () => child.kill(),
  }
}

const median = (values: ReadonlyArray<number>) => values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)]!

const summary = (steps: ReadonlyArray<Step>) => {
  const tokens = steps.reduce((total, step) => total + step.tokens, 0) / steps.length / (PROMPTS * SAMPLES)
  const milliseconds = median(steps.map(({ seconds }) => 1000 * seconds))
  return `${milliseconds.toFixed(0)} ms a step, completions of ${tokens.toFixed(1)} tokens`
}

const program = Effect.gen(function* () {
  const folder = yield* Effect.acquireRelease(
    Effect.sync(() => mkdtempSync(join(tmpdir(), "seed-grpo-trl-"))),
    (path) => Effect.sync(() => rmSync(path, { recursive: true })),
  )
  writeFileSync(join(folder, "config.json"), JSON.stringify(model))
  writeFileSync(join(folder, "prompts.json"), JSON.stringify(problems.map(({ question }) => question)))
  const weights = Parameters.initialise(ModelConfig.parse(model), 1)
  writeFileSync(join(folder, "model.safetensors"), Safetensors.serialize(weights, { format: "pt" }))
  const demo = fileURLToPath(new URL("../../cli/demo/policy", import.meta.url))
  for (const file of ["tokenizer.json", "tokenizer_config.json"]) copyFileSync(join(demo, file), join(folder, file))

  const config = yield* RunConfig.parse({
    model: folder,
    steps: 1,
    problemsPerStep: PROMPTS,
    data: { kind: "arithmetic" },
    sampling: { groupSize: SAMPLES, maxTokens: TOKENS },
    optimizer: { learningRate: 0, microBatchTokens: 65_536 },
  })
  const pipeline = Layer.merge(Pipeline.layer(config, folder), even).pipe(Layer.provideMerge(backend))
  yield* Effect.gen(function* () {
    const { description } = yield* Backend.Backend
    let number = 0
    const step = Effect.gen(function* () {
      const started = performance.now()
      number += 1
      const { groups } = yield* TrainStep.measure({
        problems: problems.map((problem) => ({ problem, prompt: problem.question })),
        groupSize: SAMPLES,
        maxTokens: TOKENS,
        temperature: 1,
        stop: [],
        seed: 0,
        stream: "sampling",
        step: number,
      })
      const { updates } = yield* TrainStep.learn(groups, 1)
      if (updates[0]?.outcome !== "applied") throw new Error("a step without an update")
      const lengths = groups.flatMap(({ group }) => group.completions.map(({ tokens }) => tokens.length))
      return { seconds: (performance.now() - started) / 1000, tokens: lengths.reduce((a, b) => a + b, 0) }
    })
    const peer = flags["no-peer"] ? undefined : yield* Effect.promise(() => startPeer(folder))
    if (peer !== undefined) yield* Effect.addFinalizer(() => Effect.sync(peer.stop))
    for (let warmUp = 0; warmUp < 3; warmUp++) {
      yield* step
      if (peer !== undefined) yield* Effect.promise(peer.step)
    }
    const live = Tensors.live()
    const [mine, others]: [Array<Step>, Array<Step>] = [[], []]
    for (let turn = 0; turn < Number(flags.turns); turn++) {
      mine.push(yield* step)
      if (peer !== undefined) others.push(yield* Effect.promise(peer.step))
      // PyTorch's threads go on spinning for a while after their work.
      yield* Effect.sleep("500 millis")
    }
    if (Tensors.live() !== live) throw new Error(`${Tensors.live() - live} tensors leaked`)
    const { config: policy } = yield* Policy.Policy
    yield* Console.log(
      `${Parameters.count(policy)} parameters, ${PROMPTS} prompts × ${SAMPLES} completions of up to ${TOKENS} tokens`,
    )
    yield* Console.log(`${description}: ${summary(mine)}`)
    if (peer === undefined) return
    yield* Console.log(`${peer.versions}: ${summary(others)}`)
    const ratio = median(others.map(({ seconds }, turn) => seconds / mine[turn]!.seconds))
    yield* Console.log(`ratio ${ratio.toFixed(2)}`)
  }).pipe(Effect.scoped, Effect.provide(pipeline))
})

await Effect.runPromise(program.pipe(Effect.scoped, Effect.provide(NodeServices.layer)))
