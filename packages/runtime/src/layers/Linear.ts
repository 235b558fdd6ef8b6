/**
 * Affine map of the last axis.
 *
 * @since 0.1.0
 */
import * as tf from "@tensorflow/tfjs-core"
import { differentiable } from "./Differentiable.ts"
import { sumRows } from "./SumRows.ts"

const addBias = (x: tf.Tensor2D, bias: tf.Tensor1D): tf.Tensor2D =>
  differentiable([x, bias], (_, input, offset) => ({
    value: tf.add<tf.Tensor2D>(input, offset),
    derivative: (dy) => [dy, sumRows(dy)],
  }))

/**
 * `x W + b` for `x [N, I]`, `weight [I, O]` and an optional `bias [O]`; gives `[N, O]`.
 *
 * Weights lie input-major, so that the forward product never transposes; checkpoints store them the other way round,
 * and `Parameters` turns them at the boundary.
 *
 * @since 0.1.0
 * @category layers
 */
export const linear = (x: tf.Tensor2D, weight: tf.Tensor2D, bias?: tf.Tensor1D): tf.Tensor2D => {
  const projected: tf.Tensor2D = differentiable([x, weight], (save, input, matrix) => {
    const saved = save(input, matrix)
    return {
      value: tf.matMul<tf.Tensor2D>(input, matrix),
      derivative: (dy) => [tf.matMul(dy, saved()[1], false, true), tf.matMul(saved()[0], dy, true, false)],
    }
  })
  return bias === undefined ? projected : addBias(projected, bias)
}

/**
 * `x W + b` with a weight and a bias that are not trained: no time is spent on their derivatives.
 *
 * @since 0.1.0
 * @category layers
 */
export const frozenLinear = (x: tf.Tensor2D, weight: tf.Tensor2D, bias?: tf.Tensor1D): tf.Tensor2D =>
  differentiable([x], (save, input) => {
    const projected = tf.matMul<tf.Tensor2D>(input, weight)
    const saved = save(weight)
    return {
      value: bias === undefined ? projected : tf.add<tf.Tensor2D>(projected, bias),
      derivative: (dy) => [tf.matMul(dy, saved()[0], false, true)],
    }
  })
