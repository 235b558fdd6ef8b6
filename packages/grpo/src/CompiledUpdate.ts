/**
 * The parts of an update as compiled programs: the gradient of a micro-batch, its norm, and the optimizer's step.
 *
 * @since 0.1.0
 */
import { Buckets, compile, type Compile } from "@seed-grpo/compile"
import {
  CompletionScores,
  Decoder,
  DecoderBatch,
  type ModelConfig,
  Padding,
  Parameters,
  Read,
} from "@seed-grpo/runtime"
import { staticTokenScores } from "@seed-grpo/runtime/layers/StaticTokenScores"
import * as tf from "@tensorflow/tfjs-core"
import { totals as totalsOf } from "./Aggregation.ts"
import * as CompiledStep from "./CompiledStep.ts"
import * as Constants from "./Constants.ts"
import { sumsOfSquares } from "./GradientNorm.ts"
import * as Loss from "./Loss.ts"
import type { Objective } from "./Objective.ts"
import type { Tensors } from "./Optimizer.ts"
import type { Step } from "./OptimizerStep.ts"
import { type GradientOptions, type policyGradient, type TrainingRow, withScores } from "./PolicyGradient.ts"

/** What changes from one micro-batch to the next: `[B, C]`, and the tokens `int32 [B C]`. */
type Batch = Constants.Tensors & { readonly targets: tf.Tensor1D }

/** Rows, prompts and completions filled up to their buckets; rows that were added train on nothing. */
const filled = (rows: ReadonlyArray<TrainingRow>) => {
  const count = Buckets.above(rows.length)
  const widest = (of: (row: TrainingRow) => Int32Array) => Buckets.above(Math.max(...rows.map((row) => of(row).length)))
  const blank = (columns: number) => new Int32Array(columns)
  const pad = (
    to: (rows: ReadonlyArray<Int32Array>) => Padding.Padded,
    of: (row: TrainingRow) => Int32Array,
    columns: number,
  ): Padding.Padded => {
    const more = Array.from({ length: count - rows.length }, () => Int32Array.of())
    const all = to([...rows.map(of), ...more, blank(columns)])
    const size = count * columns
    return { batch: count, columns, tokens: all.tokens.subarray(0, size), mask: all.mask.subarray(0, size) }
  }
  const prompt = (row: TrainingRow) => row.prompt
  const completion = (row: TrainingRow) => row.completion
  return {
    before: pad(Padding.left, prompt, widest(prompt)),
    after: pad(Padding.right, completion, widest(completion)),
  }
}

/**
 * @since 0.1.0
 * @category models
 */
export interface CompiledUpdate {
  /** As `policyGradient`, of the model it was made for. */
  readonly gradient: typeof policyGradient
  /** As `GradientNorm.globalNorm`. */
  readonly norm: (gradients: Tensors) => Promise<number>
  /** As `OptimizerStep.step`. */
  readonly step: Step
  readonly explain: Compile.Compiled<never, unknown>["explain"]
  readonly dispose: () => void
}

type Gradient = Compile.Compiled<
  [Parameters.Parameters, DecoderBatch.DecoderBatch, Batch],
  { readonly loss: tf.Tensor; readonly grads: ReadonlyArray<tf.Tensor>; readonly scores: tf.Tensor }
>

/**
 * @since 0.1.0
 * @category constructors
 */
