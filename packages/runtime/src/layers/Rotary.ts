/**
 * Rotary position embedding (Su et al., 2021), in the half-split form of Llama and Qwen.
 *
 * @since 0.1.0
 */
import * as tf from "@tensorflow/tfjs-core"
import { frequencies, magnitude, type Rope } from "../Rope.ts"
import { differentiable } from "./Differentiable.ts"

/**
 * The angles of a batch: `cosine` and `sine` are `[N, 1, dh]`, both halves of `dh` alike.
 *
 * @since 0.1.0
 * @category models
 */
export interface RotaryAngles {
  readonly cosine: tf.Tensor3D
  readonly sine: tf.Tensor3D
  /**
   * `[dh, dh]`: right-multiplying by it maps `(x₁, x₂)` to `(−x₂, x₁)`. One product, where every operation is dispatched by
   * itself; in a program, which fuses slices with what follows, better left out.
   */
  readonly quarterTurn?: tf.Tensor2D
}

/**
 * The matrix `[dh, dh]` that turns by 90°.
 *
 * @since 0.1.0
 * @category constructors
 */
export const quarterTurn = (headDim: number): tf.Tensor2D => {
  const half = headDim / 2
  const values = new Float32Array(headDim * headDim)
  for (let j = 0; j < half; j++) {
    values[(j + half) * headDim + j] = -1
    values[j * headDim + j + half] = 1
  }
  return tf.tensor2d(values, [headDim, headDim])
}

/**
 * The angles `position · f_j` of `N` positions in rows of the given lengths, and their cosines and sines times the
 * rope's magnitude. Rounded to float32 where PyTorch rounds, so that long contexts agree with it.
 *
 * @since 0.1.0
 * @category constructors
 */
export const rotaryAngles = (
  positions: ArrayLike<number>,
  lengths: ArrayLike<number>,
  headDim: number,
  rope: Rope,
): RotaryAngles => {
  const half = headDim / 2
  const scale = magnitude(rope)
  const cosine = new Float32Array(positions.length * headDim)
  const sine = new Float32Array(positions.length * headDim)
  /** Where a position's angles are already, by the length that they depend on, if they do: rows repeat positions. */
  const known = new Map<number, { readonly turns: Float32Array; readonly rowOf: Map<number, number> }>()
  for (let n = 0; n < positions.length; n++) {
    const position = positions[n]!
    const length = rope.type === "dynamic" ? lengths[n]! : 0
    const { rowOf, turns } = known.get(length) ?? { turns: frequencies(rope, headDim, length), rowOf: new Map() }
    if (rowOf.size === 0) known.set(length, { turns, rowOf })
    const row = rowOf.get(position)
    if (row !== undefined) {
      cosine.copyWithin(n * headDim, row * headDim, (row + 1) * headDim)
      sine.copyWithin(n * headDim, row * headDim, (row + 1) * headDim)
      continue
    }
    rowOf.set(position, n)
    for (let j = 0; j < half; j++) {
      const angle = Math.fround(position * turns[j]!)
      const at = n * headDim + j
      cosine[at] = cosine[at + half] = scale * Math.cos(angle)
      sine[at] = sine[at + half] = scale * Math.sin(angle)
    }
  }
  return {
    cosine: tf.tensor3d(cosine, [positions.length, 1, headDim]),
    sine: tf.tensor3d(sine, [positions.length, 1, headDim]),
  }
}

const turned = (x: tf.Tensor3D, matrix: tf.Tensor2D | undefined): tf.Tensor3D => {
  // A product with a ±1 matrix is exact.
  if (matrix !== undefined) return tf.reshape(tf.matMul(tf.reshape(x, [-1, matrix.shape[0]]), matrix), x.shape)
  const [first, second] = tf.split(x, 2, 2) as [tf.Tensor3D, tf.Tensor3D]
  return tf.concat([tf.neg(second), first], 2)
}

const rotate = (x: tf.Tensor3D, { cosine, sine, quarterTurn: matrix }: RotaryAngles, sign: 1 | -1): tf.Tensor3D => {
  const swung = tf.mul(turned(x, matrix), sine)
  return sign === 1 ? tf.add(tf.mul(x, cosine), swung) : tf.sub(tf.mul(x, cosine), swung)
}

/**
 * Rotates each head of `x [N, H, dh]` by its position's angles. The derivative is the transposed map: the
 * rotation back.
 *
 * @since 0.1.0
 * @category layers
 */
export const rotary = (x: tf.Tensor3D, angles: RotaryAngles): tf.Tensor3D =>
  differentiable([x], (save, input) => {
    const { cosine, quarterTurn: matrix, sine } = angles
    const saved = save(cosine, sine, ...(matrix === undefined ? [] : [matrix]))
    return {
      value: rotate(input, angles, 1),
      derivative: (dy) => {
        const [savedCosine, savedSine, savedMatrix] = saved()
        const back = { cosine: savedCosine, sine: savedSine }
        return [rotate(dy, savedMatrix === undefined ? back : { ...back, quarterTurn: savedMatrix }, -1)]
      },
    }
  })
