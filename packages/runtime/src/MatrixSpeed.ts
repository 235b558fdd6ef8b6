/**
 * How fast the active back-end multiplies matrices: the yardstick that other speeds are compared with.
 *
 * @since 0.1.0
 */
import * as tf from "@tensorflow/tfjs-core"

/** Long enough for the engine to have optimised its code, and for the clock not to matter. */
const MILLISECONDS = 300

/**
 * Billions of floating-point operations a second in products of two `size × size` matrices, on the active back-end.
 *
 * @since 0.1.0
 * @category measurements
 */
export const gigaflops = (size: number): number => {
  const [a, b] = [
    tf.randomUniform([size, size], -1, 1, "float32", 1),
    tf.randomUniform([size, size], -1, 1, "float32", 2),
  ]
  const multiply = () => tf.tidy(() => void tf.matMul(a as tf.Tensor2D, b as tf.Tensor2D).dataSync())
  const run = (milliseconds: number) => {
    const started = performance.now()
    let products = 0
    for (; performance.now() - started < milliseconds; products++) multiply()
    return (2 * size ** 3 * products) / (performance.now() - started) / 1e6
  }
  run(MILLISECONDS)
  const speed = run(MILLISECONDS)
  tf.dispose([a, b])
  return speed
}
