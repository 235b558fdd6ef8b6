/**
 * The gated activation of the feed-forward block (Shazeer, 2020).
 *
 * @since 0.1.0
 */
import * as tf from "@tensorflow/tfjs-core"
import { differentiable } from "./Differentiable.ts"

/**
 * `silu(gate) · up`, element by element, where `silu(g) = g σ(g)` and `silu′(g) = σ(g) (1 + g (1 − σ(g)))`.
 *
 * @since 0.1.0
 * @category layers
 */
export const swiGlu = (gate: tf.Tensor2D, up: tf.Tensor2D): tf.Tensor2D =>
  differentiable([gate, up], (save, g, u) => {
    const sigmoid = tf.sigmoid(g)
    const silu: tf.Tensor2D = tf.mul(g, sigmoid)
    const saved = save(g, u, sigmoid, silu)
    return {
      value: tf.mul<tf.Tensor2D>(silu, u),
      derivative: (dy) => {
        const [gateIn, upIn, s, activated] = saved()
        // σ (1 + g (1 − σ)) = σ (1 + g − silu)
        const slope = tf.mul(s, tf.sub(tf.add(gateIn, 1), activated))
        return [tf.mul(tf.mul(dy, upIn), slope), tf.mul(dy, activated)]
      },
    }
  })
