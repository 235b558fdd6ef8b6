/**
 * Whether a browser decides a corpus as Node does, and how much it has to load:
 *
 *     node benchmark/browser.ts CORPUS.jsonl
 *
 * Needs Chromium, in `CHROMIUM` or in the path. Every verdict must be the same: outcome, stage and reason. The exit
 * status says whether they are, and whether the comparison fits into 40 kB (gzip).
 */
import { spawnSync } from "node:child_process"
import { mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { pathToFileURL } from "node:url"
import { gzipSync } from "node:zlib"
import type { Verdict } from "../src/Compare.ts"
import { bundle, esbuildVersion } from "./bundle.ts"
import { gradeRow, readCorpus } from "./corpus.ts"
import { cut } from "./statistics.ts"

/** Bytes, minified and compressed, that the comparison may take. */
const LIMIT = 40_000

const [file] = process.argv.slice(2)
if (file === undefined) throw new Error("usage: node benchmark/browser.ts CORPUS.jsonl")
const rows = readCorpus(file)

const size = async (name: string, contents: string): Promise<number> => {
  const text = await bundle(contents, "esm")
  const [minified, compressed] = [Buffer.byteLength(text), gzipSync(text, { level: 9 }).byteLength]
  console.log(`${name}: ${(minified / 1000).toFixed(1)} kB minified, ${(compressed / 1000).toFixed(1)} kB gzip`)
  return compressed
}
console.log(`esbuild ${esbuildVersion}`)
const compressed = await size("Compare", 'export * from "../src/Compare.ts"')
await size("Extract", 'export * from "../src/Extract.ts"')
await size(
  "Compare, Extract, Grade, Cluster",
  ["Compare", "Extract", "Grade", "Cluster"].map((name) => `export * as ${name} from "../src/${name}.ts"`).join("\n"),
)

/** What the page says: verdicts, and milliseconds for all rows. */
interface Page {
  readonly verdicts: ReadonlyArray<Verdict>
  readonly milliseconds: number
  readonly agent: string
}

const program = await bundle(
  `import { gradeRow } from "./row.ts"
  const rows = JSON.parse(document.getElementById("rows").textContent)
  const started = performance.now()
  const verdicts = rows.map(gradeRow)
  const page = { verdicts, milliseconds: performance.now() - started, agent: navigator.userAgent }
  document.getElementById("page").textContent = encodeURIComponent(JSON.stringify(page))`,
  "iife",
)
const folder = mkdtempSync(join(tmpdir(), "equivalence-browser-"))
const html = join(folder, "page.html")
writeFileSync(
  html,
  `<!doctype html><meta charset="utf-8"><pre id="page"></pre>` +
    `<script type="application/json" id="rows">${JSON.stringify(rows).replaceAll("<", "\\u003c")}</script>` +
    `<script>${program.replaceAll("</script", "<\\/script")}</script>`,
)
const flags = [
  "--headless",
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-sync",
  "--disable-background-networking",
  "--disable-component-update",
  `--user-data-dir=${join(folder, "profile")}`,
]
const chromium = process.env["CHROMIUM"] ?? "chromium"
const { error, stderr, stdout } = spawnSync(chromium, [...flags, "--dump-dom", pathToFileURL(html).href], {
  encoding: "utf8",
  maxBuffer: 1 << 28,
  timeout: 300_000,
})
rmSync(folder, { recursive: true, force: true })
if (error !== undefined) throw error
const found = /<pre id="page">([^<]+)<\/pre>/.exec(stdout)?.[1]
if (found === undefined) throw new Error(`the page wrote nothing: ${stderr.slice(-2000)}`)
const page = JSON.parse(decodeURIComponent(found)) as Page

const started = performance.now()
const here = rows.map(gradeRow)
const milliseconds = performance.now() - started
console.log(
  `${page.agent}\n${rows.length} rows: browser ${page.milliseconds.toFixed(0)} ms, Node ${milliseconds.toFixed(0)} ms`,
)
const differences = rows.filter((_, index) => JSON.stringify(here[index]) !== JSON.stringify(page.verdicts[index]))
for (const row of differences) {
  const index = rows.indexOf(row)
  console.log(
    `  ${row.id}: ${cut(row.gold)} and ${cut(row.answer)}\n` +
      `    Node    ${JSON.stringify(here[index])}\n    browser ${JSON.stringify(page.verdicts[index])}`,
  )
}
console.log(`verdicts that differ: ${differences.length}`)
if (compressed > LIMIT) console.log(`Compare is over ${LIMIT / 1000} kB`)
process.exitCode = differences.length === 0 && compressed <= LIMIT ? 0 : 1
