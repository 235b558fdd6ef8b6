/** One process of a user: opens the cache, loads TensorFlow, runs a program, and prints what it found. */
import { createRequire } from "node:module"
import { dirname, join } from "node:path"
import * as tf from "@tensorflow/tfjs-core"
import { compile } from "../../src/Compile.ts"
import * as DiskCache from "../../src/DiskCache.ts"
import { useTensorFlow } from "../native.ts"

const library = join(
  dirname(createRequire(import.meta.url).resolve("@tensorflow/tfjs-node-gpu/package.json")),
  "deps/lib",
)
const limit = process.argv[2]
const cache = DiskCache.open({ library, ...(limit === undefined ? {} : { limit: Number(limit) }) })
await useTensorFlow()
cache?.loaded()
const program = compile((x: tf.Tensor, w: tf.Tensor) => tf.softmax(tf.tanh(tf.matMul(x, w))), { name: "stored" })
const values = [...program(tf.ones([2, 3]), tf.reshape(tf.range(0, 6), [3, 2])).dataSync()]
console.log(
  JSON.stringify({
    isOpen: cache !== undefined,
    folder: cache?.folder,
    found: cache?.found,
    removed: cache?.removed,
    added: cache?.added(),
    flags: process.env["TF_XLA_FLAGS"],
    rung: program.explain()[0]?.rung,
    values,
  }),
)
