/**
 * A model of natural-language entailment, run by ONNX Runtime: is a hypothesis entailed by a premise, contradicted, or
 * neither?
 *
 * Any exported sequence classifier with these three labels will do, such as `microsoft/deberta-large-mnli` or
 * `MoritzLaurer/DeBERTa-v3-base-mnli`. ONNX Runtime is passed in, `onnxruntime-node` or `onnxruntime-web`; nothing here
 * loads it. Needs `@huggingface/tokenizers`.
 *
 * @since 0.1.0
 */
import { logSumExp } from "@seed-grpo/core/Numeric"
import type { Label, Probabilities } from "./EntailmentRule.ts"
import { JudgeError } from "./JudgeError.ts"
import { labelsOf, maxLengthOf, padOf } from "./NliConfig.ts"
import { fromJson } from "./PairEncoder.ts"

/**
 * The files of a model, JSON parsed.
 *
 * @since 0.1.0
 * @category models
 */
export interface NliFiles {
  /** `config.json` */
  readonly config: unknown
  /** `tokenizer.json` */
  readonly tokenizer: unknown
  /** `tokenizer_config.json` */
  readonly tokenizerConfig?: unknown
  /**
   * `model.onnx`: its bytes, or where ONNX Runtime finds it (a path, or a URL in a browser). Weights in a file beside it
   * are found by onnxruntime-node, given a path; onnxruntime-web wants them in `session: { externalData }`.
   */
  readonly onnx: Uint8Array | string
}

/**
 * What is used of a session of ONNX Runtime.
 *
 * @since 0.1.0
 * @category models
 */
export interface OnnxSession {
  readonly inputNames: ReadonlyArray<string>
  run(inputs: Readonly<Record<string, unknown>>): Promise<{
    readonly [name: string]: { readonly data: unknown; readonly dims: ReadonlyArray<number> }
  }>
  release(): Promise<void>
}

/**
 * What is used of ONNX Runtime: `import * as ort from "onnxruntime-node"` and `onnxruntime-web` both fit.
 *
 * @since 0.1.0
 * @category models
 */
export interface OnnxRuntime {
  readonly InferenceSession: {
    create(path: string, options?: object): Promise<OnnxSession>
    create(bytes: Uint8Array, options?: object): Promise<OnnxSession>
  }
  readonly Tensor: new (type: "int64", data: BigInt64Array, dims: ReadonlyArray<number>) => unknown
}

/**
 * @since 0.1.0
 * @category models
 */
export interface LoadOptions {
  /** Pairs that are run at once. Default 16. */
  readonly batchSize?: number
  /** Tokens of a pair at most. Default: the least that `tokenizer_config.json` and `config.json` say. */
  readonly maxLength?: number
  /** Options of ONNX Runtime's session, such as `{ executionProviders: ["cuda"] }`. */
  readonly session?: object
}

/**
 * What a model says of one premise and one hypothesis.
 *
 * @since 0.1.0
 * @category models
 */
export interface Entailment extends Probabilities {
  /** Tokens that did not fit into the model, and which it has not seen. */
  readonly cut: number
}

/**
 * @since 0.1.0
 * @category models
 */
export interface NliModel {
  /** Premise and hypothesis each, in any number. Rejects with a JudgeError; the signal is heard between batches. */
  readonly entailment: (
    pairs: ReadonlyArray<readonly [premise: string, hypothesis: string]>,
    signal?: AbortSignal,
  ) => Promise<ReadonlyArray<Entailment>>
  /** Tokens of a pair at most. */
  readonly maxLength: number
  /** Frees the session. */
  readonly release: () => Promise<void>
}

const bad = (at: string, expected: string, found: string, fix: string, cause?: unknown): JudgeError =>
  new JudgeError({ reason: "bad-model", at, expected, found, fix, cause })

/** Names of a transformer's inputs: those that the session declares are given. */
const INPUTS: ReadonlyArray<string> = ["input_ids", "attention_mask", "token_type_ids"]

/**
 * Loads a model, and runs it once: what cannot work fails here.
 *
 * Pairs are run in batches of about equal length, padded on the right and masked. How pairs are batched changes a
 * probability by rounding alone, less than 1e-6 in float32. Probabilities are a softmax in float64.
 *
 * A text longer than the model takes is cut as Transformers does (`longest_first`); `cut` says by how much. Two answers
 * that differ only in what was cut off look the same.
 *
 * Rejects with a JudgeError: `bad-model` when files are no model of entailment that can be run; `malformed` when the model
 * gives a logit that is no finite number, as half precision does where it overflows; `threw` when ONNX Runtime fails on a
 * batch.
 *
 * @example
 * ```ts
 * import type { NliModel } from "@seed-grpo/entropy/NliModel"
 * import { load } from "@seed-grpo/entropy/NliModel"
 *
 * // In a browser: the files of a model under a URL.
 * export const fromUrl = async (url: string): Promise<NliModel> => {
 *   const json = async (name: string) => (await fetch(`${url}/${name}`)).json()
 *   const [config, tokenizer] = [await json("config.json"), await json("tokenizer.json")]
 *   return load({ config, tokenizer, onnx: `${url}/onnx/model.onnx` }, await import("onnxruntime-web"))
 * }
 * ```
 *
 * @since 0.1.0
 * @category constructors
 */
