/**
 * Generation as two compiled programs: one reads the prompts, the other draws many tokens a call. Rows of a small policy are
 * dealt to several of each, which run at the same time; rows that have ended are left behind once they are half of all.
 *
 * Tokens are those of `Generation` for the same keys, but where a number falls within rounding of the border between two
 * tokens. Requests that need all scores in JavaScript (top-k, top-p, min-p, repetition penalty, ropes that depend on a row's
 * length) go to `Generation`.
 *
 * @since 0.1.0
 */
import { Buckets, compileEach, type Compile } from "@seed-grpo/compile"
import * as tf from "@tensorflow/tfjs-core"
import type { KeyValueCache } from "./Decoder.ts"
import { type DecoderBatch, forProgram } from "./DecoderBatch.ts"
import { decode, type Decoded, type DecodingConstants, type DecodingState } from "./DecodingLoop.ts"
import * as DrawToken from "./DrawToken.ts"
import * as Generation from "./Generation.ts"
import { filled, type Read, readPrompts } from "./internal/promptProgram.ts"
import { accept, checkRequest, generated, newRow } from "./internal/generationRows.ts"
import { intoLanes, laneCount } from "./internal/lanes.ts"
import { rotaryAngles } from "./layers/Rotary.ts"
import type { ModelConfig } from "./ModelConfig.ts"
import type { Parameters } from "./Parameters.ts"
import { isGoing, keep, shrunk, type Slots } from "./internal/slots.ts"
import { disposeCache } from "./Prefill.ts"
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

const release = ({ cache, column, going, last }: DecodingState): void => {
  disposeCache(cache)
  tf.dispose([column, going, last])
}

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
    const longest = rows.reduce((most, { limit }) => Math.max(most, limit), 0)
    const steps = Math.min(BLOCK, Buckets.above(longest - 1))
    const size = Buckets.above(padded.columns + longest, 8)
    const loop = known(loops, `${greedy} ${request.endTokens.join()}`, () =>
      compileEach(
        ({ parameters: p, ...common }: Common, { state, ...own }: Lane) =>
          decode(config, request.endTokens, greedy, p, { ...common, ...own }, state),
        { ...compiling, name: "decoding" },
      ),
    )
    let common: Omit<Common, "most" | "parameters"> | undefined
    let slots: Slots = Array.from({ length: padded.batch * samples }, (_, slot) => rows[slot])
    /** One for each lane. */
    let caches: ReadonlyArray<KeyValueCache> = []

    /** Reads the prompts and draws the first token of every row, in JavaScript. */
    const begin = (): void => {
      const lanes = laneCount(config, padded.batch, samples, threads)
      const prompts = padded.batch / lanes
      const reader = known(readers, `${prompts} ${samples} ${size}`, () =>
        compileEach(readPrompts(config, prompts, samples, size), { ...compiling, name: "reading prompts" }),
      )
      const inputs = tidy(() => intoLanes(padded, lanes).map((part) => forProgram(config, part)))
      const read = reader(parameters, inputs)
      for (const { angles, masks, tokens } of inputs) tf.dispose([tokens, { ...angles }, { ...masks }])
      caches = read.map(({ cache }) => cache)
      const values = read.map(({ scores }) => scores.dataSync<"float32">())
      tf.dispose(read.map(({ scores }) => scores))
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
      }
    }

    /** What a lane's rows go on with, once they have `from` tokens. The caller owns the tensors, but for the cache. */
    const laneOf = (part: Slots, cache: KeyValueCache, from: number): Lane => {
      const uniforms = new Float32Array(part.length * steps)
      for (const [slot, row] of part.entries()) {
        if (greedy || !isGoing(row)) continue
        for (let t = 0; t < steps; t++) uniforms[slot * steps + t] = request.uniform(row.index, from + t)
      }
      return {
        padding: tf.tensor1d(
          part.map((row) => padded.columns - (row?.prompt.length ?? 1)),
          "int32",
        ),
        uniforms: tf.tensor2d(uniforms, [part.length, steps]),
        state: {
          cache,
          last: tf.tensor1d(
            part.map((row) => row?.tokens.at(-1) ?? 0),
            "int32",
          ),
          going: tf.tensor1d(part.map(isGoing), "bool"),
          column: tf.scalar(padded.columns + from - 1, "int32"),
        },
      }
    }

    const advance = (): void => {
      const smaller = shrunk(slots)
      if (smaller !== undefined) {
        slots = smaller.slots
        caches = keep(caches, smaller.places, laneCount(config, slots.length, 1, threads))
      }
      const perLane = slots.length / caches.length
      const from = rows.find(isGoing)!.tokens.length
      const parts = caches.map((_, lane) => slots.slice(lane * perLane, (lane + 1) * perLane))
      const own = parts.map((part, lane) => laneOf(part, caches[lane]!, from))
      const most = tf.scalar(Math.min(steps, longest - from), "int32")
      const outs = loop({ ...common!, parameters, most }, own)
      most.dispose()
      for (const { padding, state, uniforms } of own) {
        tf.dispose([padding, uniforms])
        release(state)
      }
      caches = outs.map(({ state }) => state.cache)
      // All are read before any is looked at, for that may throw.
      const read = outs.map(({ count, logprobs, policyLogprobs, state, tokens }) => {
        const [drawn, under, underPolicy] = [tokens, logprobs, policyLogprobs].map((one) => one.dataSync())
        const reached = count.dataSync()[0]!
        tf.dispose([count, logprobs, policyLogprobs, tokens, state.last, state.going, state.column])
        return { drawn: drawn!, under: under!, underPolicy: underPolicy!, reached }
      })
      for (const [lane, { drawn, reached, under, underPolicy }] of read.entries()) {
        for (const [slot, row] of parts[lane]!.entries()) {
          if (row === undefined) continue
          for (let t = 0; t < reached && row.finish === undefined; t++) {
            const at = slot * steps + t
            const logprob = under[at]!
            const policyLogprob = underPolicy[at]!
            accept(row, { token: drawn[at]!, logprob, temperedLogprob: logprob, policyLogprob }, request, endTokens)
          }
        }
      }
    }

    return {
      next: async () => {
        if (!rows.some(isGoing)) return false
        if (common === undefined) begin()
        else advance()
        return rows.some(isGoing)
      },
      result: () => rows.map(generated),
      dispose: () => {
        for (const cache of caches) disposeCache(cache)
        if (common !== undefined) tf.dispose({ ...common })
        caches = []
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
