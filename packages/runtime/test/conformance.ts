/**
 * What every back-end must do: the numbers of PyTorch and Transformers for a tiny checkpoint of each architecture (torch
 * 2.13 CPU, transformers 5.18, float32).
 */
import { readFileSync } from "node:fs"
import { fileURLToPath } from "node:url"
import * as NodeServices from "@effect/platform-node/NodeServices"
import { Rng } from "@seed-grpo/core"
import {
  CompletionScores,
  Decoder,
  Generation,
  ModelFiles,
  ModelFolder,
  Padding,
  Parameters,
  Policy,
  Read,
  type Backend,
} from "@seed-grpo/runtime"
import { tokenScores } from "@seed-grpo/runtime/layers/TokenScores"
import * as tf from "@tensorflow/tfjs-core"
import { assert, layer } from "@effect/vitest"
import { Effect, Layer } from "effect"

interface GradientGolden {
  readonly shape: ReadonlyArray<number>
  readonly l2: number
  readonly sum: number
  readonly first: ReadonlyArray<number>
  readonly absmax_index: number
  readonly absmax_value: number
}

interface Golden {
  readonly input_ids: Array<Array<number>>
  readonly attention_mask: Array<Array<number>>
  readonly logits: Array<Array<Array<number> | null>>
  readonly completion: {
    readonly completion_ids: Array<Array<number>>
    readonly completion_mask: Array<Array<number>>
  } & { readonly [temperature: string]: Array<Array<number>> }
  readonly greedy: { readonly token_ids: Array<Array<number>> }
  readonly next_token_cross_entropy: {
    readonly labels: Array<Array<number>>
    readonly loss: number
    readonly gradients: { readonly [name: string]: GradientGolden }
  }
}

const MODELS = ["tiny-qwen2", "tiny-qwen3", "tiny-llama", "tiny-mistral", "tiny-qwen2-lora"] as const

const fixture = (model: string): string => fileURLToPath(new URL(`./fixtures/${model}`, import.meta.url))

/** The checkpoint, or the adapter on the checkpoint that it belongs to. */
const open = (model: (typeof MODELS)[number]) =>
  model === "tiny-qwen2-lora"
    ? Effect.flatMap(
        Effect.all([ModelFolder.load(fixture("tiny-qwen2")), ModelFiles.fromFolder(fixture(model))]),
        (pair) => ModelFolder.withAdapter(...pair),
      )
    : ModelFolder.load(fixture(model))

const unpadded = (rows: Array<Array<number>>, mask: Array<Array<number>>) =>
  rows.map((row, b) => Int32Array.from(row.filter((_, t) => mask[b]![t] === 1)))

/** The numbers of what is computed. */
const taken = (compute: () => tf.Tensor) => Effect.promise(() => Read.take(tf.tidy(compute)))

/** Row by row. */
const scoresOf = Effect.fnUntraced(function* (request: CompletionScores.ScoreRequest) {
  const { config, parameters } = yield* Policy.Policy
  const both = yield* taken(() => {
    const { entropies, logprobs } = CompletionScores.completionScores(parameters(), config, request)
    return tf.stack([logprobs, entropies])
  })
  const columns = both.length / request.prompts.length / 2
  const rowsFrom = (start: number) =>
    request.prompts.map((_, row) => both.subarray((start + row) * columns, (start + row + 1) * columns))
  return { logprobs: rowsFrom(0), entropies: rowsFrom(request.prompts.length) }
})

export const conformance = (name: string, backend: Layer.Layer<Backend.Backend, Backend.BackendError>) => {
  for (const model of MODELS) checkpoint(name, model, backend)
}

