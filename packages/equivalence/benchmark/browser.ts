/**
 * Whether a browser decides a corpus as Node does, and how much it has to load:
 *
 *     node benchmark/browser.ts CORPUS.jsonl
 *
 * Needs Chromium, in `CHROMIUM` or in the path. Every verdict must be the same: outcome, stage and reason. The exit
 * status says whether they are, and whether the comparison fits into 40 kB (gzip).
 */
import { fileURLToPath } from "node:url"
import { gzipSync } from "node:zlib"
import { bundle, esbuildVersion, inChromium } from "@seed-grpo/testing/Browser"
import type { Verdict } from "../src/Compare.ts"
import { gradeRow, readCorpus } from "./corpus.ts"
import { cut } from "./statistics.ts"

/** Bytes, minified and compressed, that the comparison may take. */
const LIMIT = 40_000

const [file] = process.argv.slice(2)
if (file === undefined) throw new Error("usage: node benchmark/browser.ts CORPUS.jsonl")
const rows = readCorpus(file)
const folder = fileURLToPath(new URL(".", import.meta.url))

const size = async (name: string, contents: string): Promise<number> => {
  const text = await bundle(contents, folder)
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

const page = await inChromium<Page>(
  `import { gradeRow } from "./row.ts"
  const page = (rows) => {
    const started = performance.now()
    const verdicts = rows.map(gradeRow)
    return { verdicts, milliseconds: performance.now() - started, agent: navigator.userAgent }
  }`,
  folder,
  rows,
)

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
