/**
 * A judge that asks a model of natural-language entailment: do two answers entail each other?
 *
 * This is how semantic entropy was first measured (Kuhn et al., 2023; Farquhar et al., 2024), for answers in sentences.
 * Bare numbers and formulas are better left to mathematics: such models take 32 for 32.5.
 *
 * @since 0.1.0
 */
import { Effect, Layer, type FileSystem, type Path } from "effect"
import { type EntailmentRule, strict } from "./EntailmentRule.ts"
import { Judge } from "./Judge.ts"
import { JudgeError } from "./JudgeError.ts"
import { cached } from "./NliCache.ts"
import { read } from "./NliFolder.ts"
import { load, type LoadOptions, type NliFiles, type NliModel, type OnnxRuntime } from "./NliModel.ts"

/**
 * @since 0.1.0
 * @category models
 */
export interface NliJudgeOptions {
  /** Default `strict`: each answer entails the other. */
  readonly rule?: EntailmentRule
  /**
   * Whether the question, where there is one, stands before both answers, with a blank between. Default true, as in
   * jlko/semantic_uncertainty: "Paris" alone entails little.
   */
  readonly withQuestion?: boolean
}

const failed = (error: unknown): JudgeError =>
  error instanceof JudgeError
    ? error
    : new JudgeError({
        reason: "threw",
        at: "the model of entailment",
        expected: "probabilities",
        found: String(error),
        fix: "Mend the model's entailment.",
        cause: error,
      })

/**
 * A judge from a loaded model. Both directions of all pairs of a request go to the model together. Blanks around an
 * answer do not matter; answers with equal texts are never compared. Pairs too long for the model are judged by what fits,
 * with a warning in the log.
 *
 * @example
 * ```ts
 * import assert from "node:assert"
 * import { Judge } from "@seed-grpo/entropy"
 * import { lenient } from "@seed-grpo/entropy/EntailmentRule"
 * import { layer } from "@seed-grpo/entropy/NliJudge"
 * import { Effect } from "effect"
 *
 * // In place of a model: longer texts entail what they include.
 * const model = {
 *   entailment: async (pairs: ReadonlyArray<readonly [string, string]>) =>
 *     pairs.map(([premise, hypothesis]) => {
 *       const entailment = premise.includes(hypothesis) ? 0.9 : 0.02
 *       return { entailment, neutral: 0.98 - entailment, contradiction: 0.02, cut: 0 }
 *     }),
 *   maxLength: 512,
 *   release: async () => {}
 * }
 * const answers = ["Paris", "Paris, France", "London"]
 * const cluster = Judge.cluster(answers, { question: "Where?" })
 * const idsBy = async (options: object) =>
 *   (await Effect.runPromise(cluster.pipe(Effect.provide(layer(model, options))))).clusterIds
 * assert.deepEqual(await idsBy({}), [0, 1, 2])
 * assert.deepEqual(await idsBy({ rule: lenient, withQuestion: false }), [0, 0, 1])
 * ```
 *
 * @since 0.1.0
 * @category layers
 */
export const layer = (
  model: NliModel,
  { rule = strict, withQuestion = true }: NliJudgeOptions = {},
): Layer.Layer<Judge> =>
  Layer.succeed(Judge)({
    name: `nli ${rule.name}`,
    key: (answer) => ({ key: answer.trim(), final: false }),
    judge: Effect.fnUntraced(function* ({ pairs, question }) {
      const text = (answer: string) =>
        withQuestion && question !== undefined ? `${question} ${answer.trim()}` : answer.trim()
      const ordered = pairs.flatMap(([a, b]) => [[text(a), text(b)] as const, [text(b), text(a)] as const])
      const said = yield* Effect.tryPromise({
        try: (signal) => model.entailment(ordered, signal),
        catch: failed,
      })
      const cut = said.filter((one) => one.cut > 0).length / 2
      if (cut > 0) {
        yield* Effect.logWarning(`${cut} of ${pairs.length} pairs are over ${model.maxLength} tokens and were cut`)
      }
      return pairs.map((_, index) => rule.outcome(said[2 * index]!, said[2 * index + 1]!))
    }),
  })

/**
 * @since 0.1.0
 * @category models
 */
export interface NliLoadOptions extends NliJudgeOptions, LoadOptions {
  /** Ordered pairs whose probabilities are remembered. Default 100 000. */
  readonly capacity?: number
}

/**
 * A judge from the files of a model, which is loaded with the layer, remembers what it said, and is released with the
 * layer.
 *
 * @since 0.1.0
 * @category layers
 */
export const layerFiles = (
  files: NliFiles,
  ort: OnnxRuntime,
  options: NliLoadOptions = {},
): Layer.Layer<Judge, JudgeError> =>
  Layer.unwrap(
    Effect.acquireRelease(Effect.tryPromise({ try: () => load(files, ort, options), catch: failed }), (model) =>
      Effect.promise(() => model.release()),
    ).pipe(Effect.map((model) => layer(cached(model, options.capacity), options))),
  )

/**
 * A judge from the folder of a model. `onnx` names the model inside the folder, where it is not `model.onnx` or
 * `onnx/model.onnx`.
 *
 * @since 0.1.0
 * @category layers
 */
export const layerFolder = (
  folder: string,
  ort: OnnxRuntime,
  options: NliLoadOptions & { readonly onnx?: string } = {},
): Layer.Layer<Judge, JudgeError, FileSystem.FileSystem | Path.Path> =>
  Layer.unwrap(Effect.map(read(folder, options.onnx), (files) => layerFiles(files, ort, options)))
