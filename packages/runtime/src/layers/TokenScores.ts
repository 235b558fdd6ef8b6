/**
 * From hidden states to log-probabilities and entropies, without ever holding all logits.
 *
 * @since 0.1.0
 */
import * as tf from "@tensorflow/tfjs-core"
import * as Read from "../Read.ts"
import { differentiable } from "./Differentiable.ts"

/**
 * How many logits exist at once, unless told otherwise: 16 MiB of them. A few matrices of this size live side by side.
 *
 * @since 0.1.0
 * @category constants
 */
export const MOST_LOGITS = 2 ** 22

/**
 * The last linear map, from hidden states to the scores of `V` tokens.
 *
 * @since 0.1.0
 * @category models
 */
export interface OutputHead {
  /** `[D, V]`, or `[V, D]` where it is the embedding table. */
  readonly weight: tf.Tensor2D
  readonly tied: boolean
  /** Without it, no time is spent on the weight's derivative. */
  readonly trained: boolean
}

/** Neighbouring columns of the vocabulary, and the rows whose targets are among them. */
interface Piece {
  readonly from: number
  readonly columns: number
  readonly rows: Int32Array
  /** `[row, column of its target]` of each, counted from `from`. */
  readonly at: Int32Array
}

const pieces = (targets: Int32Array, vocabulary: number, mostLogits: number): ReadonlyArray<Piece> => {
  const columns = Math.min(vocabulary, Math.max(1, Math.floor(mostLogits / targets.length)))
  const count = Math.ceil(vocabulary / columns)
  const rowsOf = Array.from({ length: count }, (): Array<number> => [])
  for (const [row, target] of targets.entries()) rowsOf[Math.floor(target / columns)]!.push(row)
  return rowsOf.map((rows, index) => {
    const from = index * columns
    const at = new Int32Array(2 * rows.length)
    for (const [i, row] of rows.entries()) at.set([row, targets[row]! - from], 2 * i)
    return { from, columns: Math.min(columns, vocabulary - from), rows: Int32Array.from(rows), at }
  })
}

const targetsOf = ({ at, rows }: Piece) => tf.tensor2d(at, [rows.length, 2], "int32")

const weightsOf = (weight: tf.Tensor2D, tied: boolean, { columns, from }: Piece): tf.Tensor2D => {
  if (columns === weight.shape[tied ? 0 : 1]) return weight
  return tied ? tf.slice(weight, [from, 0], [columns, -1]) : tf.slice(weight, [0, from], [-1, columns])
}

/** With `s = logits − max`, `[N, 1]` each: `Σ exp s` and `Σ s exp s`. Both stay finite, however far apart logits are. */
interface Sums {
  readonly max: tf.Tensor
  readonly total: tf.Tensor
  readonly moment: tf.Tensor
}

/** The sums over several pieces, brought to their common maximum. */
const combined = (parts: ReadonlyArray<Sums>): Sums => {
  if (parts.length === 1) return parts[0]!
  const all = (key: keyof Sums) =>
    tf.concat(
      parts.map((part) => part[key]),
      1,
    )
  const maxima = all("max")
  const max = tf.max(maxima, 1, true)
  const below = tf.sub(maxima, max)
  const share = tf.exp(below)
  const totals = tf.mul(share, all("total"))
  const moments = tf.add(tf.mul(share, all("moment")), tf.mul(totals, below))
  return { max, total: tf.sum(totals, 1, true), moment: tf.sum(moments, 1, true) }
}

/** Back from the order of pieces to that of rows. */
const inRowOrder = (values: ReadonlyArray<tf.Tensor>, parts: ReadonlyArray<Piece>): tf.Tensor => {
  if (parts.length === 1) return values[0]!
  const place = new Int32Array(parts.reduce((sum, { rows }) => sum + rows.length, 0))
  for (const [index, row] of parts.flatMap((part) => [...part.rows]).entries()) place[row] = index
  return tf.gather(tf.concat([...values]), tf.tensor1d(place, "int32"))
}

/** `x [N, V′]` with `less [N, 1]` taken off where the targets are. */
const lessAtTargets = (x: tf.Tensor2D, less: tf.Tensor, piece: Piece): tf.Tensor2D => {
  if (piece.rows.length === 0) return x
  const where = targetsOf(piece)
  const flat = tf.reshape(less, [-1])
  const those = piece.rows.length === flat.size ? flat : tf.gather(flat, tf.tensor1d(piece.rows, "int32"))
  const changed: tf.Tensor = tf.tensorScatterUpdate(x, where, tf.sub(tf.gatherND(x, where), those))
  return changed as tf.Tensor2D
}

const times = <T extends tf.Tensor>(x: T, factor: number): T => (factor === 1 ? x : tf.mul(x, factor))

