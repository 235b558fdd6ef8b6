/**
 * Random numbers that are looked up by a key and not drawn: the same bits eager and compiled, on every back-end.
 *
 * The generator is Philox4x32-10 (Salmon et al., SC 2011), which TensorFlow calls algorithm 1.
 *
 * @since 0.1.0
 */
import { Rng } from "@seed-grpo/core"
import * as tf from "@tensorflow/tfjs-core"
import { type Attribute, DataTypes } from "./Graph.ts"
import { isRecording, localValue, recordAs, tensorOf } from "./internal/recorder.ts"

const type = (value: number): Attribute => ({ kind: "type", value })

/** The upper 24 bits of each of `n` words, as numbers in [0, 1). */
const eagerUniform = (key: ArrayLike<number>, counter: number, n: number): Float32Array => {
  const out = new Float32Array(n)
  for (let i = 0; i < n; i += 4) {
    const words = Rng.philox([key[0]!, key[1]!], [i / 4, 0, counter, 0])
    for (let j = 0; j < 4 && i + j < n; j++) out[i + j] = (words[j]! >>> 8) * 2 ** -24
  }
  return out
}

const tracedUniform = (key: tf.Tensor, counter: tf.Tensor, shape: ReadonlyArray<number>): tf.Tensor => {
  const bitcast = { T: type(DataTypes.int32), type: type(DataTypes.uint64) }
  const words = tf.concat([tf.zeros([2], "int32"), tf.reshape(counter, [1]), tf.zeros([1], "int32")])
  const [wideKey] = recordAs("Bitcast", [localValue(tf.reshape(key, [1, 2]))], bitcast, [
    { shape: [1], dtype: "uint64" },
  ])
  const [wideCounter] = recordAs("Bitcast", [localValue(tf.reshape(words, [2, 2]))], bitcast, [
    { shape: [2], dtype: "uint64" },
  ])
  const sizes = [
    localValue(tf.tensor1d([...shape], "int32")),
    wideKey!,
    wideCounter!,
    localValue(tf.scalar(1, "int32")),
  ]
  const bits = { shape, dtype: "uint32" } as const
  const [drawn] = recordAs(
    "StatelessRandomUniformFullIntV2",
    sizes,
    { dtype: type(DataTypes.uint32), Tshape: type(DataTypes.int32) },
    [bits],
  )
  const [eight] = recordAs("Cast", [localValue(tf.scalar(8, "int32"))], cast(DataTypes.int32, DataTypes.uint32), [
    { shape: [], dtype: "uint32" },
  ])
  const [upper] = recordAs("RightShift", [drawn!, eight!], { T: type(DataTypes.uint32) }, [bits])
  const [float] = recordAs("Cast", [upper!], cast(DataTypes.uint32, DataTypes.float32), [{ shape, dtype: "float32" }])
  return tf.mul(tensorOf(float!), 2 ** -24)
}

const cast = (from: number, to: number) => ({
  SrcT: type(from),
  DstT: type(to),
  Truncate: { kind: "bool", value: false } as const,
})

/**
 * Uniform numbers in [0, 1) with 24 bits. `key` is `int32 [2]`; streams with different keys, or different counters (`int32`
 * scalars: a step, say) under one key, are independent.
 *
 * @example
 * ```ts
 * import assert from "node:assert"
 * import * as Random from "@seed-grpo/compile/Random"
 * import "@tensorflow/tfjs-backend-cpu"
 * import * as tf from "@tensorflow/tfjs-core"
 *
 * await tf.setBackend("cpu")
 * const key = tf.tensor1d([7, 1], "int32")
 * const step = tf.scalar(3, "int32")
 * assert.deepEqual(Random.uniform(key, step, [8]).arraySync(), Random.uniform(key, step, [8]).arraySync())
 * ```
 *
 * @since 0.1.0
 * @category generators
 */
export const uniform = (key: tf.Tensor, counter: tf.Tensor, shape: ReadonlyArray<number>): tf.Tensor =>
  isRecording()
    ? tracedUniform(key, counter, shape)
    : tf.tensor(eagerUniform(key.dataSync(), counter.dataSync()[0]!, tf.util.sizeFromShape([...shape])), [...shape])

/**
 * Numbers of the standard Gumbel distribution: `argMax(logits + gumbel)` is a draw from `softmax(logits)`.
 *
 * @since 0.1.0
 * @category generators
 */
export const gumbel = (key: tf.Tensor, counter: tf.Tensor, shape: ReadonlyArray<number>): tf.Tensor =>
  // In the middle of its 2⁻²⁴: never 0, whose logarithm is none.
  tf.tidy(() => tf.neg(tf.log(tf.neg(tf.log(tf.add(uniform(key, counter, shape), 2 ** -25))))))
