/**
 * Adam with decoupled weight decay (Loshchilov & Hutter, 2019), as PyTorch computes it.
 *
 * @since 0.1.0
 */
import { tidy } from "@seed-grpo/runtime/Tidy"
import * as tf from "@tensorflow/tfjs-core"
import { make, type Optimizer, type Tensors } from "./Optimizer.ts"

export type { Tensors } from "./Optimizer.ts"

/**
 * @since 0.1.0
 * @category models
 */
export interface AdamWOptions {
  readonly learningRate: number
  readonly beta1: number
  readonly beta2: number
  readonly epsilon: number
  readonly weightDecay: number
}

/**
 * Running moments of the gradient, and how many steps they have seen.
 *
 * @since 0.1.0
 * @category models
 */
export interface AdamWState {
  readonly step: number
  readonly first: Tensors
  readonly second: Tensors
}

/**
 * Moments of zero, before the first step.
 *
 * @since 0.1.0
 * @category constructors
 */
export const initial = (parameters: Tensors): AdamWState => {
  const zeros = () =>
    Object.fromEntries(Object.entries(parameters).map(([name, tensor]) => [name, tf.zerosLike(tensor)]))
  return { step: 0, first: zeros(), second: zeros() }
}

/**
 * What a step multiplies by: numbers, or scalars where the step is compiled once for all values.
 *
 * @since 0.1.0
 * @category models
 */
export interface Rates<Rate = number | tf.Scalar> {
  /** `η / (1 − β₁ᵗ)` */
  readonly stepSize: Rate
  /** `√(1 − β₂ᵗ)` */
  readonly rootCorrection: Rate
  /** `1 − η λ` */
  readonly keep: Rate
}

/**
 * The rates of the step after `step` steps.
 *
 * @since 0.1.0
 * @category constructors
 */
export const rates = ({ beta1, beta2, learningRate, weightDecay }: AdamWOptions, step: number): Rates<number> => ({
  stepSize: learningRate / (1 - beta1 ** (step + 1)),
  rootCorrection: Math.sqrt(1 - beta2 ** (step + 1)),
  keep: 1 - learningRate * weightDecay,
})

/**
 * The arithmetic of {@link update} for one tensor: the new parameter and moments.
 *
 * @since 0.1.0
 * @category optimizers
 */
export const moved = (
  { beta1, beta2, epsilon }: Pick<AdamWOptions, "beta1" | "beta2" | "epsilon">,
  { keep, rootCorrection, stepSize }: Rates,
  p: tf.Tensor,
  g: tf.Tensor,
  m: tf.Tensor,
  v: tf.Tensor,
): readonly [tf.Tensor, tf.Tensor, tf.Tensor] => {
  const first: tf.Tensor = tf.add(tf.mul(m, beta1), tf.mul(g, 1 - beta1))
  const second: tf.Tensor = tf.add(tf.mul(v, beta2), tf.mul(tf.square(g), 1 - beta2))
  const denominator = tf.add(tf.div(tf.sqrt(second), rootCorrection), epsilon)
  return [tf.sub(tf.mul(p, keep), tf.mul(tf.div(first, denominator), stepSize)), first, second]
}

/**
 * One step: `m ← β₁ m + (1 − β₁) g`, `v ← β₂ v + (1 − β₂) g²`, then
 * `p ← (1 − η λ) p − η m̂ / (√v̂ + ε)` with `m̂ = m / (1 − β₁ᵗ)` and `v̂ = v / (1 − β₂ᵗ)`. Gives new tensors and leaves
 * its inputs as they are.
 *
 * @since 0.1.0
 * @category optimizers
 */
export const update = (
  options: AdamWOptions,
  parameters: Tensors,
  gradients: Tensors,
  state: AdamWState,
): { readonly parameters: Tensors; readonly state: AdamWState } => {
  const now = rates(options, state.step)
  const next: { [name: string]: tf.Tensor } = {}
  const first: { [name: string]: tf.Tensor } = {}
  const second: { [name: string]: tf.Tensor } = {}
  for (const name in parameters) {
    const [p, m, v] = tidy(() =>
      moved(options, now, parameters[name]!, gradients[name]!, state.first[name]!, state.second[name]!),
    )
    next[name] = p
    first[name] = m
    second[name] = v
  }
  return { parameters: next, state: { step: state.step + 1, first, second } }
}

/**
 * Frees the moments.
 *
 * @since 0.1.0
 * @category destructors
 */
export const dispose = (state: AdamWState): void => {
  tf.dispose([Object.values(state.first), Object.values(state.second)])
}

/**
 * The same behind the interface that all optimizers share.
 *
 * @since 0.1.0
 * @category optimizers
 */
export const adamW = (options: Pick<AdamWOptions, "beta1" | "beta2" | "epsilon">): Optimizer =>
  make<keyof Rates, "first" | "second">({
    name: "AdamW",
    slots: ["first", "second"],
    rates: (settings, step) => rates({ ...options, ...settings }, step),
    moved: (now, p, g, slots) => {
      const [parameter, first, second] = moved(options, now, p, g, slots.first, slots.second)
      return { parameter, slots: { first, second } }
    },
  })
