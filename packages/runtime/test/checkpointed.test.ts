/** Gradients with checkpointing equal those without, and less is held. */
import { fileURLToPath } from "node:url"
import * as NodeServices from "@effect/platform-node/NodeServices"
import {
  Backend,
  CompletionScores,
  Lora,
  type LoraConfig,
  type ModelConfig,
  Parameters,
  Policy,
} from "@seed-grpo/runtime"
import { checkpointed } from "@seed-grpo/runtime/layers/Checkpointed"
import * as tf from "@tensorflow/tfjs-core"
import { assert, layer } from "@effect/vitest"
import { Effect, Layer } from "effect"

const prompts = [Int32Array.of(5, 6, 7), Int32Array.of(9)]
const completions = [Int32Array.of(3, 4), Int32Array.of(8, 7, 6, 5)]

const adapter: LoraConfig.LoraConfig = {
  rank: 2,
  alpha: 4,
  rankStabilised: false,
  targets: ["q_proj", "down_proj"],
  ranks: {},
  alphas: {},
  baseModel: "",
}

const gradients = (parameters: Parameters.Parameters, config: ModelConfig.ModelConfig, checkpointing: boolean) => {
  const names = Parameters.trainable(config).map(({ name }) => name)
  const loss = (...tensors: Array<tf.Tensor>): tf.Scalar => {
    const current = { ...parameters, ...Object.fromEntries(names.map((name, i) => [name, tensors[i]!])) }
    const { logprobs } = CompletionScores.completionScores(current, config, {
      prompts,
      completions,
      temperature: 1,
      gradientCheckpointing: checkpointing,
    })
    return tf.sum(logprobs)
  }
  const { grads, value } = tf.valueAndGrads(loss)(names.map((name) => parameters[name]!))
  const numbers = grads.map((gradient) => gradient.dataSync<"float32">())
  const total = value.dataSync()[0]!
  tf.dispose([value, ...grads])
  return { loss: total, numbers }
}

for (const [name, backend] of [
  ["cpu", Backend.layerCpu],
  ["wasm", Backend.layerWasm],
] as const) {
  for (const model of ["tiny-qwen2", "tiny-qwen3", "tiny-llama", "tiny-mistral"]) {
    const folder = fileURLToPath(new URL(`./fixtures/${model}`, import.meta.url))
    const policy = Policy.layer(folder).pipe(Layer.provide(NodeServices.layer), Layer.provide(backend))
    layer(policy)(`checkpointing of ${model} on ${name}`, (it) => {
      it.effect("leaves loss and every gradient as they are, to the last bit, and no tensors behind", () =>
        Effect.gen(function* () {
          const { config, parameters } = yield* Policy.Policy
          const expected = gradients(parameters(), config, false)
          const before = tf.memory().numTensors
          assert.deepStrictEqual(gradients(parameters(), config, true), expected)
          assert.strictEqual(tf.memory().numTensors, before)
          assert.isTrue(expected.numbers.every((gradient) => gradient.some((value) => value !== 0)))
        }),
      )
    })
  }
}

const folder = fileURLToPath(new URL("./fixtures/tiny-qwen2", import.meta.url))
const policy = Policy.layer(folder).pipe(Layer.provide(NodeServices.layer), Layer.provide(Backend.layerWasm))

layer(policy)("checkpointing", (it) => {
  it.effect("leaves an adapter's gradients as they are", () =>
    Effect.gen(function* () {
      const { config, parameters } = yield* Policy.Policy
      const adapted = Lora.attach(config, adapter)
      const added = Parameters.trainable(adapted).map(({ name, shape }, index): [string, tf.Tensor] => [
        name,
        tf.randomNormal([...shape].toReversed(), 0, 0.1, "float32", index),
      ])
      const all = { ...parameters(), ...Object.fromEntries(added) }
      assert.deepStrictEqual(gradients(all, adapted, true), gradients(all, adapted, false))
      tf.dispose(added.map(([, tensor]) => tensor))
    }),
  )

  it("works inside itself", () => {
    const cube = (x: tf.Tensor): tf.Tensor =>
      checkpointed({ x }, {}, (outer) =>
        tf.mul(
          outer.x,
          checkpointed({ y: outer.x }, {}, ({ y }) => tf.square(y)),
        ),
      )
    const x = tf.tensor1d([2, -3])
    const before = tf.memory().numTensors
    const dx = tf.grad(cube)(x)
    assert.deepStrictEqual([...dx.dataSync()], [12, 27])
    dx.dispose()
    assert.strictEqual(tf.memory().numTensors, before)
    x.dispose()
  })
})
