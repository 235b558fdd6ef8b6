/** A process that compiles one function: `ends` or `waits` in the middle of loading it, or does neither. */
import { existsSync } from "node:fs"
import * as tf from "@tensorflow/tfjs-core"
import { compile } from "../src/Compile.ts"
import { useTensorFlow } from "./native.ts"

await useTensorFlow()
const [, , how, signal] = process.argv
const fs = process.getBuiltinModule("node:fs")
const { writeFileSync } = fs

const hold = (): void => {
  // The folder exists by now, and nothing is in it.
  if (how === "ends") process.kill(process.pid, "SIGKILL")
  if (how !== "waits") return
  writeFileSync(`${signal}.waiting`, "")
  while (!existsSync(`${signal}.go`)) Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 20)
}

fs.writeFileSync = (...parameters: Parameters<typeof writeFileSync>) => {
  hold()
  writeFileSync(...parameters)
}

const out = compile((x: tf.Tensor) => tf.mul(x, 2), { rung: "graph" })(tf.tensor1d([21]))
console.log(out.dataSync()[0])
