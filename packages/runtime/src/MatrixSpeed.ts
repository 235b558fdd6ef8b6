/**
 * How fast the active back-end multiplies matrices: the yardstick that other speeds are compared with.
 *
 * @since 0.1.0
 */
import * as tf from "@tensorflow/tfjs-core"
import * as Read from "./Read.ts"

/** Long enough for the engine to have optimised its code, and for the clock not to matter. */
const MILLISECONDS = 300

/** Products before one is waited for: a GPU is sent work ahead of its results. */
const AT_ONCE = 4

/**
 * Billions of floating-point operations a second in products of two `size × size` matrices, on the active back-end.
 *
 * @since 0.1.0
 * @category measurements
 */
export const gigaflops = async (size: number): Promise<number> => {
  const [a, b] = [
    tf.randomUniform([size, size], -1, 1, "float32", 1),
    tf.randomUniform([size, size], -1, 1, "float32", 2),
  ]
  const multiply = () => tf.matMul(a, b)
  const run = async (milliseconds: number) => {
    const started = performance.now()
    let products = 0
    for (; performance.now() - started < milliseconds; products += AT_ONCE) {
      for (let more = 1; more < AT_ONCE; more++) multiply().dispose()
      await Read.take(multiply())
    }
    return (2 * size ** 3 * products) / (performance.now() - started) / 1e6
  }
  await run(MILLISECONDS)
  const speed = await run(MILLISECONDS)
  tf.dispose([a, b])
  return speed
}
