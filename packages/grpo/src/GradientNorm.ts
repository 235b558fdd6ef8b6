/**
 * The length of a gradient over all parameters, and its limit.
 *
 * @since 0.1.0
 */
import { Read } from "@seed-grpo/runtime"
import * as tf from "@tensorflow/tfjs-core"
import type { Tensors } from "./Optimizer.ts"

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
export const globalNorm = async (gradients: Tensors): Promise<number> => {
  const values = await Read.take(sumsOfSquares(gradients))
  return Math.sqrt(values.reduce((sum, value) => sum + value, 0))
}

/**
 * What to multiply a gradient of this norm by: `min(1, max / (norm + 10⁻⁶))`, as PyTorch's `clip_grad_norm_`.
 *
 * @since 0.1.0
 * @category measurements
 */
export const clipFactor = (norm: number, max: number): number => Math.min(1, max / (norm + 1e-6))
