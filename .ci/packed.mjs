/**
 * What people will install: packs every published package, installs the archives with npm in an empty folder, and uses
 * them there, from WebAssembly and npm alone. Run after `pnpm build`.
 */
import { execFileSync } from "node:child_process"
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { fileURLToPath } from "node:url"

const packages = fileURLToPath(new URL("../packages", import.meta.url))
const folder = mkdtempSync(join(tmpdir(), "seed-grpo-packed-"))
const run = (program, args, options = {}) =>
  execFileSync(program, args, { cwd: folder, encoding: "utf8", stdio: ["pipe", "pipe", "inherit"], ...options })

const published = readdirSync(packages)
  .map((name) => ({
    path: join(packages, name),
    ...JSON.parse(readFileSync(join(packages, name, "package.json"), "utf8")),
  }))
  .filter((manifest) => manifest.private !== true)
for (const { path } of published) run("pnpm", ["pack", "--pack-destination", folder], { cwd: path })
const archives = readdirSync(folder).filter((name) => name.endsWith(".tgz"))

writeFileSync(join(folder, "package.json"), JSON.stringify({ private: true, type: "module" }))
run("npm", ["install", "--no-audit", "--no-fund", "--silent", "effect@4.1.0", ...archives.map((name) => `./${name}`)])

for (const { name } of published.filter((manifest) => manifest.name !== "@seed-grpo/cli")) {
  run(process.execPath, ["--input-type=module", "-e", `await import("${name}")`])
}
const seedGrpo = (args, input) => run(join(folder, "node_modules", ".bin", "seed-grpo"), args, { input })

const row = JSON.parse(seedGrpo(["entropy"], '{"responses":["1/2","0.5","2"]}\n'))
if (row.clusters !== 2) throw new Error(`expected 2 clusters, found ${row.clusters}`)
if (!seedGrpo(["verify", "3/4", "75\\%"]).startsWith("equivalent")) throw new Error("3/4 is not 75 %")

const config = join(folder, "node_modules", "@seed-grpo", "cli", "demo", "config.json")
const told = seedGrpo(["train", "--config", config, "--steps", "3", "--backend", "auto", "--out", "run"])
if (!told.includes("WebAssembly")) throw new Error("without native TensorFlow, auto should have taken WebAssembly")
if (!told.includes("Done. Report:")) throw new Error(told)

console.log(`${archives.length} packages installed from their archives; a run of 3 steps from npm alone`)
rmSync(folder, { recursive: true, force: true })
