/** One run of a function on symbolic tensors. */
import * as tf from "@tensorflow/tfjs-core"
import { GraphFunction } from "../Graph.ts"
import { adopt } from "./backend.ts"
import { RECORDER } from "./native.ts"
import { begin, type Captured, release } from "./recorder.ts"
import { watch } from "./watch.ts"

/** A function body and what it uses from outside. */
export interface Recorded<Out> {
  readonly body: GraphFunction
  readonly captured: ReadonlyArray<Captured>
  readonly result: Out
}

/**
 * Runs `trace` with the recorder as TensorFlow.js's back-end. It makes parameters, whose tensors it lends to the function,
 * and sets the results. However it ends, the engine is as before.
 */
export const recordProgram = <Out>(
  name: string,
  compiled: boolean,
  trace: (body: GraphFunction, lend: (tensor: tf.Tensor) => tf.Tensor) => Out,
): Recorded<Out> => {
  adopt()
  const before = tf.getBackend()
  const root = new GraphFunction(name)
  const { end, state } = begin(root, compiled)
  // Asynchronous in its type only: a back-end that exists is active when the call returns.
  void tf.setBackend(RECORDER)
  const { finish, lend, restore } = watch()
  try {
    const result = tf.engine().tidy(() => {
      try {
        return { out: trace(root, lend) } as never
      } finally {
        finish()
      }
    }) as unknown as { readonly out: Out }
    if (state.failure !== undefined) throw state.failure
    return { body: root, captured: [...state.captured.values()], result: result.out }
  } catch (cause) {
    finish()
    release(state.captured.values())
    throw state.failure ?? cause
  } finally {
    restore()
    end()
    void tf.setBackend(before)
  }
}
