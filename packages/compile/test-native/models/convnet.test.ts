/** Convolution, batch normalisation, pooling, a depthwise block, a dense layer. */
import * as tf from "@tensorflow/tfjs-core"
import { floats, ints, within } from "../parity/case.ts"
import { checkModel } from "./training.ts"

checkModel({
  parameters: {
    filter: within(-0.4, 0.4, 3, 3, 2, 6),
    scale: within(0.5, 1.5, 6),
    offset: within(-0.2, 0.2, 6),
    depthwise: within(-0.5, 0.5, 3, 3, 6, 1),
    pointwise: within(-0.5, 0.5, 1, 1, 6, 8),
    dense: within(-0.3, 0.3, 32, 5),
  },
  data: { images: floats(4, 8, 8, 2), labels: ints(0, 5, 4) },
  outputs: ({ dense, depthwise, filter, offset, pointwise, scale }, { images }) => {
    const conv = tf.conv2d(images as tf.Tensor4D, filter as tf.Tensor4D, 1, "same")
    const { mean, variance } = tf.moments(conv, [0, 1, 2])
    const normal = tf.batchNorm(
      conv,
      mean as tf.Tensor1D,
      variance as tf.Tensor1D,
      offset as tf.Tensor1D,
      scale as tf.Tensor1D,
      1e-3,
    )
    const pooled = tf.maxPool(tf.relu(normal), 2, 2, "valid")
    const block = tf.separableConv2d(pooled, depthwise as tf.Tensor4D, pointwise as tf.Tensor4D, 1, "same")
    const features = tf.reshape(tf.avgPool(tf.leakyRelu(block, 0.1), 2, 2, "valid"), [4, 32])
    return { features, logits: tf.matMul(features, dense!) }
  },
  loss: ({ logits }, { labels }) => tf.losses.softmaxCrossEntropy(tf.oneHot(labels!, 5), logits!),
})
