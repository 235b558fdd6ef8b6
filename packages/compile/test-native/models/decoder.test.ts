/** A decoder block of a language model: embedding, causal attention of several heads, SwiGLU, output head. */
import * as tf from "@tensorflow/tfjs-core"
import { exactly, ints, within } from "../parity/case.ts"
import { checkModel } from "./training.ts"

const [batch, length, width, heads, inner, vocabulary] = [2, 6, 16, 4, 24, 20]
const head = width / heads

const norm = (x: tf.Tensor, gain: tf.Tensor) =>
  tf.mul(tf.mul(x, tf.rsqrt(tf.add(tf.mean(tf.square(x), -1, true), 1e-6))), gain)

/** Rotates pairs of features by their places (Su et al. 2021). */
const rotate = (x: tf.Tensor, cos: tf.Tensor, sin: tf.Tensor) => {
  const [left, right] = tf.split(x, 2, -1) as [tf.Tensor, tf.Tensor]
  return tf.add(tf.mul(x, cos), tf.mul(tf.concat([tf.neg(right), left], -1), sin))
}

const linear = (x: tf.Tensor, w: tf.Tensor) =>
  tf.reshape(tf.matMul(tf.reshape(x, [-1, x.shape.at(-1)!]), w), [...x.shape.slice(0, -1), w.shape[1]!])

const split = (x: tf.Tensor) => tf.transpose(tf.reshape(x, [batch, length, heads, head]), [0, 2, 1, 3])

const angles = Array.from({ length: length * head }, (_, i) => {
  const [place, feature] = [Math.floor(i / head), i % (head / 2)]
  return place * 100 ** (-feature / (head / 2))
})

checkModel({
  parameters: {
    embedding: within(-0.5, 0.5, vocabulary, width),
    attentionNorm: within(0.5, 1.5, width),
    query: within(-0.4, 0.4, width, width),
    key: within(-0.4, 0.4, width, width),
    value: within(-0.4, 0.4, width, width),
    output: within(-0.4, 0.4, width, width),
    mlpNorm: within(0.5, 1.5, width),
    gate: within(-0.4, 0.4, width, inner),
    up: within(-0.4, 0.4, width, inner),
    down: within(-0.4, 0.4, inner, width),
  },
  data: {
    tokens: ints(0, vocabulary, batch, length),
    next: ints(0, vocabulary, batch * length),
    real: exactly("float32", [batch, length], [1, 1, 1, 1, 1, 1, 0, 0, 1, 1, 1, 1]),
  },
  outputs: (p, { real, tokens }) => {
    const [cos, sin] = [Math.cos, Math.sin].map((f) =>
      tf.tensor(
        angles.map((one) => f(one)),
        [length, head],
      ),
    )
    const x = tf.gather(p["embedding"]!, tokens!)
    const normal = norm(x, p["attentionNorm"]!)
    const [query, key, value] = ["query", "key", "value"].map((name) => split(linear(normal, p[name]!)))
    const scores = tf.matMul(rotate(query!, cos!, sin!), rotate(key!, cos!, sin!), false, true)
    const places = tf.range(0, length, 1, "int32")
    const causal = tf.greaterEqual(tf.expandDims(places, 1), tf.expandDims(places, 0))
    const seen = tf.logicalAnd(causal, tf.cast(tf.reshape(real!, [batch, 1, 1, length]), "bool"))
    // The first places of a row that is filled up on the left see nothing, and are masked in the loss.
    const weights = tf.softmax(tf.where(seen, tf.mul(scores, head ** -0.5), tf.scalar(-1e9)))
    const mixed = tf.reshape(tf.transpose(tf.matMul(weights, value!), [0, 2, 1, 3]), [batch, length, width])
    const y = tf.add(x, linear(mixed, p["output"]!))
    const z = norm(y, p["mlpNorm"]!)
    const gated = tf.mul(tf.mul(linear(z, p["gate"]!), tf.sigmoid(linear(z, p["gate"]!))), linear(z, p["up"]!))
    const out = tf.add(y, linear(gated, p["down"]!))
    return { logits: linear(out, tf.transpose(p["embedding"]!)), weights }
  },
  loss: ({ logits }, { next, real }) => {
    const logprobs = tf.logSoftmax(tf.reshape(logits!, [batch * length, vocabulary]))
    const chosen = tf.sum(tf.mul(logprobs, tf.oneHot(next!, vocabulary)), 1)
    return tf.neg(tf.div(tf.sum(tf.mul(chosen, tf.reshape(real!, [-1]))), tf.sum(real!)))
  },
})