const checkpoint = (
  name: string,
  model: (typeof MODELS)[number],
  backend: Layer.Layer<Backend.Backend, Backend.BackendError>,
) => {
  const golden = JSON.parse(readFileSync(`${fixture(model)}/golden.json`, "utf8")) as Golden
  const prompts = unpadded(golden.input_ids, golden.attention_mask)
  const batch = golden.input_ids.length
  const columns = golden.input_ids[0]!.length
  const policy = Layer.effect(Policy.Policy, Effect.flatMap(open(model), Policy.make)).pipe(
    Layer.provide(NodeServices.layer),
    Layer.provide(backend),
  )

  layer(policy)(`${model} on ${name}`, (it) => {
    const { mask, tokens } = Padding.left(prompts)
    const ahead = Padding.right(prompts)
    const packed = {
      batch: 1,
      tokens: Int32Array.from(prompts.flatMap((prompt) => [...prompt])),
      mask: prompts.flatMap((prompt, index) => Array.from(prompt, () => index + 1)),
    }
    const starts = prompts.map((_, b) => prompts.slice(0, b).reduce((sum, { length }) => sum + length, 0))

    it.effect.each([
      ["left padding", { batch, tokens, mask }, prompts.map(({ length }, b) => (b + 1) * columns - length)],
      ["right padding", ahead, prompts.map((_, b) => b * columns)],
      ["all prompts packed into one row", packed, starts],
    ] as const)("logits equal Transformers' with %s", ([, input, rowStarts]) =>
      Effect.gen(function* () {
        const { config, parameters } = yield* Policy.Policy
        const logits = yield* taken(() => {
          const { hidden } = Decoder.hiddenStates(parameters(), config, input)
          return Decoder.logits(parameters(), config, hidden)
        })
        const V = config.vocabularySize
        for (const [b, row] of golden.logits.entries()) {
          const real = row.filter((expected) => expected !== null)
          assert.strictEqual(real.length, prompts[b]!.length)
          for (const [t, expected] of real.entries()) {
            expected.forEach((value, v) => assert.closeTo(logits[(rowStarts[b]! + t) * V + v]!, value, 1e-4))
          }
        }
      }),
    )

    it.effect.each(["1.0", "0.7"])("log-probs and entropies of completions equal at temperature %s", (temperature) =>
      Effect.gen(function* () {
        const { completion_ids, completion_mask } = golden.completion
        const { entropies, logprobs } = yield* scoresOf({
          prompts,
          completions: unpadded(completion_ids, completion_mask),
          temperature: Number(temperature),
        })
        for (const [b, row] of completion_mask.entries()) {
          for (const [t, real] of row.entries()) {
            if (real === 0) continue
            assert.closeTo(logprobs[b]![t]!, golden.completion[`logprobs_temperature_${temperature}`]![b]![t]!, 1e-4)
            assert.closeTo(entropies[b]![t]!, golden.completion[`entropy_temperature_${temperature}`]![b]![t]!, 1e-4)
          }
        }
      }),
    )

    it.effect("cross-entropy loss and every gradient equal PyTorch's", () =>
      Effect.gen(function* () {
        const { config, parameters } = yield* Policy.Policy
        const names = Parameters.trainable(config).map(({ name }) => name)
        const labels = golden.next_token_cross_entropy.labels
        const targets = Int32Array.from(labels.flatMap((row) => [...row.slice(1).map((id) => Math.max(id, 0)), 0]))
        const weights = Float32Array.from(labels.flatMap((row) => [...row.slice(1).map((id) => (id >= 0 ? 1 : 0)), 0]))
        const total = weights.reduce((a, b) => a + b)
        const loss = (...tensors: Array<tf.Tensor>): tf.Scalar => {
          const current = { ...parameters(), ...Object.fromEntries(names.map((key, i) => [key, tensors[i]!])) }
          const { hidden } = Decoder.hiddenStates(current, config, {
            batch,
            tokens: Int32Array.from(golden.input_ids.flat()),
            mask: Uint8Array.from(golden.attention_mask.flat()),
          })
          const scores = tokenScores(hidden, Decoder.outputHead(current, config), targets, 1)
          const logprobs = tf.reshape(tf.slice(scores, [0, 0], [-1, 1]), [-1])
          return tf.div(tf.neg(tf.sum(tf.mul(logprobs, weights))), total)
        }
        const { grads, value } = tf.valueAndGrads(loss)(names.map((key) => parameters()[key]!))
        assert.closeTo((yield* taken(() => value))[0]!, golden.next_token_cross_entropy.loss, 1e-5)
        const gradients = Object.fromEntries(names.map((key, i) => [key, grads[i]!]))
        const host = yield* Effect.promise(() => Parameters.toHost(config, gradients))
        tf.dispose(grads)
        const expectedGradients = Object.entries(golden.next_token_cross_entropy.gradients).map(
          // As peft calls the tensors of the adapter that is named "default".
          ([key, expected]) => [key.replace("base_model.model.", "").replace(".default.", "."), expected] as const,
        )
        assert.deepStrictEqual([...host.keys()].toSorted(), expectedGradients.map(([key]) => key).toSorted())
        for (const [key, expected] of expectedGradients) {
          const { data, shape } = host.get(key)!
          assert.deepStrictEqual(shape, expected.shape)
          const l2 = Math.sqrt(data.reduce((sum, value) => sum + value * value, 0))
          assert.closeTo(l2, expected.l2, 1e-4 * expected.l2, key)
          assert.closeTo(data[expected.absmax_index]!, expected.absmax_value, 1e-4 * expected.l2, key)
          expected.first.forEach((value, i) => assert.closeTo(data[i]!, value, 1e-4 * expected.l2, key))
        }
      }),
    )

    it.effect("greedy tokens equal generate's, with the cache and without padding's influence", () =>
      Effect.gen(function* () {
        const { generate } = yield* Policy.Policy
        const rows = yield* generate({
          prompts,
          samples: 1,
          maxTokens: 16,
          temperature: 0,
          endTokens: [],
          uniform: () => 0,
        })
        assert.deepStrictEqual(
          rows.map(({ tokens }) => [...tokens]),
          golden.greedy.token_ids,
        )
        assert.isTrue(rows.every(({ finish }) => finish === "length"))
      }),
    )

    it.effect.each([{}, { topK: 30, topP: 0.9, minP: 0.01, repetitionPenalty: 1.1 }])(
      "log-probs of tokens sampled with %j are those of a full forward pass",
      (cuts) =>
        Effect.gen(function* () {
          const { generate } = yield* Policy.Policy
          const key = Rng.key(5, "test")
          const rows = yield* generate({
            prompts,
            samples: 3,
            maxTokens: 12,
            temperature: 0.8,
            ...cuts,
            endTokens: [7, 40, 41, 42, 43],
            uniform: (row, token) => Rng.uniform(key, [row, token]),
          })
          const sequences = {
            prompts: rows.map((_, row) => prompts[Math.floor(row / 3)]!),
            completions: rows.map(({ tokens }) => tokens),
          }
          const { logprobs: scored } = yield* scoresOf({ ...sequences, temperature: 0.8 })
          const { logprobs: policy } = yield* scoresOf({ ...sequences, temperature: 1 })
          for (const [row, { finish, logprobs: sampled, policyLogprobs, temperedLogprobs, tokens }] of rows.entries()) {
            assert.strictEqual(sampled.length, tokens.length)
            policyLogprobs.forEach((value, t) => assert.closeTo(value, policy[row]![t]!, 1e-4))
            temperedLogprobs.forEach((value, t) => assert.closeTo(value, scored[row]![t]!, 1e-4))
            if ("topK" in cuts) assert.notDeepEqual(sampled, temperedLogprobs)
            else assert.deepStrictEqual(sampled, temperedLogprobs)
            assert.strictEqual(finish, [7, 40, 41, 42, 43].includes(tokens.at(-1)!) ? "stop" : "length")
          }
        }),
    )

    it.effect("rows that end early leave the others as they are", () =>
      Effect.gen(function* () {
        const { config, generate } = yield* Policy.Policy
        const key = Rng.key(7, "test")
        const request = { prompts, samples: 4, maxTokens: 24, temperature: 1.5, topK: 40 } as const
        const uniform = (row: number, token: number) => Rng.uniform(key, [row, token])
        const endTokens = Array.from({ length: 24 }, (_, i) => (i * 19) % config.vocabularySize)
        const long = yield* generate({ ...request, endTokens: [], uniform })
        const short = yield* generate({ ...request, endTokens, uniform })
        assert.isTrue(short.some(({ finish }) => finish === "stop"))
        for (const [row, { finish, tokens }] of short.entries()) {
          const all = [...long[row]!.tokens]
          const end = all.findIndex((token) => endTokens.includes(token))
          assert.deepStrictEqual([...tokens], end === -1 ? all : all.slice(0, end + 1))
          assert.strictEqual(finish, end === -1 ? "length" : "stop")
        }
      }),
    )

    it.effect("the same keys give the same tokens whatever else is in the batch", () =>
      Effect.gen(function* () {
        const { generate } = yield* Policy.Policy
        const key = Rng.key(6, "test")
        const request = { samples: 2, maxTokens: 8, temperature: 1, endTokens: [] } as const
        const together = yield* generate({
          ...request,
          prompts,
          uniform: (row, token) => Rng.uniform(key, [row, token]),
        })
        for (const [p, prompt] of prompts.entries()) {
          const alone = yield* generate({
            ...request,
            prompts: [prompt],
            uniform: (row, token) => Rng.uniform(key, [2 * p + row, token]),
          })
          assert.deepStrictEqual(
            alone.map(({ tokens }) => [...tokens]),
            together.slice(2 * p, 2 * p + 2).map(({ tokens }) => [...tokens]),
          )
        }
      }),
    )

    it.effect("rows of nothing but padding give no NaN", () =>
      Effect.gen(function* () {
        const { config, parameters } = yield* Policy.Policy
        const hidden = yield* taken(
          () =>
            Decoder.hiddenStates(parameters(), config, {
              batch: 2,
              tokens: Int32Array.of(5, 6, 0, 0),
              mask: Uint8Array.of(1, 1, 0, 0),
            }).hidden,
        )
        assert.isTrue(hidden.every(Number.isFinite))
      }),
    )

    it.effect("generating and scoring leave no tensors behind", () =>
      Effect.gen(function* () {
        const { config, generate, parameters } = yield* Policy.Policy
        const once = Effect.gen(function* () {
          yield* generate({ prompts, samples: 2, maxTokens: 4, temperature: 1, endTokens: [], uniform: () => 0.5 })
          tf.tidy(() => {
            CompletionScores.completionScores(parameters(), config, { prompts, completions: prompts, temperature: 1 })
          })
        })
        yield* once
        const before = tf.memory().numTensors
        yield* once
        assert.strictEqual(tf.memory().numTensors, before)
      }),
    )

    it.effect("a request that cannot be served is refused with the reason", () =>
      Effect.gen(function* () {
        const { config, generate } = yield* Policy.Policy
        const request: Generation.GenerationRequest = {
          prompts,
          samples: 1,
          maxTokens: 1,
          temperature: 1,
          endTokens: [],
          uniform: () => 0,
        }
        const reasonOf = (change: Partial<Generation.GenerationRequest>) =>
          generate({ ...request, ...change }).pipe(
            Effect.flip,
            Effect.map((error) => error.reason),
          )
        assert.strictEqual(yield* reasonOf({ prompts: [new Int32Array()] }), "empty-prompt")
        assert.strictEqual(yield* reasonOf({ prompts: [new Int32Array(config.maxPositions)] }), "prompt-too-long")
        assert.strictEqual(yield* reasonOf({ prompts: [Int32Array.of(config.vocabularySize)] }), "bad-token")
        assert.strictEqual(yield* reasonOf({ maxTokens: 0 }), "bad-request")
        assert.strictEqual(yield* reasonOf({ samples: 0.5 }), "bad-request")
        for (const change of [
          { temperature: -1 },
          { temperature: NaN },
          { topK: 0.5 },
          { topP: 0 },
          { topP: 1.1 },
          { minP: -0.1 },
          { repetitionPenalty: 0 },
        ]) {
          assert.strictEqual(yield* reasonOf(change), "bad-request")
        }
        for (const change of [{ endTokens: [config.vocabularySize] }, { prompts: [Int32Array.of(-1)] }]) {
          assert.strictEqual(yield* reasonOf(change), "bad-token")
        }
        assert.deepStrictEqual(yield* generate({ ...request, prompts: [] }), [])
      }),
    )

    it.effect("a prompt that almost fills the context ends with `length`, never beyond it", () =>
      Effect.gen(function* () {
        const { config, generate } = yield* Policy.Policy
        const [row] = yield* generate({
          prompts: [new Int32Array(config.maxPositions - 2).fill(5)],
          samples: 1,
          maxTokens: 9,
          temperature: 0,
          endTokens: [],
          uniform: () => 0,
        })
        assert.strictEqual(row!.tokens.length, 2)
        assert.strictEqual(row!.finish, "length")
      }),
    )

    it.effect("saving and loading gives the same bytes", () =>
      Effect.gen(function* () {
        const { config, files } = yield* Policy.Policy
        const saved = yield* files
        const again = yield* Effect.scoped(
          Effect.gen(function* () {
            const here = ModelFiles.fromMemory(saved)
            const opened =
              config.adapter === undefined
                ? yield* ModelFolder.open(here)
                : yield* ModelFolder.withAdapter(yield* ModelFolder.load(fixture("tiny-qwen2")), here)
            return yield* Effect.flatMap(Policy.make(opened), (policy) => policy.files)
          }),
        )
        const bytes = (files: typeof saved) =>
          new Map([...files].map(([file, content]) => [file, new Uint8Array(content)]))
        assert.deepStrictEqual(bytes(again), bytes(saved))
      }).pipe(Effect.provide(Layer.merge(NodeServices.layer, backend))),
    )
  })
}
