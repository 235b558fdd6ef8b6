/**
 * A training step on WebAssembly beside the same step as one would write it first, on the demo policy:
 *
 *     node benchmark/naive.ts [--policy FOLDER] [--batch 64] [--columns 48] [--steps 9]
 *
 * The naive model is plain TensorFlow.js, differentiated step by step: weights as checkpoints store them (`matMul` with
 * `transposeB`), rotary positions by slices and `concat`, keys copied for grouped heads, RMSNorm and SwiGLU from single
 * operations, `logSoftmax` and a one-hot product. Only the embedding's look-up had to be changed: the gradient of `gather`
 * does not exist on WebAssembly, so it is a one-hot product too. Both give the same loss and gradients; that is checked.
 */
import { fileURLToPath } from "node:url"
import { parseArgs } from "node:util"
import * as NodeServices from "@effect/platform-node/NodeServices"
import { Backend, CompletionScores, type ModelConfig, ModelFolder, Parameters, Rope, Weights } from "@seed-grpo/runtime"
import "@tensorflow/tfjs-backend-wasm"
import * as tf from "@tensorflow/tfjs-core"
import { Console, Effect, Layer } from "effect"

const { values: flags } = parseArgs({
  options: {
    policy: { type: "string", default: fileURLToPath(new URL("../../cli/demo/policy", import.meta.url)) },
    batch: { type: "string", default: "64" },
    columns: { type: "string", default: "48" },
    steps: { type: "string", default: "9" },
  },
})
const [batch, columns, steps] = [flags.batch, flags.columns, flags.steps].map(Number) as [number, number, number]

/** The back-end as it comes, before the runtime puts kernels of its own in. */
const plainKernels = ["BatchMatMul", "Identity"].map((name) => tf.getKernel(name, "wasm"))

const withKernels = (kernels: ReadonlyArray<tf.KernelConfig>): void => {
  for (const kernel of kernels) {
    tf.unregisterKernel(kernel.kernelName, "wasm")
    tf.registerKernel(kernel)
  }
}

type Tensors = Readonly<Record<string, tf.Tensor>>

const ids = (config: ModelConfig.ModelConfig): ReadonlyArray<Int32Array> =>
  Array.from({ length: batch }, (_, b) =>
    Int32Array.from({ length: columns }, (__, t) => (7 * b + 13 * t * t + 5 * t) % config.vocabularySize),
  )

/** Mean cross-entropy of the next tokens, as one would write it first. */
const naiveLoss = (weights: Tensors, config: ModelConfig.ModelConfig, rows: ReadonlyArray<Int32Array>): tf.Scalar => {
  const { headDim, heads, keyHeads, normEpsilon, vocabularySize } = config
  const length = columns - 1
  const project = (x: tf.Tensor, name: string) => {
    const y = tf.matMul(tf.reshape(x, [batch * length, -1]), weights[`${name}.weight`]!, false, true)
    const bias = weights[`${name}.bias`]
    return tf.reshape(bias === undefined ? y : tf.add(y, bias), [batch, length, -1])
  }
  const norm = (x: tf.Tensor, name: string) => {
    const variance = tf.mean(tf.square(x), -1, true)
    return tf.mul(tf.mul(x, tf.rsqrt(tf.add(variance, normEpsilon))), weights[`${name}.weight`]!)
  }
  const half = headDim / 2
  const frequencies = Rope.frequencies(config.rope, headDim, length)
  const angles = Float32Array.from(
    { length: length * headDim },
    (_, i) => Math.floor(i / headDim) * frequencies[(i % headDim) % half]!,
  )
  const angle = tf.tensor4d(angles, [1, length, 1, headDim])
  const [cosine, sine] = [tf.cos(angle), tf.sin(angle)]
  const rotate = (x: tf.Tensor4D) => {
    const [first, second] = [tf.slice(x, [0, 0, 0, 0], [-1, -1, -1, half]), tf.slice(x, [0, 0, 0, half])]
    return tf.add(tf.mul(x, cosine), tf.mul(tf.concat([tf.neg(second), first], -1), sine))
  }
  const byHead = (x: tf.Tensor) => tf.transpose(x, [0, 2, 1, 3])
  const copied = (x: tf.Tensor) => {
    const each = tf.reshape(x, [batch, keyHeads, 1, length * headDim])
    const copies = tf.concat(
      Array.from({ length: heads / keyHeads }, () => each),
      2,
    )
    return tf.reshape(copies, [batch, heads, length, headDim])
  }
  const future = tf.tensor4d(
    Float32Array.from({ length: length * length }, (_, i) => (i % length > Math.floor(i / length) ? -1e9 : 0)),
    [1, 1, length, length],
  )
  const inputs = tf.tensor1d(
    rows.flatMap((row) => [...row.subarray(0, length)]),
    "int32",
  )
  const embedding = weights["model.embed_tokens.weight"] as tf.Tensor2D
  let x: tf.Tensor = tf.reshape(tf.matMul(tf.oneHot(inputs, vocabularySize), embedding), [batch, length, -1])
  for (let layer = 0; layer < config.layers; layer++) {
    const name = `model.layers.${layer}`
    const y = norm(x, `${name}.input_layernorm`)
    const split = (which: string) =>
      tf.reshape<tf.Rank.R4>(project(y, `${name}.self_attn.${which}_proj`), [batch, length, -1, headDim])
    const [query, key] = [byHead(rotate(split("q"))), copied(byHead(rotate(split("k"))))]
    const scores = tf.div(tf.matMul(query, key, false, true), Math.sqrt(headDim))
    const mixed = tf.matMul(tf.softmax(tf.add(scores, future)), copied(byHead(split("v"))))
    x = tf.add(x, project(tf.reshape(byHead(mixed), [batch, length, -1]), `${name}.self_attn.o_proj`))
    const z = norm(x, `${name}.post_attention_layernorm`)
    const gate = project(z, `${name}.mlp.gate_proj`)
    const activated = tf.mul(tf.mul(gate, tf.sigmoid(gate)), project(z, `${name}.mlp.up_proj`))
    x = tf.add(x, project(activated, `${name}.mlp.down_proj`))
  }
  const head = weights["lm_head.weight"] ?? embedding
  const logits = tf.matMul(tf.reshape(norm(x, "model.norm"), [batch * length, -1]), head, false, true)
  const logprobs = tf.logSoftmax(logits)
  const targets = tf.tensor1d(
    rows.flatMap((row) => [...row.subarray(1)]),
    "int32",
  )
  return tf.neg(tf.mean(tf.sum(tf.mul(logprobs, tf.oneHot(targets, vocabularySize)), -1)))
}

