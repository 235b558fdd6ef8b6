/**
 * Stochastic gradient descent, plain and with two kinds of momentum, as PyTorch computes it. Weight decay is added to the
 * gradient, so it goes through the momentum.
 *
 * @since 0.1.0
 */
import * as tf from "@tensorflow/tfjs-core"
import { make, type Optimizer, type Rates, type Settings } from "./Optimizer.ts"

type Rate = "learningRate" | "weightDecay"

const rates = ({ learningRate, weightDecay }: Settings): Rates<Rate, number> => ({ learningRate, weightDecay })

/** `g + λ p` */
const decayed = (g: tf.Tensor, p: tf.Tensor, { weightDecay }: Rates<Rate>): tf.Tensor =>
  tf.add(g, tf.mul(p, weightDecay))

/** `p − η d` */
const along = (p: tf.Tensor, direction: tf.Tensor, { learningRate }: Rates<Rate>): tf.Tensor =>
  tf.sub(p, tf.mul(direction, learningRate))

/**
 * `p ← p − η (g + λ p)`; remembers nothing.
 *
 * @since 0.1.0
 * @category optimizers
 */
export const sgd: Optimizer = make<Rate, never>({
  name: "SGD",
  slots: [],
  rates,
  moved: (now, p, g) => ({ parameter: along(p, decayed(g, p, now), now), slots: {} }),
})

/**
 * `b ← μ b + (g + λ p)`, `p ← p − η b`.
 *
 * @since 0.1.0
 * @category optimizers
 */
export const momentum = (mu: number): Optimizer =>
  make<Rate, "momentum">({
    name: "SGD with momentum",
    slots: ["momentum"],
    rates,
    moved: (now, p, g, slots) => {
      const next: tf.Tensor = tf.add(tf.mul(slots.momentum, mu), decayed(g, p, now))
      return { parameter: along(p, next, now), slots: { momentum: next } }
    },
  })

/**
 * Nesterov's momentum: `b ← μ b + (g + λ p)`, `p ← p − η ((g + λ p) + μ b)`.
 *
 * @since 0.1.0
 * @category optimizers
 */
export const nesterov = (mu: number): Optimizer =>
  make<Rate, "momentum">({
    name: "SGD with Nesterov's momentum",
    slots: ["momentum"],
    rates,
    moved: (now, p, g, slots) => {
      const gradient = decayed(g, p, now)
      const next: tf.Tensor = tf.add(tf.mul(slots.momentum, mu), gradient)
      return { parameter: along(p, tf.add(gradient, tf.mul(next, mu)), now), slots: { momentum: next } }
    },
  })
