/**
 * The process of a sandbox. The reward file runs in a thread of it, so that somebody is left to watch its memory, and the
 * process can be killed by its parent whatever the thread does. It does not outlive its parent.
 */
import { Worker } from "node:worker_threads"
import type { Call, Reply, Start } from "./message.ts"

/** Between two looks at the memory, in milliseconds. */
const LOOK = 10
/** What garbage and a second heap may take beside the limit, in MiB. */
const SLACK = 96
const MIB = 2 ** 20

const die = () => process.kill(process.pid, "SIGKILL")
const tell = (reply: Reply, then?: () => void) => {
  process.send?.(reply, undefined, undefined, () => then?.())
}
const tellAndDie = (reply: Reply) => tell(reply, die)

process.on("disconnect", die)

const [file, memory] = process.argv.slice(2) as [string, string]
const start: Start = { file, memory: Number(memory) }

const thread = new Worker(new URL(import.meta.url.endsWith(".ts") ? "./thread.ts" : "./thread.js", import.meta.url), {
  workerData: start,
  env: {},
  resourceLimits: { maxOldGenerationSizeMb: start.memory },
})

const limit = process.memoryUsage.rss() + (start.memory + SLACK) * MIB
setInterval(() => {
  if (process.memoryUsage.rss() <= limit) return
  tellAndDie({ type: "died", kind: "memory", detail: `it took more than ${start.memory} MiB` })
}, LOOK)

thread.on("message", (reply: Reply) => tell(reply))
thread.on("error", (error: NodeJS.ErrnoException) =>
  tellAndDie({
    type: "died",
    kind: error.code === "ERR_WORKER_OUT_OF_MEMORY" ? "memory" : "crashed",
    detail: String(error).slice(0, 200),
  }),
)
thread.on("exit", (code) => tellAndDie({ type: "died", kind: "crashed", detail: `it ended its thread with code ${code}` }))
process.on("message", (call: Call) => thread.postMessage(call))
