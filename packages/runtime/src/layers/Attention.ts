/**
 * Scaled dot-product attention with grouped queries (Vaswani et al., 2017; Ainslie et al., 2023).
 *
 * @since 0.1.0
 */
import * as tf from "@tensorflow/tfjs-core"
import { differentiable } from "./Differentiable.ts"

/**
 * Added to the score of a key that must not be seen. Finite, so that a row without any visible key gives an even
 * average instead of `NaN`.
 */
const HIDDEN = -1e9

/**
 * The additive mask `[B, 1, T, S]` of `T` queries over `S = past + T` keys. `segments` is `[B, S]`: 0 for padding, and a
 * number for each sequence of a row. A query sees the keys of its own sequence up to its own column, and of those the
 * last `window`.
 *
 * @since 0.1.0
 * @category constructors
 */
export const causalMask = (
  segments: ArrayLike<number>,
  batch: number,
  queries: number,
  past: number,
  window = Infinity,
): tf.Tensor4D => {
  const keys = past + queries
  const values = new Float32Array(batch * queries * keys).fill(HIDDEN)
  for (let b = 0; b < batch; b++) {
    for (let t = 0; t < queries; t++) {
      const at = (b * queries + t) * keys
      const own = segments[b * keys + past + t]!
      if (own === 0) continue
      for (let s = past + t; s >= 0 && s > past + t - window && segments[b * keys + s] === own; s--) values[at + s] = 0
    }
  }
  return tf.tensor4d(values, [batch, 1, queries, keys])
}

/**
 * `softmax(q kᵀ / √dh + mask) v` for `q [B, H, T, dh]`, `k` and `v` `[B, KV, S, dh]`, where each of the `KV` key heads
 * serves `H / KV` consecutive query heads; gives `[B, H, T, dh]`.
 *
 * Query heads are grouped by reshaping, never by copying keys. With `P` the attention weights and `dP = dO vᵀ`, the
 * scores' derivative is `dS = P (dP − Σ dP P)`; then `dq = dS k / √dh`, `dk = dSᵀ q / √dh`, `dv = Pᵀ dO`.
 *
 * @since 0.1.0
 * @category layers
 */
export const attention = (q: tf.Tensor4D, k: tf.Tensor4D, v: tf.Tensor4D, mask: tf.Tensor4D): tf.Tensor4D => {
  const [batch, heads, queries, headDim] = q.shape
  const keyHeads = k.shape[1]
  const grouped = (x: tf.Tensor): tf.Tensor4D =>
    tf.reshape(x, [batch, keyHeads, (heads / keyHeads) * queries, x.shape[3]!])
  const perHead = (x: tf.Tensor): tf.Tensor4D => tf.reshape(x, [batch, heads, queries, x.shape[3]!])
  const scale = 1 / Math.sqrt(headDim)
  return differentiable([q, k, v], (save, query, key, value) => {
    const scores = perHead(tf.matMul(grouped(tf.mul(query, scale)), key, false, true))
    const weights = grouped(tf.softmax(tf.add(scores, mask)))
    const saved = save(query, key, value, weights)
    return {
      value: perHead(tf.matMul(weights, value)),
      derivative: (dy) => {
        const [savedQuery, savedKey, savedValue, p] = saved()
        const dOut = grouped(dy)
        const dP = tf.mul(p, tf.matMul(dOut, savedValue, false, true))
        const dS = tf.mul(tf.sub(dP, tf.mul(p, tf.sum(dP, -1, true))), scale)
        return [
          perHead(tf.matMul(dS, savedKey)),
          tf.matMul(dS, grouped(savedQuery), true, false),
          tf.matMul(p, dOut, true, false),
        ]
      },
    }
  })
}
