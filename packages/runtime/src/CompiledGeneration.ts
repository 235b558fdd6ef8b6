/**
 * Generation as two compiled programs: one reads the prompts, the other draws many tokens a call. Rows of a small policy are
 * dealt to several of each, which run at the same time.
 *
 * Tokens are those of `Generation` for the same keys, but where a number falls within rounding of the border between two
 * tokens. Requests that need all scores in JavaScript (top-k, top-p, min-p, repetition penalty, ropes that depend on a row's
 * length) go to `Generation`.
 *
 * @since 0.1.0
 */
import { Buckets, compileEach, type Compile } from "@seed-grpo/compile"
import * as tf from "@tensorflow/tfjs-core"
import { type DecoderBatch, forProgram } from "./DecoderBatch.ts"
import { decode, type Decoded, type DecodingConstants, type DecodingState } from "./DecodingLoop.ts"
import * as DrawToken from "./DrawToken.ts"
import * as Generation from "./Generation.ts"
import { intoLanes, laneCount } from "./internal/lanes.ts"
import { filled, type Read, readPrompts } from "./internal/promptProgram.ts"
import { accept, checkRequest, generated, newRow } from "./internal/generationRows.ts"
import { rotaryAngles } from "./layers/Rotary.ts"
import type { ModelConfig } from "./ModelConfig.ts"
import type { Parameters } from "./Parameters.ts"
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

/** What the lanes of a call share. */
type Common = Pick<DecodingConstants, "cosine" | "most" | "sine" | "temperature"> & { readonly parameters: Parameters }

/** What each lane has of its own. */
type Lane = Pick<DecodingConstants, "padding" | "uniforms"> & { readonly state: DecodingState }

/**
 * @since 0.1.0
 * @category constructors
 */
