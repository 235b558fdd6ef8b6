/** Four steps of clipped AdamW on the tiny checkpoints, against PyTorch's losses. */
import { readdirSync, readFileSync } from "node:fs"
import { join } from "node:path"
import { fileURLToPath } from "node:url"
import { AdamW, GradientNorm, Optimizer } from "@seed-grpo/grpo"
import { Backend, Decoder, ModelFiles, ModelFolder, Parameters, Policy } from "@seed-grpo/runtime"
import { tokenScores } from "@seed-grpo/runtime/layers/TokenScores"
import * as tf from "@tensorflow/tfjs-core"
import { assert, layer } from "@effect/vitest"
import { Effect } from "effect"

const fixture = (model: string): string =>
  fileURLToPath(new URL(`../../runtime/test/fixtures/${model}`, import.meta.url))

interface Golden {
  readonly input_ids: ReadonlyArray<ReadonlyArray<number>>
  readonly attention_mask: ReadonlyArray<ReadonlyArray<number>>
  readonly next_token_cross_entropy: { readonly labels: ReadonlyArray<ReadonlyArray<number>> }
  readonly adamw: {
    readonly lr: number
    readonly betas: readonly [number, number]
    readonly eps: number
    readonly weight_decay: number
    readonly clip_grad_norm: number
    readonly losses_before_each_step: ReadonlyArray<number>
  }
}

const files = (model: string): ModelFiles.ModelFiles =>
  ModelFiles.fromMemory(
    new Map(readdirSync(fixture(model)).map((name) => [name, readFileSync(join(fixture(model), name))])),
  )

const open = (model: string) =>
  model.endsWith("-lora")
    ? Effect.flatMap(ModelFolder.open(files("tiny-qwen2")), (base) => ModelFolder.withAdapter(base, files(model)))
    : ModelFolder.open(files(model))

layer(Backend.layerWasm)("AdamW on tiny checkpoints", (it) => {
  it.effect.each(["tiny-qwen2", "tiny-qwen3", "tiny-llama", "tiny-mistral", "tiny-qwen2-lora"])(
    "%s: losses equal PyTorch's, and what is frozen stays",
    (model) =>
      Effect.gen(function* () {
        const golden = JSON.parse(readFileSync(`${fixture(model)}/golden.json`, "utf8")) as Golden
        const { adamw, attention_mask, input_ids, next_token_cross_entropy } = golden
        const { config, parameters, update } = yield* Effect.flatMap(open(model), Policy.make)
        const names = Parameters.trainable(config).map(({ name }) => name)
        const { labels } = next_token_cross_entropy
        const targets = Int32Array.from(labels.flatMap((row) => [...row.slice(1).map((id) => Math.max(id, 0)), 0]))
        const weights = Float32Array.from(labels.flatMap((row) => [...row.slice(1).map((id) => (id >= 0 ? 1 : 0)), 0]))
        const total = weights.reduce((a, b) => a + b)
        const loss = (...tensors: Array<tf.Tensor>): tf.Scalar => {
          const current = { ...parameters(), ...Object.fromEntries(names.map((key, i) => [key, tensors[i]!])) }
          const { hidden } = Decoder.hiddenStates(current, config, {
            batch: input_ids.length,
            tokens: Int32Array.from(input_ids.flat()),
            mask: Uint8Array.from(attention_mask.flat()),
          })
          const scores = tokenScores(hidden, Decoder.outputHead(current, config), targets, 1)
          const logprobs = tf.reshape(tf.slice(scores, [0, 0], [-1, 1]), [-1])
          return tf.div(tf.neg(tf.sum(tf.mul(logprobs, weights))), total)
        }
        const frozen = Object.entries(parameters()).filter(([name]) => !names.includes(name))
        const before = frozen.map(([, tensor]) => tensor.dataSync().slice())
        const trained = () => Object.fromEntries(names.map((name) => [name, parameters()[name]!]))
        const [beta1, beta2] = adamw.betas
        const optimizer = AdamW.adamW({ beta1, beta2, epsilon: adamw.eps })
        const settings = { learningRate: adamw.lr, weightDecay: adamw.weight_decay }
        let state = Optimizer.initial(optimizer, trained())
        for (const expected of adamw.losses_before_each_step) {
          const { grads, value } = tf.valueAndGrads(loss)(names.map((name) => parameters()[name]!))
          assert.closeTo(value.dataSync()[0]!, expected, 1e-3)
          const gradients = Object.fromEntries(names.map((name, i) => [name, grads[i]!]))
          const norm = yield* Effect.promise(() => GradientNorm.globalNorm(gradients))
          const factor = GradientNorm.clipFactor(norm, adamw.clip_grad_norm)
          const clipped = Object.fromEntries(names.map((name) => [name, tf.mul(gradients[name]!, factor)]))
          const next = Optimizer.update(optimizer, () => settings, trained(), clipped, state)
          tf.dispose([value, grads, Object.values(clipped)])
          update({ ...parameters(), ...next.parameters })
          Optimizer.dispose(state)
          state = next.state
        }
        Optimizer.dispose(state)
        for (const [index, [name]] of frozen.entries()) {
          assert.deepStrictEqual(parameters()[name]!.dataSync(), before[index])
        }
      }),
  )
})
