/** What XLA does otherwise than TensorFlow's own kernels, as the README says. */
import * as tf from "@tensorflow/tfjs-core"
import { assert, beforeAll, describe, it } from "vitest"
import { compile } from "../src/Compile.ts"
import { useTensorFlow } from "./native.ts"
import { refused } from "./refused.ts"

beforeAll(useTensorFlow)

const floats = (...numbers: ReadonlyArray<number>) => tf.tensor1d([...numbers])
const ints = (...numbers: ReadonlyArray<number>) => tf.tensor1d([...numbers], "int32")

type Run = (...inputs: ReadonlyArray<tf.Tensor>) => tf.Tensor
const on = (rung: "graph" | "xla", run: Run, inputs: ReadonlyArray<tf.Tensor>) => [
  ...compile(run, { rung })(...inputs).dataSync(),
]

describe("values that cannot be: refused by the graph executor, and by XLA", () => {
  const column = (x: tf.Tensor) => tf.reshape(x, [-1, 1])
  const cases: { readonly [what: string]: readonly [Run, () => ReadonlyArray<tf.Tensor>, ReadonlyArray<number>] } = {
    "gather: the nearest row": [(x, at) => tf.gather(x, at), () => [floats(1, 2, 3), ints(7, -1)], [3, 1]],
    "gatherND: the nearest": [(x, at) => tf.gatherND(x, column(at)), () => [floats(1, 2, 3), ints(7, -1)], [3, 1]],
    "scatterND: left out": [(at, x) => tf.scatterND(column(at), x, [3]), () => [ints(7, 1), floats(1, 2)], [0, 2, 0]],
    "tensorScatterUpdate: left out": [
      (x, at) => tf.tensorScatterUpdate(x, column(at), tf.tensor1d([8, 9])),
      () => [floats(1, 2, 3), ints(7, 1)],
      [1, 9, 3],
    ],
    "unsortedSegmentSum: left out": [
      (x, ids) => tf.unsortedSegmentSum(x, ids as tf.Tensor1D, 2),
      () => [floats(1, 2, 3), ints(0, 5, 1)],
      [1, 3],
    ],
    "sparseToDense: the last of two": [
      (at, x) => tf.sparseToDense(column(at), x, [3], tf.scalar(0)),
      () => [ints(1, 1), floats(1, 2)],
      [0, 2, 0],
    ],
    "int32 by zero: some number": [(a, b) => tf.mod(a, b), () => [ints(7, -7), ints(0, 0)], [7, -7]],
  }
  for (const [what, [run, inputs, expected]] of Object.entries(cases)) {
    it(what, () => {
      assert.deepStrictEqual(on("xla", run, inputs()), [...expected])
      assert.include(["failed-to-compile", "failed-to-run"], refused(() => on("graph", run, inputs())).reason)
    })
  }
})

describe("NaN, rounding and denormals", () => {
  const { NaN: nan } = Number
  const smallest = 2 ** -149
  const cases: { readonly [what: string]: readonly [Run, () => tf.Tensor, number, number] } = {
    "tf.max goes past NaN": [(x) => tf.max(x), () => floats(1, nan, 2), nan, 2],
    "tf.min goes past NaN": [(x) => tf.min(x), () => floats(3, nan, 2), nan, 2],
    "tf.argMax finds NaN": [(x) => tf.argMax(x), () => floats(1, 2, nan), 1, 2],
    "tf.topk finds NaN": [(x) => tf.slice(tf.topk(x, 2).values, 0, 1), () => floats(1, 2, nan), 2, nan],
    "NaN is the integer 0": [(x) => tf.cast(x, "int32"), () => floats(nan), -(2 ** 31), 0],
    "large numbers are the largest integer": [(x) => tf.cast(x, "int32"), () => floats(3e9), -(2 ** 31), 2 ** 31 - 1],
    "denormal numbers are kept": [(x) => tf.add(x, 0), () => floats(smallest), 0, smallest],
    "the sign of -0 is -0": [(x) => tf.sign(x), () => floats(-0), 0, -0],
  }
  for (const [what, [run, input, graph, xla]] of Object.entries(cases)) {
    it(what, () => {
      assert.deepStrictEqual(on("graph", run, [input()]), [graph])
      assert.deepStrictEqual(on("xla", run, [input()]), [xla])
    })
  }

  it("and NaN goes through what is not an extreme", () => {
    const runs: ReadonlyArray<Run> = [
      (x) => tf.sum(x),
      (x) => tf.mean(x),
      (x) => tf.relu(x),
      (x) => tf.softmax(x),
      (x) => tf.maximum(x, 0),
      (x) => tf.minimum(0, x),
    ]
    for (const run of runs) assert.isTrue(on("xla", run, [floats(1, nan, 2)]).some(Number.isNaN))
  })
})

describe("convolutions of no images", () => {
  // TensorFlow's own kernel, where oneDNN takes it (which depends on the processor), gives them the shape of its input.
  it("have their shape", () => {
    const run = compile((x: tf.Tensor, f: tf.Tensor) => tf.conv2d(x as tf.Tensor4D, f as tf.Tensor4D, 1, "valid"), {
      rung: "xla",
    })
    assert.deepStrictEqual(run(tf.zeros([0, 5, 5, 2]), tf.zeros([3, 3, 2, 4])).shape, [0, 3, 3, 4])
    run.dispose()
  })
})
