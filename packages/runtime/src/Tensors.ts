/**
 * How many tensors there are: what a leak shows in first.
 *
 * @since 0.1.0
 */
import * as tf from "@tensorflow/tfjs-core"

/**
 * Tensors that are allocated and not freed, on every back-end of this process.
 *
 * @since 0.1.0
 * @category measurements
 */
export const live = (): number => tf.memory().numTensors
