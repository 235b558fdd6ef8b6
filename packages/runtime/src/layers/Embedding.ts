/**
 * Rows of a table, chosen by token id.
 *
 * @since 0.1.0
 */
import * as tf from "@tensorflow/tfjs-core"
import { differentiable } from "./Differentiable.ts"

/**
 * The derivative of a look-up: row `v` of the result is the sum of the rows of `dy [N, D]` whose token is `v`. Added up
 * in JavaScript in row order where the back-end has no segment sum (WebAssembly has none).
 */
const scatterRows = (dy: tf.Tensor2D, ids: tf.Tensor1D, vocabulary: number): tf.Tensor2D => {
  const width = dy.shape[1]
  if (tf.getKernel("UnsortedSegmentSum", tf.getBackend()) !== undefined) {
    return tf.unsortedSegmentSum<tf.Tensor2D>(dy, ids, vocabulary)
  }
  const rows = dy.dataSync()
  const tokens = ids.dataSync()
  const table = new Float32Array(vocabulary * width)
  for (let n = 0; n < tokens.length; n++) {
    const to = tokens[n]! * width
    for (let d = 0; d < width; d++) table[to + d]! += rows[n * width + d]!
  }
  return tf.tensor2d(table, [vocabulary, width])
}

/**
 * `table[tokens]` for `table [V, D]` and token ids `int32 [N]`; gives `[N, D]`.
 *
 * @since 0.1.0
 * @category layers
 */
export const embedding = (table: tf.Tensor2D, tokens: tf.Tensor1D): tf.Tensor2D =>
  differentiable([table], (save, rows) => {
    const saved = save(tokens)
    return {
      value: tf.gather(rows, tokens),
      derivative: (dy) => [scatterRows(dy, saved()[0], table.shape[0])],
    }
  })
