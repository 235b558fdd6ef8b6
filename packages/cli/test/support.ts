/** `seed-grpo` as its users run it: a process. */
import { type ChildProcess, spawn } from "node:child_process"
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { fileURLToPath } from "node:url"
import { ModelFolder, Weights } from "@seed-grpo/runtime"
import { Effect } from "effect"
import { tinyModel } from "@seed-grpo/testing"
import { afterAll } from "vitest"

const program = fileURLToPath(new URL("../src/bin.ts", import.meta.url))

interface Finished {
  readonly code: number | null
  readonly signal: NodeJS.Signals | null
  readonly out: string
  readonly err: string
}

interface Started {
  readonly child: ChildProcess
  /** When a text has been printed. */
  readonly printed: (text: string) => Promise<void>
  readonly finished: Promise<Finished>
}

export const start = (
  args: ReadonlyArray<string>,
  options: { readonly cwd?: string; readonly input?: string } = {},
): Started => {
  const child = spawn(process.execPath, [program, ...args], {
    cwd: options.cwd ?? tmpdir(),
    env: { ...process.env, NO_COLOR: "1" },
  })
  const text = { out: "", err: "" }
  const waiting: Array<{ readonly text: string; readonly resolve: () => void }> = []
  const collect = (to: "out" | "err") => (chunk: Buffer) => {
    text[to] += chunk.toString()
    for (const one of waiting) if (text.out.includes(one.text)) one.resolve()
  }
  child.stdout.on("data", collect("out"))
  child.stderr.on("data", collect("err"))
  child.stdin.end(options.input ?? "")
  const finished = new Promise<Finished>((resolve) => {
    child.on("close", (code, signal) => resolve({ code, signal, ...text }))
  })
  const printed = (expected: string) =>
    Promise.race([
      new Promise<void>((resolve) => {
        if (text.out.includes(expected)) resolve()
        else waiting.push({ text: expected, resolve })
      }),
      finished.then(({ err, out }) => {
        if (!out.includes(expected)) throw new Error(`ended without printing ${expected}:\n${out}\n${err}`)
      }),
    ])
  return { child, printed, finished }
}

export const run = (args: ReadonlyArray<string>, options?: { readonly cwd?: string; readonly input?: string }) =>
  start(args, options).finished

/** A temporary folder that is removed after the tests of a file. */
export const temporaryFolder = (): string => {
  const folder = mkdtempSync(join(tmpdir(), "seed-grpo-"))
  afterAll(() => rmSync(folder, { recursive: true, force: true }))
  return folder
}

/** A folder with a tiny policy and the configuration of a short run on the reference back-end. */
export const workplace = (change: object = {}) => {
  const folder = temporaryFolder()
  const { companions, config: architecture, weights } = tinyModel()
  mkdirSync(join(folder, "policy"))
  for (const [name, bytes] of ModelFolder.files(architecture, companions, Effect.runSync(Weights.toHost(weights))))
    writeFileSync(join(folder, "policy", name), bytes)
  const config = {
    model: "./policy",
    steps: 12,
    problemsPerStep: 4,
    data: { kind: "arithmetic" },
    sampling: { groupSize: 4, maxTokens: 8 },
    optimizer: { learningRate: 1e-2 },
    evaluation: { every: 4, problems: 20 },
    checkpoint: { every: 4 },
    ...change,
  }
  writeFileSync(join(folder, "run.json"), JSON.stringify(config))
  return folder
}

/** What must be the same in a run that was stopped and one that was not. */
export const outcome = (run: string) => {
  const checkpoints = readdirSync(join(run, "checkpoints")).toSorted()
  const last = join(run, "checkpoints", checkpoints.at(-1)!)
  return {
    metrics: readFileSync(join(run, "metrics.jsonl"), "utf8"),
    completions: readFileSync(join(run, "completions.jsonl"), "utf8"),
    checkpoint: readFileSync(join(last, "checkpoint.json"), "utf8"),
    weights: readFileSync(join(last, "policy", "model.safetensors")).toString("base64"),
    moments: readFileSync(join(last, "optimizer.safetensors")).toString("base64"),
  }
}
