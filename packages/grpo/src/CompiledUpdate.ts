/**
 * The parts of an update as compiled programs: the gradient of a micro-batch, its norm, and the optimizer's step.
 *
 * @since 0.1.0
 */
import { compile, type Compile } from "@seed-grpo/compile"
import { Decoder, type DecoderBatch, type ModelConfig, Parameters, Read } from "@seed-grpo/runtime"
import { staticTokenScores } from "@seed-grpo/runtime/layers/StaticTokenScores"
import * as tf from "@tensorflow/tfjs-core"
import { added } from "./Accumulation.ts"
import { type Totals, totals as totalsOf } from "./Aggregation.ts"
import * as CompiledStep from "./CompiledStep.ts"
import * as Constants from "./Constants.ts"
import { sumsOfSquares } from "./GradientNorm.ts"
import * as LengthBuckets from "./LengthBuckets.ts"
import * as Loss from "./Loss.ts"
import type { Objective } from "./Objective.ts"
import type { Tensors } from "./Optimizer.ts"
import type { Step } from "./OptimizerStep.ts"
import {
  type GradientOptions,
  type PolicyGradient,
  type policyGradient,
  type ScoredTrainingRow,
  type TrainingRow,
  withScores,
} from "./PolicyGradient.ts"
import * as ProgramRows from "./ProgramRows.ts"

/** What changes from one micro-batch to the next: `[B, C]`, and the tokens `int32 [B C]`. */
type Batch = Constants.Tensors & { readonly targets: tf.Tensor1D }

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

/** Of all rows, as a sum over parts in sizes that programs exist for. */
const summed = async (
  rows: ReadonlyArray<TrainingRow>,
  gradientOf: (part: ReadonlyArray<TrainingRow>) => Promise<PolicyGradient>,
): Promise<PolicyGradient> => {
  const parts = ProgramRows.deal(rows)
  let sum: Omit<PolicyGradient, "scored"> | undefined
  const computed: Array<ScoredTrainingRow> = []
  for (const part of parts) {
    const { gradients, loss, scored } = await gradientOf(part.map((index) => rows[index]!))
    computed.push(...scored)
    sum =
      sum === undefined ? { loss, gradients } : { loss: sum.loss + loss, gradients: added(sum.gradients, gradients) }
  }
  return { ...sum!, scored: LengthBuckets.restored(parts, computed) }
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

  const gradientOf = async (
    objective: Objective,
    parameters: Parameters.Parameters,
    config: ModelConfig.ModelConfig,
    part: ReadonlyArray<TrainingRow>,
    gradientOptions: GradientOptions & { readonly totals: Totals },
  ): Promise<PolicyGradient> => {
    const { columns, constants, decoder, prompt, targets } = tf.tidy(() => {
      const { rows, ...inputs } = ProgramRows.make(config, part, gradientOptions.temperature)
      const size = { rows, columns: inputs.columns }
      return { ...inputs, constants: Constants.ofRows(objective, part, gradientOptions.totals, size) } as never
    }) as Omit<ProgramRows.ProgramRows, "rows"> & { readonly constants: Constants.Tensors }
    const program = compiled(objective, config, gradientOptions, prompt)
    const { grads, loss, scores } = program(parameters, decoder, { targets, ...constants })
    tf.dispose([targets, { ...constants }, decoder as never])
    const [values, value] = await Promise.all([Read.take(scores), Read.take(loss)])
    const at = (index: number) => values.filter((_, i) => i % 2 === index)
    const names = Parameters.trainable(config).map(({ name }) => name)
    return {
      loss: value[0]!,
      gradients: Object.fromEntries(names.map((name, i) => [name, grads[i]!])),
      scored: withScores(part, columns, at(0), at(1)),
    }
  }

  return {
    gradient: (objective, parameters, config, rows, gradientOptions) => {
      const totals = gradientOptions.totals ?? totalsOf(objective, rows)
      return summed(rows, (part) => gradientOf(objective, parameters, config, part, { ...gradientOptions, totals }))
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
