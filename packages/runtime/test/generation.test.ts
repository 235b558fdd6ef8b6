/** What a generation promises whoever trains on it: keys decide, nothing is applied unasked, nothing is left behind. */
import { fileURLToPath } from "node:url"
import * as NodeServices from "@effect/platform-node/NodeServices"
import { Rng } from "@seed-grpo/core"
import { Backend, type Generation, GenerationConfig, ModelFiles, ModelFolder, Policy } from "@seed-grpo/runtime"
import * as tf from "@tensorflow/tfjs-core"
import { assert, layer } from "@effect/vitest"
import { Effect, Exit, Fiber, Layer, Schema } from "effect"

const folder = fileURLToPath(new URL("./fixtures/tiny-qwen2", import.meta.url))

/** A prompt with a name, as a problem has one. */
interface Named {
  readonly name: number
  readonly prompt: Int32Array
}

const token = Schema.Int.check(Schema.isBetween({ minimum: 0, maximum: 500 }))
const prompt = Schema.Array(token).check(Schema.isMinLength(1), Schema.isMaxLength(12))

const stream = Rng.key(3, "test")

const request = { samples: 1, maxTokens: 6, temperature: 1, endTokens: [], uniform: () => 0.5 }

for (const [name, backend] of [
  ["cpu", Backend.layerCpu],
  ["wasm", Backend.layerWasm],
] as const) {
  const policy = Policy.layer(folder).pipe(Layer.provide([backend, NodeServices.layer]))

  layer(policy)(`generation on ${name}`, (it) => {
    const endTokens = Array.from({ length: 40 }, (_, index) => index * 11)

    /** Completions by name and sample. */
    const completions = (named: ReadonlyArray<Named>, samples: number, options: { readonly topP: number }) =>
      Effect.gen(function* () {
        const { generate } = yield* Policy.Policy
        const rows = yield* generate({
          prompts: named.map((one) => one.prompt),
          samples,
          maxTokens: 10,
          temperature: 1.2,
          ...options,
          endTokens,
          uniform: (row, at) => Rng.uniform(stream, [named[Math.floor(row / samples)]!.name, row % samples, at]),
        })
        return named.map((_, index) => rows.slice(index * samples, (index + 1) * samples))
      })

    it.effect.prop(
      "the same keys give the same tokens: in any order, batch, company, number of samples and padding",
      {
        prompts: Schema.Array(prompt).check(Schema.isMinLength(2), Schema.isMaxLength(4)),
        order: Schema.Int,
        at: Schema.Int.check(Schema.isBetween({ minimum: 1, maximum: 3 })),
        topP: Schema.Literals([1, 0.8]),
      },
      ({ at, order, prompts, topP }) =>
        Effect.gen(function* () {
          const named = prompts.map((ids, index): Named => ({ name: index, prompt: Int32Array.from(ids) }))
          const together = yield* completions(named, 3, { topP })
          const same = (others: ReadonlyArray<ReadonlyArray<Generation.Generated>>, of: ReadonlyArray<Named>) => {
            for (const [index, rows] of others.entries()) {
              for (const [sample, { finish, logprobs, tokens }] of rows.entries()) {
                const expected = together[of[index]!.name]![sample]!
                assert.deepStrictEqual([...tokens], [...expected.tokens])
                assert.strictEqual(finish, expected.finish)
                for (const [t, logprob] of logprobs.entries()) assert.closeTo(logprob, expected.logprobs[t]!, 2e-5)
              }
            }
          }
          const shuffled = Rng.permutation(stream, named.length, [order >>> 0]).map((index) => named[index]!)
          same(yield* completions(shuffled, 3, { topP }), shuffled)
          for (const part of [named.slice(0, at), named.slice(at)]) same(yield* completions(part, 3, { topP }), part)
          same(yield* completions(named, 1, { topP }), named)
          const long: Named = { name: 99, prompt: new Int32Array(30).fill(7) }
          same((yield* completions([...named, long], 2, { topP })).slice(0, -1), named)
        }),
      // Rows of another batch differ in the last bits; with other seeds a draw may once in a while fall between.
      { arbitrary: { runs: 12, seed: 1 } },
    )

    it.effect("generation_config.json is never applied unasked", () =>
      Effect.gen(function* () {
        const all = yield* ModelFiles.fromFolder(folder)
        const names = ["config.json", "model.safetensors", "tokenizer.json"]
        const bare = new Map(
          yield* Effect.forEach(names, (file) => Effect.map(all.read(file), (bytes) => [file, bytes] as const)),
        )
        const json = JSON.parse(new TextDecoder().decode(yield* all.read("generation_config.json"))) as unknown
        const { endTokens: _, ...suggested } = GenerationConfig.parse(json)
        const plain = {
          ...request,
          prompts: [Int32Array.of(5, 6, 7, 6)],
          samples: 8,
          maxTokens: 12,
          uniform: (row: number, at: number) => Rng.uniform(stream, [row, at]),
        }
        const { generate } = yield* Policy.Policy
        const here = yield* generate(plain)
        const without = yield* Effect.scoped(
          Effect.gen(function* () {
            const other = yield* Policy.make(yield* ModelFolder.open(ModelFiles.fromMemory(bare)))
            return yield* other.generate(plain)
          }),
        )
        assert.deepStrictEqual(here, without)
        for (const { logprobs, policyLogprobs, temperedLogprobs } of here) {
          assert.deepStrictEqual(logprobs, policyLogprobs)
          assert.deepStrictEqual(temperedLogprobs, policyLogprobs)
        }
        assert.notDeepEqual(yield* generate({ ...plain, ...suggested }), here)
      }).pipe(Effect.provide(Layer.merge(NodeServices.layer, backend))),
    )

    it.effect("an end that fails leaves no tensors behind", () =>
      Effect.gen(function* () {
        const { generate } = yield* Policy.Policy
        const prompts = [Int32Array.of(5, 6, 7), Int32Array.of(8)]
        const before = tf.memory().numTensors
        const broken = (at: number) => () => {
          if (at === 0) throw new Error("the caller's own")
          at -= 1
          return false
        }
        for (const at of [0, 3]) {
          const exit = yield* Effect.exit(generate({ ...request, prompts, isComplete: broken(at) }))
          assert.strictEqual(exit._tag, "Failure")
          assert.strictEqual(tf.memory().numTensors, before)
        }
        const running = yield* Effect.forkChild(generate({ ...request, prompts, samples: 20, maxTokens: 400 }))
        for (let turn = 0; turn < 20; turn++) yield* Effect.yieldNow
        yield* Fiber.interrupt(running)
        assert.strictEqual((yield* Fiber.await(running))._tag, "Failure")
        yield* Effect.promise(() => new Promise((resolve) => setTimeout(resolve, 50)))
        assert.strictEqual(tf.memory().numTensors, before)
      }),
    )

    it.effect("weights that are not numbers are told, and leave no tensors behind", () =>
      Effect.gen(function* () {
        const { generate, parameters, update } = yield* Policy.Policy
        const normal = "model.norm.weight"
        update({ ...parameters(), [normal]: tf.fill(parameters()[normal]!.shape, NaN) })
        const before = tf.memory().numTensors
        for (const options of [
          { temperature: 0 },
          { temperature: 1 },
          { temperature: 0, repetitionPenalty: 1.1 },
          { temperature: 1, topK: 3, topP: 0.9, minP: 0.1, repetitionPenalty: 1.1 },
        ]) {
          const error = yield* Effect.flip(generate({ ...request, ...options, prompts: [Int32Array.of(5, 6)] }))
          assert.strictEqual(error.reason, "non-finite-logits")
          assert.strictEqual(tf.memory().numTensors, before)
        }
      }).pipe(Effect.provide(policy, { local: true })),
    )

    it.effect("a kernel that fails leaves no tensors behind, and is not taken for a refusal", () =>
      Effect.gen(function* () {
        const { generate, parameters, update } = yield* Policy.Policy
        const lost = "model.layers.1.mlp.down_proj.weight"
        update({ ...parameters(), [lost]: tf.zeros([3, 3]) })
        const before = tf.memory().numTensors
        const exit = yield* Effect.exit(generate({ ...request, prompts: [Int32Array.of(5, 6)] }))
        assert.isTrue(Exit.hasDies(exit))
        assert.strictEqual(tf.memory().numTensors, before)
      }).pipe(Effect.provide(policy, { local: true })),
    )
  })
}
