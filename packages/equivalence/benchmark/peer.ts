/**
 * Runs a Python file of this folder on objects, JSON lines in and JSON lines out. What it prints to stderr is shown.
 */
import { spawnSync } from "node:child_process"
import { fileURLToPath } from "node:url"

export const askPython = (python: string, file: string, inputs: ReadonlyArray<object>): ReadonlyArray<unknown> => {
  const { error, status, stdout } = spawnSync(python, [fileURLToPath(new URL(file, import.meta.url))], {
    input: inputs.map((input) => `${JSON.stringify(input)}\n`).join(""),
    stdio: ["pipe", "pipe", "inherit"],
    encoding: "utf8",
    maxBuffer: 1 << 30,
  })
  if (error !== undefined) throw error
  if (status !== 0) throw new Error(`${file} ended with status ${status}`)
  const outputs = stdout
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => JSON.parse(line) as unknown)
  if (outputs.length !== inputs.length) throw new Error(`${file}: ${outputs.length} of ${inputs.length} answered`)
  return outputs
}
