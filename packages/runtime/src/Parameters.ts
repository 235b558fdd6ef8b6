/**
 * The weights of a policy: which tensors an architecture has, and their way between checkpoint and back-end.
 *
 * Parameters keep the names that Hugging Face gives them. Projections lie input-major here (`[I, O]`, see `Linear`) and
 * output-major in checkpoints; they are turned at this boundary and nowhere else.
 *
 * @since 0.1.0
 */
import { ExplainedError } from "@seed-grpo/core/ExplainedError"
import * as Rng from "@seed-grpo/core/Rng"
import * as tf from "@tensorflow/tfjs-core"
import type { ModelConfig } from "./ModelConfig.ts"
import type { HostTensor, HostTensors } from "./Safetensors.ts"

/**
 * Parameters on the back-end, by Hugging Face name.
 *
 * @since 0.1.0
 * @category models
 */
export type Parameters = { readonly [name: string]: tf.Tensor }

/**
 * One parameter of an architecture.
 *
 * @since 0.1.0
 * @category models
 */
export interface ParameterSpec {
  readonly name: string
  /** As in a checkpoint: projections are `[O, I]`. */
  readonly shape: ReadonlyArray<number>
  /** `embedding` and `norm` lie as stored, `projection` is turned to `[I, O]`, `bias` starts at zero. */
  readonly kind: "embedding" | "norm" | "projection" | "bias"
}

/**
 * Why a checkpoint's tensors do not make a policy.
 *
 * @since 0.1.0
 * @category errors
 */
export class ParametersError extends ExplainedError<"missing-tensors" | "unknown-tensors" | "wrong-shapes"> {
  readonly _tag = "ParametersError"
}

/**
 * The tensors of an architecture, in a fixed order.
 *
 * @since 0.1.0
 * @category constructors
 */
export const specs = (config: ModelConfig): ReadonlyArray<ParameterSpec> => {
  const { hiddenSize: d, intermediateSize: f } = config
  const queries = config.heads * config.headDim
  const keys = config.keyHeads * config.headDim
  const projection = (name: string, out: number, into: number): ParameterSpec => ({
    name: `${name}.weight`,
    shape: [out, into],
    kind: "projection",
  })
  const bias = (name: string, out: number): ParameterSpec => ({ name: `${name}.bias`, shape: [out], kind: "bias" })
  const norm = (name: string, width = d): ParameterSpec => ({
    name: `${name}.weight`,
    shape: [width],
    kind: "norm",
  })
  const linear = (name: string, out: number, into: number, biased: boolean) =>
    biased ? [projection(name, out, into), bias(name, out)] : [projection(name, out, into)]
  const { feedForwardBias, outputBias, queryKeyNorm, queryKeyValueBias } = config
  const layers = Array.from({ length: config.layers }, (_, index) => {
    const layer = `model.layers.${index}`
    const attention = `${layer}.self_attn`
    return [
      norm(`${layer}.input_layernorm`),
      ...linear(`${attention}.q_proj`, queries, d, queryKeyValueBias),
      ...linear(`${attention}.k_proj`, keys, d, queryKeyValueBias),
      ...linear(`${attention}.v_proj`, keys, d, queryKeyValueBias),
      ...(queryKeyNorm
        ? [norm(`${attention}.q_norm`, config.headDim), norm(`${attention}.k_norm`, config.headDim)]
        : []),
      ...linear(`${attention}.o_proj`, d, queries, outputBias),
      norm(`${layer}.post_attention_layernorm`),
      ...linear(`${layer}.mlp.gate_proj`, f, d, feedForwardBias),
      ...linear(`${layer}.mlp.up_proj`, f, d, feedForwardBias),
      ...linear(`${layer}.mlp.down_proj`, d, f, feedForwardBias),
    ]
  }).flat()
  return [
    { name: "model.embed_tokens.weight", shape: [config.vocabularySize, d], kind: "embedding" },
    ...layers,
    norm("model.norm"),
    ...(config.tiedEmbeddings ? [] : [projection("lm_head", config.vocabularySize, d)]),
  ]
}

/**
 * How many numbers a policy of this architecture has.
 *
 * @since 0.1.0
 * @category destructors
 */
export const count = (config: ModelConfig): number =>
  specs(config).reduce((total, { shape }) => total + shape.reduce((size, length) => size * length, 1), 0)