export const make = (
  config: ModelConfig,
  options: Pick<Compile.Options, "onCompile" | "rung"> & {
    /** Programs that may run at the same time; without it, as many as the machine has processors. */
    readonly threads?: number
  } = {},
): CompiledGeneration => {
  const { threads = navigator.hardwareConcurrency, ...compiling } = options
  const readers = new Map<string, Compile.Compiled<[Parameters, ReadonlyArray<DecoderBatch>], ReadonlyArray<Read>>>()
  const loops = new Map<string, Compile.Compiled<[Common, ReadonlyArray<Lane>], ReadonlyArray<Decoded>>>()
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
    const lanes = laneCount(config, padded.batch, samples, threads)
    const perLane = batch / lanes
    const loop = known(loops, `${greedy} ${request.endTokens.join()}`, () =>
      compileEach(
        ({ parameters: p, ...common }: Common, { state, ...own }: Lane) =>
          decode(config, request.endTokens, greedy, p, { ...common, ...own }, state),
        { ...compiling, name: "decoding" },
      ),
    )
    let common: Omit<Common, "most" | "parameters"> | undefined
    let states: ReadonlyArray<DecodingState & { readonly padding: tf.Tensor1D }> = []
    const ofLane = <A extends { subarray: (from: number, to: number) => A }>(all: A, lane: number, columns = 1): A =>
      all.subarray(lane * perLane * columns, (lane + 1) * perLane * columns)

    /** Reads the prompts and draws the first token of every row, in JavaScript. */
    const begin = (): void => {
      const prompts = padded.batch / lanes
      const reader = known(readers, `${prompts} ${samples} ${size}`, () =>
        compileEach(readPrompts(config, prompts, samples, size), { ...compiling, name: "reading prompts" }),
      )
      const inputs = tidy(() => intoLanes(padded, lanes).map((part) => forProgram(config, part)))
      const read = reader(parameters, inputs)
      for (const { angles, masks, tokens } of inputs) tf.dispose([tokens, { ...angles }, { ...masks }])
      const values = read.map(({ scores }) => scores.dataSync<"float32">())
      tf.dispose(read.map(({ scores }) => scores))
      const last = new Int32Array(batch)
      const going = new Uint8Array(batch)
      const padding = new Int32Array(batch).fill(padded.columns - 1)
      const vocabulary = config.vocabularySize
      for (const row of rows) {
        const prompt = Math.floor(row.index / samples)
        const at = (prompt % prompts) * vocabulary
        const scored = values[Math.floor(prompt / prompts)]!.subarray(at, at + vocabulary)
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
      common = tidy(() => {
        const positions = Int32Array.from({ length: size }, (_, position) => position)
        const { cosine, sine } = rotaryAngles(
          positions,
          positions.map(() => size),
          config.headDim,
          config.rope,
        )
        return {
          cosine: tf.squeeze(cosine, [1]),
          sine: tf.squeeze(sine, [1]),
          temperature: tf.scalar(greedy ? 1 : request.temperature),
        }
      })
      states = read.map(({ cache }, lane) => ({
        cache,
        padding: tf.tensor1d(ofLane(padding, lane), "int32"),
        last: tf.tensor1d(ofLane(last, lane), "int32"),
        going: tf.tensor1d(ofLane(going, lane), "bool"),
        column: tf.scalar(padded.columns, "int32"),
      }))
    }

    const release = (one: DecodingState): void => {
      for (const { keys, values } of one.cache) tf.dispose([keys, values])
      tf.dispose([one.last, one.going, one.column])
    }

    const advance = (): void => {
      const from = rows.find(({ finish }) => finish === undefined)!.tokens.length
      const uniforms = new Float32Array(batch * steps)
      for (const { finish, index } of rows) {
        if (finish !== undefined || greedy) continue
        for (let t = 0; t < steps; t++) uniforms[index * steps + t] = request.uniform(index, from + t)
      }
      const most = tf.scalar(Math.min(steps, longest - from), "int32")
      const own = states.map(({ padding, ...state }, lane) => ({
        padding,
        uniforms: tf.tensor2d(ofLane(uniforms, lane, steps), [perLane, steps]),
        state,
      }))
      const outs = loop({ ...common!, parameters, most }, own)
      most.dispose()
      for (const { state, uniforms: drawn } of own) {
        drawn.dispose()
        release(state)
      }
      const drawn = outs.map((out) => {
        const [tokens, logprobs, policyLogprobs] = [out.tokens, out.logprobs, out.policyLogprobs].map((one) =>
          one.dataSync(),
        )
        const count = out.count.dataSync()[0]!
        tf.dispose([out.tokens, out.logprobs, out.policyLogprobs, out.count])
        return { tokens: tokens!, logprobs: logprobs!, policyLogprobs: policyLogprobs!, count }
      })
      for (const row of rows) {
        const { count, logprobs, policyLogprobs, tokens } = drawn[Math.floor(row.index / perLane)]!
        for (let t = 0; t < count && row.finish === undefined; t++) {
          const at = (row.index % perLane) * steps + t
          const logprob = logprobs[at]!
          const policyLogprob = policyLogprobs[at]!
          accept(row, { token: tokens[at]!, logprob, temperedLogprob: logprob, policyLogprob }, request, endTokens)
        }
      }
      const going = new Uint8Array(batch)
      for (const { finish, index } of rows) going[index] = finish === undefined ? 1 : 0
      states = outs.map(({ state }, lane) => {
        state.going.dispose()
        return {
          ...state,
          padding: states[lane]!.padding,
          going: tf.tensor1d(ofLane(going, lane), "bool"),
        }
      })
    }

    return {
      next: async () => {
        if (rows.every(({ finish }) => finish !== undefined)) return false
        if (common === undefined) begin()
        else advance()
        return rows.some(({ finish }) => finish === undefined)
      },
      result: () => rows.map(generated),
      dispose: () => {
        for (const { padding, ...state } of states) {
          padding.dispose()
          release(state)
        }
        if (common !== undefined) tf.dispose({ ...common })
        states = []
        common = undefined
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
