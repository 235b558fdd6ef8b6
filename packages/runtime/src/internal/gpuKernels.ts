/**
 * Kernels of the WebGPU back-end (TensorFlow.js 4.22) that give wrong numbers, in terms of those that do not.
 */
import * as tf from "@tensorflow/tfjs-core"

type Kernel = (x: tf.Tensor) => tf.Tensor

/** Puts `instead` in the place of a kernel of one input, wherever `isWrong` says so. */
const replace = (kernelName: string, input: string, instead: Kernel, isWrong: (x: tf.Tensor) => boolean): void => {
  const own = tf.getKernel(kernelName, "webgpu")
  tf.unregisterKernel(kernelName, "webgpu")
  tf.registerKernel({
    ...own,
    kernelFunc: (call) => {
      const x = call.inputs[input] as tf.Tensor
      return isWrong(x) ? tf.tidy(() => instead(x)) : own.kernelFunc(call)
    },
  })
}

const softmax: Kernel = (x) => {
  const shares = tf.exp(tf.sub(x, tf.max(x, -1, true)))
  return tf.div(shares, tf.sum(shares, -1, true))
}

/** `e^x − 1 = x (1 + x / 2 + x² / 6 + …)`, exact to float32 below a quarter; from the greatest power down. */
const SERIES = [1 / 5040, 1 / 720, 1 / 120, 1 / 24, 1 / 6, 1 / 2, 1]

const expm1: Kernel = (x) => {
  const series = SERIES.reduce((sum: tf.Tensor, coefficient) => tf.add(tf.mul(sum, x), coefficient), tf.zerosLike(x))
  return tf.where(tf.less(tf.abs(x), 0.25), tf.mul(x, series), tf.sub(tf.exp(x), 1))
}

let replaced = false

/**
 * `mostGroups` workgroups can be sent at once. Beyond, they are sent as a square, and softmax, which has one for each row,
 * writes rows that there are not over its last number. `Expm1` subtracts one from `exp`, which leaves little of a small `x`.
 */
export const replaceWrongKernels = (mostGroups: number): void => {
  if (replaced) return
  replaced = true
  replace("Softmax", "logits", softmax, (x) => x.size / x.shape.at(-1)! > mostGroups)
  replace("Expm1", "x", expm1, () => true)
}