const turned = ({ shape, data }: HostTensor): HostTensor => {
  const [rows, columns] = shape as [number, number]
  const result = new Float32Array(data.length)
  for (let r = 0; r < rows; r++) for (let c = 0; c < columns; c++) result[c * rows + r] = data[r * columns + c]!
  return { shape: [columns, rows], data: result }
}

const sameShape = (a: ReadonlyArray<number>, b: ReadonlyArray<number>) =>
  a.length === b.length && a.every((length, axis) => length === b[axis])

const list = (names: ReadonlyArray<string>) =>
  names.length <= 5 ? names.join(", ") : `${names.slice(0, 5).join(", ")} and ${names.length - 5} more`

const refuse = (reason: ParametersError["reason"], expected: string, found: string): never => {
  throw new ParametersError({
    reason,
    at: "checkpoint tensors",
    expected,
    found,
    fix: "Check that config.json and the weights belong together.",
  })
}

/**
 * Uploads the tensors of a checkpoint to the active back-end, after checking that they are exactly the architecture's.
 * A tied output head that is stored all the same is left out.
 *
 * @throws ParametersError
 *
 * @since 0.1.0
 * @category conversions
 */
export const fromHost = (config: ModelConfig, host: HostTensors): Parameters => {
  const expected = specs(config)
  const missing = expected.filter(({ name }) => !host.has(name)).map(({ name }) => name)
  if (missing.length > 0) refuse("missing-tensors", `${expected.length} tensors`, `none named ${list(missing)}`)
  const known = new Set(expected.map(({ name }) => name))
  if (config.tiedEmbeddings) known.add("lm_head.weight")
  const unknown = [...host.keys()].filter((name) => !known.has(name))
  if (unknown.length > 0) refuse("unknown-tensors", `only tensors of ${config.architecture}`, list(unknown))
  const wrong = expected.filter(({ name, shape }) => !sameShape(host.get(name)!.shape, shape))
  if (wrong.length > 0) {
    const { name, shape } = wrong[0]!
    refuse(
      "wrong-shapes",
      `${name} as [${shape.join(", ")}]`,
      `[${host.get(name)!.shape.join(", ")}] (${wrong.length} tensors differ)`,
    )
  }
  return Object.fromEntries(
    expected.map(({ name, kind }) => {
      const stored = host.get(name)!
      const { shape, data } = kind === "projection" ? turned(stored) : stored
      return [name, tf.tensor(data, [...shape])]
    }),
  )
}

/**
 * Downloads parameters (or gradients, or optimizer moments of the same names) into checkpoint layout.
 *
 * @since 0.1.0
 * @category conversions
 */
export const toHost = (config: ModelConfig, parameters: Parameters): HostTensors =>
  new Map(
    specs(config).map(({ name, kind }) => {
      const tensor = parameters[name]!
      const host = { shape: [...tensor.shape], data: tensor.dataSync() as Float32Array }
      return [name, kind === "projection" ? turned(host) : host]
    }),
  )

/**
 * A fresh policy: weights normal with standard deviation `0.02`, output projections smaller by `√(2 layers)` as in
 * GPT-2, norms at one, biases at zero. The same seed gives the same weights everywhere.
 *
 * @since 0.1.0
 * @category constructors
 */
export const initialise = (config: ModelConfig, seed: number): HostTensors => {
  const key = Rng.key(seed, "initial-weights")
  return new Map(
    specs(config).map(({ name, shape, kind }) => {
      const size = shape.reduce((product, length) => product * length, 1)
      if (kind === "norm" || kind === "bias")
        return [name, { shape, data: new Float32Array(size).fill(kind === "norm" ? 1 : 0) }]
      const residual = name.endsWith("o_proj.weight") || name.endsWith("down_proj.weight")
      const deviation = residual ? 0.02 / Math.sqrt(2 * config.layers) : 0.02
      const position = Rng.hash(name)
      return [
        name,
        { shape, data: Float32Array.from({ length: size }, (_, i) => deviation * Rng.normal(key, [position, i])) },
      ]
    }),
  )
}

/**
 * Frees parameters.
 *
 * @since 0.1.0
 * @category destructors
 */
export const dispose = (parameters: Parameters): void => {
  for (const name in parameters) parameters[name]!.dispose()
}
