/**
 * Slices that begin where a tensor says. XLA updates them in place.
 *
 * @since 0.1.0
 */
import * as tf from "@tensorflow/tfjs-core"
import { type Attribute, DataTypes } from "./Graph.ts"
import { isCompiledByXla, isRecording, localValue, recordAs, tensorOf } from "./internal/recorder.ts"

const INT32: Attribute = { kind: "type", value: DataTypes.int32 }

const type = (tensor: tf.Tensor): Attribute => ({ kind: "type", value: DataTypes[tensor.dtype as "float32"] })

const difference = (shape: ReadonlyArray<number>, size: ReadonlyArray<number>) => shape.map((n, i) => n - size[i]!)

/** As XLA does it: a slice that would reach beyond an end is moved inside. */
const clamped = (start: tf.Tensor, shape: ReadonlyArray<number>, size: ReadonlyArray<number>): tf.Tensor =>
  tf.maximum(tf.minimum(start, tf.tensor1d(difference(shape, size), "int32")), tf.scalar(0, "int32"))

const sliceAt = (x: tf.Tensor, start: tf.Tensor, size: ReadonlyArray<number>): tf.Tensor => {
  const from = clamped(start, x.shape, size)
  if (!isRecording()) return tf.slice(x, [...from.dataSync()], [...size])
  const inputs = [x, from, tf.tensor1d([...size], "int32")].map(localValue)
  const shape = { shape: size, dtype: x.dtype as "float32" }
  return tensorOf(recordAs("Slice", inputs, { T: type(x), Index: INT32 }, [shape])[0]!)
}

/** `update` at its place in zeros of `shape`. */
const placed = (update: tf.Tensor, from: tf.Tensor, shape: ReadonlyArray<number>): tf.Tensor => {
  if (!isRecording()) {
    const begin = from.dataSync()
    return tf.pad(
      update,
      update.shape.map((n, i) => [begin[i]!, shape[i]! - n - begin[i]!]),
    )
  }
  const after = tf.sub(tf.tensor1d(difference(shape, update.shape), "int32"), from)
  const inputs = [update, tf.stack([from, after], 1)].map(localValue)
  const padded = { shape, dtype: update.dtype as "float32" }
  return tensorOf(recordAs("Pad", inputs, { T: type(update), Tpaddings: INT32 }, [padded])[0]!)
}

const updateAt = (x: tf.Tensor, update: tf.Tensor, start: tf.Tensor): tf.Tensor => {
  if (isCompiledByXla()) {
    const inputs = [x, update, start].map(localValue)
    const same = { shape: x.shape, dtype: x.dtype as "float32" }
    return tensorOf(recordAs("XlaDynamicUpdateSlice", inputs, { T: type(x), Tindices: INT32 }, [same])[0]!)
  }
  const from = clamped(start, x.shape, update.shape)
  const inside = placed(tf.ones(update.shape, "bool"), from, x.shape)
  return tf.where(inside, placed(update, from, x.shape), x)
}

/**
 * The part of `x` that begins at `start` (`int32 [rank]`) and has `size`. A part that would reach beyond an end is moved
 * inside, as in XLA.
 *
 * @since 0.1.0
 * @category slices
 */
export const dynamicSlice = <X extends tf.Tensor>(x: X, start: tf.Tensor, size: ReadonlyArray<number>): X =>
  tf.customGrad((input, save) => {
    ;(save as tf.GradSaveFunc)([start])
    return {
      value: tf.tidy(() => sliceAt(input as tf.Tensor, start, size)),
      gradFunc: (dy: tf.Tensor, [at]: Array<tf.Tensor>) => updateAt(tf.zeros(x.shape), dy, at!),
    }
  })(x) as X

/**
 * `x` with `update` in place of the part that begins at `start` (`int32 [rank]`). Compiled by XLA it costs what the update
 * costs where nothing else uses `x`.
 *
 * @since 0.1.0
 * @category slices
 */
export const dynamicUpdateSlice = <X extends tf.Tensor>(x: X, update: tf.Tensor, start: tf.Tensor): X =>
  tf.customGrad((whole, part, save) => {
    ;(save as tf.GradSaveFunc)([start])
    return {
      value: tf.tidy(() => updateAt(whole as tf.Tensor, part as tf.Tensor, start)),
      gradFunc: (dy: tf.Tensor, [at]: Array<tf.Tensor>) => [
        updateAt(dy, tf.zeros(update.shape), at!),
        sliceAt(dy, at!, update.shape),
      ],
    }
  })(x, update) as X
