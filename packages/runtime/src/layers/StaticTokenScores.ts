/**
 * Log-probabilities of given tokens and entropies, with the tokens as a tensor: for programs that are compiled once and
 * run with any targets. Where every operation is dispatched by itself, `TokenScores` is faster.
 *
 * @since 0.1.0
 */
import * as tf from "@tensorflow/tfjs-core"
import { differentiable } from "./Differentiable.ts"
import type { OutputHead } from "./TokenScores.ts"

/**
 * `[ln p, H]` in nats, `[N, 2]`, of `p = softmax(hidden W / temperature)` at `targets` (`int32 [N]`), for `hidden [N, D]`.
 * Differentiable in `hidden` and the head's weight.
 *
 * @since 0.1.0
 * @category layers
 */
export const staticTokenScores = (
  hidden: tf.Tensor2D,
  { tied, trained, weight }: OutputHead,
  targets: tf.Tensor1D,
  temperature: number,
): tf.Tensor2D =>
  differentiable<ReadonlyArray<tf.Tensor2D>, tf.Tensor2D>(trained ? [hidden, weight] : [hidden], (save, input) => {
    const scaled: tf.Tensor2D = tf.mul(input, 1 / temperature)
    const logits = tf.matMul(scaled, weight, false, tied)
    const hit = tf.equal(tf.expandDims(targets, 1), tf.range(0, weight.shape[tied ? 0 : 1], 1, "int32"))
    const shifted = tf.sub(logits, tf.max(logits, 1, true))
    const exponentials = tf.exp(shifted)
    const total = tf.sum(exponentials, 1, true)
    const mean = tf.div(tf.sum(tf.mul(exponentials, shifted), 1, true), total)
    const chosen = tf.sum(tf.where(hit, shifted, tf.zerosLike(shifted)), 1, true)
    const logTotal = tf.log(total)
    const saved = save(scaled, weight, shifted, total, mean, hit)
    return {
      value: tf.concat<tf.Tensor2D>([tf.sub(chosen, logTotal), tf.sub(logTotal, mean)], 1),
      derivative: (dy) => {
        const [x, w, s, t, mu, at] = saved()
        const [toLogprob, toEntropy] = tf.split(dy, 2, 1) as [tf.Tensor, tf.Tensor]
        const p = tf.div(tf.exp(s), t)
        const spread = tf.mul(p, tf.add(toLogprob, tf.mul(toEntropy, tf.sub(s, mu))))
        const dLogits = tf.sub(tf.where(at, tf.mul(toLogprob, tf.onesLike(s)), tf.zerosLike(s)), spread)
        const dHidden = tf.mul(tf.matMul(dLogits as tf.Tensor2D, w, false, !tied), 1 / temperature)
        if (!trained) return [dHidden]
        return [dHidden, tied ? tf.matMul(dLogits, x, true, false) : tf.matMul(x, dLogits, true, false)]
      },
    }
  })
