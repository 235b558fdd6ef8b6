/**
 * What a policy says of completions, by compiled programs: the forward pass alone.
 *
 * @since 0.1.0
 */
import { compile, type Compile } from "@seed-grpo/compile"
import { Decoder, type DecoderBatch, type ModelConfig, type Parameters, Policy, Read } from "@seed-grpo/runtime"
import { staticTokenScores } from "@seed-grpo/runtime/layers/StaticTokenScores"
import * as tf from "@tensorflow/tfjs-core"
import { Effect } from "effect"
import * as LengthBuckets from "./LengthBuckets.ts"
import { type ScoresOf, scoresOf } from "./PolicyScores.ts"
import * as ProgramRows from "./ProgramRows.ts"

/**
 * @since 0.1.0
 * @category models
 */
export interface CompiledScores {
  /** As `PolicyScores.scoresOf`, of the model it was made for. */
  readonly scoresOf: ScoresOf
  readonly explain: Compile.Compiled<never, unknown>["explain"]
  readonly dispose: () => void
}

type Scores = Compile.Compiled<[Parameters.Parameters, DecoderBatch.DecoderBatch, tf.Tensor1D], tf.Tensor>

/**
 * @since 0.1.0
 * @category constructors
 */
export const make = (options: Pick<Compile.Options, "onCompile" | "rung"> = {}): CompiledScores => {
  const programs = new Map<string, Scores>()

  const compiled = (config: ModelConfig.ModelConfig, rows: number, prompt: number, temperature: number): Scores => {
    const key = `${rows} ${prompt} ${temperature}`
    const known = programs.get(key)
    if (known !== undefined) return known
    const made: Scores = compile(
      (parameters, decoder, targets) => {
        const { hidden } = Decoder.forward(parameters, config, rows, decoder)
        const perRow = tf.reshape(hidden, [rows, -1, config.hiddenSize])
        const predicting = tf.slice(perRow, [0, prompt - 1, 0], [rows, targets.size / rows, config.hiddenSize])
        return staticTokenScores(
          tf.reshape(predicting, [targets.size, config.hiddenSize]),
          Decoder.outputHead(parameters, config),
          targets,
          temperature,
        )
      },
      { ...options, name: "log-probs" },
    )
    programs.set(key, made)
    return made
  }

  return {
    scoresOf: async (parameters, config, rows, temperature) => {
      const all: Array<Awaited<ReturnType<ScoresOf>>[number]> = []
      const parts = ProgramRows.deal(rows)
      for (const places of parts) {
        const part = places.map((place) => rows[place]!)
        const {
          columns,
          decoder,
          prompt,
          rows: count,
          targets,
        } = tf.tidy(() => ProgramRows.make(config, part, temperature) as never) as ProgramRows.ProgramRows
        const scores = await Read.take(compiled(config, count, prompt, temperature)(parameters, decoder, targets))
        tf.dispose([targets, decoder as never])
        part.forEach(({ completion }, row) => {
          const at = (which: number) =>
            Float64Array.from(completion, (_, t) => scores[2 * (row * columns + t) + which]!)
          all.push({ logprobs: at(0), entropies: at(1) })
        })
      }
      return LengthBuckets.restored(parts, all)
    },
    explain: () => [...programs.values()].flatMap((one) => one.explain()),
    dispose: () => {
      for (const one of programs.values()) one.dispose()
    },
  }
}

/**
 * Scoring as the policy computes: by programs, or kernel by kernel where nothing is compiled.
 *
 * @since 0.1.0
 * @category constructors
 */
export const ofPolicy = Effect.gen(function* () {
  const { compilation } = yield* Policy.Policy
  if (compilation === undefined) return scoresOf
  const compiled = yield* Effect.acquireRelease(
    Effect.sync(() => make(compilation)),
    ({ dispose }) => Effect.sync(dispose),
  )
  return compiled.scoresOf
})