/**
 * Of the distribution `p = softmax(hidden W / temperature)`, for `hidden [N, D]` and `N` targets: `log p` of the target in
 * column 0 and the entropy in column 1, `[N, 2]`, in nats.
 *
 * The vocabulary is gone through in pieces of `mostLogits / N` columns. What a piece leaves behind is `[N, 1]` or the
 * derivative of its own part of the weight, so nothing of size `[N, V]` exists and nothing of size `[V, D]` is added up; the
 * backward pass computes each piece's logits again. One piece, which small vocabularies fit in, is kept instead.
 *
 * With `s = logits − max`, `t = Σ exp s`, `m = Σ s exp s`, the entropy is `log t − m / t`. For `g` and `h`, the derivatives
 * with respect to log-probability and entropy, that of the logits is
 * `g 1[v = target] − exp s (g / t + h (s − m / t) / t)`. Factors that belong to a row are applied to `[N, D]`, and terms of
 * `h` are left out where it is zero everywhere, as for an objective of log-probabilities alone, if that can be seen without
 * waiting.
 *
 * @since 0.1.0
 * @category layers
 */
export const tokenScores = (
  hidden: tf.Tensor2D,
  { tied, trained, weight }: OutputHead,
  targets: Int32Array,
  temperature: number,
  mostLogits: number = MOST_LOGITS,
): tf.Tensor2D => {
  const parts = pieces(targets, weight.shape[tied ? 0 : 1], mostLogits)
  return differentiable<ReadonlyArray<tf.Tensor2D>, tf.Tensor2D>(
    trained ? [hidden, weight] : [hidden],
    (save, input) => {
      const scaled = times(input, 1 / temperature)
      const logitsOf = (x: tf.Tensor2D, ofPiece: tf.Tensor2D) => tf.matMul(x, ofPiece, false, tied)
      const passes = parts.map((piece) =>
        tf.tidy(() => {
          const logits = logitsOf(scaled, weightsOf(weight, tied, piece))
          const max = tf.max(logits, 1, true)
          const shifted = tf.sub(logits, max)
          const exponentials = tf.exp(shifted)
          return {
            max,
            total: tf.sum(exponentials, 1, true),
            moment: tf.sum(tf.mul(exponentials, shifted), 1, true),
            chosen: piece.rows.length === 0 ? [] : [tf.gatherND(logits, targetsOf(piece))],
            kept: parts.length === 1 ? [exponentials, shifted] : [],
          }
        }),
      )
      const { max, moment, total } = combined(passes)
      const logTotal = tf.log(total)
      const chosen = inRowOrder(
        passes.flatMap((pass) => pass.chosen),
        parts,
      )
      const logprobs = tf.sub(tf.sub(tf.reshape(chosen, max.shape), max), logTotal)
      const mean = tf.div(moment, total)
      const saved = save(scaled, weight, total, mean, ...(parts.length === 1 ? passes[0]!.kept : [max]))
      return {
        value: tf.concat([logprobs, tf.sub(logTotal, mean)], 1) as tf.Tensor2D,
        derivative: (dy) => {
          const [x, w, t, mu, ...kept] = saved()
          const g = tf.slice(dy, [0, 0], [-1, 1])
          const withEntropies =
            !Read.isImmediate() || dy.dataSync<"float32">().some((value, index) => index % 2 === 1 && value !== 0)
          const slope = withEntropies ? tf.div(tf.slice(dy, [0, 1], [-1, 1]), t) : undefined
          // The derivative of the logits is `factor · matrix`, row by row.
          const factor = withEntropies ? tf.scalar(-1) : tf.neg(tf.div(g, t))
          const matrixOf = (piece: Piece, ofPiece: tf.Tensor2D): tf.Tensor2D => {
            const recomputed = parts.length === 1 ? undefined : tf.sub(logitsOf(x, ofPiece), kept[0]!)
            const exponentials = (recomputed === undefined ? kept[0]! : tf.exp(recomputed)) as tf.Tensor2D
            if (slope === undefined) return lessAtTargets(exponentials, t, piece)
            const weights = tf.add(tf.mul(recomputed ?? kept[1]!, slope), tf.sub(tf.div(g, t), tf.mul(slope, mu)))
            return lessAtTargets(tf.mul(exponentials, weights), g, piece)
          }
          const weighted = tf.mul(x, factor)
          let dHidden: tf.Tensor | undefined
          const dWeights = parts.map((piece) => {
            const [toHidden, toWeight] = tf.tidy(() => {
              const ofPiece = weightsOf(w, tied, piece)
              const matrix = matrixOf(piece, ofPiece)
              const here = tf.matMul(matrix, ofPiece, false, !tied)
              const sum = dHidden === undefined ? here : tf.add(dHidden, here)
              if (!trained) return [sum]
              return [sum, tied ? tf.matMul(matrix, weighted, true, false) : tf.matMul(weighted, matrix, true, false)]
            })
            dHidden?.dispose()
            dHidden = toHidden!
            return toWeight!
          })
          const result = tf.mul(dHidden!, times(factor, 1 / temperature))
          if (!trained) return [result]
          return [result, dWeights.length === 1 ? dWeights[0]! : tf.concat(dWeights, tied ? 0 : 1)]
        },
      }
    },
  )
}
