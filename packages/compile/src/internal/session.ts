/**
 * Programs inside TensorFlow: a SavedModel is loaded from a folder that exists only while it is, and run in a session.
 */
import * as tf from "@tensorflow/tfjs-core"
import { inputName, outputName } from "./graphDef.ts"

interface NativeSessions {
  readonly loadSavedModelMetaGraph: (folder: string, tags: string) => number
  readonly runSavedModel: (
    id: number,
    inputs: ReadonlyArray<tf.Tensor>,
    inputInfos: ReadonlyArray<{ readonly name: string }>,
    outputs: ReadonlyArray<string>,
  ) => ReadonlyArray<tf.Tensor>
  readonly deleteSavedModel: (id: number) => void
}

const native = () => tf.findBackend("tensorflow") as unknown as NativeSessions

// Looked up when a program is loaded, which happens in Node only: this package can be bundled for browsers.
const fs = () => process.getBuiltinModule("node:fs")
const path = () => process.getBuiltinModule("node:path")
const tmpdir = () => process.getBuiltinModule("node:os").tmpdir()

const PREFIX = "seed-grpo-compile-"

const isRunning = (pid: number): boolean => {
  try {
    process.kill(pid, 0)
    return true
  } catch (cause) {
    return (cause as NodeJS.ErrnoException).code === "EPERM"
  }
}

/** Another user's folder is for that user's next process to remove. */
const remove = (folder: string): void => {
  try {
    fs().rmSync(folder, { recursive: true, force: true })
  } catch (cause) {
    if (!["EACCES", "EPERM"].includes((cause as NodeJS.ErrnoException).code ?? "")) throw cause
  }
}

let swept = false

/** Removes folders of processes that were killed while they loaded a program. */
const sweep = (): void => {
  if (swept) return
  swept = true
  for (const name of fs().readdirSync(tmpdir())) {
    const pid = name.startsWith(PREFIX) ? Number(name.slice(PREFIX.length).split("-")[0]) : Number.NaN
    if (Number.isInteger(pid) && !isRunning(pid)) remove(path().join(tmpdir(), name))
  }
}

/** A new folder, which a later process removes if this one does not. */
export const folderForProcess = (): string => {
  sweep()
  return fs().mkdtempSync(path().join(tmpdir(), `${PREFIX}${process.pid}-`))
}

/** A program that TensorFlow has loaded. */
export interface Session {
  readonly run: (inputs: ReadonlyArray<tf.Tensor>) => ReadonlyArray<tf.Tensor>
  readonly close: () => void
}

/** `outputs` of each of the `calls`; a run gives those of the first call first. */
export const openSession = (savedModel: Uint8Array, inputs: number, outputs: number, calls = 1): Session => {
  const folder = folderForProcess()
  let id: number
  try {
    fs().writeFileSync(path().join(folder, "saved_model.pb"), savedModel)
    id = native().loadSavedModelMetaGraph(folder, "serve")
  } finally {
    fs().rmSync(folder, { recursive: true, force: true })
  }
  const inputInfos = Array.from({ length: inputs }, (_, i) => ({ name: inputName(i) }))
  const outputNames = Array.from({ length: calls * outputs }, (_, i) =>
    outputName(Math.floor(i / outputs), i % outputs),
  )
  return {
    // TensorFlow refuses to run what nobody wants anything of.
    run: (tensors) => (outputs === 0 ? [] : native().runSavedModel(id, tensors, inputInfos, outputNames)),
    close: () => native().deleteSavedModel(id),
  }
}
