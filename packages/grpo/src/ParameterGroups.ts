/**
 * Parameters that are trained with settings of their own.
 *
 * @since 0.1.0
 */
import type { Parameters } from "@seed-grpo/runtime"
import type { Settings } from "./Optimizer.ts"

/**
 * @since 0.1.0
 * @category models
 */
export interface GroupSettings {
  readonly weightDecay: number
  /** What the learning rate of a step is multiplied by. */
  readonly rateFactor: number
}

/**
 * @since 0.1.0
 * @category models
 */
export interface ParameterGroup extends GroupSettings {
  readonly names: ReadonlyArray<string>
}

/**
 * Groups of parameters with equal settings, in the order in which they first occur. Every parameter is in exactly one.
 *
 * @example
 * ```ts
 * import assert from "node:assert"
 * import { ParameterGroups } from "@seed-grpo/grpo"
 *
 * // LoRA+: B learns sixteen times as fast as A.
 * const specs = ["lora_A", "lora_B"].map((name) => ({ name, shape: [4, 4], kind: "projection" as const }))
 * const groups = ParameterGroups.group(specs, ({ name }) => ({
 *   weightDecay: 0,
 *   rateFactor: name.includes("lora_B") ? 16 : 1
 * }))
 * assert.deepEqual(groups.map(({ names, rateFactor }) => [names, rateFactor]), [[["lora_A"], 1], [["lora_B"], 16]])
 * ```
 *
 * @since 0.1.0
 * @category constructors
 */
export const group = (
  specs: ReadonlyArray<Parameters.ParameterSpec>,
  settingsOf: (spec: Parameters.ParameterSpec) => GroupSettings,
): ReadonlyArray<ParameterGroup> => {
  const groups: Array<GroupSettings & { readonly names: Array<string> }> = []
  for (const spec of specs) {
    const { rateFactor, weightDecay } = settingsOf(spec)
    const known = groups.find((one) => one.weightDecay === weightDecay && one.rateFactor === rateFactor)
    if (known === undefined) groups.push({ names: [spec.name], weightDecay, rateFactor })
    else known.names.push(spec.name)
  }
  return groups
}

/**
 * Whether weight decay is for this parameter by the rule of Transformers' `Trainer`: norms and biases are left alone.
 * Embeddings do decay there.
 *
 * @since 0.1.0
 * @category predicates
 */
export const decays = ({ kind }: Parameters.ParameterSpec): boolean => kind !== "norm" && kind !== "bias"

/**
 * Whether it is by the stricter rule that leaves embeddings alone too: a token that does not occur has no gradient, and would
 * only shrink. Where the output head is tied to the embedding, it does not decay either.
 *
 * @since 0.1.0
 * @category predicates
 */
export const decaysButEmbeddings = (spec: Parameters.ParameterSpec): boolean =>
  decays(spec) && spec.kind !== "embedding"

/**
 * Two groups, or one: what decays and what does not.
 *
 * @since 0.1.0
 * @category constructors
 */
export const byDecay = (
  specs: ReadonlyArray<Parameters.ParameterSpec>,
  weightDecay: number,
  rule: (spec: Parameters.ParameterSpec) => boolean = decays,
): ReadonlyArray<ParameterGroup> =>
  group(specs, (spec) => ({ weightDecay: rule(spec) ? weightDecay : 0, rateFactor: 1 }))

/**
 * The settings of each parameter in a step with this learning rate, for `Optimizer.update`.
 *
 * @since 0.1.0
 * @category conversions
 */
export const settings = (groups: ReadonlyArray<ParameterGroup>, learningRate: number): ((name: string) => Settings) => {
  const known = new Map(
    groups.flatMap(({ names, rateFactor, weightDecay }) =>
      names.map((name) => [name, { learningRate: learningRate * rateFactor, weightDecay }] as const),
    ),
  )
  return (name) => known.get(name)!
}
