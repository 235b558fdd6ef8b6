/**
 * The length of a gradient over all parameters, and its limit.
 *
 * @since 0.1.0
 */
import type { Tensors } from "./AdamW.ts"
import * as tf from "@tensorflow/tfjs-core"

/**
 * `Σ g²` of each tensor, as one tensor.
 *
 * @since 0.1.0
 * @category measurements
 */
export const sumsOfSquares = (gradients: Tensors): tf.Tensor =>
  tf.tidy(() => tf.stack(Object.values(gradients).map((gradient) => tf.sum(tf.square(gradient)))))

/**
 * `√(Σ g²)` over every number of every tensor.
 *
 * @since 0.1.0
 * @category measurements
 */
export const globalNorm = (gradients: Tensors): number => {
  const squares = sumsOfSquares(gradients)
  const values = squares.dataSync<"float32">()
  squares.dispose()
  return Math.sqrt(values.reduce((sum, value) => sum + value, 0))
}

/**
 * What to multiply a gradient of this norm by: `min(1, max / (norm + 10⁻⁶))`, as PyTorch's `clip_grad_norm_`.
 *
 * @since 0.1.0
 * @category measurements
 */
export const clipFactor = (norm: number, max: number): number => Math.min(1, max / (norm + 1e-6))
