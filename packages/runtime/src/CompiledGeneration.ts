/**
 * Generation as two compiled programs: one reads the prompts, the other draws many tokens a call.
 *
 * Tokens are those of `Generation` for the same keys, but where a number falls within rounding of the border between two
 * tokens. Requests that need all scores in JavaScript (top-k, top-p, min-p, repetition penalty, ropes that depend on a row's
 * length) go to `Generation`.
 *
 * @since 0.1.0
 */
import { Buckets, compile, type Compile } from "@seed-grpo/compile"
import * as tf from "@tensorflow/tfjs-core"
import { forward, type KeyValueCache, logits } from "./Decoder.ts"
import { type DecoderBatch, forProgram } from "./DecoderBatch.ts"
import { decode, type DecodingConstants, type DecodingState } from "./DecodingLoop.ts"
import * as DrawToken from "./DrawToken.ts"
import * as Generation from "./Generation.ts"
import { accept, checkRequest, generated, newRow } from "./internal/generationRows.ts"
import { rotaryAngles } from "./layers/Rotary.ts"
import type { ModelConfig } from "./ModelConfig.ts"
import * as Padding from "./Padding.ts"
import type { Parameters } from "./Parameters.ts"
import { repeatRows } from "./Prefill.ts"
import { isPlain } from "./TokenDistribution.ts"
import { tidy } from "./Tidy.ts"

/**
 * Programs for one model. They stay loaded until they are disposed.
 *
 * @since 0.1.0
 * @category models
 */
export interface CompiledGeneration {
  /** As `Generation.start`; `next` draws up to 32 tokens for every row. */
  readonly start: (parameters: Parameters, request: Generation.GenerationRequest) => Generation.GenerationSession
  readonly explain: Compile.Compiled<never, unknown>["explain"]
  readonly dispose: () => void
}

/** Tokens a call: few enough to stop soon after a stop text or an interruption. */
const BLOCK = 32

/** As many rows and columns as their buckets hold; the rows added see one token of padding. */
const filled = (prompts: ReadonlyArray<Int32Array>): Padding.Padded => {
  const rows = Array.from({ length: Buckets.above(prompts.length, 1) }, (_, row) => prompts[row] ?? Int32Array.of(0))
  const columns = Buckets.above(Math.max(...prompts.map(({ length }) => length)))
  const widest = Padding.left([...rows, new Int32Array(columns)])
  return {
    batch: rows.length,
    columns,
    tokens: widest.tokens.subarray(0, rows.length * columns),
    mask: widest.mask.subarray(0, rows.length * columns),
  }
}

interface Read {
  /** Scores of the first token, `[P, V]`. */
  readonly scores: tf.Tensor2D
  /** Of every sample, in its full size. */
  readonly cache: KeyValueCache
}

const readPrompts =
  (config: ModelConfig, rows: number, samples: number, size: number) =>
  (parameters: Parameters, batch: DecoderBatch): Read => {
    const { cache, hidden } = forward(parameters, config, rows, batch)
    const columns = batch.tokens.size / rows
    const perRow = tf.reshape(hidden, [rows, columns, config.hiddenSize])
    const last = tf.slice(perRow, [0, columns - 1, 0], [rows, 1, config.hiddenSize])
    const whole = (x: tf.Tensor4D): tf.Tensor4D =>
      repeatRows(
        tf.pad(x, [
          [0, 0],
          [0, 0],
          [0, size - columns],
          [0, 0],
        ]),
        samples,
      )
    return {
      scores: logits(parameters, config, tf.reshape(last, [rows, config.hiddenSize])),
      cache: cache.map(({ keys, values }) => ({ keys: whole(keys), values: whole(values) })),
    }
  }

/**
 * @since 0.1.0
 * @category constructors
 */
