/** What of TensorFlow.js's engine a trace must leave as it was. */
import * as tf from "@tensorflow/tfjs-core"

export const engineState = (): unknown => {
  const engine = tf.engine()
  const { activeScope, activeTape, gradientDepth, kernelDepth, registeredVariables, scopeStack } = engine.state
  const { numBytes, numDataBuffers, numTensors } = tf.memory()
  return {
    backend: tf.getBackend(),
    tensors: { numBytes, numDataBuffers, numTensors },
    scopes: [scopeStack.length, activeScope?.id],
    gradients: [gradientDepth, kernelDepth, activeTape],
    variables: Object.entries(registeredVariables).map(([name, { dataId }]) => [name, dataId]),
    random: Math.random,
    methods: Object.keys(engine),
  }
}
