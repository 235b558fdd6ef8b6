/**
 * Root-mean-square normalisation (Zhang & Sennrich, 2019).
 *
 * @since 0.1.0
 */
import * as tf from "@tensorflow/tfjs-core"
import { differentiable } from "./Differentiable.ts"
import { sumRows } from "./SumRows.ts"

/**
 * `y = w · x / √(mean(x²) + ε)` over the last axis of `x [N, D]`, with `weight [D]`.
 *
 * With `r = 1 / √(mean(x²) + ε)`, `n = x r` and `g = dy · w`, the derivative is `dx = r (g − n · mean(g n))` and
 * `dw = Σ dy n`: six kernels, where differentiating the forward pass step by step takes about twenty.
 *
 * @since 0.1.0
 * @category layers
 */
export const rmsNorm = (x: tf.Tensor2D, weight: tf.Tensor1D, epsilon: number): tf.Tensor2D =>
  differentiable([x, weight], (save, input, scale) => {
    const inverse = tf.rsqrt(tf.add(tf.mean(tf.square(input), -1, true), epsilon))
    const normal: tf.Tensor2D = tf.mul(input, inverse)
    const saved = save(normal, inverse, scale)
    return {
      value: tf.mul<tf.Tensor2D>(normal, scale),
      derivative: (dy) => {
        const [n, r, w] = saved()
        const g = tf.mul(dy, w)
        const along = tf.mean(tf.mul(g, n), -1, true)
        return [tf.mul(tf.sub(g, tf.mul(n, along)), r), sumRows(tf.mul(dy, n))]
      },
    }
  })
