/**
 * What gradient checkpointing saves and costs, by the number of layers:
 *
 *     node benchmark/checkpointing.ts [--backend wasm|tensorflow|cpu] [--rows 16] [--tokens 64]
 *
 * Loss and gradients of a fresh decoder of width 128. Memory is the peak above the weights, gradients included.
 */
import { parseArgs } from "node:util"
import { Backend, CompletionScores, ModelConfig, Parameters } from "@seed-grpo/runtime"
import { layerTensorFlow } from "@seed-grpo/runtime/TensorFlowBackend"
import * as tf from "@tensorflow/tfjs-core"
import { Effect, Layer } from "effect"
import { mebibytes, peakOf } from "./peak.ts"

const { values: flags } = parseArgs({
  options: {
    backend: { type: "string", default: "wasm" },
    rows: { type: "string", default: "16" },
    tokens: { type: "string", default: "64" },
  },
})
const backend = { wasm: Backend.layerWasm, cpu: Backend.layerCpu, tensorflow: layerTensorFlow }[flags.backend]
if (backend === undefined) throw new Error("--backend is wasm, tensorflow or cpu")
const [rows, half] = [Number(flags.rows), Number(flags.tokens) / 2]

const sequences = (stride: number) =>
  Array.from({ length: rows }, (_, row) => Int32Array.from({ length: half }, (_, t) => 1 + ((row * stride + t) % 10)))

const gradients = (parameters: Parameters.Parameters, config: ModelConfig.ModelConfig, checkpointing: boolean) => {
  const names = Object.keys(parameters)
  const loss = (...tensors: Array<tf.Tensor>): tf.Scalar =>
    tf.sum(
      CompletionScores.completionScores(Object.fromEntries(names.map((name, i) => [name, tensors[i]!])), config, {
        prompts: sequences(3),
        completions: sequences(7),
        temperature: 1,
        gradientCheckpointing: checkpointing,
      }).logprobs,
    )
  const found = tf.grads(loss)(Object.values(parameters))
  for (const gradient of found) gradient.dataSync()
  tf.dispose(found)
}

const measure = Effect.sync(() => {
  for (const layers of [2, 4, 8]) {
    const config = ModelConfig.parse({
      model_type: "qwen2",
      hidden_act: "silu",
      vocab_size: 64,
      hidden_size: 128,
      intermediate_size: 384,
      num_hidden_layers: layers,
      num_attention_heads: 4,
      num_key_value_heads: 2,
      max_position_embeddings: 2 * half,
      rms_norm_eps: 1e-6,
      rope_theta: 10_000,
      tie_word_embeddings: true,
    })
    const parameters = Parameters.fromHost(config, Parameters.initialise(config, 0))
    for (const checkpointing of [false, true]) {
      gradients(parameters, config, checkpointing)
      const { bytes, seconds } = peakOf(() => gradients(parameters, config, checkpointing))
      const kept = checkpointing ? "inputs of layers kept" : "everything kept"
      console.log(`${layers} layers, ${kept}: ${mebibytes(bytes)}, ${(1000 * seconds).toFixed(0)} ms`)
    }
    Parameters.dispose(parameters)
  }
})

await Effect.runPromise(Layer.build(backend).pipe(Effect.andThen(measure), Effect.scoped))
