/**
 * AMSGrad (Reddi et al., 2018): AdamW that divides by the largest second moment so far, so that a rare large gradient is not
 * forgotten. As PyTorch's `AdamW(amsgrad=True)`.
 *
 * @since 0.1.0
 */
import * as tf from "@tensorflow/tfjs-core"
import { type AdamWOptions, type Rates, rates } from "./AdamW.ts"
import { make, type Optimizer } from "./Optimizer.ts"

/**
 * `m` and `v` as in AdamW, `u ← max(u, v)`, then `p ← (1 − η λ) p − η m̂ / (√û + ε)`. The maximum is taken before the bias
 * correction, as PyTorch does.
 *
 * @since 0.1.0
 * @category optimizers
 */
export const amsGrad = (options: AdamWOptions): Optimizer => {
  const { beta1, beta2, epsilon } = options
  return make<keyof Rates, "first" | "second" | "largest">({
    name: "AMSGrad",
    slots: ["first", "second", "largest"],
    rates: (settings, step) => rates({ ...options, ...settings }, step),
    moved: ({ keep, rootCorrection, stepSize }, p, g, { first: m, largest: u, second: v }) => {
      const first: tf.Tensor = tf.add(tf.mul(m, beta1), tf.mul(g, 1 - beta1))
      const second: tf.Tensor = tf.add(tf.mul(v, beta2), tf.mul(tf.square(g), 1 - beta2))
      const largest: tf.Tensor = tf.maximum(u, second)
      const denominator = tf.add(tf.div(tf.sqrt(largest), rootCorrection), epsilon)
      const parameter: tf.Tensor = tf.sub(tf.mul(p, keep), tf.mul(tf.div(first, denominator), stepSize))
      return { parameter, slots: { first, second, largest } }
    },
  })
}
