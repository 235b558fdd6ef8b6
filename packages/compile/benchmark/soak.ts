/**
 * What is left behind by many calls, by programs made and disposed, and by calls that fail: `node benchmark/soak.ts`.
 *
 * Tensors are those that TensorFlow.js counts, memory is the resident set of the process after a collection of garbage
 * (`node --expose-gc` is asked for). Give a name to run one part: `calls`, `programs`, `failures`.
 */
import { setFlagsFromString } from "node:v8"
import { runInNewContext } from "node:vm"
import * as tf from "@tensorflow/tfjs-core"
import { compile } from "../src/Compile.ts"
import type { Rung } from "../src/Ladder.ts"
import { useTensorFlow } from "../test-native/native.ts"

await useTensorFlow()
setFlagsFromString("--expose-gc")
const collect = runInNewContext("gc") as () => void

const measure = () => {
  collect()
  return { tensors: tf.memory().numTensors, mebibytes: process.memoryUsage().rss / 2 ** 20 }
}

/** Runs `once` as often as the last of `counts` says, and prints what there is at each. */
const watch = (name: string, counts: ReadonlyArray<number>, once: (i: number) => void) => {
  once(0)
  const start = measure()
  const began = performance.now()
  const found = [`start ${start.mebibytes.toFixed(0)} MiB`]
  let done = 0
  for (const count of counts) {
    while (done < count) once(++done)
    const { mebibytes, tensors } = measure()
    found.push(`${count}: ${tensors - start.tensors} tensors, ${(mebibytes - start.mebibytes).toFixed(1)} MiB`)
  }
  const each = (performance.now() - began) / done
  console.log(`${name.padEnd(34)} ${found.join(" | ")} more | ${each.toFixed(2)} ms each`)
}

const small = (x: tf.Tensor) => tf.sum(tf.mul(tf.tanh(x), 2))

/** Ten dense layers with their gradient. */
const medium = (x: tf.Tensor, w: tf.Tensor) =>
  tf.grad((v: tf.Tensor) => {
    let y = x
    for (let i = 0; i < 10; i++) y = tf.tanh(tf.matMul(y, v))
    return tf.mean(tf.square(y))
  })(w)

const rungs: ReadonlyArray<Rung> = ["xla", "graph"]
const only = process.argv[2]

if (only === undefined || only === "calls") {
  const [x, w] = [tf.ones([32, 64]), tf.mul(tf.eye(64), 0.9)]
  for (const rung of rungs) {
    const programs = [compile(small, { rung }), compile(medium, { rung })] as const
    watch(`calls, small, ${rung}`, [5000, 10_000, 20_000, 40_000], () => programs[0](x).dispose())
    watch(`calls, ten layers, ${rung}`, [1000, 5000, 10_000], () => programs[1](x, w).dispose())
    for (const program of programs) program.dispose()
  }
}

if (only === undefined || only === "programs") {
  const x = tf.ones([8, 8])
  for (const rung of rungs) {
    watch(`made, run and disposed, ${rung}`, [50, 100, 200], (i) => {
      const program = compile((one: tf.Tensor) => small(tf.matMul(one, tf.mul(one, i))), { rung })
      program(x).dispose()
      program.dispose()
    })
  }
}

if (only === undefined || only === "failures") {
  const x = tf.ones([64, 64])
  const fails = (name: string, fn: (one: tf.Tensor) => unknown, rung: Rung, counts = [100, 500, 1000]) => {
    const program = compile(fn, { rung })
    watch(`fails ${name}, ${rung}`, counts, () => {
      try {
        tf.dispose(program(x) as tf.Tensor)
      } catch {
        return
      }
      throw new Error("it did not fail")
    })
  }
  fails("when traced", (one) => tf.grad((y: tf.Tensor) => tf.sum(tf.square(tf.unique(tf.exp(y)).values)))(one), "xla")
  const crop = (one: tf.Tensor) =>
    tf.image.cropAndResize(
      tf.reshape<tf.Rank.R4>(one, [1, 64, 64, 1]),
      tf.tensor2d([[0, 0, 1, 1]]),
      tf.tensor1d([0], "int32"),
      [2, 2],
    )
  fails("in XLA", crop, "xla")
  // One program that fails in each run, given another input each time.
  const look = compile((one: tf.Tensor, at: tf.Tensor) => tf.gatherND(one, at), { rung: "graph" })
  const [inside, beyond] = [0, 999].map((place) => tf.tensor2d([place], [1, 1], "int32"))
  const run = (at: tf.Tensor) => tf.tidy(() => void look(tf.add(tf.ones([512, 512]), 1), at))
  run(inside!)
  watch("fails in a run of 1 MiB, graph", [100, 500, 1000], () => {
    try {
      run(beyond!)
    } catch {
      return
    }
    throw new Error("it did not fail")
  })
}
