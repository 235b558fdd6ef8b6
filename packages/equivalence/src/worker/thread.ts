/**
 * The thread of `EquivalenceWorker`: answers one call at a time.
 */
import { parentPort } from "node:worker_threads"
import { cluster } from "../Cluster.ts"
import { compare } from "../Compare.ts"
import { grade } from "../Grade.ts"
import type { Call } from "./call.ts"

const answer = (call: Call): unknown => {
  switch (call.method) {
    case "compare":
      return compare(...call.parameters)
    case "grade":
      return grade(...call.parameters)
    case "cluster":
      return cluster(...call.parameters)
  }
}

parentPort?.on("message", (call: Call) => parentPort?.postMessage(answer(call)))
