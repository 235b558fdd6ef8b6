/**
 * The innermost part of a sandbox: loads the reward file and answers one call at a time.
 */
import { parentPort, workerData } from "node:worker_threads"
import { all, type Judgement, of, ofGroup } from "../Judgement.ts"
import type { Call, Reply, Start } from "./message.ts"

const CLIPPED = 200

const text = (error: unknown) =>
  (error instanceof Error ? `${error.name}: ${error.message}` : String(error)).slice(0, CLIPPED)

const tell = (reply: Reply) => parentPort?.postMessage(reply)

const { file } = workerData as Start
const { reward, rewards } = (await import(file)) as { readonly reward?: unknown; readonly rewards?: unknown }

const judge = async ({ completions, problem }: Call): Promise<ReadonlyArray<Judgement>> => {
  const size = completions.length
  try {
    return typeof reward === "function"
      ? [of(await reward(completions[0], problem))]
      : ofGroup(await (rewards as (...parameters: ReadonlyArray<unknown>) => unknown)(completions, problem), size)
  } catch (error) {
    return all(size, { kind: "threw", detail: text(error) })
  }
}

if ((typeof reward === "function") === (typeof rewards === "function")) {
  tell({ type: "refused", detail: typeof reward === "function" ? "both functions" : "none of these functions" })
} else {
  parentPort?.on("message", (call: Call) => void judge(call).then((judgements) => tell({ type: "judged", judgements })))
  tell({ type: "ready", per: typeof reward === "function" ? "completion" : "group" })
}
