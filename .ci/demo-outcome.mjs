/**
 * Runs the demo on WebAssembly and checks its outcome: held-out accuracy from below 50 % to above 85 %.
 */
import { spawnSync } from "node:child_process"
import { mkdtempSync, readFileSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { fileURLToPath } from "node:url"

const folder = mkdtempSync(join(tmpdir(), "seed-grpo-demo-"))
const program = fileURLToPath(new URL("../packages/cli/src/bin.ts", import.meta.url))
const started = performance.now()
const { status } = spawnSync(
  process.execPath,
  [
    program,
    "demo",
    "--backend",
    process.argv[2] ?? "wasm",
    "--seed",
    process.argv[3] ?? "0",
    "--out",
    join(folder, "run"),
  ],
  { stdio: "inherit" },
)
if (status !== 0) process.exit(status ?? 1)
const evaluations = readFileSync(join(folder, "run", "metrics.jsonl"), "utf8")
  .trim()
  .split("\n")
  .map((line) => JSON.parse(line))
  .filter(({ kind }) => kind === "evaluation")
const [first, last] = [evaluations[0], evaluations.at(-1)]
const percent = (value) => `${(100 * value).toFixed(1)} %`
console.log(
  `demo on ${process.argv[2] ?? "wasm"}, seed ${process.argv[3] ?? "0"}: held-out ${percent(first.accuracy)} → ${percent(last.accuracy)} ` +
    `(95 % interval ${percent(last.low)} – ${percent(last.high)}) of ${last.problems} problems in ${((performance.now() - started) / 1000).toFixed(0)} s`,
)
rmSync(folder, { recursive: true, force: true })
const needed = (process.argv[3] ?? "0") === "0" ? 0.85 : 0.8
if (!(first.accuracy < 0.5 && last.accuracy > needed)) {
  console.error(`expected below 50 % before and above ${percent(needed)} after`)
  process.exit(1)
}
