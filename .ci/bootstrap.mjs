/**
 * Runs a workspace command on a bare machine: `node .ci/bootstrap.mjs <pnpm script> [arguments]`.
 *
 * All that is needed before is Node 20 with npm. Where Node is older than the tools want, or pnpm is missing, both are
 * taken from npm's registry into npm's own cache; nothing of the machine is changed.
 */
import { spawnSync } from "node:child_process"
import { existsSync, readFileSync, statSync } from "node:fs"
import { dirname, join } from "node:path"
import { fileURLToPath } from "node:url"

const NODE = "24.21.0"
const root = dirname(dirname(fileURLToPath(import.meta.url)))
const { packageManager } = JSON.parse(readFileSync(join(root, "package.json"), "utf8"))
const [major, minor] = process.versions.node.split(".").map(Number)

if (major < 20) {
  console.error(
    `seed-grpo: this needs Node 20 or newer to start (found ${process.versions.node}). See https://nodejs.org.`,
  )
  process.exit(1)
}

/** Whether this very Node and a pnpm on the path will do. */
const ready = () =>
  (major > 22 || (major === 22 && minor >= 19)) && spawnSync("pnpm", ["--version"], { shell: true }).status === 0

/** Whether `pnpm install` has run since the lockfile last changed. */
const installed = () => {
  const marker = join(root, "node_modules", ".modules.yaml")
  return existsSync(marker) && statSync(marker).mtimeMs >= statSync(join(root, "pnpm-lock.yaml")).mtimeMs
}

const quote = (argument) => `'${argument.replaceAll("'", `'\\''`)}'`
const script = process.argv.slice(2).map(quote).join(" ")
const install = installed() ? "" : "pnpm install --frozen-lockfile && "
const command = `${install}pnpm run ${script}`

const run = (program, args) =>
  spawnSync(program, args, {
    cwd: root,
    stdio: "inherit",
    env: { TURBO_TELEMETRY_DISABLED: "1", ...process.env },
  })

const { error, signal, status } = ready()
  ? run("sh", ["-c", command])
  : run("npx", ["-y", "-p", `node@${NODE}`, "-p", packageManager, "-c", command])

if (error !== undefined) console.error(`seed-grpo: ${error.message}`)
process.exit(signal === null ? (status ?? 1) : 130)
