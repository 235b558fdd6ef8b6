/**
 * What log-probabilities and entropies cost, forward and backward, with a large vocabulary: in pieces, and all logits at
 * once.
 *
 *     node benchmark/headMemory.ts [--backends wasm,tensorflow] [--tokens 512] [--vocabulary 151936] [--width 896]
 *
 * Every case has a process of its own. `tensors` is the peak above weight and hidden states, `RSS` the process's peak.
 */
import { spawnSync } from "node:child_process"
import { fileURLToPath } from "node:url"
import { parseArgs } from "node:util"
import { Backend } from "@seed-grpo/runtime"
import "@seed-grpo/runtime/Gradients"
import { MOST_LOGITS, tokenScores } from "@seed-grpo/runtime/layers/TokenScores"
import { product } from "@seed-grpo/runtime/layers/Product"
import { layerTensorFlow } from "@seed-grpo/runtime/TensorFlowBackend"
import * as tf from "@tensorflow/tfjs-core"
import { Effect, Layer } from "effect"
import { mebibytes, type Peak, peakOf } from "./peak.ts"

const { values: flags } = parseArgs({
  options: {
    backends: { type: "string", default: "wasm,tensorflow" },
    tokens: { type: "string", default: "512" },
    vocabulary: { type: "string", default: "151936" },
    width: { type: "string", default: "896" },
    case: { type: "string" },
  },
})
const [tokens, vocabulary, width] = [Number(flags.tokens), Number(flags.vocabulary), Number(flags.width)]

type Scores = (hidden: tf.Tensor2D, weight: tf.Tensor2D, targets: Int32Array) => tf.Tensor

const inPieces =
  (mostLogits: number): Scores =>
  (hidden, weight, targets) =>
    tokenScores(hidden, { weight, tied: true, trained: true }, targets, 1, mostLogits)

/** Step by step, as one would write it. */
const stepByStep: Scores = (hidden, weight, targets) => {
  const logits = product(hidden, weight, false, true)
  const probabilities = tf.softmax(logits)
  const logprobs = tf.log(probabilities)
  tf.neg(tf.sum(tf.mul(probabilities, logprobs), -1))
  return tf.sum(tf.mul(logprobs, tf.oneHot(tf.tensor1d(targets, "int32"), weight.shape[0])), -1)
}

const cases: { readonly [name: string]: Scores } = {
  "step by step": stepByStep,
  "one piece": inPieces(Infinity),
  "pieces of 2^24": inPieces(2 ** 24),
  [`pieces of 2^${Math.log2(MOST_LOGITS)}, the default`]: inPieces(MOST_LOGITS),
  "pieces of 2^20": inPieces(2 ** 20),
}

const backends = { wasm: Backend.layerWasm, cpu: Backend.layerCpu, tensorflow: layerTensorFlow }

const measure = (scores: Scores): Peak => {
  const hidden = tf.randomUniform([tokens, width], -1, 1, "float32", 1)
  const weight = tf.randomUniform([vocabulary, width], -0.05, 0.05, "float32", 2)
  const targets = Int32Array.from({ length: tokens }, (_, n) => (n * 7919) % vocabulary)
  // Once outside the measurement, on little: engines compile their code in it.
  const run = (rows: tf.Tensor, table: tf.Tensor) => {
    const few = targets.map((target) => target % table.shape[0]).subarray(0, rows.shape[0])
    const loss = (x: tf.Tensor, w: tf.Tensor) => tf.sum(scores(x as tf.Tensor2D, w as tf.Tensor2D, few))
    const gradients = tf.grads(loss)([rows, table])
    for (const gradient of gradients) tf.slice(gradient, [0, 0], [1, 1]).dataSync()
    tf.dispose(gradients)
  }
  tf.tidy(() => run(tf.slice(hidden, [0, 0], [8, -1]), tf.slice(weight, [0, 0], [64, -1])))
  return peakOf(() => tf.tidy(() => run(hidden, weight)))
}

if (flags.case === undefined) {
  for (const backend of flags.backends.split(",")) {
    for (const name of Object.keys(cases)) {
      const { status, stderr, stdout } = spawnSync(
        process.execPath,
        [fileURLToPath(import.meta.url), ...process.argv.slice(2), "--backends", backend, "--case", name],
        { encoding: "utf8", maxBuffer: 2 ** 26 },
      )
      const why = stderr.split("\n").find((line) => /(?:error|terminate|abort)/i.test(line)) ?? "killed"
      console.log(`${backend}, ${name}: ${status === 0 ? stdout.trim() : `failed (${why.trim()})`}`)
    }
  }
} else {
  const backend = backends[flags.backends as keyof typeof backends]
  await Effect.runPromise(
    Layer.build(backend).pipe(
      Effect.map(() => {
        const { bytes, seconds } = measure(cases[flags.case!]!)
        const rss = mebibytes(process.resourceUsage().maxRSS * 1024)
        console.log(`${mebibytes(bytes)} of tensors, RSS ${rss}, ${seconds.toFixed(1)} s`)
      }),
      Effect.scoped,
    ),
  )
}
