/**
 * Checks and runs every example in docstrings and READMEs: `node .ci/doc-examples.mjs`.
 *
 * A fenced `ts` block that imports something is an example. Each becomes a file of its own beside the sources of its
 * package, is type-checked with them, and is run; an example that throws fails.
 */
import { spawnSync } from "node:child_process"
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { join, relative } from "node:path"
import { fileURLToPath } from "node:url"

const root = fileURLToPath(new URL("..", import.meta.url))
const packages = join(root, "packages")

/** Examples of a text: of comments, with the comment's stars taken off, or of Markdown. */
const examples = (text) =>
  [...text.replaceAll(/^ ?\* ?/gm, "").matchAll(/^```ts\n([\s\S]*?)^```/gm)]
    .map((match) => match[1])
    .filter((code) => /^import /m.test(code))

const files = (folder) =>
  existsSync(folder)
    ? readdirSync(folder, { recursive: true, encoding: "utf8" })
        .filter((name) => name.endsWith(".ts"))
        .map((name) => join(folder, name))
    : []

let failures = 0
let count = 0
for (const name of readdirSync(packages)) {
  const folder = join(packages, name)
  const work = join(folder, ".doc-examples")
  rmSync(work, { recursive: true, force: true })
  const sources = [join(folder, "README.md"), ...files(join(folder, "src"))].filter(existsSync)
  const found = sources.flatMap((file) => examples(readFileSync(file, "utf8")).map((code) => ({ file, code })))
  if (found.length === 0) continue
  mkdirSync(work)
  const written = found.map(({ code, file }, index) => {
    const path = join(work, `${index}.ts`)
    writeFileSync(path, code)
    return { path, source: relative(root, file) }
  })
  writeFileSync(
    join(work, "tsconfig.json"),
    JSON.stringify({ extends: "../../../tsconfig.base.json", compilerOptions: { noEmit: true }, include: ["*.ts"] }),
  )
  const checked = spawnSync("pnpm", ["exec", "tsc", "-p", work], { cwd: folder, encoding: "utf8" })
  if (checked.status !== 0) {
    failures += 1
    console.error(`${name}: examples do not type-check\n${checked.stdout}`)
    for (const { path, source } of written) console.error(`  ${relative(root, path)} is from ${source}`)
  }
  for (const { path, source } of written) {
    count += 1
    const run = spawnSync(process.execPath, [path], { cwd: folder, encoding: "utf8" })
    if (run.status === 0) continue
    failures += 1
    console.error(`${source}: an example fails\n${readFileSync(path, "utf8")}\n${run.stderr}`)
  }
  if (failures === 0) rmSync(work, { recursive: true, force: true })
}
console.log(`${count} examples, ${failures} failures`)
process.exitCode = failures === 0 ? 0 : 1
