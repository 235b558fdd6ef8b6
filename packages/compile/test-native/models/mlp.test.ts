/** A classifier of three dense layers. */
import * as tf from "@tensorflow/tfjs-core"
import { floats, ints, within } from "../parity/case.ts"
import { checkModel } from "./training.ts"

const weights = (rows: number, columns: number) => within(-1 / Math.sqrt(rows), 1 / Math.sqrt(rows), rows, columns)

checkModel({
  parameters: {
    w1: weights(10, 32),
    b1: within(-0.1, 0.1, 32),
    w2: weights(32, 16),
    b2: within(-0.1, 0.1, 16),
    w3: weights(16, 4),
    b3: within(-0.1, 0.1, 4),
  },
  data: { x: floats(24, 10), labels: ints(0, 4, 24) },
  outputs: ({ b1, b2, b3, w1, w2, w3 }, { x }) => {
    const first = tf.relu(tf.add(tf.matMul(x!, w1!), b1!))
    const second = tf.tanh(tf.add(tf.matMul(first, w2!), b2!))
    const logits = tf.add(tf.matMul(second, w3!), b3!)
    return { logits, probabilities: tf.softmax(logits), best: tf.argMax(logits, 1) }
  },
  loss: ({ logits }, { labels }) => tf.losses.softmaxCrossEntropy(tf.oneHot(labels!, 4), logits!),
})