export const make = (options: Pick<Compile.Options, "onCompile" | "rung"> = {}): CompiledUpdate => {
  const gradients = new Map<string, Gradient>()
  /** Objectives hold functions, so each object is one of its own: no two share a program. */
  const numbers = new Map<Objective, number>()

  const compiled = (
    objective: Objective,
    config: ModelConfig.ModelConfig,
    { gradientCheckpointing = false, temperature }: GradientOptions,
    prompt: number,
  ): Gradient => {
    const names = Parameters.trainable(config).map(({ name }) => name)
    const number = numbers.get(objective) ?? numbers.size
    numbers.set(objective, number)
    const key = `${number} ${gradientCheckpointing} ${temperature} ${prompt}`
    const known = gradients.get(key)
    if (known !== undefined) return known
    const made: Gradient = compile(
      (parameters, decoder, { targets, ...constants }) => {
        const [rows, width] = constants.mask.shape as [number, number]
        let scores: tf.Tensor | undefined
        const { grads, value } = tf.valueAndGrads((...tensors: Array<tf.Tensor>) => {
          const current = { ...parameters, ...Object.fromEntries(names.map((name, i) => [name, tensors[i]!])) }
          const { hidden } = Decoder.forward(current, config, rows, decoder, { checkpoint: gradientCheckpointing })
          const perRow = tf.reshape(hidden, [rows, -1, config.hiddenSize])
          const predicting = tf.slice(perRow, [0, prompt - 1, 0], [rows, width, config.hiddenSize])
          // The gradient's own tidy would free them.
          scores = tf.keep(
            staticTokenScores(
              tf.reshape(predicting, [rows * width, config.hiddenSize]),
              Decoder.outputHead(current, config),
              targets,
              temperature,
            ),
          )
          const column = (index: number) => tf.reshape(tf.slice(scores!, [0, index], [-1, 1]), [rows, width])
          return Loss.ofTensors(objective, { logprobs: column(0), entropies: column(1) }, constants)
        })(names.map((name) => parameters[name]!))
        return { loss: value, grads, scores: scores! }
      },
      { ...options, name: "gradient" },
    )
    gradients.set(key, made)
    return made
  }

  const norms = compile((of: Tensors) => sumsOfSquares(of), { ...options, name: "gradient norm" })

  const steps = CompiledStep.make(options)

  return {
    gradient: async (objective, parameters, config, rows, gradientOptions) => {
      const { temperature } = gradientOptions
      const of = (which: "prompt" | "completion") => rows.map((row) => row[which])
      CompletionScores.check(config, { prompts: of("prompt"), completions: of("completion"), temperature })
      const { after, before } = filled(rows)
      const columns = after.columns
      const totals = gradientOptions.totals ?? totalsOf(objective, rows)
      const program = compiled(objective, config, gradientOptions, before.columns)
      const { batch, mask, tokens } = Padding.join(before, after)
      // The last column is read by nobody.
      const width = before.columns + columns - 1
      const cut = <A extends Int32Array | Uint8Array>(all: A): A => all.filter((_, i) => i % (width + 1) !== width) as A
      const inputs = tf.tidy(() => ({
        decoder: DecoderBatch.forProgram(config, { batch, tokens: cut(tokens), mask: cut(mask) }) as never,
        batch: {
          targets: tf.tensor1d(after.tokens, "int32"),
          ...Constants.ofRows(objective, rows, totals, { rows: batch, columns }),
        },
      })) as { readonly decoder: DecoderBatch.DecoderBatch; readonly batch: Batch }
      const { grads, loss, scores } = program(parameters, inputs.decoder, inputs.batch)
      tf.dispose(inputs as never)
      const [values, value] = await Promise.all([Read.take(scores), Read.take(loss)])
      const at = (index: number) => values.filter((_, i) => i % 2 === index)
      const names = Parameters.trainable(config).map(({ name }) => name)
      return {
        loss: value[0]!,
        gradients: Object.fromEntries(names.map((name, i) => [name, grads[i]!])),
        scored: withScores(rows, columns, at(0), at(1)),
      }
    },
    norm: async (of) => {
      const squares = await Read.take(norms(of))
      return Math.sqrt(squares.reduce((all, one) => all + one, 0))
    },
    step: steps.step,
    explain: () => [...[...gradients.values(), norms].flatMap((one) => one.explain()), ...steps.explain()],
    dispose: () => {
      for (const one of [...gradients.values(), norms, steps]) one.dispose()
    },
  }
}
