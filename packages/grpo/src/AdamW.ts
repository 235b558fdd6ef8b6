/**
 * Adam with decoupled weight decay (Loshchilov & Hutter, 2019), as PyTorch computes it.
 *
 * @since 0.1.0
 */
import * as tf from "@tensorflow/tfjs-core"
import { make, type Optimizer, type Settings } from "./Optimizer.ts"

/**
 * How long moments remember, and what keeps their quotient finite.
 *
 * @since 0.1.0
 * @category models
 */
export interface AdamWOptions {
  readonly beta1: number
  readonly beta2: number
  readonly epsilon: number
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
export const rates = (
  { beta1, beta2, learningRate, weightDecay }: Omit<AdamWOptions, "epsilon"> & Settings,
  step: number,
): Rates<number> => ({
  stepSize: learningRate / (1 - beta1 ** (step + 1)),
  rootCorrection: Math.sqrt(1 - beta2 ** (step + 1)),
  keep: 1 - learningRate * weightDecay,
})

/**
 * `m ← β₁ m + (1 − β₁) g`, `v ← β₂ v + (1 − β₂) g²`, then `p ← (1 − η λ) p − η m̂ / (√v̂ + ε)` with `m̂ = m / (1 − β₁ᵗ)` and
 * `v̂ = v / (1 − β₂ᵗ)`.
 *
 * @since 0.1.0
 * @category optimizers
 */
export const adamW = (options: AdamWOptions): Optimizer => {
  const { beta1, beta2, epsilon } = options
  return make<keyof Rates, "first" | "second">({
    name: "AdamW",
    slots: ["first", "second"],
    rates: (settings, step) => rates({ ...options, ...settings }, step),
    moved: ({ keep, rootCorrection, stepSize }, p, g, { first: m, second: v }) => {
      const first: tf.Tensor = tf.add(tf.mul(m, beta1), tf.mul(g, 1 - beta1))
      const second: tf.Tensor = tf.add(tf.mul(v, beta2), tf.mul(tf.square(g), 1 - beta2))
      const denominator = tf.add(tf.div(tf.sqrt(second), rootCorrection), epsilon)
      const parameter: tf.Tensor = tf.sub(tf.mul(p, keep), tf.mul(tf.div(first, denominator), stepSize))
      return { parameter, slots: { first, second } }
    },
  })
}
