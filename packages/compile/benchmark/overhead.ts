/**
 * What a call of a compiled function costs beside its kernels: `node benchmark/overhead.ts [--profile]`.
 *
 * The functions do next to nothing: a product of two 2 × 2 matrices, and 100 such tensors scaled, as many as a training
 * step takes and gives. Times are the median of blocks of calls, in microseconds, and those of `runSavedModel` alone, which is
 * tfjs-node and TensorFlow. `--profile` runs the 100 tensors for ten seconds, for `node --cpu-prof`.
 */
import * as tf from "@tensorflow/tfjs-core"
import { compile } from "../src/Compile.ts"
import { RUNGS } from "../src/Ladder.ts"
import { useTensorFlow } from "../test-native/native.ts"

await useTensorFlow()

const BLOCKS = 30
const CALLS = 20

const backend = tf.backend() as unknown as { runSavedModel: (...parameters: ReadonlyArray<unknown>) => unknown }
const run = backend.runSavedModel.bind(backend)
let inside = 0
backend.runSavedModel = (...parameters) => {
  const began = performance.now()
  const out = run(...parameters)
  inside += performance.now() - began
  return out
}

const median = (times: ReadonlyArray<number>) => times.toSorted((a, b) => a - b)[times.length >> 1]!

/** Microseconds a call, all of it and inside `runSavedModel`. */
const measure = (call: () => unknown, blocks = BLOCKS) => {
  const times: Array<number> = []
  const insides: Array<number> = []
  for (let block = 0; block < blocks; block++) {
    inside = 0
    const began = performance.now()
    for (let i = 0; i < CALLS; i++) tf.dispose(call() as tf.TensorContainer)
    times.push(((performance.now() - began) / CALLS) * 1000)
    insides.push((inside / CALLS) * 1000)
  }
  return [median(times), median(insides)] as const
}

const pair = [tf.ones([2, 2]), tf.ones([2, 2])] as const
const product = (a: tf.Tensor, b: tf.Tensor) => tf.matMul(a, b)
/** Named and nested as a model's parameters are. */
const many = {
  layers: Array.from({ length: 20 }, () =>
    Object.fromEntries(["query", "key", "value", "output", "norm"].map((name) => [name, tf.ones([2, 2])])),
  ),
}
const scaled = (parameters: typeof many) => ({
  layers: parameters.layers.map((layer) =>
    Object.fromEntries(Object.entries(layer).map(([name, one]) => [name, tf.mul(one, 0.5)])),
  ),
})

if (process.argv[2] === "--profile") {
  const program = compile(scaled)
  const end = performance.now() + 10_000
  while (performance.now() < end) tf.dispose(program(many))
} else {
  console.log("tensors in, out  rung    a call  in runSavedModel     ours")
  for (const rung of RUNGS) {
    const [two, hundred] = [compile(product, { rung }), compile(scaled, { rung })]
    const rows: ReadonlyArray<readonly [string, () => unknown]> = [
      ["2, 1", () => two(...pair)],
      ["100, 100", () => hundred(many)],
    ]
    for (const [name, call] of rows) {
      measure(call, 5)
      const [all, native] = measure(call)
      const cells = [name.padEnd(15), rung.padEnd(5)]
      const numbers = rung === "eager" ? [all] : [all, native, all - native]
      console.log([...cells, ...numbers.map((one, i) => `${one.toFixed(0)} µs`.padStart([8, 16, 7][i]!))].join("  "))
    }
  }
}
