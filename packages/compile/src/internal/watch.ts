/**
 * What a traced function must not do, refused at the line that does it; and what it leaves behind, cleared away.
 */
import * as tf from "@tensorflow/tfjs-core"
import { holder, RECORDER } from "./native.ts"
import { effect } from "./recorder.ts"

/** The methods of TensorFlow.js's engine that a trace is watched through. */
interface Watched {
  trackTensor: (tensor: tf.Tensor, backend?: tf.KernelBackend) => void
  disposeTensor: (tensor: tf.Tensor) => void
  setBackend: (name: string) => Promise<boolean>
  makeVariable: (...parameters: ReadonlyArray<unknown>) => tf.Variable
}

/** A trace under watch. */
interface Watch {
  /** An argument: its tensor is the caller's, and not the function's to dispose. */
  readonly lend: (tensor: tf.Tensor) => tf.Tensor
  /** From here on tensors may be disposed: the function has returned. */
  readonly finish: () => void
  /** Puts everything back, and ends the tensors of the trace that are still alive. */
  readonly restore: () => void
}

export const watch = (): Watch => {
  const engine = tf.engine() as unknown as Watched
  const { state } = tf.engine()
  const recorder = tf.findBackend(RECORDER)
  const { random } = Math
  const { disposeTensor, trackTensor } = engine
  const { activeTape } = state
  const made: Array<tf.Tensor> = []
  const lent = new WeakSet<tf.Tensor>()
  let finished = false

  const refuseOutside = (tensor: tf.Tensor): void => {
    if (tensor instanceof tf.Variable) throw effect(`variable ${tensor.name} assigned or disposed`)
    const backend = holder(tensor.dataId)
    if (lent.has(tensor)) throw effect("an argument disposed")
    if (backend !== undefined && backend !== recorder) throw effect("a tensor from outside disposed")
  }
  const watched: Watched = {
    trackTensor: (tensor, backend) => {
      made.push(tensor)
      trackTensor.call(engine, tensor, backend)
    },
    disposeTensor: (tensor) => {
      if (!finished) refuseOutside(tensor)
      disposeTensor.call(engine, tensor)
    },
    setBackend: (name) => {
      throw effect(`tf.setBackend("${name}")`)
    },
    makeVariable: () => {
      throw effect("a variable made")
    },
  }
  Object.assign(engine, watched)
  Math.random = () => {
    throw effect("Math.random(), which tf.randomUniform and dropout without a seed call")
  }
  return {
    lend: (tensor) => {
      lent.add(tensor)
      return tensor
    },
    finish: () => {
      finished = true
    },
    restore: () => {
      Math.random = random
      for (const method of Object.keys(watched)) Reflect.deleteProperty(engine, method)
      // What a gradient saved that was cut short by an error, and what the function kept.
      state.activeTape = activeTape
      for (const tensor of made) if (holder(tensor.dataId) === recorder) tensor.dispose()
      // So that whoever uses one of them later is told what it is; these entries go with the tensors.
      for (const { dataId, dtype, shape } of made) {
        if (!state.tensorInfo.has(dataId)) state.tensorInfo.set(dataId, { backend: recorder, dtype, shape, bytes: 0 })
      }
    },
  }
}
