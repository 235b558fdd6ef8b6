/** Native TensorFlow, loaded as a user of tfjs-node on a new Node has to. */
import { createRequire } from "node:module"
import * as tf from "@tensorflow/tfjs-core"

const require = createRequire(import.meta.url)

export const useTensorFlow = async (): Promise<void> => {
  const util = require("node:util") as { [name: string]: unknown }
  util["isNullOrUndefined"] = (value: unknown) => value === null || value === undefined
  util["isArray"] = Array.isArray
  process.env["TF_CPP_MIN_LOG_LEVEL"] ??= "3"
  require("@tensorflow/tfjs-node-gpu")
  await tf.setBackend("tensorflow")
}
