/**
 * The most memory that tensors took at once. `tf.memory().numBytes` counts a buffer once for every tensor that shares it;
 * here each buffer counts once, from the moment it is made until it is freed.
 */
import * as tf from "@tensorflow/tfjs-core"

export interface Peak {
  /** Above what was held before. */
  readonly bytes: number
  readonly seconds: number
}

export const peakOf = (run: () => void): Peak => {
  const buffers = tf.engine().state.tensorInfo
  let [held, most] = [0, 0]
  const count = (bytes: number) => {
    held += bytes
    most = Math.max(most, held)
  }
  const watched: Pick<typeof buffers, "delete" | "set"> = {
    set: (id, info) => {
      count(info.bytes ?? 0)
      return WeakMap.prototype.set.call(buffers, id, info) as typeof buffers
    },
    delete: (id) => {
      count(-(buffers.get(id)?.bytes ?? 0))
      return WeakMap.prototype.delete.call(buffers, id)
    },
  }
  Object.assign(buffers, watched)
  const started = performance.now()
  run()
  const seconds = (performance.now() - started) / 1000
  for (const name of Object.keys(watched)) Reflect.deleteProperty(buffers, name)
  return { bytes: most, seconds }
}

export const mebibytes = (bytes: number): string => `${(bytes / 2 ** 20).toFixed(0)} MiB`
