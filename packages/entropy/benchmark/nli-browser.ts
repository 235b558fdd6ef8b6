/**
 * Whether a browser judges as Transformers does, with onnxruntime-web, and how much it has to load:
 *
 *     node benchmark/nli-browser.ts
 *
 * Needs Chromium, in `CHROMIUM` or in the path. The exit status says whether every probability of the tiny model of the
 * tests is within 1e-5 of PyTorch's.
 */
import { spawn } from "node:child_process"
import { once } from "node:events"
import { mkdtempSync, readFileSync, rmSync } from "node:fs"
import { createServer } from "node:http"
import { createRequire } from "node:module"
import { tmpdir } from "node:os"
import { dirname, join } from "node:path"
import { fileURLToPath } from "node:url"
import { gzipSync } from "node:zlib"
import type { Entailment } from "../src/NliModel.ts"

interface Esbuild {
  readonly build: (options: object) => Promise<{ readonly outputFiles: ReadonlyArray<{ readonly text: string }> }>
}
const require = createRequire(import.meta.url)
const esbuild = createRequire(require.resolve("tsup"))("esbuild") as Esbuild

const bundle = async (contents: string): Promise<string> => {
  const { outputFiles } = await esbuild.build({
    stdin: { contents, loader: "ts", resolveDir: fileURLToPath(new URL(".", import.meta.url)) },
    bundle: true,
    minify: true,
    format: "esm",
    platform: "browser",
    target: "es2024",
    write: false,
    logLevel: "error",
  })
  const { text } = outputFiles[0]!
  const [minified, compressed] = [Buffer.byteLength(text), gzipSync(text, { level: 9 }).byteLength]
  console.log(
    `${(minified / 1000).toFixed(1)} kB minified, ${(compressed / 1000).toFixed(1)} kB gzip: ${contents.trim().split("\n")[0]}`,
  )
  return text
}
await bundle('export * from "../src/NliModel.ts"')
const program = await bundle(`import * as ort from "onnxruntime-web/wasm"
  import { load } from "../src/NliModel.ts"
  ort.env.wasm.wasmPaths = "/runtime/"
  ort.env.wasm.numThreads = 1
  const json = async (name) => (await fetch("/model/" + name)).json()
  const tell = (page) => fetch("/said", { method: "POST", body: JSON.stringify(page) })
  const judge = async () => {
    const started = performance.now()
    const [config, tokenizer] = [await json("config.json"), await json("tokenizer.json")]
    const tokenizerConfig = await json("tokenizer_config.json")
    const model = await load({ config, tokenizer, tokenizerConfig, onnx: "/model/model.onnx" }, ort)
    const loaded = performance.now() - started
    const golden = await json("golden.json")
    const said = await model.entailment(golden.map(({ premise, hypothesis }) => [premise, hypothesis]))
    return { said, loaded, agent: navigator.userAgent }
  }
  judge().then(tell, (error) => tell({ error: String(error) }))`)

const model = fileURLToPath(new URL("../test/fixtures/tiny-nli/", import.meta.url))
const runtime = dirname(require.resolve("onnxruntime-web"))
const TYPES: Readonly<Record<string, string>> = { wasm: "application/wasm", mjs: "text/javascript" }

type Page =
  | { readonly error: string }
  | { readonly said: ReadonlyArray<Entailment>; readonly loaded: number; readonly agent: string }

const said = Promise.withResolvers<Page>()
const server = createServer((request, response) => {
  const url = request.url ?? "/"
  const file = /^\/(model|runtime)\/([\w.-]+)$/.exec(url)
  if (file !== null) {
    response.setHeader("content-type", TYPES[url.split(".").at(-1)!] ?? "application/octet-stream")
    response.end(readFileSync(join(file[1] === "model" ? model : runtime, file[2]!)))
  } else if (url === "/said") {
    const parts: Array<Buffer> = []
    request.on("data", (part: Buffer) => parts.push(part))
    request.on("end", () => {
      response.end()
      said.resolve(JSON.parse(Buffer.concat(parts).toString()) as Page)
    })
  } else if (url === "/program.js") {
    response.setHeader("content-type", "text/javascript").end(program)
  } else {
    response.setHeader("content-type", "text/html")
    response.end('<!doctype html><meta charset="utf-8"><script type="module" src="/program.js"></script>')
  }
}).listen(0, "127.0.0.1")
await once(server, "listening")
const { port } = server.address() as { readonly port: number }

const profile = mkdtempSync(join(tmpdir(), "nli-browser-"))
const chromium = spawn(
  process.env["CHROMIUM"] ?? "chromium",
  ["--headless", "--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-sync", "--disable-background-networking"]
    .concat("--disable-component-update", `--user-data-dir=${profile}`, "--remote-debugging-port=0")
    .concat(`http://127.0.0.1:${port}/`),
  { stdio: "ignore" },
)
chromium.on("error", said.reject)
const late = setTimeout(() => said.reject(new Error("the page said nothing for a minute")), 60_000)
const page = await said.promise.finally(() => {
  clearTimeout(late)
  chromium.kill()
  server.close()
  server.closeAllConnections()
})
await once(chromium, "exit")
rmSync(profile, { recursive: true, force: true })
if ("error" in page) throw new Error(page.error)

const LABELS = ["contradiction", "neutral", "entailment"] as const
const golden = JSON.parse(readFileSync(`${model}golden.json`, "utf8")) as ReadonlyArray<{
  readonly probabilities: Readonly<Record<(typeof LABELS)[number], number>>
}>
const off = Math.max(
  ...golden.flatMap(({ probabilities }, i) =>
    LABELS.map((label) => Math.abs(probabilities[label] - page.said[i]![label])),
  ),
)
console.log(`${page.agent}\n${golden.length} pairs, loaded in ${page.loaded.toFixed(0)} ms, off by at most ${off}`)
process.exitCode = off < 1e-5 ? 0 : 1
