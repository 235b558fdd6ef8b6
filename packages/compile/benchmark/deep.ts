/**
 * How long programs of many operations take to make: `node benchmark/deep.ts [operations]`, with a number for a chain of that
 * many on the graph executor alone.
 *
 * A chain of one elementwise operation is the worst case for XLA, which makes one loop of it; in a stack of dense layers
 * the products keep the loops short.
 */
import * as tf from "@tensorflow/tfjs-core"
import { compile } from "../src/Compile.ts"
import type { Rung } from "../src/Ladder.ts"
import { useTensorFlow } from "../test-native/native.ts"

await useTensorFlow()

const repeat = (times: number, step: (x: tf.Tensor) => tf.Tensor) => (x: tf.Tensor) => {
  let y = x
  for (let i = 0; i < times; i++) y = step(y)
  return y
}

const chain = (nodes: number) => repeat(nodes, tf.tanh)

/** Four operations a layer. */
const layers = (nodes: number) => (x: tf.Tensor) => {
  const w = tf.mul(tf.eye(8), 0.99)
  return repeat(nodes / 4, (y) => tf.relu(tf.add(tf.sub(tf.matMul(y, w), 0.5), 0.5)))(x)
}

const only = Number(process.argv[2] ?? 0)
const rows: ReadonlyArray<readonly [string, typeof chain, Rung, ReadonlyArray<number>]> =
  only > 0
    ? [["chain of tanh", chain, "graph", [only]]]
    : [
        ["chain of tanh", chain, "graph", [500, 5000]],
        ["chain of tanh", chain, "xla", [500, 1000, 2000]],
        ["dense layers", layers, "graph", [500, 5000]],
        ["dense layers", layers, "xla", [500, 5000]],
      ]

console.log("program        rung   operations  trace     load and first call  call")
for (const [name, make, rung, sizes] of rows) {
  for (const nodes of sizes) {
    const program = compile(make(nodes), { rung })
    const x = tf.ones([8, 8])
    program(x).dispose()
    const began = performance.now()
    program(x).dispose()
    const call = performance.now() - began
    const [{ compileMs, nodes: recorded, traceMs } = { compileMs: 0, nodes: 0, traceMs: 0 }] = program.explain()
    const cells = [
      name.padEnd(13),
      rung.padEnd(5),
      String(recorded).padStart(11),
      `${(traceMs / 1000).toFixed(2)} s`.padStart(8),
      `${(compileMs / 1000).toFixed(1)} s`.padStart(20),
      `${call.toFixed(1)} ms`.padStart(9),
    ]
    console.log(cells.join("  "))
    program.dispose()
    x.dispose()
  }
}
