/** Every kernel of native TensorFlow is either compiled, with cases that prove it, or refused by name. */
import * as tf from "@tensorflow/tfjs-core"
import { assert, beforeAll, describe, it } from "vitest"
import { compile } from "../src/Compile.ts"
import { missingKernels, unsupportedKernels } from "../src/Kernels.ts"
import { useTensorFlow } from "./native.ts"
import { families } from "./parity/families.ts"
import { refused } from "./refused.ts"

beforeAll(useTensorFlow)

const sorted = (names: Iterable<string>) => [...names].toSorted()
const withCases = Object.values(families).flatMap((family) => Object.keys(family))
const native = () => tf.getKernelsForBackend("tensorflow").map(({ kernelName }) => kernelName)

describe("the classification of kernels", () => {
  it("has each native kernel once", () => {
    assert.deepStrictEqual(sorted([...withCases, ...Object.keys(unsupportedKernels)]), sorted(native()))
  })

  it("and each that TensorFlow.js has a name for", () => {
    // Their names are the strings among the exports of TensorFlow.js.
    const others = new Set<string>([tf.version_core, tf.OP_SCOPE_SUFFIX])
    const named = Object.values(tf).filter((one) => typeof one === "string" && !others.has(one))
    assert.deepStrictEqual(sorted(new Set(missingKernels)), sorted(missingKernels))
    assert.deepStrictEqual(
      missingKernels.filter((kernel) => native().includes(kernel)),
      [],
    )
    for (const kernel of named) assert.include<unknown>([...native(), ...missingKernels], kernel)
  })
})

describe("refused, with the kernel's name and the line that called it", () => {
  const all = {
    ...unsupportedKernels,
    ...Object.fromEntries(missingKernels.map((kernel) => [kernel, "no such kernel"])),
  }
  for (const [kernel, because] of Object.entries(all)) {
    it(kernel, () => {
      const program = compile((x: tf.Tensor) => tf.engine().runKernel(kernel, { x, input: x, real: x, imag: x }, {}))
      const error = refused(() => program(tf.scalar(1)))
      assert.strictEqual(error.reason, "unsupported-kernel")
      assert.match(error.at, new RegExp(String.raw`^${kernel}, called .*kernels\.test\.ts:\d+`))
      assert.include(error.found, because)
    })
  }

  it("by the functions that call them", () => {
    const x = tf.tensor1d([1, 2, 2])
    const boxes = tf.zeros<tf.Rank.R2>([3, 4])
    const calls: { readonly [kernel: string]: (x: tf.Tensor1D) => unknown } = {
      Unique: (x) => tf.unique(x).values,
      NonMaxSuppressionV3: (x) => tf.image.nonMaxSuppression(boxes, x, 2),
      NonMaxSuppressionV5: (x) => tf.image.nonMaxSuppressionWithScore(boxes, x, 2).selectedScores,
      NonMaxSuppressionV4: (x) => tf.image.nonMaxSuppressionPadded(boxes, x, 2)["selectedIndices"],
      Multinomial: (x) => tf.multinomial(x, 2, 7),
      DenseBincount: (x) => tf.denseBincount(tf.cast(x, "int32"), tf.tensor1d([]), 3),
      SearchSorted: (x) => tf.lowerBound(x, x),
      Conv2D: (x) => tf.conv2d(tf.reshape<tf.Rank.R4>(x, [1, 1, 1, 3]), tf.ones([1, 1, 1, 2]), 1, "valid", "NCHW"),
    }
    for (const [kernel, run] of Object.entries(calls)) {
      const error = refused(() => compile(run)(x))
      assert.strictEqual(error.reason, "unsupported-kernel")
      assert.match(error.at, new RegExp(String.raw`^${kernel}, called .*kernels\.test\.ts:\d+`))
    }
  })

  it("strings, which are no tensors of a program", () => {
    const error = refused(() => compile((x: tf.Tensor) => [x, tf.tensor(["a"])])(tf.scalar(1)))
    assert.strictEqual(error.reason, "unsupported-kernel")
    assert.match(error.message, /a constant of type string/)
  })
})
