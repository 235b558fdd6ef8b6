/**
 * The weights of a policy: which tensors an architecture has, and their way between checkpoint and back-end.
 *
 * Parameters keep the names that Hugging Face gives them. Projections lie input-major here (`[I, O]`, see `Linear`) and
 * output-major in checkpoints; they are turned at this boundary and nowhere else.
 *
 * @since 0.1.0
 */
import { attempt } from "@seed-grpo/core/Attempt"
import { ExplainedError } from "@seed-grpo/core/ExplainedError"
import * as Rng from "@seed-grpo/core/Rng"
import * as tf from "@tensorflow/tfjs-core"
import { Effect, Exit } from "effect"
import * as Lora from "./LoraConfig.ts"
import type { ModelConfig } from "./ModelConfig.ts"
import * as Read from "./Read.ts"
import type { HostTensor, HostTensors } from "./Safetensors.ts"
import type { Weights, WeightsError } from "./Weights.ts"

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
export class ParametersError extends ExplainedError<"other-tensors" | "non-finite"> {
  readonly _tag = "ParametersError"
}

const baseSpecs = (config: ModelConfig): ReadonlyArray<ParameterSpec> => {
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

/** `A` and `B` of each projection that the adapter targets; the output head is never one. */
const adapterSpecs = (config: ModelConfig, adapter: Lora.LoraConfig): ReadonlyArray<ParameterSpec> =>
  baseSpecs(config).flatMap(({ kind, name, shape }): Array<ParameterSpec> => {
    const module = name.replace(/\.weight$/, "")
    if (kind !== "projection" || module === "lm_head" || !Lora.isTarget(adapter, module)) return []
    const [out, into] = shape as [number, number]
    const rank = Lora.rank(adapter, module)
    return [
      { name: `${module}.lora_A.weight`, shape: [rank, into], kind: "projection" },
      { name: `${module}.lora_B.weight`, shape: [out, rank], kind: "projection" },
    ]
  })

/**
 * The tensors of an architecture, in a fixed order; those of an adapter come last.
 *
 * @since 0.1.0
 * @category constructors
 */
export const specs = (config: ModelConfig): ReadonlyArray<ParameterSpec> => [
  ...baseSpecs(config),
  ...(config.adapter === undefined ? [] : adapterSpecs(config, config.adapter)),
]

/**
 * The tensors that training changes: the adapter's where there is one, else all.
 *
 * @since 0.1.0
 * @category constructors
 */
export const trainable = (config: ModelConfig): ReadonlyArray<ParameterSpec> =>
  config.adapter === undefined ? baseSpecs(config) : adapterSpecs(config, config.adapter)

const numbersOf = (some: ReadonlyArray<ParameterSpec>): number =>
  some.reduce((total, { shape }) => total + shape.reduce((size, length) => size * length, 1), 0)

/**
 * How many numbers a policy of this architecture has.
 *
 * @since 0.1.0
 * @category destructors
 */
export const count = (config: ModelConfig): number => numbersOf(specs(config))

/**
 * How many of them training changes.
 *
 * @since 0.1.0
 * @category destructors
 */
export const countTrainable = (config: ModelConfig): number => numbersOf(trainable(config))

const turned = ({ shape, data }: HostTensor): HostTensor => {
  const [rows, columns] = shape as [number, number]
  const result = new Float32Array(data.length)
  for (let r = 0; r < rows; r++) for (let c = 0; c < columns; c++) result[c * rows + r] = data[r * columns + c]!
  return { shape: [columns, rows], data: result }
}

const sameShape = (a: ReadonlyArray<number>, b: ReadonlyArray<number>) =>
  a.length === b.length && a.every((length, axis) => length === b[axis])

/**
 * In what tensors differ from those that are expected, in words, all of them: empty when they are exactly those.
 *
 * @since 0.1.0
 * @category predicates
 */
export const problems = (
  expected: ReadonlyArray<ParameterSpec>,
  found: ReadonlyMap<string, { readonly shape: ReadonlyArray<number> }>,
): ReadonlyArray<string> => {
  const known = new Set(expected.map(({ name }) => name))
  const missing = expected.filter(({ name }) => !found.has(name)).map(({ name }) => name)
  const unknown = [...found.keys()].filter((name) => !known.has(name))
  const wrong = expected.flatMap(({ name, shape }) => {
    const other = found.get(name)?.shape
    return other === undefined || sameShape(other, shape)
      ? []
      : [`${name} as [${other.join(", ")}] and not [${shape.join(", ")}]`]
  })
  return [
    ...(missing.length === 0 ? [] : [`missing ${missing.join(", ")}`]),
    ...(unknown.length === 0 ? [] : [`unknown ${unknown.join(", ")}`]),
    ...wrong,
  ]
}

const uploaded = ({ kind }: ParameterSpec, stored: HostTensor): tf.Tensor => {
  const { data, shape } = kind === "projection" ? turned(stored) : stored
  return tf.tensor(data, [...shape])
}

/**
 * Uploads tensors to the active back-end.
 *
 * @since 0.1.0
 * @category conversions
 */
export const upload = (some: ReadonlyArray<ParameterSpec>, host: HostTensors): Parameters =>
  Object.fromEntries(some.map((spec) => [spec.name, uploaded(spec, host.get(spec.name)!)]))

/** A tied output head that is stored all the same is left out. */
const checkShapes = (config: ModelConfig, found: ReadonlyMap<string, { readonly shape: ReadonlyArray<number> }>) => {
  const counted = new Map(found)
  if (config.tiedEmbeddings) counted.delete("lm_head.weight")
  const expected = specs(config)
  const different = problems(expected, counted)
  if (different.length === 0) return expected
  throw new ParametersError({
    reason: "other-tensors",
    at: "checkpoint tensors",
    expected: `the ${expected.length} tensors of this ${config.architecture}`,
    found: different.join("; "),
    fix: "Check that config.json and the weights belong together.",
  })
}

/**
 * Uploads the tensors of a checkpoint in memory to the active back-end, after checking that they are exactly the
 * architecture's.
 *
 * @throws ParametersError
 *
 * @since 0.1.0
 * @category conversions
 */
export const fromHost = (config: ModelConfig, host: HostTensors): Parameters => upload(checkShapes(config, host), host)

const checkFinite = (name: string, { data }: HostTensor): void => {
  let at = 0
  while (at < data.length && Number.isFinite(data[at])) at++
  if (at === data.length) return
  throw new ParametersError({
    reason: "non-finite",
    at: `checkpoint tensor ${name}`,
    expected: "finite numbers",
    found: `${data[at]} at index ${at}`,
    fix: "Use an earlier checkpoint: this one was saved after training had diverged.",
  })
}

/**
 * tfjs-node copies numbers when they are first used and keeps JavaScript's until then: without this, the first use of a
 * model would have all of them in memory twice.
 */
const settle = (tensor: tf.Tensor): void => {
  const { shape } = tensor
  tf.dispose(
    tf.slice(
      tensor,
      shape.map(() => 0),
      shape.map(() => 1),
    ),
  )
}

/**
 * Reads the tensors of a checkpoint one after the other, largest first, and uploads each before the next is read: memory
 * peaks at the weights and two copies of the largest tensor at the start. Nothing is left behind when one of them fails.
 *
 * @since 0.1.0
 * @category constructors
 */
export const load = Effect.fn("Parameters.load")(function* (
  config: ModelConfig,
  weights: Weights,
): Effect.fn.Return<Parameters, ParametersError | WeightsError> {
  const expected = yield* attempt(ParametersError, () => checkShapes(config, weights.shapes))
  const sizeOf = ({ shape }: ParameterSpec) => shape.reduce((product, length) => product * length, 1)
  const read = new Map<string, tf.Tensor>()
  const readOne = Effect.fnUntraced(function* (spec: ParameterSpec) {
    const stored = yield* weights.read(spec.name)
    yield* attempt(ParametersError, () => checkFinite(spec.name, stored))
    const tensor = uploaded(spec, stored)
    read.set(spec.name, tensor)
    settle(tensor)
  })
  yield* Effect.forEach(
    expected.toSorted((a, b) => sizeOf(b) - sizeOf(a)),
    readOne,
    { discard: true },
  ).pipe(
    Effect.onExit((exit) => Effect.sync(() => (Exit.isSuccess(exit) ? undefined : tf.dispose([...read.values()])))),
  )
  return Object.fromEntries(expected.map(({ name }) => [name, read.get(name)!]))
})

/**
 * Downloads one parameter into checkpoint layout.
 *
 * @since 0.1.0
 * @category conversions
 */
export const download = async ({ kind }: ParameterSpec, tensor: tf.Tensor): Promise<HostTensor> => {
  const { shape } = tensor
  const data = await Read.read(tensor)
  return kind === "projection" ? turned({ shape, data }) : { shape: [...shape], data }
}

/**
 * Downloads parameters (or gradients, or optimizer moments of the same names; some of them or all) into checkpoint layout, as
 * they are now.
 *
 * @since 0.1.0
 * @category conversions
 */
export const toHost = async (config: ModelConfig, parameters: Parameters): Promise<HostTensors> => {
  const present = specs(config).filter(({ name }) => name in parameters)
  const tensors = await Promise.all(present.map((spec) => download(spec, parameters[spec.name]!)))
  return new Map(present.map(({ name }, index) => [name, tensors[index]!]))
}

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
