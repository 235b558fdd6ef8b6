/**
 * Our code in a browser: bundled by the esbuild that tsup brings along, run by Chromium, which is looked for in `CHROMIUM`
 * and in the path.
 */
import { spawn, spawnSync } from "node:child_process"
import { mkdtempSync, rmSync } from "node:fs"
import { createServer } from "node:http"
import { createRequire } from "node:module"
import type { AddressInfo } from "node:net"
import { tmpdir } from "node:os"
import { join } from "node:path"

interface Esbuild {
  readonly version: string
  readonly build: (options: object) => Promise<{ readonly outputFiles: ReadonlyArray<{ readonly text: string }> }>
}

const esbuild = createRequire(createRequire(import.meta.url).resolve("tsup"))("esbuild") as Esbuild

export const esbuildVersion = esbuild.version

/** Bundles a module whose text is given, minified; its imports are relative to `folder`. */
export const bundle = async (contents: string, folder: string, format: "esm" | "iife" = "esm"): Promise<string> => {
  const { outputFiles } = await esbuild.build({
    stdin: { contents, loader: "ts", resolveDir: folder },
    bundle: true,
    minify: true,
    format,
    platform: "browser",
    target: "es2024",
    write: false,
    logLevel: "error",
  })
  return outputFiles[0]!.text
}

const FLAGS = [
  "--headless",
  "--no-sandbox",
  "--disable-gpu",
  // WebGPU in software, whatever the machine has.
  "--enable-unsafe-webgpu",
  "--use-webgpu-adapter=swiftshader",
  "--disable-quic",
  "--no-first-run",
  "--disable-sync",
  "--disable-background-networking",
  "--disable-component-update",
]

const chromium = process.env["CHROMIUM"] ?? "chromium"

export const hasChromium = (): boolean => spawnSync(chromium, ["--version"]).status === 0

/** Longest that a page may take. */
const MILLISECONDS = 300_000

/**
 * What a page computes. `contents` is a module with a function `page(input)`, which may be asynchronous; its result comes
 * back as JSON. The page is served, not opened from the disk, so that it may fetch and compile what a real one may.
 */
export const inChromium = async <Result>(contents: string, folder: string, input: unknown): Promise<Result> => {
  const program = await bundle(
    `${contents}
    const input = JSON.parse(document.getElementById("input").textContent)
    Promise.resolve().then(() => page(input)).then(
      (result) => ({ result }),
      (error) => ({ error: String(error && error.stack || error) })
    ).then((said) => fetch("/said", { method: "POST", body: JSON.stringify(said) }))`,
    folder,
    "iife",
  )
  const html =
    `<!doctype html><meta charset="utf-8">` +
    `<script type="application/json" id="input">${JSON.stringify(input).replaceAll("<", "\\u003c")}</script>` +
    `<script>${program.replaceAll("</script", "<\\/script")}</script>`
  const profile = mkdtempSync(join(tmpdir(), "seed-grpo-browser-"))
  const { promise, reject, resolve } = Promise.withResolvers<string>()
  const server = createServer((request, response) => {
    if (request.url !== "/said") return void response.writeHead(200, { "content-type": "text/html" }).end(html)
    const chunks: Array<Buffer> = []
    request.on("data", (chunk: Buffer) => chunks.push(chunk))
    request.on("end", () => {
      response.end()
      resolve(Buffer.concat(chunks).toString())
    })
  })
  await new Promise<void>((listening) => server.listen(0, "127.0.0.1", listening))
  const { port } = server.address() as AddressInfo
  const browser = spawn(
    chromium,
    [...FLAGS, "--remote-debugging-port=0", `--user-data-dir=${profile}`, `http://127.0.0.1:${port}/`],
    { stdio: "ignore" },
  )
  const exited = new Promise<void>((resolveExit) => browser.once("exit", () => resolveExit()))
  browser.once("error", reject)
  void exited.then(() => reject(new Error("the browser ended before the page had computed anything")))
  const timer = setTimeout(() => reject(new Error(`the page took longer than ${MILLISECONDS / 1000} s`)), MILLISECONDS)
  try {
    const said = JSON.parse(await promise) as { readonly result: Result; readonly error?: string }
    if (said.error !== undefined) throw new Error(`the page failed: ${said.error}`)
    return said.result
  } finally {
    clearTimeout(timer)
    server.close()
    server.closeAllConnections()
    browser.kill()
    await exited
    rmSync(profile, { recursive: true, force: true, maxRetries: 3 })
  }
}