export const load = async (
  files: NliFiles,
  ort: OnnxRuntime,
  { batchSize = 16, maxLength, session: options }: LoadOptions = {},
): Promise<NliModel> => {
  const labels = labelsOf(files.config)
  const pad = padOf(files.config)
  const longest = maxLength ?? maxLengthOf(files.config, files.tokenizerConfig)
  const encoder = fromJson(files.tokenizer, files.tokenizerConfig, longest)
  const session = await (
    typeof files.onnx === "string"
      ? ort.InferenceSession.create(files.onnx, options)
      : ort.InferenceSession.create(files.onnx, options)
  ).catch((cause: unknown) => {
    throw bad("model.onnx", "a model for ONNX Runtime", String(cause), "Export or download the model again.", cause)
  })
  const unknown = session.inputNames.filter((name) => !INPUTS.includes(name))
  if (unknown.length > 0 || !session.inputNames.includes("input_ids")) {
    await session.release()
    throw bad("model.onnx: inputs", INPUTS.join(", "), session.inputNames.join(", "), "Export a text classifier.")
  }

  type Encoded = ReturnType<typeof encoder.encode>
  const logits = async (batch: ReadonlyArray<Encoded>): Promise<ReadonlyArray<ReadonlyArray<number>>> => {
    const width = batch.reduce((most, { ids }) => Math.max(most, ids.length), 0)
    const column = (of: (pair: Encoded, at: number) => number) => {
      const data = BigInt64Array.from({ length: batch.length * width }, (_, i) =>
        BigInt(of(batch[Math.floor(i / width)]!, i % width)),
      )
      return new ort.Tensor("int64", data, [batch.length, width])
    }
    const columns: Readonly<Record<string, () => unknown>> = {
      input_ids: () => column(({ ids }, at) => ids[at] ?? pad),
      attention_mask: () => column(({ ids }, at) => (at < ids.length ? 1 : 0)),
      token_type_ids: () => column(({ types }, at) => types[at] ?? 0),
    }
    const outputs = await session
      .run(Object.fromEntries(session.inputNames.map((name) => [name, columns[name]!()])))
      .catch((cause: unknown) => {
        throw new JudgeError({
          reason: "threw",
          at: `the model, on ${batch.length} pairs of up to ${width} tokens`,
          expected: "logits",
          found: String(cause),
          fix: "Try a smaller batchSize or maxLength.",
          cause,
        })
      })
    const said = outputs["logits"]
    const [rows, wide] = said?.dims ?? []
    if (!(said?.data instanceof Float32Array) || rows !== batch.length || wide !== 3 || said.dims.length !== 2) {
      const shapes = Object.entries(outputs).map(
        ([name, { data, dims }]) => `${name} ${(data as object).constructor.name} [${dims.join(", ")}]`,
      )
      throw bad(
        "model.onnx: outputs",
        `logits Float32Array [${batch.length}, 3]`,
        shapes.join(", "),
        "Export it again.",
      )
    }
    const { data } = said
    return batch.map((_, row) => Array.from(data.subarray(3 * row, 3 * row + 3)))
  }

  /** One run after another: a session on WebGPU refuses to run twice at a time. */
  let last: Promise<unknown> = Promise.resolve()
  const inTurn = <A>(run: () => Promise<A>): Promise<A> => {
    const turn = last.then(run)
    last = turn.catch(() => undefined)
    return turn
  }

  const entailment: NliModel["entailment"] = async (pairs, signal) => {
    const encoded = pairs.map((pair) => encoder.encode(...pair))
    const order = encoded.map((_, index) => index).sort((a, b) => encoded[a]!.ids.length - encoded[b]!.ids.length)
    const results: Array<Entailment> = []
    for (let from = 0; from < order.length; from += batchSize) {
      signal?.throwIfAborted()
      const batch = order.slice(from, from + batchSize)
      const rows = await inTurn(() => logits(batch.map((index) => encoded[index]!)))
      for (const [row, index] of batch.entries()) {
        const values = rows[row]!
        if (!values.every(Number.isFinite)) {
          throw new JudgeError({
            reason: "malformed",
            at: `the model on ${JSON.stringify(pairs[index]!.map((text) => text.slice(0, 60)))}`,
            expected: "three finite logits",
            found: values.join(", "),
            fix: "Run the model in single precision.",
          })
        }
        const total = logSumExp(values)
        const [first, second, third] = labels.map((label, i) => [label, Math.exp(values[i]! - total)] as const)
        results[index] = {
          ...(Object.fromEntries([first!, second!, third!]) as Record<Label, number>),
          cut: encoded[index]!.cut,
        }
      }
    }
    return results
  }

  try {
    await entailment([["yes", "no"]])
  } catch (error) {
    await session.release()
    throw error
  }
  return { entailment, maxLength: longest, release: () => session.release() }
}