export const make = (
  config: ModelConfig,
  options: Pick<Compile.Options, "onCompile" | "rung"> = {},
): CompiledGeneration => {
  const readers = new Map<string, Compile.Compiled<[Parameters, DecoderBatch], Read>>()
  const loops = new Map<
    string,
    Compile.Compiled<[Parameters, DecodingConstants, DecodingState], ReturnType<typeof decode>>
  >()
  const known = <A>(cache: Map<string, A>, key: string, of: () => A): A => {
    const found = cache.get(key) ?? of()
    cache.set(key, found)
    return found
  }

  const start = (parameters: Parameters, request: Generation.GenerationRequest): Generation.GenerationSession => {
    const { prompts, samples } = request
    if (!isPlain(request) || config.rope.type === "dynamic" || prompts.length === 0) {
      return Generation.start(parameters, config, request)
    }
    checkRequest(config, request)
    const rows = Array.from({ length: prompts.length * samples }, (_, row) => newRow(row, prompts, request, config))
    const endTokens = new Set(request.endTokens)
    const draw = DrawToken.make(request)
    const greedy = request.temperature === 0
    const padded = filled(prompts)
    const batch = padded.batch * samples
    const longest = rows.reduce((most, { limit }) => Math.max(most, limit), 0)
    const steps = Math.min(BLOCK, Buckets.above(longest - 1))
    const size = Buckets.above(padded.columns + longest, 8)
    const loop = known(loops, `${greedy} ${request.endTokens.join()}`, () =>
      compile(
        (p: Parameters, constants: DecodingConstants, state: DecodingState) =>
          decode(config, request.endTokens, greedy, p, constants, state),
        { ...options, name: "decoding" },
      ),
    )
    let fixed: Omit<DecodingConstants, "most" | "uniforms"> | undefined
    let state: DecodingState | undefined

    /** Reads the prompts and draws the first token of every row, in JavaScript. */
    const begin = (): void => {
      const reader = known(readers, `${padded.batch} ${samples} ${size}`, () =>
        compile(readPrompts(config, padded.batch, samples, size), { ...options, name: "reading prompts" }),
      )
      const inputs = tidy(() => forProgram(config, padded))
      const { cache, scores } = reader(parameters, inputs)
      tf.dispose([inputs.tokens, { ...inputs.angles }, { ...inputs.masks }])
      const values = scores.dataSync<"float32">()
      scores.dispose()
      const last = new Int32Array(batch)
      const going = new Uint8Array(batch)
      const padding = new Int32Array(batch).fill(padded.columns - 1)
      const vocabulary = config.vocabularySize
      for (const row of rows) {
        const prompt = Math.floor(row.index / samples)
        const scored = values.subarray(prompt * vocabulary, (prompt + 1) * vocabulary)
        accept(
          row,
          draw(scored, row.seen, () => request.uniform(row.index, 0)),
          request,
          endTokens,
        )
        last[row.index] = row.tokens[0]!
        going[row.index] = row.finish === undefined ? 1 : 0
        padding[row.index] = padded.columns - row.prompt.length
      }
      fixed = tidy(() => {
        const positions = Int32Array.from({ length: size }, (_, position) => position)
        const { cosine, sine } = rotaryAngles(
          positions,
          positions.map(() => size),
          config.headDim,
          config.rope,
        )
        return {
          padding: tf.tensor1d(padding, "int32"),
          cosine: tf.squeeze(cosine, [1]),
          sine: tf.squeeze(sine, [1]),
          temperature: tf.scalar(greedy ? 1 : request.temperature),
        }
      })
      state = {
        cache,
        last: tf.tensor1d(last, "int32"),
        going: tf.tensor1d(going, "bool"),
        column: tf.scalar(padded.columns, "int32"),
      }
    }

    const release = (one: DecodingState): void => {
      for (const { keys, values } of one.cache) tf.dispose([keys, values])
      tf.dispose([one.last, one.going, one.column])
    }

    const advance = (): void => {
      const before = state!
      const from = rows.find(({ finish }) => finish === undefined)!.tokens.length
      const uniforms = new Float32Array(batch * steps)
      for (const { finish, index } of rows) {
        if (finish !== undefined || greedy) continue
        for (let t = 0; t < steps; t++) uniforms[index * steps + t] = request.uniform(index, from + t)
      }
      const block = {
        uniforms: tf.tensor2d(uniforms, [batch, steps]),
        most: tf.scalar(Math.min(steps, longest - from), "int32"),
      }
      const out = loop(parameters, { ...fixed!, ...block }, before)
      tf.dispose(block)
      release(before)
      state = out.state
      const [tokens, logprobs, policyLogprobs] = [out.tokens, out.logprobs, out.policyLogprobs].map((one) =>
        one.dataSync(),
      )
      const count = out.count.dataSync()[0]!
      tf.dispose([out.tokens, out.logprobs, out.policyLogprobs, out.count])
      for (const row of rows) {
        for (let t = 0; t < count && row.finish === undefined; t++) {
          const at = row.index * steps + t
          const logprob = logprobs![at]!
          const policyLogprob = policyLogprobs![at]!
          accept(row, { token: tokens![at]!, logprob, temperedLogprob: logprob, policyLogprob }, request, endTokens)
        }
      }
      const going = new Uint8Array(batch)
      for (const { finish, index } of rows) going[index] = finish === undefined ? 1 : 0
      state.going.dispose()
      state = { ...state, going: tf.tensor1d(going, "bool") }
    }

    return {
      next: async () => {
        if (rows.every(({ finish }) => finish !== undefined)) return false
        if (state === undefined) begin()
        else advance()
        return rows.some(({ finish }) => finish === undefined)
      },
      result: () => rows.map(generated),
      dispose: () => {
        if (state !== undefined) release(state)
        if (fixed !== undefined) tf.dispose({ ...fixed })
        state = undefined
        fixed = undefined
      },
    }
  }

  return {
    start,
    explain: () => [...readers.values(), ...loops.values()].flatMap((one) => one.explain()),
    dispose: () => {
      for (const one of [...readers.values(), ...loops.values()]) one.dispose()
      readers.clear()
      loops.clear()
    },
  }
}