const median = (run: () => void): number => {
  const durations = Array.from({ length: steps + 2 }, () => {
    const started = performance.now()
    run()
    return performance.now() - started
  })
  return durations.slice(2).toSorted((a, b) => a - b)[Math.floor(steps / 2)]!
}

const program = Effect.gen(function* () {
  const { description } = yield* Backend.Backend
  const { config, weights } = yield* ModelFolder.load(flags.policy)
  const host = yield* Weights.toHost(weights)
  const rows = ids(config)
  const ours = Parameters.fromHost(config, host)
  const stored = Object.fromEntries([...host].map(([name, { data, shape }]) => [name, tf.tensor(data, [...shape])]))
  const names = Parameters.specs(config).map(({ name }) => name)
  const gradients = (parameters: Tensors, loss: (current: Tensors) => tf.Scalar) => {
    const { grads, value } = tf.valueAndGrads((...tensors: Array<tf.Tensor>) =>
      loss(Object.fromEntries(names.map((name, index) => [name, tensors[index]!]))),
    )(names.map((name) => parameters[name]!))
    return { loss: value.dataSync()[0]!, value, grads }
  }
  const runOurs = () =>
    gradients(ours, (current) =>
      tf.neg(
        tf.mean(
          CompletionScores.completionScores(current, config, {
            prompts: rows.map((row) => row.subarray(0, 1)),
            completions: rows.map((row) => row.subarray(1)),
            temperature: 1,
          }).logprobs,
        ),
      ),
    )
  const runNaive = () => gradients(stored, (current) => naiveLoss(current, config, rows))

  const ownKernels = plainKernels.map(({ kernelName }) => tf.getKernel(kernelName, "wasm"))
  const mine = runOurs()
  withKernels(plainKernels)
  const plain = runNaive()
  const mineByName = Object.fromEntries(names.map((name, index) => [name, mine.grads[index]!]))
  const turned = yield* Effect.promise(() => Parameters.toHost(config, mineByName))
  let worst = Math.abs(mine.loss - plain.loss)
  for (const [index, name] of names.entries()) {
    const [a, b] = [turned.get(name)!.data, plain.grads[index]!.dataSync<"float32">()]
    const norm = Math.sqrt(b.reduce((sum, value) => sum + value * value, 0))
    const difference = Math.sqrt(a.reduce((sum, value, i) => sum + (value - b[i]!) ** 2, 0))
    worst = Math.max(worst, difference / norm)
  }
  if (!(worst < 1e-4)) throw new Error(`the two differ by ${worst}`)
  yield* Console.log(`${description}; ${Parameters.count(config)} parameters, batch ${batch} × ${columns}`)
  yield* Console.log(
    `loss ${mine.loss.toFixed(5)}; gradients differ by at most ${worst.toExponential(1)} (relative L2)`,
  )
  const time = (run: typeof runOurs) => median(() => tf.dispose(Object.values(run()).flat() as Array<tf.Tensor>))
  const naiveMs = time(runNaive)
  withKernels(ownKernels)
  const [oursMs, mixedMs] = [time(runOurs), time(runNaive)]
  yield* Console.log(`ours ${oursMs.toFixed(0)} ms, naive ${naiveMs.toFixed(0)} ms: ${(naiveMs / oursMs).toFixed(1)} ×`)
  yield* Console.log(`the naive formulation on our kernels ${mixedMs.toFixed(0)} ms`)
})

await Effect.runPromise(Effect.provide(program, Layer.merge(Backend.layerWasm, NodeServices.layer)))
